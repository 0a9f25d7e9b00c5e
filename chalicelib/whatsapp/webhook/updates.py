"""Updates about messages: what came in, what became of what we sent."""

from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.whatsapp.errors import MetaError
from chalicelib.whatsapp.webhook.base import Person, Reading, Source, Timestamp
from chalicelib.whatsapp.webhook.content import (
    Button,
    ButtonReply,
    Content,
    FlowReply,
    ListReply,
    Location,
    Media,
    Order,
    Text,
)


class ReferredProduct(Reading):
    catalog_id: str | None = None
    product_retailer_id: str | None = None


class Context(Reading):
    """What a message answers or repeats."""

    id: str | None = None
    """The wamid of the message that is quoted or whose button was tapped."""
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: ReferredProduct | None = None


class Referral(Reading):
    """The advertisement a customer came from: the possible start of a free entry point."""

    source_url: str | None = None
    source_id: str | None = None
    source_type: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    ctwa_clid: str | None = None
    welcome_message: dict[str, Any] | None = None


class InboundMessage(Reading):
    """A message from a customer. `raw` is Meta's own JSON, with everything we do not read."""

    source: Source
    sender: Person
    wamid: str
    timestamp: Timestamp
    type: str
    content: Content
    context: Context | None = None
    referral: Referral | None = None
    group_id: str | None = None
    errors: tuple[MetaError, ...] = ()
    raw: dict[str, Any]

    @property
    def text(self) -> str:
        """What the customer wrote or tapped, as text; empty when there is none."""
        return text_of(self.content)


class Echo(Reading):
    """A message the business sent from its phone, on a number shared with the WhatsApp Business app."""

    source: Source
    recipient: Person
    wamid: str
    timestamp: Timestamp
    type: str
    content: Content
    raw: dict[str, Any]


class Pricing(Reading):
    billable: bool | None = None
    """Meta will drop it: decide by `type` and `category`."""
    pricing_model: str | None = None
    type: str | None = None
    category: str | None = None


class Entry(Reading):
    """Meta's `conversation`: since v24 only while a free entry point is open, or in older versions."""

    id: str | None = None
    expiration_timestamp: Timestamp | None = None
    origin_type: str | None = None


class StatusUpdate(Reading):
    """What became of a message we sent. May come twice, late and in any order."""

    source: Source
    recipient: Person
    wamid: str
    status: Literal["sent", "delivered", "read", "played", "failed"]
    timestamp: Timestamp
    callback_data: str | None = None
    conversation: Entry | None = None
    pricing: Pricing | None = None
    errors: tuple[MetaError, ...] = ()


class ChannelErrors(Reading):
    """Errors of a number that belong to no message, for example 130429."""

    source: Source
    errors: tuple[MetaError, ...]


class Unreadable(Reading):
    """A part of a genuine payload that we could not read: kept, never lost."""

    raw: Any
    reason: str


def text_of(content: Any) -> str:
    """The words of a content, for keywords and previews."""
    words = (getattr(content, name) for name in _WORDS.get(type(content), ()))
    return next((str(word) for word in words if word), "")


_WORDS: Mapping[type, tuple[str, ...]] = {
    Text: ("body",),
    Button: ("text",),
    ButtonReply: ("title",),
    ListReply: ("title",),
    Media: ("caption",),
    FlowReply: ("body",),
    Order: ("text",),
    Location: ("name", "address"),
}
