"""`AssignTicket`: hands the conversation to a queue, with a priority and a note for the agent."""

from datetime import datetime
from typing import Annotated

from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import PRIORITIES, HandOver
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    queue: Annotated[str, shown("Queue", "queue")]
    priority: Annotated[str | None, shown("Priority", "choice", PRIORITIES)] = None
    note: Annotated[str | None, shown("Note for the agent", "long_text")] = None


def decide(inputs: Inputs, now: datetime) -> HandOver:
    return HandOver(None, inputs.queue, inputs.priority, inputs.note)


ASSIGN_TICKET = StepType(
    name="AssignTicket",
    kind=Kind.ACT,
    description="Puts the conversation's ticket into a queue.",
    inputs=Inputs,
    decide=decide,
    outputs=("ticketId",),
)
