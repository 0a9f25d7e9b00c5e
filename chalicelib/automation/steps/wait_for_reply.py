"""`WaitForReply`: waits until the customer writes. `step.reply` is the inbound message, null when time ran out."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.automation.expressions.template import is_computed
from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import AwaitReply, StepFailed
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType
from chalicelib.automation.steps.wait import duration

DEFAULT_TIMEOUT = "1.00:00:00"


class Inputs(StepInputs):
    from_: Annotated[str | int, shown("Person", "text")] = Field(alias="from")
    channel: Annotated[str, shown("Channel", "choice", ("whatsapp",))]
    timeout: Annotated[str | int | None, shown("Longest wait", "duration")] = DEFAULT_TIMEOUT
    coalesce: Annotated[str | None, shown("Wait for more of the same burst", "duration")] = None
    """Ours: after the first reply, how long to wait for more of the same burst. `step.replies` has all of them."""


def decide(inputs: Inputs, now: datetime) -> AwaitReply:
    sender = str(inputs.from_).strip()
    if not sender:
        raise StepFailed("Empty 'from'.")
    coalesce = _coalesce(inputs.coalesce) if inputs.coalesce else None
    return AwaitReply(sender, inputs.channel.lower(), now + _timeout(inputs.timeout), coalesce)


def check(inputs: Inputs) -> None:
    """Who is waited for is nearly always computed; how long seldom."""
    if not is_computed(inputs.timeout):
        _timeout(inputs.timeout)
    if inputs.coalesce and not is_computed(inputs.coalesce):
        _coalesce(inputs.coalesce)


def _timeout(text: str | int | None) -> timedelta:
    return duration("timeout", text or DEFAULT_TIMEOUT, timedelta(seconds=1))


def _coalesce(text: str) -> timedelta:
    return duration("coalesce", text)


WAIT_FOR_REPLY = StepType(
    name="WaitForReply",
    kind=Kind.REPLY,
    description="Waits for the customer's answer.",
    inputs=Inputs,
    decide=decide,
    outputs=("reply", "replies"),
    check=check,
)
