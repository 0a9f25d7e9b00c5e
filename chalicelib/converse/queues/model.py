"""A queue: a line of tickets, who serves it, and which tickets it takes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from chalicelib.channels.hours import ALWAYS, BusinessHours
from chalicelib.shape import Shape

DEFAULT_ID = "default"
LAST = 1_000_000
"""The default queue's priority: behind all others."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@:-]{1,128}$")]
QueueName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 60)]


class Method(StrEnum):
    """How a ticket finds its agent."""

    ROUND_ROBIN = "round_robin"
    """To the one who has waited longest for a ticket."""
    LEAST_BUSY = "least_busy"
    """To the one with the fewest tickets in hand."""
    PICK = "pick"
    """To whoever takes it."""


class ChannelCondition(Shape):
    """The ticket's channel is one of these."""

    type: Literal["channel"]
    values: tuple[Id, ...] = Field(min_length=1, max_length=200, description="Channel ids.")


class ChannelTypeCondition(Shape):
    """The ticket's channel is of one of these types."""

    type: Literal["channel_type"]
    values: tuple[Literal["whatsapp", "webchat"], ...] = Field(min_length=1, max_length=10)


class CountryCondition(Shape):
    """The customer's country is one of these."""

    type: Literal["country"]
    values: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...] = Field(
        min_length=1, max_length=250, description="ISO 3166-1 alpha-2."
    )


class CustomerGroupCondition(Shape):
    """The customer is in one of these groups."""

    type: Literal["customer_group"]
    values: tuple[Id, ...] = Field(min_length=1, max_length=200, description="Group ids.")


Condition = Annotated[
    ChannelCondition | ChannelTypeCondition | CountryCondition | CustomerGroupCondition, Field(discriminator="type")
]


class Member(Shape):
    """An agent of a queue. Lower priority numbers are served first; equal ones take turns."""

    agent_id: Id
    priority: int = Field(default=3, ge=1, le=5)


class Skill(Shape):
    """A skill and how well it is mastered: 1 beginner to 5 expert."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    level: int = Field(default=1, ge=1, le=5)


class Overflow(Shape):
    """Where tickets go that nobody has taken for so long."""

    after_seconds: int = Field(ge=30, le=7 * 24 * 3600)
    queue_id: Id


class SlaTarget(Shape):
    """How soon, in minutes of business hours. Without a channel it holds for those that have no target of their own."""

    channel_id: Id | None = None
    assign: Minutes | None = None
    first_response: Minutes | None = None
    next_response: Minutes | None = None
    resolution: Minutes | None = None
    warn_at_percent: int = Field(default=80, ge=1, le=99)


class QueueDraft(Shape):
    """What a queue is set up with."""

    name: QueueName
    description: str = Field(default="", max_length=500)
    priority: int = Field(default=100, ge=1, lt=LAST, description="1 is asked first.")
    enabled: bool = True
    conditions: tuple[Condition, ...] = Field(
        default=(), max_length=4, description="Values of one condition are alternatives; all conditions must hold."
    )
    members: tuple[Member, ...] | None = Field(default=None, max_length=500, description="null is every agent.")
    supervisors: tuple[Id, ...] | None = Field(default=None, max_length=100, description="null is every supervisor.")
    method: Method = Method.ROUND_ROBIN
    skills: tuple[Skill, ...] = Field(
        default=(), max_length=20, description="What an agent must master to get its tickets."
    )
    hours: BusinessHours = ALWAYS
    away_message: str = Field(
        default="", max_length=1024, description="Sent outside business hours; empty sends nothing."
    )
    overflow: Overflow | None = None
    window_warning_minutes: int = Field(
        default=60, ge=1, le=60 * 12, description="How long before a window closes to warn."
    )
    sla: tuple[SlaTarget, ...] = Field(default=(), max_length=100)
    dispositions: tuple[Annotated[str, StringConstraints(min_length=1, max_length=80)], ...] = Field(
        default=(), max_length=50, description="What a ticket may be closed with; none given: anything."
    )

    @field_validator("conditions")
    @classmethod
    def _each_once(cls, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        kinds = [condition.type for condition in conditions]
        if len(kinds) != len(set(kinds)):
            raise ValueError("each kind of condition may stand once; put alternatives into its values")
        return conditions


class Queue(QueueDraft):
    """A queue as it is kept."""

    id: str
    priority: int = LAST
    version: int = 1
    created_at: datetime | None = None

    @property
    def is_default(self) -> bool:
        """Whether this is the queue of last resort."""
        return self.id == DEFAULT_ID

    def has_agent(self, user_id: str) -> bool:
        """Whether this person serves the queue."""
        return self.members is None or any(member.agent_id == user_id for member in self.members)

    def is_overseen_by(self, user_id: str) -> bool:
        """Whether this supervisor answers for the queue."""
        return self.supervisors is None or user_id in self.supervisors or self._names(user_id)

    def _names(self, user_id: str) -> bool:
        return self.members is not None and self.has_agent(user_id)

    def priority_of(self, user_id: str) -> int:
        """When this agent's turn is; 1 is first."""
        return next((member.priority for member in self.members or () if member.agent_id == user_id), 3)

    def target(self, channel_id: str) -> SlaTarget | None:
        """The SLA of tickets from this channel."""
        own = [target for target in self.sla if target.channel_id == channel_id]
        return next(iter([*own, *(target for target in self.sla if target.channel_id is None)]), None)


DEFAULT = Queue.model_construct(id=DEFAULT_ID, name="Default queue", priority=LAST)
"""The default queue before anybody changed it: it exists in every account, always enabled and always last."""
