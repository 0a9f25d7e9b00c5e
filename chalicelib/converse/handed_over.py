"""A bot hands its conversation to the agents: the one door through which automation reaches tickets.

It names what it wants in the words of whoever built it (a queue by id or name, a priority) and is answered with a ticket.
"""

from chalicelib.channels import store as channels
from chalicelib.cloud.table import TransactionRefused
from chalicelib.contacts import identity
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import intake
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import changes, store
from chalicelib.converse.tickets.commit import TicketChanged, commit
from chalicelib.converse.tickets.model import Actor, Priority, Ticket
from chalicelib.problems import Conflict, Invalid, TooMany
from chalicelib.wiring import World

_WORKFLOW = Actor.model_construct(kind="workflow", name="Workflow")
_PRIORITIES = {"medium": Priority.NORMAL, **{str(one): one for one in Priority}}
_TRIES = 6


class NothingToHandOver(Conflict):
    """The customer has not written."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__("The customer has not written: there is nothing to hand over.")
        self.conversation_id = conversation_id


class TicketContended(TooMany):
    """Others keep changing the ticket; later is fine."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__("The ticket of this conversation is being changed by others.")
        self.conversation_id = conversation_id


def hand_over(world: World, conversation_id: str, queue: str, priority: str, note: str, key: str) -> str:
    """The id of the conversation's unclosed ticket, opened if there is none; in this queue and with this priority, when they
    are named. The same `key` twice is one hand-over. Raises Invalid, NothingToHandOver, TicketContended."""
    wanted, urgency = _queue(world, queue), _priority(priority)
    for _ in range(_TRIES):
        try:
            ticket, acts = _ticket(world, conversations.get(world.table, conversation_id))
            _arranged(world, ticket, wanted, urgency, note, key)
        except (TransactionRefused, TicketChanged):
            continue  # the conversation or its ticket moved meanwhile: read again
        for act in acts:
            intake.act(act, ticket.id, world)
        return ticket.id
    raise TicketContended(conversation_id)


def _ticket(world: World, conversation: Conversation) -> tuple[Ticket, tuple[str, ...]]:
    if conversation.ticket_id:
        return store.get(world.table, conversation.ticket_id), ("assign",)
    contact = identity.get(world.table, conversation.contact_id)
    message = _last_word(world, conversation)
    if contact is None or message is None:
        raise NothingToHandOver(conversation.id)
    channel = channels.get(world.table, conversation.channel_id)
    taken = intake.intake(world.table, conversation, channel, contact, message, now=world.clock(), new_id=world.new_id)
    named = conversations.advanced(conversation, ticket_id=taken.ticket_id)
    world.table.transact([*taken.operations, named])
    return store.get(world.table, taken.ticket_id), taken.acts


def _arranged(
    world: World, before: Ticket, queue: Queue | None, priority: Priority | None, note: str, key: str
) -> None:
    after = before
    if queue and queue.id != before.queue_id:
        after = changes.moved_to_queue(after, queue, world.clock())
    if priority and priority is not before.priority:
        after = after.model_copy(update={"priority": priority})
    if after == before and not note:
        return
    entry = changes.entry(f"{key}.handed-over", world.clock(), _WORKFLOW, "handed over", note=note)
    commit(world, before, after, entry, list(queues.takes_tickets(queue.id)) if queue else [])


def _last_word(world: World, conversation: Conversation) -> Message | None:
    page = conversations.messages(world.table, conversation.id)
    found = (Message.model_validate(item) for item in page.items)
    return next((message for message in found if message.direction == "in"), None)


def _queue(world: World, name: str) -> Queue | None:
    if not name:
        return None
    found = next((one for one in queues.every(world.table) if name.casefold() in (one.id, one.name.casefold())), None)
    if found is None or not found.enabled:
        raise Invalid(f"There is no queue {name!r}.", field="queue")
    return found


def _priority(name: str) -> Priority | None:
    if not name:
        return None
    found = _PRIORITIES.get(name.lower())
    if found is None:
        raise Invalid(f"{name!r} is no priority: {', '.join(_PRIORITIES)}.", field="priority")
    return found
