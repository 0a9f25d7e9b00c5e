"""Tickets in the main table. A change is one list of operations: the ticket, its rows, its history and the event of it."""

import heapq
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Item, Operation, Page, Put, Table, Update
from chalicelib.converse.tickets import alarms, measures, sla, views
from chalicelib.converse.tickets.measures import Measure
from chalicelib.converse.tickets.model import HistoryEntry, Ticket
from chalicelib.events import model as events
from chalicelib.events.model import UNTOLD, Event
from chalicelib.problems import NotFound


class TicketMissing(NotFound):
    """No ticket has this id, or the reader may not see it."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__("There is no ticket with this id, or you may not see it.")
        self.ticket_id = ticket_id


def get(table: Table, ticket_id: str) -> Ticket:
    """The ticket. Raises TicketMissing."""
    item = table.get(keys.ticket(ticket_id))
    if item is None:
        raise TicketMissing(ticket_id)
    return Ticket.model_validate(item)


def get_many(table: Table, ticket_ids: list[str]) -> list[Ticket]:
    """The tickets, in this order; absent ones are left out."""
    found = table.get_many(keys.ticket(each) for each in ticket_ids)
    return [Ticket.model_validate(found[keys.ticket(each)]) for each in ticket_ids if keys.ticket(each) in found]


def places(table: Table, names: list[str], *, limit: int, after: str = "", newest_first: bool = True) -> list[str]:
    """The next places of one view, or of several merged into one order; one query for each."""

    def places_of(view: str) -> list[str]:
        pk = keys.ticket_view(view, "").pk
        start = {"PK": pk, "SK": after} if after else None
        page = table.query(pk, forward=not newest_first, limit=limit, start=start, consistent=True)
        return [item["SK"] for item in page.items]

    lists = [places_of(view) for view in dict.fromkeys(names)]
    return list(islice(heapq.merge(*lists, reverse=newest_first), limit))


def latest(table: Table, conversation_id: str) -> str:
    """The id of the conversation's newest ticket; empty when it never had one."""
    return next(iter(places(table, [f"conversation/{conversation_id}"], limit=1)), "")


def count(table: Table, view: str, most: int) -> int:
    """How many tickets a view has, counted up to `most`: the cost is bounded and one query."""
    return len(table.query(keys.ticket_view(view, "").pk, limit=most).items)


def history(table: Table, ticket_id: str, *, limit: int, start: Item | None = None) -> Page:
    """The history, oldest first."""
    return table.query(keys.ticket(ticket_id).pk, prefix="HISTORY#", limit=limit, start=start, consistent=True)


def created(ticket: Ticket, entry: HistoryEntry) -> list[Operation]:
    """Makes the ticket with its rows, history and event."""
    key = keys.ticket(ticket.id)
    ticket, timer = alarms.armed(measures.held(None, ticket, entry.at), entry.at)
    return [
        Put({"PK": key.pk, "SK": key.sk, **_values(ticket)}, Attr("PK").not_exists()),
        *timer,
        *views.moved(None, ticket),
        noted(ticket, entry),
        events.stored(_event(ticket, entry, measures.of_change(None, ticket, entry.at))),
    ]


def changed(before: Ticket, after: Ticket, entry: HistoryEntry) -> list[Operation]:
    """Moves the ticket on, if nobody else has since `before` was read (the first operation fails then)."""
    after = sla.settled(after.model_copy(update={"version": before.version + 1}), entry.at)
    after = measures.held(before, after, entry.at)
    after, timer = alarms.armed(after, entry.at)
    entry = entry.model_copy(update={"changes": _told(before, after)})
    operations = [
        _difference(before, after),
        *timer,
        *views.moved(before, after),
        noted(after, entry),
        events.stored(_event(after, entry, measures.of_change(before, after, entry.at))),
    ]
    if _audience(before) != _audience(after):
        operations.append(events.stored(_gone(before, entry)))
    return operations


def touched(before: Ticket, after: Ticket, now: datetime) -> list[Operation]:
    """A message has come or gone and nothing else changed: one write, no history, same version."""
    after, timer = alarms.armed(sla.settled(after, now), now)
    return [_difference(before, after), *timer]


def answered(before: Ticket, after: Ticket, answer_id: str, agent_id: str, now: datetime) -> list[Operation]:
    """Goes with a message to the customer: what it counts for in reports. Nobody is told of it."""
    after = sla.settled(after, now)
    event = Event(
        id=f"{answer_id}.answered",
        type="ticket.answered",
        at=now,
        topic=UNTOLD,
        subject=before.id,
        queue_id=after.queue_id,
        agent_id=agent_id,
        data={
            "channel_id": before.channel_id,
            "measures": [each.plain() for each in measures.of_answer(before, after, agent_id, now)],
        },
    )
    return [events.stored(event)]


def noted(ticket: Ticket, entry: HistoryEntry) -> Put:
    """Adds an entry to the history."""
    key = keys.ticket_history(ticket.id, entry.at, entry.id)
    return Put({"PK": key.pk, "SK": key.sk, **_values(entry)})


def told(ticket: Ticket, entry: HistoryEntry) -> list[Operation]:
    """The events of a note: for those who see the ticket, and for each person it mentions."""
    mine = [_event(ticket, entry)]
    for person in entry.mentions:
        mine.append(
            mine[0].model_copy(update={"id": f"{entry.id}.{person}", "type": "ticket.mentioned", "agent_id": person})
        )
    return [events.stored(event) for event in mine]


def _difference(before: Ticket, after: Ticket) -> Update:
    old, new = _values(before), _values(after)
    return Update(
        keys.ticket(before.id),
        set={name: value for name, value in new.items() if old.get(name) != value},
        remove=[name for name in old if name not in new],
        condition=Attr("version").eq(before.version),
    )


# What a reader of the history wants to see of a change.
_TOLD = (
    "status",
    "agent_id",
    "queue_id",
    "priority",
    "tags",
    "label",
    "spam",
    "blocked",
    "disposition",
    "summary",
    "merged_into",
)


def _told(before: Ticket, after: Ticket) -> dict[str, list[Any]]:
    pairs = {name: (_plain(getattr(before, name)), _plain(getattr(after, name))) for name in _TOLD}
    return {name: [old, new] for name, (old, new) in pairs.items() if old != new}


def _audience(ticket: Ticket) -> tuple[str, str]:
    return ticket.queue_id, ticket.agent_id


def _event(ticket: Ticket, entry: HistoryEntry, measured: list[Measure] | None = None) -> Event:
    return Event(
        id=f"{entry.id}.ticket",
        type=f"ticket.{entry.action}",
        at=entry.at,
        topic="ticket",
        subject=ticket.id,
        queue_id=ticket.queue_id,
        agent_id=ticket.agent_id,
        order=ticket.conversation_id,
        data={
            "conversation_id": ticket.conversation_id,
            "contact_id": ticket.contact_id,
            "channel_id": ticket.channel_id,
            "status": str(ticket.status),
            "version": ticket.version,
            **({"measures": [each.plain() for each in measured]} if measured else {}),
        },
    )


def _gone(before: Ticket, entry: HistoryEntry) -> Event:
    """Tells those who could see it that it may have left their view."""
    return Event(
        id=f"{entry.id}.gone",
        type="ticket.gone",
        at=entry.at,
        topic="ticket",
        subject=before.id,
        queue_id=before.queue_id,
        agent_id=before.agent_id,
        order=before.conversation_id,
    )


def _values(model: Ticket | HistoryEntry) -> Item:
    return {name: _plain(value) for name, value in model.model_dump(exclude_none=True).items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return stamp(value)
        case StrEnum():
            return str(value)
        case tuple():
            return list(value)
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case _:
            return value
