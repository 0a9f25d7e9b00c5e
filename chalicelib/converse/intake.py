"""A customer's message that is for people: to the conversation's unclosed ticket, or into a new one.

`intake` only reads and decides; the inbound worker stores what it answers in its own transaction. One unclosed ticket holds by
construction: the conversation's state names it, and is written only over the revision that was read.
"""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import Operation, Table
from chalicelib.contacts.model import Contact
from chalicelib.conversations import window
from chalicelib.conversations.carriers import CARRIERS
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import assignment, away, labels, settings
from chalicelib.converse.agents import store as agents
from chalicelib.converse.opening import Opening, blank
from chalicelib.converse.queues import store as queues
from chalicelib.converse.settings import DeskSettings
from chalicelib.converse.tickets import changes, sla, store, views
from chalicelib.converse.tickets.ending import says
from chalicelib.converse.tickets.measures import Measure
from chalicelib.converse.tickets.model import Actor, Status, Ticket
from chalicelib.dataclass import dataclass
from chalicelib.wiring import World

PREVIEW = 200


@dataclass(frozen=True)
class Intake:
    """What the inbound worker stores with the message, and what is to be done after."""

    operations: list[Operation]
    ticket_id: str
    """What the conversation's state must name as its unclosed ticket."""
    acts: tuple[str, ...] = ()
    """Names for `act`; kept on the message until they are done."""
    measured: dict[str, Any] = field(default_factory=dict)
    """What the message counts for, where it came to: by the time it is counted the ticket may be elsewhere."""


def intake(
    table: Table,
    conversation: Conversation,
    channel: Channel,
    contact: Contact,
    message: Message,
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> Intake:
    """Where this message goes. `conversation` is its state before the message."""
    unclosed = store.get(table, conversation.ticket_id) if conversation.ticket_id else None
    if unclosed is not None and changes.may_reopen(unclosed, now):
        return _appended(table, unclosed, conversation, contact, message, now, new_id)
    ended: list[Operation] = []
    if unclosed is not None and not unclosed.is_closed:
        # Its time is over and the timer has not come yet.
        closed = changes.closed(unclosed, now, expired=True)
        entry = changes.entry(new_id(), now, _customer(contact), "closed", reason="its time to re-open was over")
        ended = [*store.changed(unclosed, closed, entry), *agents.let_go(unclosed, closed)]
    fresh = _opened(table, conversation, channel, contact, message, unclosed, now, new_id)
    return Intake([*ended, *fresh.operations], fresh.ticket_id, fresh.acts, fresh.measured)


def act(name: str, ticket_id: str, world: World) -> None:
    """Does one outstanding act; harmless when repeated."""
    match name:
        case "assign":
            ticket = store.get(world.table, ticket_id)
            if ticket.in_line:
                assignment.drain(world, [ticket.queue_id])
        case "serve":
            assignment.drain_for(world, store.get(world.table, ticket_id).agent_id)
        case "away":
            away.tell(world, store.get(world.table, ticket_id))
        case _:
            raise ValueError(f"no act is called {name}")


def _appended(
    table: Table,
    before: Ticket,
    conversation: Conversation,
    contact: Contact,
    message: Message,
    now: datetime,
    new_id: Callable[[], str],
) -> Intake:
    rules = settings.load(table)
    if before.was_answered and says(message.preview, rules.resolving_words):
        return _thanked(before, conversation, contact, message, rules, now, new_id)
    after = with_message(changes.customer_wrote(before, now), conversation, message, now)
    after = after.model_copy(update={"label": labels.for_message(rules.labels, after.label, message.preview)})
    if after.has_sla and before.awaiting_since is None:
        after = sla.started(after, queues.get(table, after.queue_id))
    if views.rows(after) == views.rows(before):
        return Intake(store.touched(before, after, now), before.id, measured=_measured(after))
    action = "woken" if after.status is before.status else "reopened"
    entry = changes.entry(new_id(), now, _customer(contact), action, reason="the customer wrote")
    operations = [*store.changed(before, after, entry), *agents.let_go(before, after)]
    return Intake(operations, before.id, ("assign",) if after.in_line else (), _measured(after))


def _thanked(
    before: Ticket,
    conversation: Conversation,
    contact: Contact,
    message: Message,
    rules: DeskSettings,
    now: datetime,
    new_id: Callable[[], str],
) -> Intake:
    """The customer says that it is done: an answered ticket is resolved, a resolved one is not opened again."""
    if before.status is Status.RESOLVED:
        after = with_message(before, conversation, message, now)
        return Intake(store.touched(before, after, now), before.id, measured=_measured(after))
    lasts = timedelta(minutes=rules.resolved_closes_after_minutes)
    after = with_message(changes.resolved(before, now, lasts), conversation, message, now)
    entry = changes.entry(new_id(), now, _customer(contact), "resolved", reason="the customer said so")
    return Intake(
        [*store.changed(before, after, entry), *agents.let_go(before, after)], before.id, ("serve",), _measured(before)
    )


def _opened(
    table: Table,
    conversation: Conversation,
    channel: Channel,
    contact: Contact,
    message: Message,
    previous: Ticket | None,
    now: datetime,
    new_id: Callable[[], str],
) -> Intake:
    fresh, why = blank(
        conversation,
        channel,
        contact,
        queues.every(table),
        Opening("inbound", _customer(contact)),
        now=now,
        ticket_id=new_id(),
        previous_id=previous.id if previous else store.latest(table, conversation.id),
    )
    ticket = with_message(fresh, conversation, message, now)
    put_on = labels.for_message(settings.load(table).labels, ticket.label, message.preview)
    ticket = ticket.model_copy(update={"label": put_on})
    if was_spam(table, ticket.previous_id):
        ticket, why = changes.marked_spam(ticket, now), "the customer's ticket before was spam"
    entry = changes.entry(new_id(), now, _customer(contact), "created", reason=why)
    operations = [*store.created(ticket, entry), *queues.takes_tickets(ticket.queue_id)]
    return Intake(operations, ticket.id, ("assign", "away") if ticket.in_line else (), _measured(ticket))


def was_spam(table: Table, ticket_id: str) -> bool:
    """Whether the customer's ticket before was marked as spam: then this one is, until somebody says otherwise."""
    item = table.get(keys.ticket(ticket_id)) if ticket_id else None
    return bool(item and item.get("spam"))


def with_message(ticket: Ticket, conversation: Conversation, message: Message, now: datetime) -> Ticket:
    """The ticket with its newest message noted; one that comes late changes no more than the count."""
    counted: dict[str, object] = {"message_count": ticket.message_count + 1}
    if ticket.last_message_at is None or message.at >= ticket.last_message_at:
        counted |= {
            "last_message_at": message.at,
            "last_direction": message.direction,
            "preview": message.preview[:PREVIEW],
        }
    if message.direction == "in" and CARRIERS[conversation.channel_type].has_window:
        closes = window.closes_at(message.at, now)
        known = ticket.window_closes_at or conversation.window_closes_at or closes
        counted["window_closes_at"] = max(closes, known)
    return ticket.model_copy(update=counted)


def _measured(ticket: Ticket) -> dict[str, Any]:
    one = Measure(ticket.queue_id, ticket.agent_id, {"messages_in": 1})
    return {"channel_id": ticket.channel_id, "measures": [one.plain()]}


def _customer(contact: Contact) -> Actor:
    return Actor(kind="customer", id=contact.id, name=contact.name or contact.profile_name)
