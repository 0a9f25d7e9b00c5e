"""Golden state machines. `python -m tests.unit.automation.test_compiler` writes them anew; review the difference."""

import json
from pathlib import Path

import pytest
from statelint.linter import Linter

from chalicelib.automation import gallery
from chalicelib.automation.compiler import compile_definition, literal_deadline
from chalicelib.automation.definition.importing import import_document
from tests.automation_scenarios import FILES, read

GOLDEN = Path(__file__).parents[2] / "data" / "asl"
HANDLER = "arn:aws:lambda:us-east-1:123456789012:function:step"
WORKFLOWS = {
    **{f"gallery-{entry.key}": entry.workflow for entry in gallery.entries()},
    **{name: read(path) for name, path in FILES.items() if path.exists()},
}


def compiled(name):
    return compile_definition(WORKFLOWS[name].definition, HANDLER, name)


def machine(*steps):
    document = {"trigger": "inbound_chat_apps", "definition": {"name": "Test", "steps": list(steps)}}
    return compile_definition(import_document(document).workflow.definition, HANDLER)


def send(step_id, **more):
    return {"id": step_id, "stepType": "ChatAppsMessage", "inputs": {}, **more}


def branch(step_id, *targets):
    return {"id": step_id, "stepType": "Branch", "selectNextStep": dict.fromkeys(targets, "{{data.x}}")}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_workflow_compiles_to_its_golden_machine(name):
    assert compiled(name) == json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_machine_passes_the_linter(name):
    assert Linter.validate(compiled(name)) == []


def test_a_chain_of_ten_pure_steps_costs_no_more_states_than_one():
    def chain(length):
        pure = [branch(f"b{i}", f"b{i + 1}") for i in range(length)]
        return machine(send("a", nextStepId="b0"), *pure, send(f"b{length}"))

    assert set(chain(10)["States"]) - {"b10"} == set(chain(1)["States"]) - {"b1"}


def test_a_single_way_on_needs_no_choice():
    states = machine(send("a", nextStepId="b"), send("b"))["States"]
    assert (states["a"]["Next"], states["b"]["End"]) == ("b", True)


def test_more_than_one_way_on_is_a_choice_on_the_answer():
    states = machine(send("a", nextStepId="x"), branch("x", "b", "c"), send("b"), send("c"))["States"]
    assert states["a"]["Next"] == "a: next"
    assert [rule["StringEquals"] for rule in states["a: next"]["Choices"]] == ["b", "c"]
    assert states["a: next"]["Default"] == "End"


def test_an_execution_may_enter_at_any_stop_and_at_no_pure_step():
    states = machine(send("a", nextStepId="x"), branch("x", "b"), send("b"))["States"]
    assert [rule["Next"] for rule in states["Start"]["Choices"]] == ["a", "b"]


def test_steps_nobody_reaches_are_not_compiled():
    assert "c" not in machine(send("a", nextStepId="b"), send("b"), send("c"))["States"]


@pytest.mark.parametrize(
    ("inputs", "seconds", "final"),
    [
        ({"timeout": "00:05:00"}, 300, True),
        ({}, 86_400, True),
        ({"timeout": "365"}, 30 * 86_400, False),
        ({"timeout": "{{data.patience}}"}, 30 * 86_400, False),
    ],
)
def test_a_wait_has_a_literal_timeout_and_a_long_or_computed_one_comes_back(inputs, seconds, final):
    step = {"id": "w", "stepType": "WaitForReply", "inputs": {"from": "1", "channel": "whatsapp", **inputs}}
    assert machine(step)["States"]["w"]["TimeoutSeconds"] == seconds
    document = {"trigger": "inbound_chat_apps", "definition": {"name": "T", "steps": [step]}}
    assert literal_deadline(import_document(document).workflow.definition.steps[0]) is final


def test_retries_wait_and_come_back_to_their_step():
    step = {**send("a"), "onError": {"retries": 2}}
    states = machine(step)["States"]
    assert states["a: next"]["Choices"][0] == {"Variable": "$.next", "StringEquals": "again", "Next": "a: again"}
    assert states["a: again"] == {"Type": "Wait", "TimestampPath": "$.until", "Next": "a"}


def test_state_names_never_meet_and_never_grow_too_long():
    steps = [
        send("Start", nextStepId="x" * 128),
        send("x" * 128, nextStepId="x" * 127 + "y"),
        send("x" * 127 + "y", nextStepId="a: next"),
    ]
    states = machine(*steps, send("a: next", nextStepId="End"), send("End"))["States"]
    assert len(states) == 5 + 4
    assert all(len(name) <= 80 for name in states)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for workflow_name in WORKFLOWS:
        text = json.dumps(compiled(workflow_name), indent=1, ensure_ascii=False) + "\n"
        (GOLDEN / f"{workflow_name}.json").write_text(text, "utf-8")
