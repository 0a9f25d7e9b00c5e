"""The interpreter of definitions: pure. The Lambda handler, the simulator and the tests all run this one.

A path of a workflow stands at a *stop*: a step that acts, sleeps or waits for a reply. Between two stops lie
only pure steps, and they run in one go: `begin` walks from the start to the first stops, `command` says what the
step at a stop wants done, `complete` and `fail` walk on from there.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue, ValidationError

from chalicelib.automation.definition import durations
from chalicelib.automation.definition.graph import Graph
from chalicelib.automation.definition.model import Step
from chalicelib.automation.expressions import Scope, ScriptError, evaluate, evaluate_all, secrets
from chalicelib.automation.expressions.template import OPEN
from chalicelib.automation.steps import Kind, find
from chalicelib.automation.steps.commands import AwaitReply, Choose, Command, SetValues, Sleep, StepFailed
from chalicelib.dataclass import dataclass

MAX_PURE_STEPS = 1000
"""Between two stops. A checked definition has no cycle here; this holds for one that slipped through."""

_BARE_PATH = re.compile(r"(?:step|data)(?:\.[A-Za-z_$][\w$]*|\[[^\]{}]+\])+")


class StepStatus(StrEnum):
    """As the API names them."""

    PENDING = "Pending"
    RUNNING = "Running"
    COMPLETE = "Complete"
    SLEEPING = "Sleeping"
    WAITING = "WaitingForEvent"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


@dataclass(frozen=True)
class Stop:
    """Where a path stands. `until`: when a sleep ends or the wait for a reply times out."""

    step: str
    kind: Kind
    until: datetime | None = None
    awaits: AwaitReply | None = None


@dataclass(frozen=True)
class Entry:
    """One line of an instance's log. Secrets are references in it."""

    step: str
    status: StepStatus
    started_at: datetime
    completed_at: datetime
    inputs: JsonValue = None
    outputs: JsonValue = None
    error: str | None = None
    changes: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the step put into `data`."""
    next: tuple[str, ...] = ()
    """Where the path went on."""


@dataclass(frozen=True)
class Failure:
    """The step that ended the instance, and why."""

    step: str
    message: str


@dataclass(frozen=True)
class Walk:
    """What one walk changed and where it ended. Several stops are branches to run side by side, none is an end."""

    stops: tuple[Stop, ...] = ()
    changes: Mapping[str, JsonValue] = field(default_factory=dict)
    log: tuple[Entry, ...] = ()
    failure: Failure | None = None


@dataclass
class _Walker:
    graph: Graph
    data: dict[str, JsonValue]
    now: datetime
    seed: str
    changes: dict[str, JsonValue] = field(default_factory=dict)
    log: list[Entry] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    unlogged: dict[str, JsonValue] = field(default_factory=dict)
    steps: int = 0

    def scope(self, step: Mapping[str, JsonValue] | None = None) -> Scope:
        return Scope(self.data, self.now, step, f"{self.seed}/{self.steps}")

    def walked(self, failure: Failure | None = None) -> Walk:
        stops = () if failure else tuple(self.stops)
        return Walk(stops, dict(self.changes), tuple(self.log), failure)

    def put(self, values: Mapping[str, JsonValue]) -> None:
        self.data |= values
        self.changes |= values
        self.unlogged |= values

    def record(self, step: Step, status: StepStatus, following: tuple[str, ...] = (), **more: JsonValue) -> None:
        shown = secrets.shown(more)
        self.log.append(
            Entry(step.id, status, self.now, self.now, **shown, changes=dict(self.unlogged), next=following)
        )
        self.unlogged.clear()

    def enter(self, step_ids: tuple[str, ...]) -> Failure | None:
        """Walks on from each of the steps to the next stops."""
        waiting = list(step_ids)
        while waiting:
            step = self.graph.steps[waiting.pop(0)]
            kind = self.graph.kind(step.id)
            self.steps += 1
            if self.steps > MAX_PURE_STEPS:
                return Failure(step.id, f"Stopped after {MAX_PURE_STEPS} steps without a wait: an endless loop.")
            if kind in (Kind.ACT, Kind.NOT_CONNECTED):
                self.stops.append(Stop(step.id, Kind.ACT))
                continue
            try:
                waiting[:0] = self._pass(step, kind)
            except (StepFailed, ScriptError) as error:
                failure, following = self._failed(step, str(error))
                if failure:
                    return failure
                waiting[:0] = following
        return None

    def _pass(self, step: Step, kind: Kind) -> tuple[str, ...]:
        inputs, wanted = decide(step, self.scope())
        if isinstance(wanted, Sleep):
            self.stops.append(Stop(step.id, kind, wanted.until))
            return ()
        if isinstance(wanted, AwaitReply):
            self.stops.append(Stop(step.id, kind, wanted.deadline, wanted))
            return ()
        values = dict(wanted.values) if isinstance(wanted, SetValues) else {}
        self.put(values)
        return self.leave(step, {}, inputs, chosen=wanted.condition if isinstance(wanted, Choose) else None)

    def leave(
        self, step: Step, result: Mapping[str, JsonValue], inputs: JsonValue = None, *, chosen: bool | None = None,
        status: StepStatus = StepStatus.COMPLETE,
    ) -> tuple[str, ...]:  # fmt: skip
        """Outputs, then the choice of what is next: the conditions see both `data` and `step`."""
        outputs = evaluate_all({name: _as_script(value) for name, value in step.outputs.items()}, self.scope(result))
        self.put(outputs)
        following = _following(self.graph, step, self.scope(result), chosen=chosen)
        self.record(step, status, following, inputs=inputs, outputs=dict(result) or outputs or None)
        return following

    def _failed(self, step: Step, message: str) -> tuple[Failure | None, tuple[str, ...]]:
        """The error path of a step, or the end of the instance."""
        target = self.graph.known(step.on_error.next_step_id if step.on_error else None)
        if target is None:
            self.record(step, StepStatus.FAILED, error=message)
            return Failure(step.id, message), ()
        self.put({"error": {"step": step.id, "message": message}})
        self.record(step, StepStatus.FAILED, (target,), error=message)
        return None, (target,)


def begin(graph: Graph, data: Mapping[str, JsonValue], now: datetime, seed: str) -> Walk:
    """From the trigger to the first stops."""
    return resume(graph, graph.start, data, now, seed)


def resume(graph: Graph, step_id: str, data: Mapping[str, JsonValue], now: datetime, seed: str) -> Walk:
    """From a step of choice to the next stops."""
    walker = _Walker(graph, dict(data), now, seed)
    return walker.walked(walker.enter((step_id,)))


def command(
    graph: Graph, step_id: str, data: Mapping[str, JsonValue], now: datetime, seed: str
) -> tuple[JsonValue, Command]:
    """The evaluated inputs of the step at a stop and what it wants done. Raises StepFailed."""
    try:
        return decide(graph.steps[step_id], Scope(data, now, None, seed))
    except ScriptError as error:
        raise StepFailed(str(error)) from error


def complete(
    graph: Graph, step_id: str, result: Mapping[str, JsonValue], data: Mapping[str, JsonValue], now: datetime, seed: str,
    *, inputs: JsonValue = None, timed_out: bool = False,
) -> Walk:  # fmt: skip
    """The step at a stop has done its work: its outputs, then on to the next stops."""
    walker = _Walker(graph, dict(data), now, seed)
    step = graph.steps[step_id]
    status = StepStatus.CANCELLED if timed_out else StepStatus.COMPLETE
    try:
        following = walker.leave(step, result, inputs, status=status)
    except (StepFailed, ScriptError) as error:
        return _after_failure(walker, step, str(error))
    return walker.walked(walker.enter(following))


def fail(
    graph: Graph,
    step_id: str,
    message: str,
    data: Mapping[str, JsonValue],
    now: datetime,
    seed: str,
    *,
    inputs: JsonValue = None,
) -> Walk:
    """The step at a stop could not do its work: its error path, or the end of the instance."""
    return _after_failure(_Walker(graph, dict(data), now, seed), graph.steps[step_id], message)


def retry_at(step: Step, attempt: int, now: datetime) -> datetime | None:
    """When to try a failed step again; None after its last attempt. Attempts count from 0."""
    if step.on_error is None or attempt >= step.on_error.retries:
        return None
    delay = durations.parse(step.on_error.delay) * step.on_error.backoff**attempt
    return now + min(delay, timedelta(days=1))


def decide(step: Step, scope: Scope) -> tuple[JsonValue, Command]:
    """The step's inputs, evaluated and checked, and its decision."""
    known = find(step.step_type)
    if known is None:
        raise StepFailed(f"{step.step_type!r} is not a step type.")
    given = {name: _condition(value) if name == "condition" else value for name, value in step.inputs.items()}
    inputs = evaluate(given, scope)
    try:
        checked = known.inputs.model_validate(inputs)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StepFailed(f"Invalid '{where}': {first['msg']}.") from error
    return inputs, known.decide(checked, scope.now)


def _after_failure(walker: _Walker, step: Step, message: str) -> Walk:
    failure, following = walker._failed(step, message)
    return walker.walked(failure or walker.enter(following))


def _following(graph: Graph, step: Step, scope: Scope, *, chosen: bool | None) -> tuple[str, ...]:
    if chosen and step.do and step.do[0]:
        return (step.do[0][0].id,)
    named = _selected(step.select_next_step, scope) if step.select_next_step else (step.next_step_id,)
    found = tuple(target for target in named if target in graph.steps)
    if found:
        return found
    onward = graph.continuation(step.id)
    return (onward,) if onward else ()


def _selected(choices: Mapping[str, str | None], scope: Scope) -> tuple[str, ...]:
    """Every step whose condition is true; when none is, the default ones."""
    conditions = {target: _condition(text) for target, text in choices.items() if text is not None}
    values = evaluate_all(conditions, scope)
    chosen = tuple(target for target, value in values.items() if _is_true(value))
    return chosen or tuple(target for target, text in choices.items() if text is None)


def _condition(text: JsonValue) -> JsonValue:
    """A condition is a script, with or without its braces."""
    return "{{" + text + "}}" if isinstance(text, str) and text and OPEN not in text else text


def _as_script(value: JsonValue) -> JsonValue:
    """The builder lets people type `step.responseCode` without braces."""
    return "{{" + value + "}}" if isinstance(value, str) and _BARE_PATH.fullmatch(value) else value


def _is_true(value: JsonValue) -> bool:
    """As JavaScript sees it: an empty list or object is true."""
    return value not in (None, False, 0, "") or isinstance(value, list | dict)
