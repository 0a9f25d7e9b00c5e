"""`UpdateContact`: writes fields of the contact. Without `user` it is the contact the workflow runs for."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps import user
from chalicelib.automation.steps.commands import ChangeContact
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    fields: Annotated[dict[str, JsonValue], Field(min_length=1), shown("Fields", "mapping")]
    user: Annotated[dict[str, JsonValue] | None, shown("Person", "person")] = None


def decide(inputs: Inputs, now: datetime) -> ChangeContact:
    return ChangeContact(user.parse(inputs.user) if inputs.user else None, inputs.fields)


UPDATE_CONTACT = StepType(
    name="UpdateContact", kind=Kind.ACT, description="Writes fields of the contact.", inputs=Inputs, decide=decide
)
