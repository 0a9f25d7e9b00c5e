"""What became of the messages of conversations. Statuses come twice, late and out of order; a message only goes forward."""

from datetime import UTC, datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, stamp
from chalicelib.cloud.table import ConditionFailed, Item, Table, TransactionRefused, Update
from chalicelib.conversations import store
from chalicelib.conversations.model import Failure, Message, MessageStatus
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.whatsapp.webhook import StatusUpdate

PREFIX = "m:"


def apply(table: Table, update: StatusUpdate, clock: Clock) -> bool:
    """Applies one status to the message it names. False when it names none of ours."""
    message = _message(table, update)
    if message is None:
        return False
    if not _moved(table, message, update, clock()):
        _note_time(table, message, update)
    return True


def failure_of(update: StatusUpdate) -> Failure:
    """Why Meta says a message failed, in the words of the one error table."""
    if not update.errors:
        return Failure(reason="failed", text="WhatsApp reported a failure without a reason")
    error = update.errors[0]
    text = f"{error.rule.meaning}: {error.details}" if error.details else error.rule.meaning
    return Failure(reason=str(error.rule.error_class), text=text, code=error.code)


def _message(table: Table, update: StatusUpdate) -> Message | None:
    if update.callback_data and update.callback_data.startswith(PREFIX):
        reference, _, _ = update.callback_data.removeprefix(PREFIX).rpartition(":")
        conversation_id, _, position = reference.partition("|")
        item = table.get(keys.message(conversation_id, position))
        if item:
            return Message.model_validate(item)
    return store.by_wamid(table, update.wamid)


def _moved(table: Table, message: Message, update: StatusUpdate, now: datetime) -> bool:
    status = MessageStatus(update.status)
    at = datetime.fromtimestamp(update.timestamp, UTC)
    values: Item = {"wamid": update.wamid, f"{_time_name(status)}_at": at}
    if status is MessageStatus.FAILED:
        values["failure"] = failure_of(update).model_dump(exclude_none=True)
    if update.pricing and update.pricing.category:
        values["price_category"] = update.pricing.category
    event = Event(
        id=f"{message.id}.{status}",
        type="message.status",
        at=now,
        topic="conversation",
        subject=message.conversation_id,
        data={"message_id": message.id, "position": message.position, "status": str(status)},
    )
    try:
        table.transact([store.moved(message, status, **values), events.stored(event)])
    except TransactionRefused:
        return False
    return True


def _note_time(table: Table, message: Message, update: StatusUpdate) -> None:
    """A status that came after a higher one still tells when it happened."""
    status = MessageStatus(update.status)
    if status is MessageStatus.FAILED:
        return
    at = stamp(datetime.fromtimestamp(update.timestamp, UTC))
    try:
        table.update(
            Update(
                keys.message(message.conversation_id, message.position),
                set_if_absent={f"{_time_name(status)}_at": at},
                condition=Attr("PK").exists(),
            )
        )
    except ConditionFailed:
        return  # erased meanwhile


def _time_name(status: MessageStatus) -> str:
    return "read" if status is MessageStatus.PLAYED else str(status)
