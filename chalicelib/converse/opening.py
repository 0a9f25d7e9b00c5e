"""New tickets: from a customer's message, from a workflow that hands over, or from an agent who writes first."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from boto3.dynamodb.conditions import Attr

from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Operation, TransactionContended, Update
from chalicelib.contacts.model import Contact
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, OwnerKind
from chalicelib.converse import assignment
from chalicelib.converse.agents import store as agents
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.queues.routing import Facts, route
from chalicelib.converse.tickets import changes, store
from chalicelib.converse.tickets.commit import commit
from chalicelib.converse.tickets.model import Actor, Priority, Ticket
from chalicelib.wiring import World

_TRIES = 8
_MOST_NOTE = 4000


@dataclass(frozen=True)
class Opening:
    """How a ticket begins. Without a queue the rules route it; with an agent it is theirs at once."""

    origin: Literal["inbound", "outbound", "workflow"]
    actor: Actor
    queue_id: str = ""
    agent_id: str = ""
    priority: Priority | None = None
    note: str = ""


def blank(
    conversation: Conversation,
    channel: Channel,
    contact: Contact,
    every_queue: Sequence[Queue],
    opening: Opening,
    *,
    now: datetime,
    ticket_id: str,
    previous_id: str,
) -> tuple[Ticket, str]:
    """The ticket, in its queue, and why it is there. A queue that is gone or switched off is as none named."""
    named = next((queue for queue in every_queue if queue.id == opening.queue_id and queue.enabled), None)
    why = "it was handed to this queue"
    if named is None:
        taken = route(every_queue, facts_of(channel, contact))
        why = taken.why
        named = next(queue for queue in every_queue if queue.id == taken.queue_id)
    ticket = Ticket(
        id=ticket_id,
        created_at=now,
        conversation_id=conversation.id,
        channel_id=channel.id,
        channel_type=channel.type,
        subaccount_id=channel.subaccount_id,
        contact_id=contact.id,
        previous_id=previous_id,
        origin=opening.origin,
        status_since=now,
        queue_id=named.id,
        priority=opening.priority or Priority.NORMAL,
        in_line_since=now,
        awaiting_since=None if opening.origin == "outbound" else now,
        window_closes_at=conversation.window_closes_at,
    )
    return changes.entered(ticket, named, now), why


def facts_of(channel: Channel, contact: Contact) -> Facts:
    """What routing looks at."""
    return Facts(
        channel_id=channel.id,
        channel_type=channel.type,
        country=contact.country,
        customer_groups=tuple(sorted(contact.groups)),
    )


def open_ticket(world: World, conversation_id: str, channel: Channel, contact: Contact, opening: Opening) -> Ticket:
    """Opens a ticket for a conversation, or answers the unclosed one it has: harmless when repeated.

    A workflow's ticket belongs to nobody yet, and with it the conversation; the bot's later sends are refused.
    Raises ConversationMissing, TransactionContended.
    """
    for _ in range(_TRIES):
        conversation = conversations.get(world.table, conversation_id)
        if conversation.ticket_id:
            return _joined(world, conversation, opening)
        ticket, operations = _opened(world, conversation, channel, contact, opening)
        try:
            world.table.transact([*operations, _names(conversation, ticket, opening)])
        except ConditionFailed:
            continue  # a message came meanwhile: look again
        if ticket.in_line:
            assignment.drain(world, [ticket.queue_id])
        return store.get(world.table, ticket.id)
    raise TransactionContended(f"conversation {conversation_id}")


def payload_note(payload: object, note: str = "") -> str:
    """A workflow's payload as an agent reads it, behind the author's own words."""
    text = "" if payload in (None, "", {}, []) else json.dumps(payload, ensure_ascii=False, indent=1, default=str)
    return "\n".join(part for part in (note, text) if part)[:_MOST_NOTE]


def _opened(
    world: World, conversation: Conversation, channel: Channel, contact: Contact, opening: Opening
) -> tuple[Ticket, list[Operation]]:
    now = world.clock()
    ticket, why = blank(
        conversation,
        channel,
        contact,
        queues.every(world.table),
        opening,
        now=now,
        ticket_id=world.new_id(),
        previous_id=store.latest(world.table, conversation.id),
    )
    operations: list[Operation] = list(queues.takes_tickets(ticket.queue_id))
    if opening.agent_id:
        ticket = changes.assigned(ticket, opening.agent_id, now)
        operations.append(agents.given_one(opening.agent_id, now))
    entry = changes.entry(world.new_id(), now, opening.actor, "created", reason=why, note=opening.note)
    return ticket, [*store.created(ticket, entry), *operations]


def _names(conversation: Conversation, ticket: Ticket, opening: Opening) -> Update:
    owner = OwnerKind.AGENT if opening.agent_id else OwnerKind.NOBODY
    return Update(
        keys.conversation(conversation.id),
        set={
            "ticket_id": ticket.id,
            "revision": conversation.revision + 1,
            "owner": str(owner),
            "owner_id": opening.agent_id,
            "epoch": conversation.epoch + 1,
        },
        condition=Attr("revision").eq(conversation.revision) & Attr("epoch").eq(conversation.epoch),
    )


def _joined(world: World, conversation: Conversation, opening: Opening) -> Ticket:
    """The conversation has a ticket: what the opening adds goes to it, once."""
    ticket = store.get(world.table, conversation.ticket_id or "")
    if opening.origin != "workflow" or ticket.agent_id or ticket.is_closed:
        return ticket
    queue = next((each for each in queues.every(world.table) if each.id == opening.queue_id and each.enabled), None)
    after = ticket.model_copy(update={"priority": opening.priority or ticket.priority})
    if queue is not None and queue.id != ticket.queue_id:
        after = changes.entered(after, queue, world.clock())
    if after != ticket:
        entry = changes.entry(world.new_id(), world.clock(), opening.actor, "routed", note=opening.note)
        ticket = commit(world, ticket, after, entry, list(queues.takes_tickets(after.queue_id)))
    if ticket.in_line:
        assignment.drain(world, [ticket.queue_id])
    return store.get(world.table, ticket.id)
