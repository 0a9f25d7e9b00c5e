import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from chalicelib.automation import gallery
from chalicelib.automation.__main__ import main
from chalicelib.automation.definition.importing import import_document, import_text
from chalicelib.automation.definition.model import export
from chalicelib.automation.definition.problems import has_errors
from chalicelib.automation.definition.test_case import Customer, Turn
from chalicelib.automation.definition.validation import enable_problems, problems_of
from chalicelib.automation.simulator.simulation import MAX_RUNS, Simulation
from chalicelib.automation.simulator.testing import run_tests
from tests.automation_scenarios import scenarios

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
ENTRIES = [pytest.param(entry, id=entry.key) for entry in gallery.entries()]


def say(step_id, text="Hi", **more):
    inputs = {"subAccountId": "demo", "user": {"msisdn": "+6591234567"}, "type": "text", "content": {"text": text}}
    return {"id": step_id, "stepType": "ChatAppsMessage", "inputs": inputs, **more}


def wait(step_id, timeout="00:05:00", **more):
    inputs = {"from": "6591234567", "channel": "whatsapp", "timeout": timeout, **more.pop("inputs", {})}
    return {"id": step_id, "stepType": "WaitForReply", "inputs": inputs, **more}


def simulate(*steps, **more):
    document = {"trigger": "inbound_chat_apps", "definition": {"name": "Test", "steps": list(steps)}, **more}
    imported = import_document(document)
    assert imported.workflow is not None, imported.problems
    return Simulation(imported.workflow, NOW)


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_each_scenario_gives_its_chat(scenario):
    if not scenario.is_here():
        pytest.skip("the published examples are not here")
    simulation = Simulation(scenario.workflow(), scenario.at, Customer(phone=scenario.phone))
    for turn in scenario.turns:
        if "say" in turn:
            simulation.say({"text": turn["say"]})
        if "advance" in turn:
            simulation.advance(timedelta(seconds=turn["advance"]))
    assert [line for line in simulation.transcript if not line.startswith("clock")] == scenario.chat()


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_tests_of_each_gallery_workflow_are_green(entry):
    assert not has_errors([*problems_of(entry.workflow), *enable_problems(entry.workflow)])
    red = [outcome for outcome in run_tests(entry.workflow) if not outcome.passed]
    assert red == []
    assert entry.workflow.definition.tests


def test_the_gallery_has_the_six_workflows_it_promises():
    assert [entry.key for entry in gallery.entries()] == [
        "appointment-booking", "lead-capture", "menu-bot", "opt-out", "out-of-office", "survey",
    ]  # fmt: skip


def edges(document):
    """Every way from one step to another, as a change to the document that removes it."""

    def visit(steps, path):
        for index, step in enumerate(steps):
            here = [*path, index]
            if step.get("nextStepId"):
                yield here, "nextStepId", None
            for target in step.get("selectNextStep", {}):
                yield here, "selectNextStep", target
            if step.get("onError", {}).get("nextStepId"):
                yield here, "onError", "nextStepId"
            for number, sequence in enumerate(step.get("do", [])):
                yield here, "do", number
                yield from visit(sequence, [*here, "do", number])

    return list(visit(document["definition"]["steps"], []))


def without(document, edge):
    path, name, key = edge
    changed = copy.deepcopy(document)
    step = changed["definition"]["steps"]
    for part in path:
        step = step[part]
    if key is None:
        del step[name]
    elif name == "do":
        step["do"] = []
    else:
        del step[name][key]
    return changed


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_edge_of_a_gallery_workflow_can_be_deleted_unnoticed(entry):
    document = json.loads(export(entry.workflow))
    unnoticed = []
    for edge in edges(document):
        workflow = import_document(without(document, edge)).workflow
        broken = has_errors(problems_of(workflow)) or any(not outcome.passed for outcome in run_tests(workflow))
        if not broken:
            unnoticed.append(edge)
    assert unnoticed == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_gallery_workflows_export_and_import_to_the_same_bytes(entry):
    exported = export(entry.workflow)
    assert export(import_text(exported).workflow) == exported


def test_the_command_line_tells_green_from_red(tmp_path, capsys):
    path = Path(gallery.__file__).parent / "survey.json"
    assert main(["test", str(path)]) == 0
    red = tmp_path / "red.json"
    red.write_text(path.read_text("utf-8").replace('{"text": "Thank you!"}', '{"text": "Thanks!"}'), "utf-8")
    assert main(["test", str(red)]) == 1
    assert "turn 4: the bot said 'Thanks!'" in capsys.readouterr().out


def test_a_failing_step_ends_the_instance_and_names_itself():
    simulation = simulate(say("a", "{{data.payload.missing()}}", nextStepId="b"), say("b"))
    simulation.say({"text": "Hi"})
    assert simulation.failure.step == "a"
    assert "not a function" in simulation.failure.message
    assert (simulation.sent, simulation.running) == ([], False)


def test_an_error_path_goes_on_with_the_reason_in_data():
    broken = say("a", "{{nonsense}}", onError={"nextStepId": "b"})
    simulation = simulate(broken, say("b", "{{data.error.step}}"))
    simulation.say({"text": "Hi"})
    assert simulation.transcript[-1] == "bot: a"


def test_outputs_survive_a_timeout():
    outputs = {"text": "{{step.reply.payload.content.text}}"}
    simulation = simulate(wait("w", outputs=outputs, nextStepId="b"), say("b", "[{{data.text}}]"))
    simulation.say({"text": "Hi"})
    simulation.advance(timedelta(minutes=5))
    assert simulation.transcript[-1] == "bot: []"


def test_somebody_elses_message_does_not_answer_the_wait():
    simulation = simulate(wait("w", inputs={"from": "6500000000"}, nextStepId="b"), say("b"))
    simulation.say({"text": "Hi"})
    simulation.say({"text": "Me?"})
    assert simulation.sent == []


def test_what_an_instance_never_took_goes_back_to_the_front_door():
    pause = {"id": "p", "stepType": "Wait", "inputs": {"duration": "00:01:00"}}
    simulation = simulate(say("a", nextStepId="p"), pause)
    simulation.say({"text": "Hi"})
    simulation.say({"text": "Anybody?"})
    assert simulation.started == 1
    simulation.advance(timedelta(minutes=1))
    assert (simulation.started, len(simulation.sent)) == (2, 2)


def test_three_quick_messages_are_one_turn_with_three_texts():
    step = wait("w", inputs={"coalesce": "00:00:02"}, outputs={"r": "{{step.replies.length}}"}, nextStepId="b",)  # fmt: skip
    simulation = simulate(say("a", "?", nextStepId="w"), step, say("b", "{{data.r}}: {{data.t}}"))
    step["outputs"]["t"] = "{{step.reply.payload.content.text}}"
    simulation = simulate(say("a", "?", nextStepId="w"), step, say("b", "{{data.r}}: {{data.t}}"))
    for text in ("Hi", "one", "two", "three"):
        simulation.say({"text": text})
    simulation.advance(timedelta(seconds=2))
    assert simulation.transcript[-1] == "bot: 3: one\ntwo\nthree"


def test_a_loop_with_waits_stops_at_a_stated_limit_with_a_readable_error():
    pause = {"id": "p", "stepType": "Wait", "inputs": {"duration": "00:00:01"}, "nextStepId": "a"}
    simulation = simulate(say("a", nextStepId="p"), pause)
    simulation.say({"text": "Hi"})
    simulation.advance(timedelta(seconds=MAX_RUNS + 10))
    assert simulation.failure.message == f"Stopped after {MAX_RUNS} steps: an endless loop."


def test_a_timeout_of_a_year_and_a_reply_on_its_last_day():
    simulation = simulate(wait("w", "365", nextStepId="b"), say("b", "there you are"))
    simulation.say({"text": "Hi"})
    simulation.advance(timedelta(days=364))
    assert simulation.running
    simulation.say({"text": "Sorry, I was away"})
    assert len(simulation.sent) == 1


def test_secrets_never_reach_the_log():
    headers = {"Authorization": "Bearer {{secret.crm}}"}
    call = {
        "id": "h",
        "stepType": "HttpRequest",
        "inputs": {"url": "https://crm.example.com", "method": "GET", "headers": headers},
    }
    simulation = simulate(call)
    simulation.say({"text": "Hi"})
    simulation.answer(200, {"ok": True})
    assert simulation.log[0].inputs["headers"] == headers


def test_a_test_names_a_secret_in_an_address_as_the_definition_does():
    call = {
        "id": "h", "stepType": "HttpRequest",
        "inputs": {
            "url": "https://crm.example.com/{{secret.path}}", "method": "POST", "parameters": {"key": "{{secret.key}}"},
            "body": {"key": "{{secret.key}}"},
        },
    }  # fmt: skip
    stub = {
        "method": "POST", "url": "https://crm.example.com/{{secret.path}}?key={{secret.key}}", "body": {"key": "{{secret.key}}"},
    }  # fmt: skip
    case = {"name": "a call", "turns": [{"customer": "Hi"}, {"http": stub}]}
    document = {"trigger": "inbound_chat_apps", "definition": {"name": "T", "steps": [call], "tests": [case]}}
    [outcome] = run_tests(import_document(document).workflow)
    assert (outcome.passed, outcome.reason) == (True, None)


@pytest.mark.parametrize("turn", [{}, {"customer": None}, {"customer": "Hi", "bot": "Hi"}])
def test_a_turn_is_one_thing_and_null_is_nothing(turn):
    with pytest.raises(ValidationError, match="exactly one"):
        Turn.model_validate(turn)
    assert Turn.model_validate({"customer": "Hi", "bot": None}).kind == "customer"
