"""`OptOut` and `OptIn`: the contact's consent to marketing. Without `user` it is the contact the workflow runs for."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps import user
from chalicelib.automation.steps.commands import ChangeConsent
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    user: Annotated[dict[str, JsonValue] | None, shown("Person", "person")] = None


def out(inputs: Inputs, now: datetime) -> ChangeConsent:
    return ChangeConsent(user.parse(inputs.user) if inputs.user else None, opted_in=False)


def into(inputs: Inputs, now: datetime) -> ChangeConsent:
    return ChangeConsent(user.parse(inputs.user) if inputs.user else None, opted_in=True)


OPT_OUT = StepType(name="OptOut", kind=Kind.ACT, description="Opts the contact out.", inputs=Inputs, decide=out)
OPT_IN = StepType(name="OptIn", kind=Kind.ACT, description="Opts the contact in.", inputs=Inputs, decide=into)
