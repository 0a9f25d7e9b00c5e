"""How this WhatsApp behaves: where webhooks go, how fast people read, who hides a phone number."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from .records import Record

Share = Annotated[float, Field(ge=0, le=1)]
Millis = Annotated[int, Field(ge=0, le=3_600_000)]


class Timing(Record):
    """How long after the one before each status follows: between the two numbers, in milliseconds."""

    sent_ms: tuple[Millis, Millis] = (150, 600)
    delivered_ms: tuple[Millis, Millis] = (300, 1_800)
    read_ms: tuple[Millis, Millis] = (1_500, 12_000)
    read_share: Share = 0.7
    # The share of people whose phone stays off: `sent` and nothing more.
    offline_share: Share = 0.0

    @field_validator("sent_ms", "delivered_ms", "read_ms")
    @classmethod
    def _ordered(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value[0] > value[1]:
            raise ValueError("the first number must not exceed the second")
        return value


class AutoReply(Record):
    """A customer who answers by itself: when a business message contains `when`, `text` comes back."""

    when: str = ""
    text: str
    after_ms: Millis = 1_500
    share: Share = 1.0


class Config(Record):
    app_id: str = "670843887433847"
    app_secret: str = ""
    webhook_url: str | None = None
    verify_token: str = ""
    access_tokens: list[str] = Field(default_factory=list)
    expired_tokens: list[str] = Field(default_factory=list)
    # From v24.0 on, status webhooks carry no conversation object (but for a free entry point).
    webhook_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v25.0"
    seed: int = 1
    hidden_phone_share: Share = 0.1
    parent_user_ids: bool = False
    # Shell patterns of numbers that are not on WhatsApp (131026 by webhook).
    not_on_whatsapp: list[str] = Field(default_factory=lambda: ["*0404"])
    us_marketing_blocked: bool = True
    failed_status_contacts: bool = True
    timing: Timing = Timing()
    template_review_ms: tuple[Millis, Millis] = (1_500, 4_000)
    # How long the first status waits for others to share its POST.
    webhook_linger_ms: Millis = 500
    webhook_timeout_ms: Millis = 20_000
    webhook_retry_ms: Annotated[int, Field(ge=50, le=3_600_000)] = 1_000
    batch_messages: Annotated[int, Field(ge=1, le=1_000)] = 1
    free_service_messages: Annotated[int, Field(ge=0)] = 1_000
    management_calls_per_hour: Annotated[int, Field(ge=1)] = 5_000
    auto_replies: list[AutoReply] = Field(default_factory=list)


def changed(config: Config, changes: dict[str, Any]) -> Config:
    """The config with some fields replaced; nested `timing` is merged, everything else replaced whole."""
    merged = config.model_dump() | changes
    if isinstance(changes.get("timing"), dict):
        merged["timing"] = config.timing.model_dump() | changes["timing"]
    return Config.model_validate(merged)
