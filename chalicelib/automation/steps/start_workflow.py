"""`StartWorkflow`: starts another workflow with data of its own."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import StartAnother
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    definition_id: Annotated[str, shown("Workflow", "workflow")]
    data: Annotated[dict[str, JsonValue], shown("Data", "mapping")] = Field(default_factory=dict)


def decide(inputs: Inputs, now: datetime) -> StartAnother:
    return StartAnother(inputs.definition_id, inputs.data)


START_WORKFLOW = StepType(
    name="StartWorkflow",
    kind=Kind.ACT,
    description="Starts another workflow.",
    inputs=Inputs,
    decide=decide,
    outputs=("workflowId",),
)
