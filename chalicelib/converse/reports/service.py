"""What a report reads: the counters of the queues the reader answers for, and where agents were."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.access import store as people
from chalicelib.channels import store as channels
from chalicelib.channels.hours import TimeZone
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.conversations.model import Message
from chalicelib.converse.agents.log import presence_log
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Id
from chalicelib.converse.reports import counters
from chalicelib.converse.reports.counters import Counted
from chalicelib.converse.reports.figures import By, Report, report
from chalicelib.converse.sight import Sight, takes_tickets
from chalicelib.converse.tickets.model import Ticket
from chalicelib.problems import Forbidden, Invalid
from chalicelib.shape import Shape

_MOST_DAYS = 92


class Period(Shape):
    """Whole days of a time zone, the last one included."""

    since: date
    until: date
    time_zone: TimeZone = "UTC"

    def ends(self) -> tuple[datetime, datetime]:
        """From when until before when. Raises Invalid."""
        if not timedelta() <= self.until - self.since < timedelta(days=_MOST_DAYS):
            raise Invalid(f"Choose 1 to {_MOST_DAYS} days.", field="until")
        zone = ZoneInfo(self.time_zone)
        first = datetime.combine(self.since, time(), zone)
        last = datetime.combine(self.until + timedelta(days=1), time(), zone)
        return first.astimezone(UTC), last.astimezone(UTC)


class DeskQuery(Period):
    """What to count, and how to group it."""

    by: By = "day"
    queue_id: Id | None = Field(default=None, description="Only this queue.")
    agent_id: Id | None = Field(default=None, description="Only what this agent did.")
    channel_id: Id | None = Field(default=None, description="Only this channel.")


class PresenceQuery(Period):
    """Whose time."""

    agent_id: Id | None = Field(default=None, description="Without it: everybody.")


class PresenceRow(Shape):
    """One stretch of an agent's time; one that has not ended yet is counted until now or the period's end."""

    agent_id: str
    name: str
    presence: str
    aux_code: str
    begins_at: datetime
    ends_at: datetime | None
    seconds: int


def desk(table: Table, sight: Sight, query: DeskQuery) -> Report:
    """The figures of a period. Raises Invalid, Forbidden."""
    since, until = query.ends()
    counted = (each for each in _counted(table, sight, query, since, until) if _wanted(each, query))
    return report(counted, query.by, query.time_zone, _names(table, query.by))


def presence(table: Table, sight: Sight, query: PresenceQuery, now: datetime) -> list[PresenceRow]:
    """Where agents were, aux codes included, of the people in the reader's queues."""
    since, until = query.ends()
    mine = [queue for queue in queues.every(table) if sight.everything or queue.id in sight.oversees]
    rows: list[PresenceRow] = []
    for person in people.users(table):
        is_wanted = query.agent_id in {None, person.id} and takes_tickets(person.current())
        if not is_wanted or not any(queue.has_agent(person.id) for queue in mine):
            continue
        for entry in presence_log(table, person.id, since, min(until, now)):
            rows.append(PresenceRow(agent_id=person.id, name=person.name, **entry.model_dump()))
    return sorted(rows, key=lambda row: (row.begins_at, row.agent_id))


def transcript(table: Table, ticket: Ticket) -> Iterator[Message]:
    """A ticket's own messages, oldest first."""
    pk = keys.conversation(ticket.conversation_id).pk
    for item in table.query_all(pk, prefix="MESSAGE#"):
        if item.get("ticket_id") == ticket.id:
            yield Message.model_validate(item)


def _counted(table: Table, sight: Sight, query: DeskQuery, since: datetime, until: datetime) -> Iterator[Counted]:
    seen = {queue.id for queue in queues.every(table) if sight.everything or queue.id in sight.oversees}
    if query.queue_id is not None and query.queue_id not in seen:
        raise Forbidden("You do not answer for this queue.")
    for queue_id in sorted(seen if query.queue_id is None else {query.queue_id}):
        yield from counters.read(table, queue_id, since, until)


def _wanted(each: Counted, query: DeskQuery) -> bool:
    agent_fits = query.agent_id in {None, each.place.agent_id}
    return agent_fits and query.channel_id in {None, each.place.channel_id}


def _names(table: Table, by: By) -> dict[str, str]:
    match by:
        case "queue":
            return {queue.id: queue.name for queue in queues.every(table)}
        case "agent":
            return {person.id: person.name for person in people.users(table)}
        case "channel":
            return {channel.id: channel.name for channel in channels.channels(table)}
        case _:
            return {}
