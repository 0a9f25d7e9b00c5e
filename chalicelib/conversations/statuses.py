"""What became of the messages of conversations. Statuses come twice, late and out of order; a message only goes forward."""

from dataclasses import replace
from datetime import UTC, datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, stamp
from chalicelib.cloud.table import ConditionFailed, Item, Table, TransactionRefused, Update
from chalicelib.contacts.phones import country_of
from chalicelib.conversations import store, template_counts
from chalicelib.conversations.model import Failure, Message, MessageStatus
from chalicelib.conversations.usage import Bill, charges
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.whatsapp.webhook import StatusUpdate

PREFIX = "m:"


def apply(table: Table, update: StatusUpdate, clock: Clock, bill: Bill | None = None) -> bool:
    """Applies one status to the message it names, and charges it to the bill. False when it names none of ours."""
    message = _message(table, update)
    if message is None:
        return False
    charge = _charge(update, bill)
    first = bool(charge) and not message.billed_by
    if first and _moved(table, message, update, clock(), charge):
        _billed(update, bill)
        return True
    if not _moved(table, message, update, clock(), {}):
        before = _note(table, message, update, charge)
        if charge and before and bill and bill.is_due(before):
            _billed(update, bill)
    return True


def _charge(update: StatusUpdate, bill: Bill | None) -> Item:
    """What marks a message as charged by this status; empty when it charges nothing."""
    if bill is None or update.pricing is None or not charges(update.status, update.pricing.category):
        return {}
    return {"billed_by": bill.batch}


def _billed(update: StatusUpdate, bill: Bill | None) -> None:
    if bill is None or update.pricing is None:
        return
    person, pricing = update.recipient, update.pricing
    country = country_of(f"+{person.wa_id}" if person.wa_id else None, person.user_id)
    at = datetime.fromtimestamp(update.timestamp, UTC)
    number = update.source.phone_number_id or ""
    bill.add(update.wamid, at, number, country, pricing.category or "", pricing.type or "")


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


def _moved(table: Table, message: Message, update: StatusUpdate, now: datetime, charge: Item) -> bool:
    status = MessageStatus(update.status)
    at = datetime.fromtimestamp(update.timestamp, UTC)
    values: Item = {"wamid": update.wamid, f"{_time_name(status)}_at": at, **charge}
    failure = failure_of(update) if status is MessageStatus.FAILED else None
    if failure:
        values["failure"] = failure.model_dump(exclude_none=True)
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
    if message.status.rank >= status.rank:
        return False
    counting = template_counts.counted(message, status, failure)
    moving = store.moved(message, status, exactly=bool(counting), **values)
    if charge and moving.condition is not None:
        moving = replace(moving, condition=moving.condition & Attr("billed_by").not_exists())
    try:
        table.transact([moving, events.stored(event), *counting])
    except TransactionRefused:
        again = store.find_message(table, message) if counting else None
        if again is None or again.status is message.status:
            return False
        return _moved(table, again, update, now, charge)  # somebody moved it meanwhile: it counts from there
    return True


def _note(table: Table, message: Message, update: StatusUpdate, charge: Item) -> Item | None:
    """A status that came after a higher one still tells when it happened, and what it cost. The message as it was before."""
    status = MessageStatus(update.status)
    if status is MessageStatus.FAILED:
        return None
    at = stamp(datetime.fromtimestamp(update.timestamp, UTC))
    try:
        return table.replace(
            Update(
                keys.message(message.conversation_id, message.position),
                set_if_absent={f"{_time_name(status)}_at": at, **charge},
                condition=Attr("PK").exists(),
            )
        )
    except ConditionFailed:
        return None  # erased meanwhile


def _time_name(status: MessageStatus) -> str:
    return "read" if status is MessageStatus.PLAYED else str(status)
