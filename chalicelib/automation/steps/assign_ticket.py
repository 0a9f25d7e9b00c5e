"""`AssignTicket`: hands the conversation to a queue, with a priority and a note for the agent."""

from datetime import datetime

from chalicelib.automation.steps.commands import HandOver
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType


class Inputs(StepInputs):
    queue: str
    priority: str | None = None
    note: str | None = None


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
