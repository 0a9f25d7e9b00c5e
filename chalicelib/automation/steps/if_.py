"""`If`: runs its inner steps when a condition is true, then goes on."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import Choose
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    condition: Annotated[JsonValue, shown("Condition", "script")]


def decide(inputs: Inputs, now: datetime) -> Choose:
    return Choose(condition=bool(inputs.condition))


IF = StepType(name="If", kind=Kind.PURE, description="Runs inner steps on a condition.", inputs=Inputs, decide=decide)
