"""Messages to one customer: from an agent, a workflow, the API or the platform. Kept first, then sent by the reply worker."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.cloud import keys, retention
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.queues import Queues
from chalicelib.cloud.table import Operation, Put, Table, TransactionRefused, Update
from chalicelib.conversations import carriers, preview, store
from chalicelib.conversations.model import Conversation, Message, MessageStatus, Sender
from chalicelib.dataclass import dataclass
from chalicelib.events import model as events
from chalicelib.events.model import Event

if TYPE_CHECKING:
    from chalicelib.whatsapp.messages import Message as WhatsAppMessage  # its models are a tenth of a cold start


class WindowClosed(Exception):
    """Free-form messages may not be sent any more; a template may."""

    def __init__(self, conversation_id: str, closed_at: datetime | None) -> None:
        super().__init__("the 24-hour window of this conversation is closed; send a template instead")
        self.conversation_id, self.closed_at = conversation_id, closed_at


@dataclass(frozen=True)
class Draft:
    """What somebody wants to send. `id` makes a repeated submission the same message; `epoch` fences a bot's."""

    id: str
    message: "WhatsAppMessage"
    sender: Sender
    category: str = "service"
    reply_to: str | None = None
    ticket_id: str | None = None
    epoch: int | None = None
    wanted_until: datetime | None = None
    """After this it is not sent any more."""
    text: str = ""
    """How it reads, when the message itself does not tell: a template's filled-in text."""


@dataclass(frozen=True)
class Desk:
    """What submitting needs."""

    table: Table
    queues: Queues
    clock: Callable[[], datetime]
    window_margin: timedelta


def submit(
    desk: Desk,
    conversation: Conversation,
    draft: Draft,
    also: list[Operation] | None = None,
    at: datetime | None = None,
) -> Message:
    """Keeps the message as queued and hands it to the reply worker. The same draft twice is one message.

    `also` goes into the same transaction. Raises WindowClosed; TransactionRefused when `also` does not hold.
    """
    message = keep(desk, conversation, draft, also, at)
    hand_over(desk.queues, message)
    return message


def keep(
    desk: Desk,
    conversation: Conversation,
    draft: Draft,
    also: list[Operation] | None = None,
    at: datetime | None = None,
) -> Message:
    """Keeps the message as queued, for whoever sends it: `submit` without the reply worker. `at` is its place in the log.

    `also` goes into the same transaction. Raises WindowClosed; TransactionRefused when `also` does not hold.
    """
    now = at or desk.clock()
    kind, closes = conversation.channel_type, conversation.window_closes_at
    if draft.message.type != "template" and not carriers.may_write(kind, closes, now, desk.window_margin):
        raise WindowClosed(conversation.id, conversation.window_closes_at)
    message = _message(conversation, draft, now)
    keep = retention.current(desk.table).messages
    operations = [
        store.logged(message, keep),
        Put(
            {
                **dict(zip(("PK", "SK"), keys.draft(conversation.id, draft.id), strict=True)),
                **store.listing(message),
                **retention.until(keep, now),
            },
            store.ABSENT,
        ),
        Update(keys.conversation(conversation.id), set={"last_message_at": stamp(now)}),
        events.stored(_submitted(message, now)),
        *(also or []),
    ]
    try:
        desk.table.transact(operations)
    except TransactionRefused as refused:
        if 1 not in refused.failed:
            raise
        # The same draft was submitted before: it is that message, and its worker may not have been told.
        known = desk.table.get(keys.draft(conversation.id, draft.id))
        message = store.get_message(desk.table, conversation.id, known["position"] if known else "")
    return message


def hand_over(queues: Queues, message: Message) -> None:
    """Tells the reply worker; harmless when repeated, since it sends only what is queued."""
    queues.send(
        "replies",
        {"v": 1, "conversation_id": message.conversation_id, "position": message.position},
        group=message.conversation_id,
        deduplication_id=f"{message.id}.{message.attempts}",
    )


def _message(conversation: Conversation, draft: Draft, now: datetime) -> Message:
    content = draft.message.model_dump(mode="json", exclude_none=True)[draft.message.type]
    return Message(
        id=draft.id,
        conversation_id=conversation.id,
        position=keys.message_position(now, now, draft.id),
        direction="out",
        type=draft.message.type,
        content=content,
        at=now,
        status=MessageStatus.QUEUED,
        sender=draft.sender,
        context_wamid=draft.reply_to,
        ticket_id=draft.ticket_id,
        epoch=draft.epoch,
        category=draft.category,
        wanted_until=draft.wanted_until,
        preview=draft.text or preview.of(draft.message.type, content),
    )


def _submitted(message: Message, now: datetime) -> Event:
    return Event(
        id=f"{message.id}.submitted",
        type="message.submitted",
        at=now,
        topic="conversation",
        subject=message.conversation_id,
        data={"message_id": message.id, "position": message.position, "ticket_id": message.ticket_id or ""},
    )
