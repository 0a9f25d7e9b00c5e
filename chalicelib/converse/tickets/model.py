"""A ticket: one piece of work for agents, opened by a customer's message or by an agent who writes first."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.channels.model import ChannelType


class Status(StrEnum):
    """Where the work stands; who has it is another matter (`agent_id`)."""

    NEW = "new"
    """Nobody has had it yet."""
    OPEN = "open"
    PENDING = "pending"
    """Waits for the customer."""
    ON_HOLD = "on_hold"
    """Waits for somebody inside."""
    RESOLVED = "resolved"
    """The agent holds it for answered; the customer may re-open it for a while."""
    CLOSED = "closed"
    """For good. The customer's next message opens a new ticket that names this one."""


UNCLOSED = tuple(status for status in Status if status is not Status.CLOSED)
IN_HAND = frozenset({Status.OPEN, Status.PENDING, Status.ON_HOLD})
"""Counts against the capacity of the agent who has it."""


class Priority(StrEnum):
    """How soon; the order of the lines is the order of service."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is served first."""
        return list(Priority).index(self)


class Actor(BaseModel):
    """Who did something."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    kind: Literal["person", "machine", "customer", "workflow", "system"]
    id: str = ""
    name: str = ""


SYSTEM = Actor.model_construct(kind="system", name="Parley")


class Deadline(BaseModel):
    """By when something must have happened."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    due_at: datetime
    warn_at: datetime
    warned: bool = False
    breached: bool = False


class Ticket(BaseModel):
    """One ticket. Empty strings and None mean "none yet"."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    version: int = 1
    """Grows with every change a person would notice; a message that only arrives leaves it."""
    created_at: datetime
    conversation_id: str
    channel_id: str
    channel_type: ChannelType = ChannelType.WHATSAPP
    subaccount_id: str = ""
    contact_id: str
    previous_id: str = ""
    """The closed ticket that this one continues."""
    merged_into: str = ""
    origin: Literal["inbound", "outbound", "workflow"] = "inbound"

    status: Status = Status.NEW
    status_since: datetime
    queue_id: str
    agent_id: str = ""
    """Who has it; of a resolved or closed ticket, who had it last."""
    preferred_agent_id: str = ""
    """Who had it before it came back into the line."""
    priority: Priority = Priority.NORMAL
    in_line_since: datetime
    """Its age in the line. A ticket that is returned keeps it."""
    reopened: bool = False
    """It stands before the new ones of its priority."""

    tags: tuple[str, ...] = ()
    label: str = ""
    spam: bool = False
    """In nobody's line and nobody's hands, and so are the customer's next tickets, until somebody says otherwise."""
    blocked: bool = False
    """The customer's number is blocked at WhatsApp: nothing more comes from it."""
    disposition: str = ""
    summary: str = ""

    in_hand_since: datetime | None = None
    """Since when its present agent has it."""
    first_assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    awaiting_since: datetime | None = None
    """Since when the customer waits for an answer; None when the last word was ours."""
    last_message_at: datetime | None = None
    last_direction: Literal["in", "out", ""] = ""
    preview: str = ""
    window_closes_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    closes_at: datetime | None = None
    """When a pending or resolved ticket closes by itself."""
    reopen_count: int = 0
    transfer_count: int = 0
    message_count: int = 0

    snoozed_until: datetime | None = None
    """Out of its agent's list until then, or until the customer writes."""
    reminder: str = ""
    """What the agent wants to be reminded of."""

    overflows_at: datetime | None = None
    """When it goes to another queue if nobody has taken it."""
    window_warning_minutes: int = 60
    window_warned_for: datetime | None = None
    """The close of the window that has been warned of."""
    has_sla: bool = False
    deadlines: dict[str, Deadline] = Field(default_factory=dict)
    sla_met: dict[str, int] = Field(default_factory=dict)
    sla_missed: dict[str, int] = Field(default_factory=dict)
    alarm_at: datetime | None = None
    """When somebody looks at the ticket next though nothing happens to it."""

    @property
    def in_line(self) -> bool:
        """Whether it waits for an agent."""
        return not self.agent_id and self.status in {Status.NEW, Status.OPEN} and not self.spam

    @property
    def in_hand(self) -> bool:
        """Whether it takes up an agent's capacity."""
        return bool(self.agent_id) and self.status in IN_HAND

    @property
    def was_answered(self) -> bool:
        """Whether the last word was ours: it waits for the customer, or holds for done."""
        answered = self.first_response_at is not None and self.awaiting_since is None
        return self.status is Status.RESOLVED or (answered and self.status in IN_HAND)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status is Status.CLOSED


class HistoryEntry(BaseModel):
    """Something that was done to a ticket, by whom and why. `changes` maps a field to [before, after]."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    at: datetime
    actor: Actor
    action: str
    reason: str = ""
    note: str = ""
    mentions: tuple[str, ...] = ()
    changes: dict[str, list[Any]] = Field(default_factory=dict)
