"""Channels, subaccounts and templates as the API shows them."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from chalicelib.channels.model import Channel, ChannelType, Subaccount
from chalicelib.channels.templates import TemplateRecord
from chalicelib.shape import Shape


class SubaccountShape(Shape):
    """A part of the company with its own channels, campaigns and opt-outs."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=100)

    @classmethod
    def of(cls, subaccount: Subaccount) -> Self:
        """The subaccount as it is shown."""
        return cls(id=subaccount.id, name=subaccount.name)


class ChannelDraft(Shape):
    """A WhatsApp number to connect. With `accessToken` the WABA's token is kept in Secrets Manager, never in a table."""

    subaccount_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=100)
    phone_number_id: str = Field(pattern=r"^[0-9]{1,32}$")
    waba_id: str = Field(pattern=r"^[0-9]{1,32}$")
    access_token: str | None = Field(default=None, min_length=1, max_length=1000, pattern=r"^\S+$")
    default_country: str = Field(default="", pattern=r"^([A-Z]{2})?$")


class ChannelChange(Shape):
    """What a person may set; the rest is Meta's to say."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    throughput_mps: int | None = Field(default=None, ge=1, le=1000)
    reserve_share: float | None = Field(default=None, gt=0, lt=1)
    default_country: str | None = Field(default=None, pattern=r"^([A-Z]{2})?$")
    opt_out_words: tuple[str, ...] | None = Field(default=None, max_length=50)
    opt_in_words: tuple[str, ...] | None = Field(default=None, max_length=50)
    opt_out_reply: str | None = Field(default=None, min_length=1, max_length=1024)
    opt_in_reply: str | None = Field(default=None, min_length=1, max_length=1024)
    first: Literal["workflow", "agent"] | None = None
    stopped: None = Field(default=None, description="Null lifts a stop, once its cause is mended.")


class ChannelShape(Shape):
    """One channel with its health as Meta reports it."""

    id: str
    subaccount_id: str
    type: ChannelType
    name: str
    phone_number_id: str
    display_phone_number: str
    waba_id: str
    verified_name: str
    quality: str
    tier: str
    throughput_mps: int
    reserve_share: float
    stopped: str | None
    default_country: str
    opt_out_words: tuple[str, ...]
    opt_in_words: tuple[str, ...]
    opt_out_reply: str
    opt_in_reply: str
    first: Literal["workflow", "agent"]
    last_webhook_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, channel: Channel) -> Self:
        """The channel as it is shown."""
        return cls(**{name: getattr(channel, name) for name in cls.model_fields})


class TemplateShape(Shape):
    """One template in one language. `components` is Meta's own definition."""

    waba_id: str
    id: str
    name: str
    language: str
    status: str
    category: str
    quality: str
    reason: str
    parameter_format: str
    components: list[dict[str, Any]]
    synced_at: datetime

    @classmethod
    def of(cls, record: TemplateRecord) -> Self:
        """The template as it is shown."""
        return cls(**{name: getattr(record, name) for name in cls.model_fields})


class SyncResult(Shape):
    """How many templates Meta listed."""

    templates: int
