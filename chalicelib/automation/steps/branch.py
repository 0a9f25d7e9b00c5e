"""`Branch`: every condition that is true starts its step; the null one starts when no other does."""

from datetime import datetime

from chalicelib.automation.steps.commands import Nothing
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    pass


def decide(inputs: Inputs, now: datetime) -> Nothing:
    return Nothing()


BRANCH = StepType(name="Branch", kind=Kind.PURE, description="Chooses the next steps.", inputs=Inputs, decide=decide)
