"""What the portal's builder asks of the API: forms, a simulation step by step, numbers on the canvas."""

import pytest

from chalicelib.automation import gallery
from chalicelib.automation.definition.triggers import TYPES as TRIGGERS
from chalicelib.automation.forms import FORMS
from chalicelib.automation.steps import TYPES, Kind
from tests.integration.automation.test_api import BASE, STEP, create, definition

ASK = [
    {**STEP, "id": "ask", "nextStepId": "call"},
    {
        "id": "call", "stepType": "HttpRequest", "nextStepId": "w", "outputs": {"price": "{{step.responseBody.price}}"},
        "inputs": {"method": "GET", "url": "https://shop.example.com", "headers": {"X-Key": "{{secret.shop}}"}},
    },
    {
        "id": "w", "stepType": "WaitForReply", "nextStepId": "thanks",
        "inputs": {"from": "6591234567", "channel": "whatsapp", "timeout": "00:05:00"},
    },
    {**STEP, "id": "thanks"},
]  # fmt: skip


def simulated(api, *turns, steps=ASK, **play):
    answer = api.post(
        f"{BASE}/definition-simulations",
        {"definition": definition(*steps), "play": {"turns": list(turns), **play}},
    )
    assert answer.status == 200, answer.text
    return answer.json


@pytest.mark.parametrize("one", [one for one in TYPES if one.kind is not Kind.NOT_CONNECTED], ids=lambda one: one.name)
def test_every_input_of_every_step_has_a_label_and_a_kind_of_field(api, one):
    [shown] = [each for each in api.get(f"{BASE}/steps/types").json if each["name"] == one.name]
    assert {field["name"] for field in shown["fields"]} == set(shown["inputs"].get("properties", {}))
    for field in shown["fields"]:
        written = shown["inputs"]["properties"][field["name"]]
        assert written.get("form") == field["form"] in FORMS, field
        assert field["label"] == written["title"]


def test_every_trigger_is_told_with_its_form(api):
    shown = {one["name"]: one for one in api.get(f"{BASE}/triggers/types").json}
    assert set(shown) == {str(one) for one in TRIGGERS}
    assert [field["form"] for field in shown["schedule"]["fields"]] == ["schedule", "time_zone", "mapping"]
    assert shown["keyword"]["fields"][1]["options"] == ["exact", "prefix", "contains"]
    assert all(field["form"] in FORMS for one in shown.values() for field in one["fields"])


def test_a_simulation_tells_each_step_with_the_data_behind_it(api):
    stub = {"url": "https://shop.example.com/", "reply": {"price": 7}}
    found = simulated(api, {"customer": "Hello"}, {"http": stub}, {"customer": "yes"})
    assert [(one["turn"], one["step"], one["nextSteps"]) for one in found["steps"]] == [
        (1, "ask", ["call"]), (2, "call", ["w"]), (3, "w", ["thanks"]), (3, "thanks", []),
    ]  # fmt: skip
    asked, called = found["steps"][:2]
    assert "price" not in asked["data"]
    assert (called["changes"], called["data"]["price"]) == ({"price": 7}, 7)
    assert called["inputs"]["headers"] == {"X-Key": "{{secret.shop}}"}
    assert [(one["turn"], one["text"]) for one in found["messages"]] == [(1, "Hi"), (3, "Hi")]
    assert (found["running"], found["unmet"], found["data"]["price"]) == (False, None, 7)


def test_a_simulation_tells_what_it_waits_for(api):
    called = simulated(api, {"customer": "Hello"})
    assert [(one["step"], one["kind"], one["call"]["url"]) for one in called["standing"]] == [
        ("call", "act", "https://shop.example.com/")
    ]
    assert called["standing"][0]["call"]["headers"] == {"X-Key": "{{secret.shop}}"}
    stub = {"url": "https://shop.example.com/", "reply": {}}
    waits = simulated(api, {"customer": "Hello"}, {"http": stub}, at="2026-01-05T08:30:00Z")
    assert [(one["step"], one["until"], one["sender"]) for one in waits["standing"]] == [
        ("w", "2026-01-05T08:35:00Z", "6591234567")
    ]


def test_the_clock_of_a_simulation_moves_by_hand(api):
    stub = {"url": "https://shop.example.com/", "reply": {}}
    found = simulated(api, {"customer": "Hello"}, {"http": stub}, {"advance": "00:05:00"}, at="2026-01-05T08:30:00Z")
    assert (found["now"], found["running"]) == ("2026-01-05T08:35:00Z", False)
    assert [one["status"] for one in found["steps"] if one["step"] == "w"] == ["Cancelled"]


def test_a_turn_that_cannot_be_played_is_named_and_what_came_before_is_shown(api):
    found = simulated(api, {"customer": "Hello"}, {"http": {"url": "https://other.example.com"}})
    assert found["unmet"] == {"turn": 2, "reason": "the call was GET https://shop.example.com/"}
    assert [one["step"] for one in found["steps"]] == ["ask"]


@pytest.mark.parametrize("entry", gallery.entries(), ids=lambda entry: entry.key)
def test_the_cases_of_the_gallery_can_be_stepped_through(api, entry):
    document = entry.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for case in entry.workflow.definition.tests:
        play = case.model_dump(mode="json", by_alias=True, exclude={"name"}, exclude_unset=True)
        answer = api.post(f"{BASE}/definition-simulations", {"definition": document, "play": play})
        assert (answer.status, answer.json["unmet"]) == (200, None), answer.text


def test_a_play_of_wrong_form_is_refused_by_field(api):
    answer = api.post(f"{BASE}/definition-simulations", {"definition": definition(), "play": {"turns": [{"bat": 1}]}})
    assert answer.status == 400
    assert "turns" in answer.text


def test_each_way_between_steps_is_counted_over_the_instances_of_a_version(api):
    ways = {"yes": "{{data.price > 5}}", "no": None}
    made = create(api, {"id": "b", "stepType": "Branch", "selectNextStep": ways}, {**STEP, "id": "yes"},
                  {**STEP, "id": "no"})  # fmt: skip
    for price in (3, 7, 9):
        api.post(f"{BASE}/definitions/{made}/workflows", {"price": price})
    found = api.get(f"{BASE}/definitions/{made}/counters").json
    assert (found["version"], found["instances"], found["complete"]) == (1, 3, True)
    assert found["statuses"] == {"Runnable": 3}
    counted = {(one["source"], one["target"]): one["count"] for one in found["ways"]}
    assert counted == {("b", "yes"): 2, ("b", "no"): 1}


def test_the_log_of_an_instance_says_where_each_step_led(api):
    made = create(api, {"id": "s", "stepType": "SetData", "inputs": {"values": {"x": 1}}, "nextStepId": "hello"}, STEP)
    where = api.post(f"{BASE}/definitions/{made}/workflows", {}).headers["Location"]
    line, standing = api.get(f"{where}?includeLogs=true").json["logs"]
    assert (line["stepName"], line["nextSteps"]) == ("s", ["hello"])
    assert (standing["stepName"], standing["startedAt"]) == ("hello", line["completedAt"])
