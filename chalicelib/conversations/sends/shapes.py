"""Messages that a program asks for, as the API takes and shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from chalicelib.conversations.model import Message
from chalicelib.conversations.sends.model import Send, SendState
from chalicelib.shape import Shape
from chalicelib.whatsapp.messages import Message as WhatsAppMessage

MOST = 1000
OwnId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")]


class Recipient(Shape):
    """Whom to write to: exactly one of the three."""

    phone: Phone | None = Field(default=None, description="E.164 with the plus sign.")
    contact_id: str | None = Field(default=None, pattern=r"^[0-9]{1,16}$")
    bsuid: UserId | None = Field(default=None, description="WhatsApp's business-scoped user id.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Recipient":
        if sum(value is not None for value in (self.phone, self.contact_id, self.bsuid)) != 1:
            raise ValueError("give exactly one of phone, contactId and bsuid")
        return self


class Times(Shape):
    """When it goes and until when it is wanted."""

    scheduled_at: AwareDatetime | None = Field(default=None, description="At the earliest; null is now.")
    expires_at: AwareDatetime | None = Field(default=None, description="Not sent after this.")


class SendDraft(Times):
    """One message. The same `id` sent twice is one message."""

    id: OwnId | None = None
    channel_id: str = Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")
    to: Recipient
    message: WhatsAppMessage
    reply_to: str | None = Field(default=None, max_length=512, description="The wamid of the message it answers.")
    client_message_id: str = Field(default="", max_length=50, description="Yours; comes back with the state.")


class BatchItem(Shape):
    """One message of a batch; without `message` it is the batch's."""

    to: Recipient
    message: WhatsAppMessage | None = None
    client_message_id: str = Field(default="", max_length=50)


class BatchDraft(Times):
    """Up to 1,000 messages on one channel. The same `id` sent twice is one batch."""

    id: OwnId | None = None
    channel_id: str = Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")
    client_batch_id: str = Field(default="", max_length=100)
    message: WhatsAppMessage | None = Field(default=None, description="For all that have none of their own.")
    messages: tuple[BatchItem, ...] = Field(min_length=1, max_length=MOST)


class FailureShape(Shape):
    """Why it was not sent."""

    reason: str
    text: str
    code: int | None


class SendView(Shape):
    """A message that was asked for and how far it came."""

    id: str
    batch_id: str
    client_message_id: str
    channel_id: str
    to: Recipient
    state: str = Field(
        description="scheduled, queued, cancelled, expired, rejected; then the message's own: queued, sending, accepted, "
        "sent, delivered, read, failed, unknown, not_confirmed."
    )
    scheduled_at: datetime | None
    expires_at: datetime | None
    created_at: datetime
    conversation_id: str
    wamid: str | None
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failure: FailureShape | None


class BatchView(Shape):
    """A batch with its messages' ids, in their order."""

    batch_id: str
    client_batch_id: str
    accepted: int
    scheduled_at: datetime | None
    ids: list[str]


class Cancelled(Shape):
    """How many messages will not be sent."""

    cancelled_count: int


def view(send: Send, message: Message | None) -> SendView:
    """The wish as it is shown, with its message once there is one."""
    failure = FailureShape(reason=send.reason, text=send.text, code=None) if send.reason else None
    if message is not None and message.failure is not None:
        failure = FailureShape(**message.failure.model_dump())
    return SendView(
        id=send.id,
        batch_id=send.batch_id,
        client_message_id=send.client_message_id,
        channel_id=send.channel_id,
        to=Recipient(phone=send.phone, contact_id=send.contact_id, bsuid=send.bsuid),
        state=_state(send, message),
        scheduled_at=send.scheduled_at,
        expires_at=send.wanted_until,
        created_at=send.created_at,
        conversation_id=send.conversation_id,
        wamid=message.wamid if message else None,
        sent_at=message.sent_at if message else None,
        delivered_at=message.delivered_at if message else None,
        read_at=message.read_at if message else None,
        failure=failure,
    )


def _state(send: Send, message: Message | None) -> str:
    if message is None:
        return str(send.state)
    ended = {"cancelled": SendState.CANCELLED, "expired": SendState.EXPIRED}
    if message.failure is not None and message.failure.reason in ended:
        return str(ended[message.failure.reason])
    return str(message.status)
