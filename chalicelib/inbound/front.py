"""The front door of this process: which rooms stand behind it."""

from datetime import UTC, datetime

from chalicelib.automation import door as workflows
from chalicelib.channels.model import Channel
from chalicelib.contacts.model import Contact
from chalicelib.conversations import store
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import intake as tickets
from chalicelib.converse.tickets import store as tickets_store
from chalicelib.converse.tickets.model import Status as TicketStatus
from chalicelib.inbound import acts
from chalicelib.inbound.decision import Wish
from chalicelib.inbound.receive import FrontDoor
from chalicelib.whatsapp.webhook import InboundMessage
from chalicelib.wiring import World


def front_door(world: World) -> FrontDoor:
    """Tickets take what nothing else does; wishes are the platform's own."""

    def intake(
        conversation: Conversation, channel: Channel, contact: Contact, message: Message, now: datetime
    ) -> tickets.Intake:
        return tickets.intake(world.table, conversation, channel, contact, message, now=now, new_id=world.new_id)

    def workflows_for(channel: Channel, contact: Contact, update: InboundMessage) -> tuple[str, ...]:
        body = update.raw.get(update.type)
        content = body if isinstance(body, dict) else {}
        reply_to = update.context.id if update.context else None
        quoted = store.by_wamid(world.table, reply_to) if reply_to else None
        at = datetime.fromtimestamp(update.timestamp, UTC)
        return workflows.workflows_for(world, channel, contact, update.type, content, update.text, at, reply_to, quoted)

    return FrontDoor(
        world,
        intake,
        lambda act, message: perform(world, act, message),
        instance_of=lambda conversation: workflows.instance_of(world, conversation),
        is_resolved=lambda conversation: _is_resolved(world, conversation),
        workflows_for=workflows_for,
    )


def _is_resolved(world: World, conversation: Conversation) -> bool:
    if conversation.ticket_id is None:
        return False
    return tickets_store.get(world.table, conversation.ticket_id).status is TicketStatus.RESOLVED


def perform(world: World, act: str, message: Message) -> None:
    """Does one outstanding act of a message; harmless when repeated."""
    kind, _, name = act.partition(":")
    match kind:
        case "opt_out" | "opt_in":
            acts.record_wish(world, message, Wish(kind))
        case "confirm_opt_out" | "confirm_opt_in":
            acts.confirm_wish(world, message, Wish(kind.removeprefix("confirm_")))
        case "file":
            acts.fetch_file(world, message)
        case "workflow":
            workflows.begin(world, name, message)
        case "instance":
            workflows.take(world, message)
        case "ticket" if message.ticket_id:
            tickets.act(name, message.ticket_id, world)
        case _:
            raise ValueError(f"no act is called {act}")
