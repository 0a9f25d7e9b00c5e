"""`SendToConverse`: hands the conversation to the agents."""

from datetime import datetime

from pydantic import JsonValue

from chalicelib.automation.steps.commands import HandOver
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    """`queue`, `priority` and `note` are ours."""

    payload: JsonValue = None
    queue: str | None = None
    priority: str | None = None
    note: str | None = None


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
