"""Updates about templates, numbers, accounts and preferences: everything that is not a message or a status."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AliasPath, Field, field_validator

from chalicelib.whatsapp.webhook.base import Person, Reading, Source, Timestamp, node, person_of, text


class AccountUpdate(Reading):
    """`time` is Meta's, in Unix seconds; `field` the subscription it came by."""

    source: Source
    field: str
    time: Timestamp | None = None


class TemplateUpdate(AccountUpdate):
    template_id: str = Field(validation_alias="message_template_id")
    name: str | None = Field(None, validation_alias="message_template_name")
    language: str | None = Field(None, validation_alias="message_template_language")


class TemplateStatus(TemplateUpdate):
    """APPROVED, REJECTED, PAUSED, DISABLED, PENDING_DELETION...; `other_title` says which pause it is."""

    event: str
    category: str | None = Field(None, validation_alias="message_template_category")
    reason: str | None = None
    disable_date: str | None = Field(None, validation_alias=AliasPath("disable_info", "disable_date"))
    other_title: str | None = Field(None, validation_alias=AliasPath("other_info", "title"))
    other_description: str | None = Field(None, validation_alias=AliasPath("other_info", "description"))
    rejection_reason: str | None = Field(None, validation_alias=AliasPath("rejection_info", "reason"))
    recommendation: str | None = Field(None, validation_alias=AliasPath("rejection_info", "recommendation"))


class TemplateQuality(TemplateUpdate):
    """GREEN, YELLOW, RED or UNKNOWN."""

    previous_quality_score: str | None = None
    new_quality_score: str


class TemplateCategory(TemplateUpdate):
    """Meta moves a template to another category; `impending` is the notice, about a day before."""

    new_category: str | None = None
    previous_category: str | None = None
    correct_category: str | None = None
    category_update_timestamp: Timestamp | None = None

    @property
    def impending(self) -> bool:
        return self.correct_category is not None


class TemplateComponents(TemplateUpdate):
    """The template's text changed; read it again."""

    value: dict[str, Any]


class PhoneNumberQuality(AccountUpdate):
    """THROUGHPUT_UPGRADE, ONBOARDING, UPGRADE, DOWNGRADE, FLAGGED, UNFLAGGED... of one number."""

    display_phone_number: str
    event: str | None = None
    current_limit: str | None = None
    tier: str | None = Field(None, validation_alias="max_daily_conversations_per_business")

    @field_validator("tier", "current_limit", mode="before")
    @classmethod
    def _one_shape(cls, value: Any) -> Any:
        return tier_name(value)


class BusinessCapability(AccountUpdate):
    """How many people the portfolio may write to in a rolling day, as a tier's name."""

    tier: str | None = Field(None, validation_alias="max_daily_conversations_per_business")
    max_phone_numbers_per_waba: int | None = None
    max_phone_numbers_per_business: int | None = None

    @field_validator("tier", mode="before")
    @classmethod
    def _one_shape(cls, value: Any) -> Any:
        return tier_name(value)


class Restriction(Reading):
    restriction_type: str
    expiration: str | None = None


class AccountEvent(AccountUpdate):
    """`account_update`: bans, restrictions, violations, deletion, partners. `value` has the rest."""

    event: str
    phone_number: str | None = None
    ban_state: str | None = Field(None, validation_alias=AliasPath("ban_info", "waba_ban_state"))
    ban_date: str | None = Field(None, validation_alias=AliasPath("ban_info", "waba_ban_date"))
    restrictions: tuple[Restriction, ...] = Field((), validation_alias="restriction_info")
    violation_type: str | None = Field(None, validation_alias=AliasPath("violation_info", "violation_type"))
    value: dict[str, Any]

    @field_validator("restrictions", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value


class AccountNotice(AccountUpdate):
    """Something to show to administrators; nothing happens by itself."""

    value: dict[str, Any]


class Preference(AccountUpdate):
    """A customer stops, resumes or signs up for marketing messages."""

    person: Person
    category: str
    value: Literal["stop", "resume", "signup"]
    timestamp: Timestamp
    detail: str | None = None
    signup_id: str | None = None


class UnknownField(AccountUpdate):
    """A subscription we know nothing about, or a known one in a shape we do not know."""

    value: Any


_NOTICES = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "security",
        "phone_number_name_update",
        "business_username_update",
        "flows",
        "standby",
        "history",
        "smb_app_state_sync",
    }
)
_BY_FIELD: Mapping[str, type[AccountUpdate]] = {
    "message_template_components_update": TemplateComponents,
    "account_update": AccountEvent,
    "business_capability_update": BusinessCapability,
    "phone_number_quality_update": PhoneNumberQuality,
}


def model_for(field: str, value: dict[str, Any]) -> type[AccountUpdate]:
    """Which update it is: by shape first, because Meta's samples carry wrong field names, then by field."""
    if "message_template_id" in value:
        if "new_quality_score" in value:
            return TemplateQuality
        if "new_category" in value or "correct_category" in value:
            return TemplateCategory
        return TemplateStatus if "event" in value else TemplateComponents
    if "max_daily_conversations_per_business" in value:
        return PhoneNumberQuality if "display_phone_number" in value else BusinessCapability
    if field in _NOTICES or field.startswith("standby"):
        return AccountNotice
    return _BY_FIELD.get(field, UnknownField)


def read_account(source: Source, field: str, value: dict[str, Any], time: Any) -> AccountUpdate:
    """Raises ValidationError when the value lacks what its kind needs."""
    facts = {"source": source, "field": field, "time": time if text(time) else None}
    model = model_for(field, value)
    if "value" in model.model_fields:
        return model.model_validate({**value, **facts, "value": value})
    return model.model_validate({**value, **facts})


def read_preference(source: Source, field: str, time: Any, entry: Any, people: list[Any]) -> Preference:
    """One of `user_preferences[]`; the people are the `contacts[]` beside it."""
    entry = node(entry)
    person = person_of(people, entry.get("wa_id"), entry.get("user_id"), entry.get("parent_user_id"))
    facts = {"source": source, "field": field, "time": time if text(time) else None, "person": person}
    return Preference.model_validate({**entry, **facts})


def tier_name(value: Any) -> Any:
    """One name for a messaging limit that Meta writes as 2000, "2000", "TIER_2K" or -1."""
    number = int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int):
        return value
    if number < 0:
        return "TIER_UNLIMITED"
    return f"TIER_{number // 1000}K" if number >= 1000 and number % 1000 == 0 else f"TIER_{number}"
