"""`AddToGroup` and `RemoveFromGroup`: the contact's groups. Without `user` it is the contact the workflow runs for."""

from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from chalicelib.automation.forms import shown
from chalicelib.automation.steps import user
from chalicelib.automation.steps.commands import ChangeGroup
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    group: Annotated[str, shown("Group", "group")]
    user: Annotated[dict[str, JsonValue] | None, shown("Person", "person")] = None


def add(inputs: Inputs, now: datetime) -> ChangeGroup:
    return ChangeGroup(user.parse(inputs.user) if inputs.user else None, inputs.group, "add")


def remove(inputs: Inputs, now: datetime) -> ChangeGroup:
    return ChangeGroup(user.parse(inputs.user) if inputs.user else None, inputs.group, "remove")


ADD_TO_GROUP = StepType(
    name="AddToGroup", kind=Kind.ACT, description="Adds the contact to a group.", inputs=Inputs, decide=add
)
REMOVE_FROM_GROUP = StepType(
    name="RemoveFromGroup",
    kind=Kind.ACT,
    description="Removes the contact from a group.",
    inputs=Inputs,
    decide=remove,
)
