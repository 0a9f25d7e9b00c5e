"""A conversation is one contact on one channel, forever: its window, who owns it, and its log of messages."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.channels.model import Channel, ChannelType
from chalicelib.contacts.model import Contact, Identities, visitor


class OwnerKind(StrEnum):
    """Who speaks for us in a conversation."""

    NOBODY = "nobody"
    BOT = "bot"
    AGENT = "agent"


class Conversation(BaseModel):
    """The state of a conversation. `revision` grows with every inbound message and orders concurrent writers."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    channel_id: str
    channel_type: ChannelType = ChannelType.WHATSAPP
    contact_id: str
    created_at: datetime
    revision: int = 0

    phone: str | None = None
    bsuid: str | None = None
    visitor_id: str | None = None
    """Who they are in a web chat."""

    window_closes_at: datetime | None = None
    last_inbound_at: datetime | None = None
    last_message_at: datetime | None = None

    owner: OwnerKind = OwnerKind.NOBODY
    owner_id: str = ""
    epoch: int = 0
    """Grows when the owner changes; a send that was decided under an older epoch is refused."""

    ticket_id: str | None = None
    """The conversation's one unclosed ticket: two cannot be, since there is one place to note it."""
    unread: int = 0

    @classmethod
    def between(cls, channel: Channel, contact: Contact, now: datetime) -> "Conversation":
        """One that has not begun."""
        return cls(
            id=conversation_id(channel.id, contact.id),
            channel_id=channel.id,
            channel_type=channel.type,
            contact_id=contact.id,
            created_at=now,
            phone=contact.phone,
            bsuid=contact.bsuid,
        )

    @property
    def to(self) -> Identities:
        """Where a message to this customer goes."""
        also = frozenset({visitor(self.visitor_id)} if self.visitor_id else ())
        return Identities(phone=self.phone, bsuid=self.bsuid, also=also)


def conversation_id(channel_id: str, contact_id: str) -> str:
    """The id follows from the two ends, so that two workers cannot make two."""
    return f"{channel_id}.{contact_id}"


PROGRESS = (
    "queued", "sending", "unknown", "not_confirmed", "accepted", "sent", "failed", "delivered", "read", "played",
)  # fmt: skip
"""How far a message out has come, of a conversation or a campaign: only a later one replaces another, for webhooks come twice,
late and out of order. `failed` stands below `delivered`, since with several devices both may come and delivered wins; what
nobody confirmed stands below everything that Meta says."""


class MessageStatus(StrEnum):
    """How far a message has come. Inbound ones are `received`."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_CONFIRMED = "not_confirmed"
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"

    @property
    def rank(self) -> int:
        """Only a status of higher rank replaces another."""
        return PROGRESS.index(self) + 1 if self is not MessageStatus.RECEIVED else 0


class Failure(BaseModel):
    """Why a message did not arrive. `code` is Meta's error code when Meta said it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    reason: str
    text: str
    code: int | None = None


class Sender(BaseModel):
    """Who wrote a message."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    kind: Literal["customer", "agent", "workflow", "campaign", "system", "api"]
    id: str = ""
    name: str = ""


class Message(BaseModel):
    """One message of a conversation's log. `content` is the body of its type in WhatsApp's own notation."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    conversation_id: str
    position: str
    direction: Literal["in", "out"]
    type: str
    content: dict[str, Any]
    at: datetime
    status: MessageStatus
    sender: Sender
    wamid: str | None = None
    context_wamid: str | None = None
    ticket_id: str | None = None
    epoch: int | None = None
    attempt: str | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    failure: Failure | None = None
    category: str = ""
    billed_by: str | None = None
    """The batch of statuses that charged it."""
    wanted_until: datetime | None = None
    """After this it is not sent any more."""
    acts: tuple[str, ...] = ()
    """What an inbound message still asks to be done; kept with it, so that a crash loses none."""
    preview: str = ""
    """What it looks like as plain text: a template's filled-in text, a caption, a title."""
