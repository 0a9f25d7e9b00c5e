"""The lane of inbound messages: one customer's message at a time, in the order of the conversation."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.inbound import batch
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import FrontDoor, receive
from chalicelib.whatsapp.webhook import Echo, InboundMessage, Unreadable, Update
from chalicelib.wiring import world

bp = Blueprint(__name__)
log = Logger(service="inbound")


@bp.on_sqs_message(queue="inbound.fifo", name="inbound", batch_size=10)
def inbound(event: Any) -> dict[str, Any]:
    """SQS inbound.fifo: one message of one customer, in the order of the conversation."""
    here = world()
    door = front_door(here)

    def take(updates: list[Update]) -> None:
        for update in updates:
            take_message(update, door)

    return batch.work(event, "inbound", here, take, fifo=True)


def take_message(update: Update, door: FrontDoor) -> None:
    """One update of the inbound lane."""
    match update:
        case InboundMessage():
            message = receive(update, door)
            log.info("inbound", message_id=message.id, conversation_id=message.conversation_id, type=message.type)
        case Unreadable(reason=reason):
            log.warning("unreadable", lane="inbound", reason=reason)  # archived with its batch
        case Echo():
            log.info("echo", type=update.type)
        case _:
            raise ValueError(f"{type(update).__name__} in the inbound lane")
