"""Messages of which nobody can know whether WhatsApp took them: never sent again by themselves.

A lost answer, or a worker killed between claim and record, leaves a message `unknown`. WhatsApp's status settles it,
early or late; what it never confirms becomes `not_confirmed` after CONFIRM_WITHIN, for a person to resend.
"""

from datetime import datetime, timedelta

from chalicelib.cloud.table import Operation, Table, TransactionRefused
from chalicelib.conversations import store, template_counts
from chalicelib.conversations.model import Failure, Message, MessageStatus
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.timers import kinds
from chalicelib.timers.model import Timer
from chalicelib.timers.store import armed
from chalicelib.wiring import World

CONFIRM_WITHIN = timedelta(minutes=15)
"""WhatsApp's `sent` status comes within seconds; its webhooks may be repeated for days, and still settle the message."""

_NEVER_CONFIRMED = Failure.model_construct(
    reason="not_confirmed",
    text="WhatsApp never said whether it took this message. It was not sent again; resend it if it is still wanted.",
)


def doubted(message: Message, now: datetime) -> list[Operation]:
    """The operations that note the doubt and the time by which it must be settled."""
    timer = Timer(
        id=f"unconfirmed.{message.id}",
        kind=kinds.UNCONFIRMED_MESSAGE,
        subject=f"{message.conversation_id}|{message.position}",
        due_at=now + CONFIRM_WITHIN,
    )
    return [store.moved(message, MessageStatus.UNKNOWN), armed(timer, now)]


def abandoned(table: Table, message: Message, now: datetime) -> None:
    """Takes up a message whose worker is gone; harmless when it is not."""
    try:
        table.transact(doubted(message, now))
    except TransactionRefused:
        return  # settled meanwhile


def give_up(timer: Timer, world: World) -> None:
    """Ends the doubt: nobody confirmed the message in time. Harmless when somebody did."""
    conversation_id, _, position = timer.subject.partition("|")
    try:
        message = store.get_message(world.table, conversation_id, position)
    except store.MessageMissing:
        return  # erased meanwhile
    event = Event(
        id=f"{message.id}.not_confirmed",
        type="message.status",
        at=world.clock(),
        topic="conversation",
        subject=conversation_id,
        data={"message_id": message.id, "position": message.position, "status": str(MessageStatus.NOT_CONFIRMED)},
    )
    failed = store.moved(
        message,
        MessageStatus.NOT_CONFIRMED,
        failed_at=world.clock(),
        failure=_NEVER_CONFIRMED.model_dump(exclude_none=True),
    )
    counting = template_counts.counted(message, MessageStatus.NOT_CONFIRMED, _NEVER_CONFIRMED)
    try:
        world.table.transact([failed, events.stored(event), *counting])
    except TransactionRefused:
        return
