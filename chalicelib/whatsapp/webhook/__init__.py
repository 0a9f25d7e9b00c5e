"""Meta's webhooks as typed updates. `parse(body)` yields them; `parse_change` reads one change."""

from chalicelib.whatsapp.webhook.account import (
    AccountEvent,
    AccountNotice,
    AccountUpdate,
    BusinessCapability,
    PhoneNumberQuality,
    Preference,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
    UnknownField,
)
from chalicelib.whatsapp.webhook.base import Person, Source
from chalicelib.whatsapp.webhook.content import Content
from chalicelib.whatsapp.webhook.parse import Update, parse, parse_change
from chalicelib.whatsapp.webhook.updates import (
    ChannelErrors,
    Context,
    Echo,
    InboundMessage,
    Pricing,
    Referral,
    StatusUpdate,
    Unreadable,
    text_of,
)

__all__ = [
    "AccountEvent",
    "AccountNotice",
    "AccountUpdate",
    "BusinessCapability",
    "ChannelErrors",
    "Content",
    "Context",
    "Echo",
    "InboundMessage",
    "Person",
    "PhoneNumberQuality",
    "Preference",
    "Pricing",
    "Referral",
    "Source",
    "StatusUpdate",
    "TemplateCategory",
    "TemplateComponents",
    "TemplateQuality",
    "TemplateStatus",
    "UnknownField",
    "Unreadable",
    "Update",
    "parse",
    "parse_change",
    "text_of",
]
