"""A workflow hands its conversation to the agents: a ticket, in the queue and with the note it asks for."""

from chalicelib.automation.steps.commands import HandOver, StepFailed
from chalicelib.channels import store as channels
from chalicelib.cloud.table import TransactionRefused
from chalicelib.contacts import identity
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import intake as tickets
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import changes, store
from chalicelib.converse.tickets.commit import TicketChanged, commit
from chalicelib.converse.tickets.model import Actor, Priority, Ticket
from chalicelib.wiring import World

_WORKFLOW = Actor(kind="workflow", name="Workflow")
_PRIORITIES = {"medium": Priority.NORMAL, **{str(one): one for one in Priority}}
_TRIES = 6


def hand_over(world: World, conversation: Conversation, wanted: HandOver, key: str) -> str:
    """The id of the conversation's unclosed ticket, opened if there is none. Harmless when repeated. Raises StepFailed."""
    queue = _queue(world, wanted.queue)
    priority = _priority(wanted.priority)
    for _ in range(_TRIES):
        try:
            ticket, acts = _ticket(world, conversations.get(world.table, conversation.id))
            _arranged(world, ticket, queue, priority, wanted.note or "", key)
        except (TransactionRefused, TicketChanged):
            continue  # the conversation or its ticket moved meanwhile: read again
        for act in acts:
            tickets.act(act, ticket.id, world)
        return ticket.id
    raise StepFailed("The ticket of this conversation is being changed by others.", transient=True)


def _ticket(world: World, conversation: Conversation) -> tuple[Ticket, tuple[str, ...]]:
    if conversation.ticket_id:
        return store.get(world.table, conversation.ticket_id), ("assign",)
    contact = identity.get(world.table, conversation.contact_id)
    message = _last_word(world, conversation)
    if contact is None or message is None:
        raise StepFailed("The customer has not written: there is nothing to hand over.")
    channel = channels.get(world.table, conversation.channel_id)
    taken = tickets.intake(world.table, conversation, channel, contact, message, now=world.clock(), new_id=world.new_id)
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


def _queue(world: World, name: str | None) -> Queue | None:
    if not name:
        return None
    found = next((one for one in queues.every(world.table) if name.casefold() in (one.id, one.name.casefold())), None)
    if found is None or not found.enabled:
        raise StepFailed(f"There is no queue {name!r}.")
    return found


def _priority(name: str | None) -> Priority | None:
    if not name:
        return None
    found = _PRIORITIES.get(name.lower())
    if found is None:
        raise StepFailed(f"{name!r} is no priority: {', '.join(_PRIORITIES)}.")
    return found
