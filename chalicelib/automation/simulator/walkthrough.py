"""A simulation as the portal shows it: every step with what it did and the data behind it, and what the workflow waits for."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from chalicelib.automation import messages
from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.test_case import DEFAULT_START, Customer, Turn
from chalicelib.automation.engine import Entry
from chalicelib.automation.expressions import secrets
from chalicelib.automation.simulator.simulation import Path, Simulation
from chalicelib.automation.simulator.testing import Unmet, perform
from chalicelib.shape import Shape

MOST_STEPS = 1000
_MOST_DATA = 2_000_000
"""Characters of data in one answer: Lambda answers 6 MB at most."""


class Play(Shape):
    """Everything that happens, from the start. Turns as in test cases; `bot` and `expect` may be left out."""

    at: AwareDatetime = DEFAULT_START
    customer: Customer = Field(default_factory=Customer)
    trigger: dict[str, JsonValue] | None = None
    """Data of a trigger that is no message: starts the workflow before the first turn."""
    turns: Annotated[list[Turn], Field(max_length=200)] = Field(default_factory=list)


class StepShown(Shape):
    """One step that ran. `turn` counts from 1; 0 is the trigger."""

    turn: int
    step: str
    status: str
    at: datetime
    inputs: JsonValue = None
    outputs: JsonValue = None
    error: str | None = None
    changes: dict[str, JsonValue]
    data: dict[str, JsonValue] | None
    """All data behind the step; null when the answer would grow too large: add up the changes."""
    next_steps: list[str]


class MessageShown(Shape):
    """A message of the bot, in WhatsApp's notation, as text, and what can be tapped in it."""

    turn: int
    text: str
    options: list[dict[str, JsonValue]]
    message: dict[str, JsonValue]


class CallShown(Shape):
    """An HTTP call that waits for its stub: the next `http` turn."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None


class Standing(Shape):
    """Where a branch stands, until when, and for what."""

    step: str
    kind: str
    until: datetime | None
    call: CallShown | None
    sender: str | None


class UnmetShown(Shape):
    """The turn that could not be played, and why. Nothing after it was."""

    turn: int
    reason: str


class Walkthrough(Shape):
    """What became of it."""

    now: datetime
    running: bool
    transcript: list[str]
    steps: list[StepShown]
    messages: list[MessageShown]
    standing: list[Standing]
    handed_over: bool
    failed_step: str | None
    failure: str | None
    unmet: UnmetShown | None
    data: dict[str, JsonValue]


def play(workflow: Workflow, wanted: Play) -> Walkthrough:
    """Plays all turns, or as many as can be played."""
    simulation = Simulation(workflow, wanted.at, wanted.customer)
    steps: list[int] = []
    said: list[int] = []
    unmet, number = None, 0
    try:
        if wanted.trigger is not None:
            simulation.start(wanted.trigger)
        _mark(simulation, steps, said, 0)
        for number, turn in enumerate(wanted.turns, start=1):
            if turn.kind in ("customer", "advance"):
                simulation.outbox.clear()  # what the bot said and nobody asked for
            perform(simulation, turn)
            _mark(simulation, steps, said, number)
            if len(simulation.log) > MOST_STEPS:
                raise Unmet(f"more than {MOST_STEPS} steps have run")
    except Unmet as reason:
        unmet = UnmetShown(turn=number, reason=str(reason))
        _mark(simulation, steps, said, number)
    failure = simulation.failure
    return Walkthrough(
        now=simulation.now,
        running=simulation.running,
        transcript=simulation.transcript,
        steps=_steps(simulation, steps),
        messages=[_message(turn, message) for turn, message in zip(said, simulation.sent, strict=True)],
        standing=[_standing(path) for path in simulation.paths],
        handed_over=bool(simulation.handed_over),
        failed_step=failure.step if failure else None,
        failure=failure.message if failure else None,
        unmet=unmet,
        data=simulation.data,
    )


def _mark(simulation: Simulation, steps: list[int], said: list[int], turn: int) -> None:
    """What is new belongs to this turn."""
    steps += [turn] * (len(simulation.log) - len(steps))
    said += [turn] * (len(simulation.sent) - len(said))


def _steps(simulation: Simulation, turns: list[int]) -> list[StepShown]:
    shown, size = [], 0
    for turn, entry, data in list(zip(turns, simulation.log, simulation.snapshots, strict=True))[:MOST_STEPS]:
        size += len(json.dumps(data, ensure_ascii=False))
        shown.append(_step(turn, entry, data if size <= _MOST_DATA else None))
    return shown


def _step(turn: int, entry: Entry, data: dict[str, JsonValue] | None) -> StepShown:
    return StepShown(
        turn=turn,
        step=entry.step,
        status=entry.status,
        at=entry.completed_at,
        inputs=entry.inputs,
        outputs=entry.outputs,
        error=entry.error,
        changes=dict(entry.changes),
        data=data,
        next_steps=list(entry.next),
    )


def _message(turn: int, message: dict[str, JsonValue]) -> MessageShown:
    return MessageShown(turn=turn, text=messages.body(message), options=messages.options(message), message=message)


def _standing(path: Path) -> Standing:
    call = path.call
    return Standing(
        step=path.stop.step,
        kind=path.stop.kind,
        until=path.stop.until,
        call=CallShown(
            method=call.method,
            url=str(secrets.shown(call.url)),
            headers={name: str(secrets.shown(value)) for name, value in call.headers.items()},
            body=None if call.body is None else str(secrets.shown(call.body)),
        )
        if call
        else None,
        sender=path.awaits.sender if path.awaits else None,
    )
