"""Webhooks and their deliveries as a client of the API sends and sees them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from chalicelib.http.paging import PageQuery
from chalicelib.shape import Shape
from chalicelib.webhooks.catalogue import CATALOGUE, COMPATIBLE, covers
from chalicelib.webhooks.model import ALL, Delivery, DeliveryState, Format, Health, Webhook

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x20\x7f]+$", max_length=2000)]
Subaccount = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_-]{1,64}|\*)$")]
EventName = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z]+\.(\*|[a-z_]+))$", max_length=64)]
Events = Annotated[tuple[EventName, ...], Field(min_length=1, max_length=50)]
Authorization = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=4096)]


class WebhookDraft(Shape):
    """A webhook to make."""

    name: Name
    url: Url = Field(description="Where events are posted to. It must be reachable from the public internet.")
    subaccount_id: Subaccount = Field(default=ALL, description="`*` for all.")
    events: Events = Field(description="Types of events, `ticket.*` for all of a kind, `*` for everything.")
    format: Format = Format.PARLEY
    enabled: bool = True
    authorization: Authorization = Field(default="", description="Sent as the Authorization header. Never shown again.")

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        check_events(self.events, self.format)
        return self


class WebhookChange(Shape):
    """What is to be changed; what is absent stays."""

    name: Name | None = None
    url: Url | None = None
    subaccount_id: Subaccount | None = None
    events: Events | None = None
    format: Format | None = None
    enabled: bool | None = None
    authorization: Authorization | None = Field(default=None, description="Empty: no such header any more.")


class HealthView(Shape):
    """How the endpoint has been answering."""

    state: Literal["ok", "failing"]
    failing_since: datetime | None
    resume_at: datetime | None = Field(description="While it fails: when it is tried next.")
    delivered_at: datetime | None = Field(description="When it last took something.")

    @classmethod
    def of(cls, health: Health) -> "HealthView":
        """Of what is stored."""
        return cls(
            state="failing" if health.is_down else "ok",
            failing_since=health.failing_since,
            resume_at=health.resume_at,
            delivered_at=health.delivered_at,
        )


class WebhookView(Shape):
    """A webhook, without its secrets."""

    id: str
    name: str
    url: str
    subaccount_id: str
    events: tuple[str, ...]
    format: Format
    enabled: bool
    created_at: datetime
    version: int
    previous_secret_until: datetime | None = Field(
        description="Until when the secret before the present one signs along."
    )
    health: HealthView

    @classmethod
    def of(cls, webhook: Webhook, health: Health) -> "WebhookView":
        """Of what is stored."""
        return cls(
            **webhook.model_dump(exclude={"credentials", "credentials_before", "before_until"}),
            previous_secret_until=webhook.before_until,
            health=HealthView.of(health),
        )


class NewWebhook(WebhookView):
    """A webhook with the secret that proves its deliveries: this answer is the only one that shows it."""

    secret: str


class EventTypeView(Shape):
    """Something a webhook can ask for."""

    name: str
    description: str
    compatible: bool = Field(description="Whether the format `8x8` has a shape for it.")


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state: DeliveryState | None = Field(default=None, description="Without it: all that are settled.")


class DeliveryView(Shape):
    """One event for one webhook, and what became of it."""

    id: str = Field(description="Names the delivery in replays.")
    event_id: str
    type: str
    at: datetime
    topic: str
    subject: str
    state: DeliveryState
    tries: int
    due_at: datetime | None
    last_at: datetime | None
    last_status: int | None = Field(description="What the endpoint answered last; null when it did not.")
    last_error: str
    last_milliseconds: int | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        """Of what is stored."""
        event, last = delivery.event, delivery.last
        return cls(
            id=delivery.id,
            event_id=event.id,
            type=event.type,
            at=event.at,
            topic=event.topic,
            subject=event.subject,
            state=delivery.state,
            tries=delivery.tries,
            due_at=delivery.due_at,
            last_at=last.at if last else None,
            last_status=last.status if last else None,
            last_error=last.error if last else "",
            last_milliseconds=last.milliseconds if last else None,
        )


class Replay(Shape):
    """Settled deliveries to send once more: some by id, or all between two times."""

    ids: tuple[Annotated[str, StringConstraints(max_length=400)], ...] = Field(default=(), max_length=100)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    only_parked: bool = Field(default=False, description="With times: leave out what was delivered.")
    next: str | None = Field(default=None, max_length=4096, description="Goes on where an answer ended.")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if bool(self.ids) == (self.since is not None):
            raise ValueError("name the deliveries by ids, or give the time since when")
        return self


class Replayed(Shape):
    """How many are on their way again. `next` is not null when there are more in that time: ask again with it."""

    count: int
    next: str | None


class TestResult(Shape):
    """What the endpoint said to a test."""

    delivered: bool
    status: int | None
    error: str
    milliseconds: int


def check_events(events: tuple[str, ...], wanted: Format) -> None:
    """Raises ValueError when an event is unknown, or has no shape in the format."""
    for name in events:
        if not any(covers(known, name) or covers(name, known) for known in CATALOGUE):
            raise ValueError(f"there is no event {name}")
        if wanted is Format.COMPATIBLE and name not in COMPATIBLE:
            raise ValueError(f"the format 8x8 has no shape for {name}; it has {', '.join(sorted(COMPATIBLE))}")
