"""The front door of this process: which rooms stand behind it."""

from datetime import datetime

from chalicelib.channels.model import Channel
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import intake as tickets
from chalicelib.inbound import acts
from chalicelib.inbound.decision import Wish
from chalicelib.inbound.receive import FrontDoor
from chalicelib.wiring import World


def front_door(world: World) -> FrontDoor:
    """Tickets take what nothing else does; wishes are the platform's own."""

    def intake(
        conversation: Conversation, channel: Channel, contact: Contact, message: Message, now: datetime
    ) -> tickets.Intake:
        return tickets.intake(world.table, conversation, channel, contact, message, now=now, new_id=world.new_id)

    return FrontDoor(world, intake, lambda act, message: perform(world, act, message))


def perform(world: World, act: str, message: Message) -> None:
    """Does one outstanding act of a message; harmless when repeated."""
    kind, _, name = act.partition(":")
    match kind:
        case "opt_out" | "opt_in":
            acts.record_wish(world, message, Wish(kind))
        case "confirm_opt_out" | "confirm_opt_in":
            acts.confirm_wish(world, message, Wish(kind.removeprefix("confirm_")))
        case "ticket" if message.ticket_id:
            tickets.act(name, message.ticket_id, world)
        case _:
            raise ValueError(f"no act is called {act}")
