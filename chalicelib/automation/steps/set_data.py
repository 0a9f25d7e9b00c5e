"""`SetData`: computes values and keeps them in `data`."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import SetValues
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    values: Annotated[dict[str, JsonValue], shown("Values", "mapping")]


def decide(inputs: Inputs, now: datetime) -> SetValues:
    return SetValues(inputs.values)


SET_DATA = StepType(
    name="SetData", kind=Kind.PURE, description="Keeps computed values in data.", inputs=Inputs, decide=decide
)
