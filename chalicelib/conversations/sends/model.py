"""A message that a program asked us to send: now or at a time, alone or one of many."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class SendState(StrEnum):
    """How far the wish has come; once `submitted` the message itself tells how far it came."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether it may still be submitted or cancelled."""
        return self in {SendState.SCHEDULED, SendState.QUEUED}


class Send(BaseModel):
    """One wish. `message` is WhatsApp's own notation; `bulk` goes on the campaigns' lane, which leaves room for replies."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    state: SendState
    subaccount_id: str
    channel_id: str
    phone: str | None = None
    contact_id: str | None = None
    bsuid: str | None = None
    message: dict[str, Any]
    reply_to: str | None = None
    client_message_id: str = ""
    batch_id: str = ""
    index: int = 0
    bulk: bool = False
    scheduled_at: datetime | None = None
    wanted_until: datetime | None = None
    """After this nobody wants it any more. (`expires_at` is the table's own: when the item goes.)"""
    created_at: datetime
    created_by: str = ""
    sender_name: str = ""
    reason: str = ""
    text: str = ""
    """Why it was rejected, in a word and in a sentence."""
    conversation_id: str = ""
    position: str = ""

    def has_expired(self, now: datetime) -> bool:
        """Whether nobody wants it any more."""
        return self.wanted_until is not None and now >= self.wanted_until


class Batch(BaseModel):
    """Many wishes made together."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    subaccount_id: str
    channel_id: str
    client_batch_id: str = ""
    count: int
    scheduled_at: datetime | None = None
    created_at: datetime
