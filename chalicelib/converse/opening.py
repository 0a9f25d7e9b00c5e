"""New tickets: from a customer's message, or from an agent who writes first. A workflow hands over the customer's last message."""

from collections.abc import Sequence
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
from chalicelib.converse.tickets.model import Actor, Ticket
from chalicelib.dataclass import dataclass
from chalicelib.wiring import World

_TRIES = 8


@dataclass(frozen=True)
class Opening:
    """How a ticket begins. Without a queue the rules route it; with an agent it is theirs at once."""

    origin: Literal["inbound", "outbound"]
    actor: Actor
    queue_id: str = ""
    agent_id: str = ""


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

    Raises ConversationMissing, TransactionContended.
    """
    for _ in range(_TRIES):
        conversation = conversations.get(world.table, conversation_id)
        if conversation.ticket_id:
            return store.get(world.table, conversation.ticket_id)
        ticket, operations = _opened(world, conversation, channel, contact, opening)
        try:
            world.table.transact([*operations, _names(conversation, ticket, opening)])
        except ConditionFailed:
            continue  # a message came meanwhile: look again
        if ticket.in_line:
            assignment.drain(world, [ticket.queue_id])
        return store.get(world.table, ticket.id)
    raise TransactionContended(f"conversation {conversation_id}")


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
    entry = changes.entry(world.new_id(), now, opening.actor, "created", reason=why)
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
