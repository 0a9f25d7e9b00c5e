"""Runs the test cases a definition carries. A workflow whose tests are red cannot be enabled."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from chalicelib.automation import messages
from chalicelib.automation.definition import durations
from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.test_case import HttpStub, TestCase, Turn
from chalicelib.automation.expressions import Scope, ScriptError, evaluate, secrets
from chalicelib.automation.simulator.simulation import Simulation


class Outcome(BaseModel):
    """What became of one test case. `turn` counts from 1; 0 is before the first."""

    model_config = ConfigDict(defer_build=True, frozen=True)
    name: str
    passed: bool
    turn: int = 0
    reason: str | None = None
    transcript: tuple[str, ...]
    steps: tuple[str, ...]


class Unmet(Exception):
    """The workflow did not do what a turn expects."""


def run_tests(workflow: Workflow) -> list[Outcome]:
    """Every test case of the definition, each from a fresh start."""
    return [run_test(workflow, case) for case in workflow.definition.tests]


def run_test(workflow: Workflow, case: TestCase) -> Outcome:
    simulation = Simulation(workflow, case.at, case.customer)
    number, reason = 0, None
    try:
        if case.trigger is not None:
            simulation.start(case.trigger)
        for number, turn in enumerate(case.turns, start=1):  # noqa: B007
            _play(simulation, turn)
        _nothing_left(simulation)
    except Unmet as unmet:
        reason = str(unmet)
    return Outcome(
        name=case.name,
        passed=reason is None,
        turn=number,
        reason=reason,
        transcript=tuple(simulation.transcript),
        steps=tuple(entry.step for entry in simulation.log),
    )


def _play(simulation: Simulation, turn: Turn) -> None:
    if turn.kind in ("customer", "advance"):
        _nothing_left(simulation)
    perform(simulation, turn)


def perform(simulation: Simulation, turn: Turn) -> None:
    """Does one turn. Raises Unmet."""
    match turn.kind, getattr(turn, turn.kind):
        case "customer", said:
            _say(simulation, said)
        case "bot", expected:
            _expect_message(simulation, expected)
        case "http", HttpStub() as stub:
            _answer(simulation, stub)
        case "advance", duration:
            simulation.advance(_duration(duration))
        case "expect", script:
            _expect(simulation, script)
        case "handed_over", expected:
            if bool(simulation.handed_over) != expected:
                raise Unmet("the conversation was not handed over" if expected else "the conversation was handed over")
        case kind, _:
            raise Unmet(f"{kind} is not a turn")


def _say(simulation: Simulation, said: str | Mapping[str, JsonValue]) -> None:
    if isinstance(said, str):
        simulation.say({"text": said})
    elif "tap" in said:
        simulation.say(*_tap(simulation, str(said["tap"])))
    else:
        kind, content = said.get("type", "Text"), said.get("content")
        simulation.say(content if isinstance(content, dict) else {}, str(kind))


def _tap(simulation: Simulation, title: str) -> tuple[dict[str, JsonValue], str]:
    """Taps a button or a row of the newest message that has any."""
    offered = next((found for one in reversed(simulation.sent) if (found := messages.options(one))), [])
    option = next((one for one in offered if title in (one["title"], one["id"])), None)
    if option is None:
        raise Unmet(f"there is no {title!r} to tap, only {[one['title'] for one in offered]}")
    return messages.tapped(option), "Interactive"


def _expect_message(simulation: Simulation, expected: str | Mapping[str, Any]) -> None:
    if not simulation.outbox:
        raise Unmet(f"the bot said nothing; {_standing(simulation)}")
    message = simulation.outbox.pop(0)
    if isinstance(expected, str):
        if expected not in (messages.body(message), messages.shown(message)):
            raise Unmet(f"the bot said {messages.shown(message)!r}")
    elif not _contains(message, expected):
        raise Unmet(f"the bot sent {message}")


def _answer(simulation: Simulation, stub: HttpStub) -> None:
    call = simulation.pending_call
    if call is None:
        raise Unmet(f"no HTTP call was made; {_standing(simulation)}")
    url, body = str(secrets.shown(call.url)), secrets.shown(call.body)  # a stub names secrets as the definition does
    if (call.method, url) != (stub.method.upper(), stub.url):
        raise Unmet(f"the call was {call.method} {url}")
    if stub.body is not None and not _contains(_json(body), stub.body):
        raise Unmet(f"the call's body was {body}")
    if stub.fails:
        simulation.refuse(stub.fails)
    else:
        simulation.answer(stub.status, stub.reply)


def _expect(simulation: Simulation, script: str) -> None:
    text = script if "{{" in script else "{{" + script + "}}"
    try:
        value = evaluate(text, Scope(simulation.data, simulation.now))
    except ScriptError as error:
        raise Unmet(str(error)) from error
    if value is not True:
        raise Unmet(f"{script} is {value!r}")


def _nothing_left(simulation: Simulation) -> None:
    if simulation.outbox:
        raise Unmet(f"the bot also said {messages.shown(simulation.outbox[0])!r}")
    if call := simulation.pending_call:
        raise Unmet(f"an HTTP call was made that no turn answers: {call.method} {secrets.shown(call.url)}")


def _standing(simulation: Simulation) -> str:
    if simulation.failure:
        return f"step {simulation.failure.step} failed: {simulation.failure.message}"
    return "the workflow waits" if simulation.running else "the workflow has ended"


def _contains(value: JsonValue, expected: JsonValue | Mapping[str, Any]) -> bool:
    """Whether a JSON value has at least what is expected: objects may have more keys, lists may not be longer."""
    if isinstance(value, dict) and isinstance(expected, Mapping):
        return all(key in value and _contains(value[key], item) for key, item in expected.items())
    if isinstance(value, list) and isinstance(expected, list):
        return len(value) == len(expected) and all(map(_contains, value, expected))
    return value == expected


def _json(body: str | None) -> Any:
    return None if body is None else json.loads(body)


def _duration(text: str) -> timedelta:
    try:
        return durations.parse(text)
    except durations.NotADuration as error:
        raise Unmet(str(error)) from error
