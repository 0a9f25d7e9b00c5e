"""A message that was held for a workflow and that no wait took: it is decided upon once more."""

from chalicelib.automation import documents
from chalicelib.automation import door as workflows
from chalicelib.channels import store as channels
from chalicelib.cloud.table import TransactionContended, TransactionRefused
from chalicelib.contacts import identity
from chalicelib.conversations import store
from chalicelib.conversations.model import Message, OwnerKind
from chalicelib.converse import intake as tickets
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

_TRIES = 8


def again(timer: Timer, world: World) -> None:
    """To a workflow that it starts, else to the agents. Harmless when repeated."""
    message = store.get_message(world.table, timer.data["conversation_id"], timer.data["position"])
    conversation = store.get(world.table, message.conversation_id)
    if workflows.instance_of(world, conversation):
        workflows.take(world, message)
        return
    agents_have_it = conversation.owner is OwnerKind.AGENT and conversation.ticket_id is not None
    started = () if agents_have_it else _workflows(world, message)
    for definition in started:
        workflows.begin(world, definition, message)
    if not started and message.ticket_id is None:
        _to_agents(world, message)


def _workflows(world: World, message: Message) -> tuple[str, ...]:
    conversation = store.get(world.table, message.conversation_id)
    contact = identity.get(world.table, conversation.contact_id)
    if contact is None:
        return ()
    channel = channels.get(world.table, conversation.channel_id)
    quoted = store.by_wamid(world.table, message.context_wamid) if message.context_wamid else None
    text = documents.words(message.type, message.content)
    return workflows.workflows_for(
        world, channel, contact, message.type, message.content, text, message.at, message.context_wamid, quoted
    )


def _to_agents(world: World, message: Message) -> None:
    for _ in range(_TRIES):
        conversation = store.get(world.table, message.conversation_id)
        contact = identity.get(world.table, conversation.contact_id)
        channel = channels.get(world.table, conversation.channel_id)
        if contact is None:
            return  # erased meanwhile
        taken = tickets.intake(
            world.table, conversation, channel, contact, message, now=world.clock(), new_id=world.new_id
        )
        named = store.advanced(conversation, ticket_id=taken.ticket_id)
        try:
            world.table.transact([*taken.operations, store.filed(message, taken.ticket_id), named])
        except TransactionRefused:
            if store.get_message(world.table, message.conversation_id, message.position).ticket_id:
                return  # an earlier run did it
            continue
        for act in taken.acts:
            tickets.act(act, taken.ticket_id, world)
        return
    raise TransactionContended(f"conversation {message.conversation_id}")
