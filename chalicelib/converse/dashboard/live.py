"""The desk at this moment: what waits, what is in hand, who is there.

Counted from the views' own rows, so that a number is never wrong for longer than a read; up to MOST_COUNTED of each, which bounds
the cost: a few queries for each queue the reader answers for.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from chalicelib.access import store as people
from chalicelib.access.model import UserState
from chalicelib.cloud.table import Table
from chalicelib.converse import settings
from chalicelib.converse.agents import store as agents
from chalicelib.converse.agents.model import Agent, Presence
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.sight import Sight, takes_tickets
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.lists import MOST_COUNTED
from chalicelib.converse.tickets.model import UNCLOSED, Status
from chalicelib.shape import Shape


class Team(Shape):
    """Agents by where they are, and how many tickets they could still be given."""

    available: int
    busy: int
    away: int
    offline: int
    capacity: int = Field(description="Tickets that those who are available take at the same time.")
    load: int = Field(description="Tickets they have in hand.")


class QueueNow(Shape):
    """One queue."""

    queue_id: str
    name: str
    enabled: bool
    in_queue: int = Field(description="Waiting for an agent.")
    longest_wait_seconds: int
    assigned: int = Field(description="Open in somebody's hands.")
    pending: int = Field(description="Waiting for the customer.")
    on_hold: int
    resolved: int = Field(description="Answered and not closed yet.")
    team: Team


class Dashboard(Shape):
    """The desk as it is; numbers are counted up to `most`, and one that reaches it means "or more"."""

    at: datetime
    most: int
    in_queue: int
    assigned: int
    pending: int
    on_hold: int
    longest_wait_seconds: int
    team: Team
    queues: list[QueueNow]


def dashboard(table: Table, sight: Sight, now: datetime) -> Dashboard:
    """The queues the reader answers for, and the people in them."""
    seen = [each for each in queues.every(table) if sight.everything or each.id in sight.oversees]
    crew, default = _crew(table), settings.load(table).capacity
    shown = [_queue(table, queue, crew, default, now) for queue in seen]
    mine = [agent for agent in crew if any(queue.has_agent(agent.id) for queue in seen)]
    return Dashboard(
        at=now,
        most=MOST_COUNTED,
        in_queue=sum(queue.in_queue for queue in shown),
        assigned=sum(queue.assigned for queue in shown),
        pending=sum(queue.pending for queue in shown),
        on_hold=sum(queue.on_hold for queue in shown),
        longest_wait_seconds=max((queue.longest_wait_seconds for queue in shown), default=0),
        team=_team(mine, default),
        queues=shown,
    )


def _crew(table: Table) -> list[Agent]:
    """Everybody who takes tickets, at work or not."""
    known = {agent.id: agent for agent in agents.every(table)}
    staff = [one for one in people.users(table) if takes_tickets(one.current()) and one.state is not UserState.DISABLED]
    return [known.get(person.id, Agent(id=person.id)) for person in staff]


def _queue(table: Table, queue: Queue, crew: list[Agent], default: int, now: datetime) -> QueueNow:
    counts = {status: store.count(table, f"queue/{queue.id}/{status}", MOST_COUNTED) for status in UNCLOSED}
    line = store.places(table, [f"line/{queue.id}"], limit=MOST_COUNTED, newest_first=False)
    return QueueNow(
        queue_id=queue.id,
        name=queue.name,
        enabled=queue.enabled,
        in_queue=len(line),
        longest_wait_seconds=_longest(line, now),
        assigned=max(counts[Status.NEW] + counts[Status.OPEN] - len(line), 0),
        pending=counts[Status.PENDING],
        on_hold=counts[Status.ON_HOLD],
        resolved=counts[Status.RESOLVED],
        team=_team([agent for agent in crew if queue.has_agent(agent.id)], default),
    )


def _longest(line: Iterable[str], now: datetime) -> int:
    """A place in a line tells since when its ticket stands there."""
    since = [datetime.fromisoformat(place.split("#")[2]) for place in line]
    return max((int((now - each).total_seconds()) for each in since), default=0)


def _team(members: list[Agent], default: int) -> Team:
    presences = Counter(agent.presence for agent in members)
    ready = [agent for agent in members if agent.presence is Presence.AVAILABLE]
    return Team(
        available=presences[Presence.AVAILABLE],
        busy=presences[Presence.BUSY],
        away=presences[Presence.AWAY],
        offline=presences[Presence.OFFLINE],
        capacity=sum(agent.limit(default) for agent in ready),
        load=sum(agent.load for agent in ready),
    )
