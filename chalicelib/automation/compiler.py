"""From a definition version to its own Step Functions state machine.

The machine holds control flow and ids only. Each acting step is a Task on the step handler, which also runs the pure steps
behind it and answers where the path goes on (`next`); a Choice follows only where there is more than one way. `Start`
lets an execution enter at any stop: parallel branches, resume, retry from a step, and loops longer than one
history. What every state passes on is `State` in `execution.py`.

Waits are states of their own. A reply has a literal TimeoutSeconds (what Step Functions itself can end); the real
deadline is stored with the wait, and a wait longer than MAX_WAIT comes back here and parks again.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.automation.definition import durations
from chalicelib.automation.definition.graph import Graph, graph
from chalicelib.automation.definition.model import Definition, Step
from chalicelib.automation.expressions.template import OPEN
from chalicelib.automation.steps import Kind
from chalicelib.automation.steps.wait_for_reply import DEFAULT_TIMEOUT

Json = dict[str, Any]

MAX_WAIT = timedelta(days=30)
AGAIN = "again"
"""The answer `come back to this step at $.until`: a retry, or the end of a burst of replies."""
RUN, PARK, AFTER, FAULT = "run", "park", "after", "fault"

_RESERVED = ("Start", "End", "Fault", "Failed")
_LONGEST_NAME = 60
_RETRY = [
    # The handler died or was throttled. What it stored before, it finds again: nothing is done twice.
    {
        "ErrorEquals": ["States.TaskFailed"],
        "IntervalSeconds": 1,
        "MaxAttempts": 5,
        "BackoffRate": 2.0,
        "MaxDelaySeconds": 60,
    }
]


def compile_definition(definition: Definition, handler_arn: str, comment: str = "") -> Json:
    """The Amazon States Language document of a checked definition."""
    return _Compiler(graph(definition), handler_arn).machine(comment)


class _Compiler:
    def __init__(self, whole: Graph, handler_arn: str) -> None:
        self._graph, self._handler = whole, handler_arn
        reachable = whole.reachable()
        self._stops = [step_id for step_id in whole.steps if step_id in reachable and not self._is_pure(step_id)]
        self._names = _unique_names(self._stops)
        self._arrivals = _arrivals(whole, reachable)

    def machine(self, comment: str) -> Json:
        states: Json = {"Start": self._choice(self._stops)}
        for step_id in self._stops:
            states |= dict(self._states_of(self._graph.steps[step_id]))
        states["End"] = {"Type": "Succeed"}
        states["Fault"] = self._task("", FAULT) | {"Retry": _RETRY, "Next": "Failed"}
        states["Failed"] = {"Type": "Fail", "Error": "StepHandlerFailed"}
        return {"Comment": comment, "StartAt": "Start", "States": states}

    def _states_of(self, step: Step) -> Iterator[tuple[str, Json]]:
        match self._graph.kind(step.id):
            case Kind.SLEEP:
                yield from self._sleep(step)
            case Kind.REPLY:
                yield from self._reply(step)
            case _:
                yield from self._act(step)

    def _act(self, step: Step) -> Iterator[tuple[str, Json]]:
        name = self._names[step.id]
        comes_back = step.on_error is not None and step.on_error.retries > 0
        yield name, self._handled(step, RUN) | self._onward(step, comes_back=comes_back)
        yield from self._way(step, RUN, comes_back=comes_back)

    def _sleep(self, step: Step) -> Iterator[tuple[str, Json]]:
        name = self._names[step.id]
        yield name, {"Type": "Wait", "TimestampPath": "$.until", "Next": f"{name}: after"}
        yield f"{name}: after", self._handled(step, AFTER) | {"Next": f"{name}: next"}
        yield f"{name}: next", self._choice(self._arrivals[step.id])

    def _reply(self, step: Step) -> Iterator[tuple[str, Json]]:
        name = self._names[step.id]
        parked = self._task(step.id, PARK)
        parked["Resource"] += ".waitForTaskToken"
        parked["Parameters"]["Payload"]["token.$"] = "$$.Task.Token"
        parked |= {
            "TimeoutSeconds": int(min(_literal_timeout(step) or MAX_WAIT, MAX_WAIT).total_seconds()),
            "ResultPath": None,
            "Retry": _RETRY,
            "Catch": [
                {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": f"{name}: after"},
                *_to_fault(),
            ],
            "Next": f"{name}: after",
        }
        del parked["OutputPath"]
        yield name, parked
        yield f"{name}: after", self._handled(step, AFTER) | {"Next": f"{name}: next"}
        yield from self._way(step, AFTER, comes_back="coalesce" in step.inputs, always=True)

    def _onward(self, step: Step, *, comes_back: bool) -> Json:
        """Where an acting step leads: nowhere, straight on, or to a choice.

        Straight on is safe: a handler that ends the instance, whatever the reason, also stops the execution.
        """
        arrivals = self._arrivals[step.id]
        if not arrivals and not comes_back:
            return {"End": True}
        if self._is_straight(step, comes_back=comes_back):
            return {"Next": self._names[arrivals[0]]}
        return {"Next": f"{self._names[step.id]}: next"}

    def _is_straight(self, step: Step, *, comes_back: bool) -> bool:
        return len(self._arrivals[step.id]) == 1 and not comes_back and not _may_end(self._graph, step.id)

    def _way(self, step: Step, phase: str, *, comes_back: bool, always: bool = False) -> Iterator[tuple[str, Json]]:
        name, arrivals = self._names[step.id], self._arrivals[step.id]
        if not always and (self._is_straight(step, comes_back=comes_back) or not (arrivals or comes_back)):
            return
        back = f"{name}: again" if comes_back else ""
        if back:
            again = name if phase == RUN else f"{name}: after"
            yield back, {"Type": "Wait", "TimestampPath": "$.until", "Next": again}
        yield f"{name}: next", self._choice(arrivals, back)

    def _choice(self, stops: list[str], back: str = "") -> Json:
        rules = [_when(AGAIN, back)] if back else []
        rules += [_when(stop, self._names[stop]) for stop in stops]
        if not rules:
            return {"Type": "Pass", "Next": "End"}
        return {"Type": "Choice", "Choices": rules, "Default": "End"}

    def _handled(self, step: Step, phase: str) -> Json:
        return self._task(step.id, phase) | {"Retry": _RETRY, "Catch": _to_fault()}

    def _task(self, step_id: str, phase: str) -> Json:
        payload = {"step": step_id, "phase": phase, "state.$": "$", "execution.$": "$$.Execution.Id"}
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": self._handler, "Payload": payload},
            "OutputPath": "$.Payload",
        }

    def _is_pure(self, step_id: str) -> bool:
        return self._graph.kind(step_id) is Kind.PURE


def literal_deadline(step: Step) -> bool:
    """Whether Step Functions itself ends this wait on time, so that its time-out is final."""
    timeout = _literal_timeout(step)
    return timeout is not None and timeout <= MAX_WAIT


def _literal_timeout(step: Step) -> timedelta | None:
    text = step.inputs.get("timeout") or DEFAULT_TIMEOUT
    return None if isinstance(text, str) and OPEN in text else durations.parse(text)


def _when(value: str, name: str) -> Json:
    return {"Variable": "$.next", "StringEquals": value, "Next": name}


def _to_fault() -> list[Json]:
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fault"}]


def _unique_names(step_ids: list[str]) -> dict[str, str]:
    """State names have 80 characters and must not meet; ours end in `: after`, `: next`, `: again`."""
    taken, names = set(_RESERVED), {}
    for number, step_id in enumerate(step_ids):
        name = step_id[:_LONGEST_NAME]
        if name in taken or ": " in name:
            name = f"{name[:50]} ({number})".replace(": ", ":")
        taken.add(name)
        names[step_id] = name
    return names


def _arrivals(whole: Graph, reachable: set[str]) -> dict[str, list[str]]:
    """For each step the stops its paths may come to next, pure steps walked through, in reading order."""
    order = {step_id: number for number, step_id in enumerate(whole.steps)}
    through: dict[str, frozenset[str]] = {}
    for step_id in _inner_first(whole, reachable):
        through[step_id] = _next_stops(whole, step_id, through)
    return {
        step_id: sorted(through[step_id], key=order.__getitem__)
        if whole.kind(step_id) is Kind.PURE
        else sorted(_next_stops(whole, step_id, through), key=order.__getitem__)
        for step_id in reachable
    }


def _next_stops(whole: Graph, step_id: str, through: dict[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    for target in whole.successors(step_id):
        if whole.kind(target) is Kind.PURE:
            found |= through.get(target, frozenset())
        else:
            found.add(target)
    return frozenset(found)


def _inner_first(whole: Graph, reachable: set[str]) -> list[str]:
    """The pure steps, each after those it leads to: a checked definition has no cycle among them."""
    done: dict[str, None] = {}
    for root in reachable:
        work = [root]
        opened: set[str] = set()
        while work:
            step_id = work[-1]
            pure = [one for one in whole.successors(step_id) if whole.kind(one) is Kind.PURE and one not in done]
            if step_id in opened or not pure:
                work.pop()
                if whole.kind(step_id) is Kind.PURE:
                    done.setdefault(step_id)
            else:
                opened.add(step_id)
                work.extend(pure)
    return list(done)


def _may_end(whole: Graph, step_id: str) -> bool:
    """Whether a path may end behind this step before it comes to another stop."""
    waiting, seen = [step_id], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if whole.may_end(one):
            return True
        waiting += [target for target in whole.successors(one) if whole.kind(target) is Kind.PURE]
    return False
