"""A wait for a reply is never deleted: it moves `waiting → answered | timed out` by one conditional write. Pure.

Both paths read it. A reply is held before it is offered to a wait and a wait is written before it looks at what is held:
whichever comes second sees the other, and the transaction lets one of them win.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.automation import replies


class WaitStatus(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


class Wait(BaseModel):
    """One branch of one instance waiting for one person in one conversation."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    instance_id: str
    branch: str
    seq: int
    conversation_id: str
    sender: str
    deadline: datetime
    parked_at: datetime
    newer_than: datetime | None = None
    """The instance's last send: older messages are no answers to it."""
    status: WaitStatus = WaitStatus.WAITING
    token: str = ""
    answer: dict[str, Any] | None = None
    answered_at: datetime | None = None
    coalesce_seconds: float = 0.0

    @property
    def id(self) -> str:
        return f"{self.instance_id}-{self.branch}-{self.seq}"


class Held(BaseModel):
    """An inbound message kept for the running instances of a conversation."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    message_id: str
    position: str
    conversation_id: str
    arrived_at: datetime
    document: dict[str, Any]
    claimed_by: str = ""


def may_answer(wait: Wait, held: Held) -> bool:
    """Whether a held message is an answer to a wait."""
    if held.claimed_by or wait.status is not WaitStatus.WAITING:
        return False
    if wait.newer_than is not None and held.arrived_at < wait.newer_than:
        return False
    return replies.sender_of(held.document).is_called(wait.sender)


def best_wait(waits: list[Wait], held: Held) -> Wait | None:
    """The wait that a message answers: the one parked first."""
    able = [wait for wait in waits if may_answer(wait, held)]
    return min(able, key=lambda wait: (wait.parked_at, wait.id), default=None)


def best_held(wait: Wait, held: list[Held]) -> Held | None:
    """The held message that answers a wait: the oldest."""
    able = [one for one in held if may_answer(wait, one)]
    return min(able, key=lambda one: one.position, default=None)
