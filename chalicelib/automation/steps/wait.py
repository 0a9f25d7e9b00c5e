"""`Wait`: pauses for a duration."""

from datetime import datetime, timedelta
from typing import Annotated

from chalicelib.automation.definition import durations
from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import Sleep, StepFailed
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType

LONGEST = timedelta(days=366)


class Inputs(StepInputs):
    duration: Annotated[str | int, shown("Duration", "duration")]


def decide(inputs: Inputs, now: datetime) -> Sleep:
    return Sleep(until=now + duration("duration", inputs.duration))


def duration(field: str, text: str | int, shortest: timedelta = timedelta()) -> timedelta:
    try:
        length = durations.parse(text)
    except durations.NotADuration as error:
        raise StepFailed(f"Invalid '{field}': {error}.") from error
    if not shortest <= length <= LONGEST:
        least = f"at least {durations.written(shortest)} and " if shortest else ""
        raise StepFailed(f"Invalid '{field}': {least}at most {LONGEST.days} days, not {text}.")
    return length


WAIT = StepType(name="Wait", kind=Kind.SLEEP, description="Pauses.", inputs=Inputs, decide=decide)
