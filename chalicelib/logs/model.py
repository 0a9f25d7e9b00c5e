"""One line of the message log, whether of a conversation or of a campaign, and which lines somebody wants."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from chalicelib.campaigns.listing import RowView
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rows import META, RowState
from chalicelib.conversations.model import Conversation, Message, MessageStatus
from chalicelib.shape import Shape

LogStatus = MessageStatus | Literal[RowState.SKIPPED]
"""A campaign's list also has those to whom nothing is sent."""
_FAILURES = frozenset({MessageStatus.FAILED, MessageStatus.NOT_CONFIRMED})


class LogFilter(Shape):
    """Which messages. With nothing in it: all of conversations, the newest first."""

    wamid: str | None = Field(default=None, max_length=256, description="WhatsApp's id of a message.")
    phone: str | None = Field(
        default=None, pattern=r"^\+[1-9][0-9]{4,17}$", description="The customer's, with its plus sign."
    )
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")
    channel_id: str | None = Field(default=None, max_length=64, description="One number of ours.")
    campaign_id: str | None = Field(
        default=None, max_length=64, description="All recipients of one campaign, run by run."
    )
    status: LogStatus | None = None
    code: int | None = Field(default=None, ge=0, le=10**9, description="Meta's error code.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @property
    def only_failures(self) -> bool:
        """Whether only failed messages can match: they have an index of their own."""
        return self.code is not None or self.status in _FAILURES

    @property
    def is_narrow(self) -> bool:
        """Whether not every message that is read will match."""
        return self.status is not None or self.code is not None


class LoggedMessage(Shape):
    """One message and how far it came."""

    id: str
    channel_id: str
    conversation_id: str = Field(description="Empty for a campaign's message.")
    campaign_id: str
    to: str = Field(description="The customer's number, or their BSUID.")
    wamid: str | None
    direction: str
    type: str
    preview: str
    at: datetime
    status: LogStatus
    sender_kind: str
    sender_id: str
    category: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    code: int | None
    reason: str


def of_message(message: Message, conversation: Conversation | None) -> LoggedMessage:
    """A message of a conversation."""
    failure = message.failure
    values = message.model_dump(include=set(LoggedMessage.model_fields) & set(Message.model_fields))
    return LoggedMessage(
        **values,
        channel_id=message.conversation_id.rpartition(".")[0],
        campaign_id="",
        to=(conversation.phone or conversation.bsuid or "") if conversation else "",
        sender_kind=message.sender.kind,
        sender_id=message.sender.id,
        code=failure.code if failure else None,
        reason=failure.text if failure else "",
    )


def of_row(row: RowView, run_id: str, started_at: datetime, campaign: Campaign) -> LoggedMessage:
    """A recipient of a campaign."""
    code = row.reason.removeprefix(META) if row.reason.startswith(META) else ""
    first = next(filter(None, (row.accepted_at, row.sent_at, row.delivered_at, row.read_at, row.failed_at)), "")
    return LoggedMessage(
        id=f"{run_id}.{row.row}",
        channel_id=campaign.channel_id,
        conversation_id="",
        campaign_id=campaign.id,
        to=row.to,
        wamid=row.wamid or None,
        direction="out",
        type="template" if campaign.message and campaign.message.type == "template" else "text",
        preview="",
        at=datetime.fromisoformat(first) if first else started_at,
        status=row.state if row.state is RowState.SKIPPED else MessageStatus(row.state),
        sender_kind="campaign",
        sender_id=campaign.id,
        category=row.price_category,
        sent_at=_time(row.sent_at),
        delivered_at=_time(row.delivered_at),
        read_at=_time(row.read_at),
        failed_at=_time(row.failed_at),
        code=int(code) if code.isdecimal() else None,
        reason=row.explanation,
    )


def matches(message: LoggedMessage, wanted: LogFilter) -> bool:
    """Whether somebody wants this line."""
    return (
        (wanted.channel_id is None or message.channel_id == wanted.channel_id)
        and (wanted.campaign_id is None or message.campaign_id == wanted.campaign_id)
        and (wanted.status is None or message.status == wanted.status)
        and (wanted.code is None or message.code == wanted.code)
        and (wanted.since is None or message.at >= wanted.since)
        and (wanted.until is None or message.at <= wanted.until)
    )


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
