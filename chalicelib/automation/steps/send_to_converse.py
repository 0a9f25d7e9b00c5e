"""`SendToConverse`: hands the conversation to the agents."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import PRIORITIES, HandOver
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    """`queue`, `priority` and `note` are ours."""

    payload: Annotated[JsonValue, shown("Message", "json")] = None
    queue: Annotated[str | None, shown("Queue", "queue")] = None
    priority: Annotated[str | None, shown("Priority", "choice", PRIORITIES)] = None
    note: Annotated[str | None, shown("Note for the agent", "long_text")] = None


def decide(inputs: Inputs, now: datetime) -> HandOver:
    return HandOver(inputs.payload, inputs.queue, inputs.priority, inputs.note)


SEND_TO_CONVERSE = StepType(
    name="SendToConverse",
    kind=Kind.ACT,
    description="Hands the conversation to the agents.",
    inputs=Inputs,
    decide=decide,
    outputs=("ticketId",),
)
