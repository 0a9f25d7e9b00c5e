"""What we know of our side of a conversation: subaccounts and the phone numbers in them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.channels.hours import ALWAYS, BusinessHours


class ChannelType(StrEnum):
    """The kinds of channel a conversation can run over."""

    WHATSAPP = "whatsapp"
    WEBCHAT = "webchat"


class Subaccount(BaseModel):
    """A part of the company that has its own channels, campaigns and opt-outs."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=100)
    created_at: datetime


class WebChat(BaseModel):
    """What a web chat has of its own."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    allowed_origins: tuple[str, ...]
    """The sites whose pages may show it."""
    greeting: str = ""


OPT_OUT_WORDS = (
    "stop", "unsubscribe", "optout", "opt out", "opt-out",
    "baja", "alto", "parar", "sair", "descadastrar", "arrêt", "arret", "désabonner", "stopp", "abmelden", "disiscriviti",
    "afmelden", "berhenti", "стоп", "отписаться", "إيقاف", "توقف", "إلغاء الاشتراك", "रोकें", "बंद करें",
    "退订", "退訂", "取消订阅", "取消訂閱", "停止", "配信停止", "수신거부", "หยุด", "ยกเลิกการรับข่าวสาร", "hủy đăng ký",
)  # fmt: skip
"""What a new number takes for an opt-out when it is the whole message. None that may as well cancel an order or an appointment."""


class Channel(BaseModel):
    """One phone number inside a subaccount, with its health as Meta reports it; or a web chat, which has none of Meta's fields."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    subaccount_id: str
    type: ChannelType = ChannelType.WHATSAPP
    name: str = Field(min_length=1, max_length=100)
    created_at: datetime

    phone_number_id: str = Field(default="", pattern=r"^[0-9]{0,32}$")
    display_phone_number: str = ""
    waba_id: str = Field(default="", pattern=r"^[0-9]{0,32}$")
    app_id: str = ""

    throughput_mps: int = Field(default=80, ge=1, le=1000)
    """Messages a second, sent and received together."""
    reserve_share: float = Field(default=0.2, gt=0, lt=1)
    """The part of the throughput that campaigns leave for replies and inbound messages."""
    quality: Literal["GREEN", "YELLOW", "RED", "UNKNOWN"] = "UNKNOWN"
    tier: str = "TIER_250"
    verified_name: str = ""
    name_status: str = ""
    """What Meta has decided on the display name: APPROVED, DECLINED, PENDING_REVIEW, …"""
    number_status: str = ""
    """CONNECTED, or why the number cannot send."""
    webhooks_subscribed: bool | None = None
    """Whether Meta sends us this account's webhooks; None: not asked yet."""
    stopped: str | None = None
    """Why nothing may leave this number (an error that a person must mend), or None."""

    default_country: str = ""
    opt_out_words: tuple[str, ...] = OPT_OUT_WORDS
    opt_in_words: tuple[str, ...] = ("start", "unstop", "subscribe")
    opt_out_reply: str = "You will get no more offers from us. Write START to get them again."
    opt_in_reply: str = "Welcome back: you will get our offers again. Write STOP at any time."
    first: Literal["workflow", "agent"] = "workflow"
    """Who gets an inbound message that both could take."""
    hours: BusinessHours = ALWAYS
    away_message: str = ""
    """Goes to whoever writes outside business hours and gets a ticket, unless the ticket's queue has one of its own."""
    last_webhook_at: datetime | None = None
    """When a customer's message last came in, to five minutes."""
    refreshed_at: datetime | None = None
    """When health and templates were last read from Meta, …"""
    refresh_at: datetime | None = None
    """… and when they are next."""
    web_chat: WebChat | None = None

    @property
    def address(self) -> str:
        """What an inbound message calls this channel: Meta's phone number id, or a web chat's own id."""
        return self.phone_number_id or self.id
