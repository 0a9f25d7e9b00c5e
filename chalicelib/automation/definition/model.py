"""The definition document, exactly as 8x8's Automation JSON, plus what we add to it.

Ours are: `onError` on a step, `triggerInputs`, `tests` and `layout` (where the portal's canvas shows each step).
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from chalicelib.automation.definition.document import Document
from chalicelib.automation.definition.test_case import TestCase

StepId = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class TriggerType(StrEnum):
    INBOUND_SMS = "inbound_sms"
    INBOUND_CHAT_APPS = "inbound_chat_apps"
    HTTP_REQUEST = "http_request"
    # Ours.
    KEYWORD = "keyword"
    SCHEDULE = "schedule"
    TICKET_RESOLVED = "ticket_resolved"
    WINDOW_CLOSING = "window_closing"
    CAMPAIGN_REPLY = "campaign_reply"


class Status(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class OnError(Document):
    """What to do when a step fails: try again, then go on at another step. Without it the instance ends."""

    retries: Annotated[int, Field(ge=0, le=10)] = 0
    delay: str = "0.00:00:05"
    backoff: Annotated[float, Field(ge=1, le=10)] = 2.0
    next_step_id: StepId | None = None


class Step(Document):
    id: StepId
    step_type: str
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    outputs: dict[str, JsonValue] = Field(default_factory=dict)
    next_step_id: StepId | None = None
    select_next_step: dict[StepId, str | None] = Field(default_factory=dict)
    do: tuple[tuple["Step", ...], ...] = ()
    on_error: OnError | None = None

    def targets(self) -> tuple[str, ...]:
        """Every step this one names as a next step."""
        on_error = (self.on_error.next_step_id,) if self.on_error and self.on_error.next_step_id else ()
        after = (self.next_step_id,) if self.next_step_id else ()
        inner = tuple(sequence[0].id for sequence in self.do if sequence)
        return tuple(dict.fromkeys((*self.select_next_step, *after, *inner, *on_error)))


def _some(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Not `min_length`: that complains of no steps when each of them has a mistake of its own."""
    if not steps:
        raise ValueError("a workflow has at least one step")
    return steps


class Position(Document):
    x: float
    y: float


class Definition(Document):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    steps: Annotated[tuple[Step, ...], AfterValidator(_some)]
    tests: tuple[TestCase, ...] = ()
    layout: dict[StepId, Position] = Field(default_factory=dict)

    def all_steps(self) -> Iterator[Step]:
        """Every step, those inside an If after it, in reading order."""
        yield from _flattened(self.steps)


class Workflow(Document):
    """One version's document: when it starts and what it does."""

    sub_account_id: str | None = None
    trigger: TriggerType
    trigger_inputs: dict[str, JsonValue] = Field(default_factory=dict)
    status: Status = Status.DISABLED
    definition: Definition


def export(workflow: Workflow) -> str:
    """The document as text. Imported and exported again it gives the same bytes."""
    return workflow.model_dump_json(by_alias=True, exclude_defaults=True, indent=2) + "\n"


def _flattened(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for sequence in step.do:
            yield from _flattened(sequence)
