"""A webhook (an address of the customer's and what it wants to hear of), its deliveries, and the rules of trying again."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.cloud.clock import stamp
from chalicelib.events.model import Event
from chalicelib.webhooks.catalogue import covers, is_offered

ALL = "*"
"""Every subaccount."""

GIVEN_UP_AFTER = timedelta(hours=24)
"""An event that could not be delivered for so long is parked: it stops nothing any more, and can be replayed."""
OLD_KEY_SIGNS = timedelta(hours=24)
"""After a rotation the key before signs along for so long."""
FAILURES_TO_PAUSE = 5
"""So many failures in a row, whosever events they are, mean that the endpoint is down and not one event at fault."""
_LONGEST_PAUSE = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1)


class Format(StrEnum):
    """How an event is written."""

    PARLEY = "parley"
    COMPATIBLE = "8x8"
    """8x8's inbound message (version 3) and delivery receipt (version 9)."""


class Webhook(BaseModel):
    """One address and what it wants to hear of."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    name: str
    url: str
    subaccount_id: str = ALL
    events: tuple[str, ...]
    """Names of the catalogue, single types, or `*`."""
    format: Format = Format.PARLEY
    enabled: bool = True
    created_at: datetime
    version: int = 1
    credentials: int = 1
    """Which of its secrets is the present one: secrets are numbered and never changed."""
    credentials_before: int | None = None
    before_until: datetime | None = None
    """Until when the key before signs along."""

    def wants(self, event_type: str, subaccount_id: str) -> bool:
        """Whether it is to hear of this. What belongs to no subaccount is everybody's."""
        if self.subaccount_id != ALL and subaccount_id and subaccount_id != self.subaccount_id:
            return False
        return self.hears(event_type)

    def hears(self, event_type: str) -> bool:
        """Whether it has asked for events of this type."""
        return is_offered(event_type) and any(covers(pattern, event_type) for pattern in self.events)


class Credentials(BaseModel):
    """What a webhook's secret holds. `key` is `whsec_` and 32 bytes in base64."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    key: str = Field(repr=False)
    authorization: str = Field(default="", repr=False)
    """Sent as the header of that name, when there is one."""


class Attempt(BaseModel):
    """What the endpoint last answered. Its words are not kept: they may name anybody."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    at: datetime
    status: int | None = None
    error: str = ""
    milliseconds: int = 0

    @property
    def succeeded(self) -> bool:
        """Any 2xx is a yes."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def nobody_there(self) -> bool:
        """Whether it is the endpoint's trouble and not this one event's."""
        return self.status is None or self.status in {429, 502, 503, 504}


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"


class Delivery(BaseModel):
    """One event for one webhook. What is sent is written from the event when it is sent: nothing about a person is kept here."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    event: Event
    lane: str
    """Whose it is: deliveries of one lane keep their order, whatever happens."""
    queued_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    tries: int = 0
    due_at: datetime | None = None
    last: Attempt | None = None

    @property
    def id(self) -> str:
        """Names it to people: when it happened and which event it was, which is where it lies."""
        return f"{stamp(self.event.at)}~{self.event.id}"

    def again(self, now: datetime) -> "Delivery":
        """Put into the outbox once more."""
        return Delivery(event=self.event, lane=self.lane, queued_at=now)

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried."""
        return self.due_at is None or self.due_at <= now

    def gives_up(self, now: datetime) -> bool:
        """Whether it has been tried for long enough."""
        return now - self.queued_at >= GIVEN_UP_AFTER

    def failed(self, attempt: Attempt, now: datetime) -> "Delivery":
        """After an attempt that failed: when it is tried again, or that it is parked."""
        news = {"tries": self.tries + 1, "last": attempt, "due_at": now + retry_after(self.tries + 1)}
        if self.gives_up(now):
            news |= {"state": DeliveryState.PARKED, "due_at": None}
        return self.model_copy(update=news)

    def delivered(self, attempt: Attempt) -> "Delivery":
        """After an attempt that succeeded."""
        return self.model_copy(
            update={"tries": self.tries + 1, "last": attempt, "due_at": None, "state": DeliveryState.DELIVERED}
        )


class Health(BaseModel):
    """How an endpoint has been answering. While it is paused nothing is sent, and a timer looks after it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    failures: int = 0
    """Pauses in a row; 0 means that it answers."""
    failing_since: datetime | None = None
    resume_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def is_down(self) -> bool:
        """Whether nobody has answered yet since it failed."""
        return self.failures > 0

    def is_paused(self, now: datetime) -> bool:
        """Whether it is left alone for now."""
        return self.resume_at is not None and self.resume_at > now

    def failed(self, now: datetime) -> "Health":
        """It is down (still): a pause, twice as long as the one before."""
        pauses = self.failures + 1
        return Health(
            failures=pauses,
            failing_since=self.failing_since or now,
            resume_at=now + pause(pauses),
            delivered_at=self.delivered_at,
        )


def retry_after(tries: int) -> timedelta:
    """How long an event waits after so many attempts: 1, 2, 4, … minutes, at most an hour.

    >>> [retry_after(tries).seconds // 60 for tries in (1, 2, 3, 6, 7, 30)]
    [1, 2, 4, 32, 60, 60]
    """
    return min(timedelta(minutes=2 ** min(tries - 1, 10)), _LONGEST_WAIT)


def pause(failures: int) -> timedelta:
    """How long an endpoint that is down is left alone: 1, 2, 4, 8, then 15 minutes."""
    return min(timedelta(minutes=2 ** min(failures - 1, 10)), _LONGEST_PAUSE)
