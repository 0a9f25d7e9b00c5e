"""An instance: one run of one version, standing at a stop in each of its branches. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chalicelib.automation.engine import Stop
from chalicelib.automation.steps import Kind

FIRST_BRANCH = "0"
MAX_EXECUTION_NAME = 80


class InstanceStatus(StrEnum):
    """As the API names them. Runnable: running, waiting or pausing. Terminated: by hand, or faulted."""

    RUNNABLE = "Runnable"
    SUSPENDED = "Suspended"
    COMPLETE = "Complete"
    TERMINATED = "Terminated"

    @property
    def is_over(self) -> bool:
        return self in (InstanceStatus.COMPLETE, InstanceStatus.TERMINATED)


class Pointer(BaseModel):
    """Where a branch stands. `seq` counts its stops, `generation` its executions; both fence off what comes late."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    seq: int = 0
    generation: int = 0
    step: str = ""
    kind: Kind = Kind.ACT
    until: datetime | None = None
    since: datetime
    sender: str = ""
    """Whose reply a WaitForReply waits for; decided when the branch came here."""
    coalesce_seconds: float = 0.0
    ended: bool = False

    @classmethod
    def at(cls, stop: Stop, *, since: datetime, seq: int = 0, generation: int = 0) -> "Pointer":
        coalesce = stop.awaits.coalesce if stop.awaits else None
        return cls(
            seq=seq,
            generation=generation,
            step=stop.step,
            kind=stop.kind,
            until=stop.until,
            since=since,
            sender=stop.awaits.sender if stop.awaits else "",
            coalesce_seconds=coalesce.total_seconds() if coalesce else 0.0,
        )


class Instance(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    definition_id: str
    version: int
    status: InstanceStatus = InstanceStatus.RUNNABLE
    started_at: datetime
    completed_at: datetime | None = None
    data: dict[str, JsonValue] = Field(default_factory=dict)
    branches: dict[str, Pointer] = Field(default_factory=dict)
    open: int = 0
    runs: int = 0
    sub_account_id: str | None = None
    conversations: tuple[str, ...] = ()
    """The conversations it speaks in or waits on, the newest last: their messages are held for it."""
    epoch: int | None = None
    """The owner's epoch of its conversation when it started: what it sends is fenced by it."""
    hears: bool = True
    """Whether messages are held for it already; one that an event started listens from its first words on."""
    after_ticket: str | None = None
    """The resolved ticket that started it."""
    last_sent_at: datetime | None = None
    failed_step: str | None = None
    failure: str | None = None

    @property
    def conversation_id(self) -> str | None:
        return self.conversations[-1] if self.conversations else None


class State(BaseModel):
    """What every state of the machine passes on. Ids and control flow only."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    instance: str
    branch: str = FIRST_BRANCH
    generation: int = 0
    seq: int = 0
    next: str = ""
    until: str = ""
    attempt: int = 0
    events: int = 0

    def json_input(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def child_branch(branch: str, seq: int, index: int) -> str:
    """The branch made beside `branch` when it left its stop `seq`: the same at every repetition."""
    return f"{branch}-{seq}-{index}"


def children_of(branches: Mapping[str, Pointer], branch: str, seq: int) -> dict[str, Pointer]:
    return {name: pointer for name, pointer in branches.items() if name.rpartition("-")[0] == f"{branch}-{seq}"}


def execution_name(instance_id: str, branch: str, generation: int) -> str:
    """At most 80 characters; a redelivered start meets its own name.

    A branch born of branches born in a loop has a long name: its digest stands for it, so that the instance stays in the name.
    """
    name = f"{instance_id}-{branch}-{generation}"
    if len(name) <= MAX_EXECUTION_NAME:
        return name
    return f"{instance_id}-{hashlib.sha256(branch.encode()).hexdigest()[:24]}-{generation}"
