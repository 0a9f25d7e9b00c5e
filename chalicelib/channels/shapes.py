"""Channels, subaccounts and templates as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from chalicelib.channels.hours import BusinessHours
from chalicelib.channels.model import Channel, ChannelType, Subaccount
from chalicelib.channels.templates import TemplateRecord
from chalicelib.shape import Shape
from chalicelib.whatsapp.templates.problem import Problem


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


Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$")]


class WebChatShape(Shape):
    """A chat on the company's own pages."""

    allowed_origins: tuple[Origin, ...] = Field(
        min_length=1, max_length=50, description="The sites whose pages may show it: https://shop.example."
    )
    greeting: str = Field(default="", max_length=500, description="Shown before anybody has written.")


class WebChatDraft(WebChatShape):
    """A web chat to open."""

    subaccount_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=100, description="Whom the visitor talks to: the chat's title.")


class ChannelChange(Shape):
    """What a person may set; the rest is Meta's to say."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    app_id: str | None = Field(default=None, pattern=r"^[0-9]{1,32}$", description="Meta's id of our app.")
    throughput_mps: int | None = Field(default=None, ge=1, le=1000)
    reserve_share: float | None = Field(default=None, gt=0, lt=1)
    default_country: str | None = Field(default=None, pattern=r"^([A-Z]{2})?$")
    opt_out_words: tuple[str, ...] | None = Field(default=None, max_length=50)
    opt_in_words: tuple[str, ...] | None = Field(default=None, max_length=50)
    opt_out_reply: str | None = Field(default=None, min_length=1, max_length=1024)
    opt_in_reply: str | None = Field(default=None, min_length=1, max_length=1024)
    first: Literal["workflow", "agent"] | None = None
    hours: BusinessHours | None = None
    away_message: str | None = Field(
        default=None,
        max_length=1024,
        description="To whoever writes outside `hours` and gets a ticket; empty sends nothing.",
    )
    web_chat: WebChatShape | None = Field(default=None, description="Of a web chat alone.")
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
    app_id: str
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
    hours: BusinessHours
    away_message: str
    name_status: str = Field(description="What Meta has decided on the display name.")
    number_status: str = Field(description="CONNECTED, or why the number cannot send.")
    webhooks_subscribed: bool | None = Field(description="Whether Meta sends us this account's webhooks.")
    last_webhook_at: datetime | None = Field(description="When a webhook about this number last came in, to a minute.")
    refreshed_at: datetime | None
    refresh_at: datetime | None
    web_chat: WebChatShape | None = Field(description="Of a web chat alone; it has none of Meta's fields.")
    created_at: datetime

    @classmethod
    def of(cls, channel: Channel) -> Self:
        """The channel as it is shown."""
        web_chat = WebChatShape(**channel.web_chat.model_dump()) if channel.web_chat else None
        shown = {name: getattr(channel, name) for name in cls.model_fields if name != "web_chat"}
        return cls(**shown, web_chat=web_chat)


class TemplateDraft(Shape):
    """A template to submit for review. `components` is Meta's own notation; a media header's sample (`example.header_handle`)
    may be the id of a file of ours."""

    name: str = Field(min_length=1, max_length=512)
    language: str = Field(min_length=2, max_length=16)
    category: str = Field(max_length=32, description="MARKETING, UTILITY or AUTHENTICATION.")
    components: list[dict[str, Any]] = Field(min_length=1, max_length=20)
    parameter_format: Literal["POSITIONAL", "NAMED"] = "POSITIONAL"
    message_send_ttl_seconds: int | None = Field(
        default=None, description="How long Meta tries to deliver; null is Meta's own."
    )
    allow_category_change: bool | None = None


class TemplateSketch(Shape):
    """A template while it is being written: nothing need be right yet."""

    name: str = Field(default="", max_length=600)
    language: str = Field(default="", max_length=32)
    category: str = Field(default="", max_length=32)
    components: list[dict[str, Any]] = Field(default_factory=list, max_length=20)
    parameter_format: Literal["POSITIONAL", "NAMED"] = "POSITIONAL"
    message_send_ttl_seconds: int | None = None


class TemplateProblem(Shape):
    """What breaks one of Meta's rules; a `warning` is what Meta may refuse."""

    field: str = Field(description="Its path in what was sent: `components.0.text`.")
    message: str
    warning: bool


class TemplateCheck(Shape):
    """Everything wrong with a template; empty when Meta should take it."""

    problems: list[TemplateProblem]

    @classmethod
    def of(cls, problems: list[Problem]) -> Self:
        """The result as it is shown."""
        return cls(
            problems=[TemplateProblem(field=each.path, message=each.message, warning=each.warning) for each in problems]
        )


class TemplateCopy(Shape):
    """What a copy of a template is called, and its samples."""

    name: str = Field(min_length=1, max_length=512)
    language: str | None = Field(default=None, min_length=2, max_length=16, description="Null: the original's.")
    sample_media_ids: list[str] = Field(
        default_factory=list, max_length=10, description="A file of ours for each media header, in their order."
    )


class TemplateChange(Shape):
    """What to change of a template; what is absent stays. Meta reviews it again."""

    category: str | None = Field(default=None, max_length=32)
    components: list[dict[str, Any]] | None = Field(default=None, min_length=1, max_length=20)
    message_send_ttl_seconds: int | None = None


class TemplateWarning(Shape):
    """Something Meta may refuse."""

    field: str
    message: str


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
    message_send_ttl_seconds: int | None
    synced_at: datetime

    @classmethod
    def of(cls, record: TemplateRecord) -> Self:
        """The template as it is shown."""
        return cls(**{name: getattr(record, name) for name in cls.model_fields})


class SubmittedTemplate(Shape):
    """The template as submitted, and what Meta may not like about it."""

    template: TemplateShape
    warnings: list[TemplateWarning]

    @classmethod
    def of(cls, record: TemplateRecord, warnings: list[Problem]) -> Self:
        """The result as it is shown."""
        told = [TemplateWarning(field=each.path, message=each.message) for each in warnings]
        return cls(template=TemplateShape.of(record), warnings=told)


class SyncResult(Shape):
    """How many templates Meta listed."""

    templates: int
