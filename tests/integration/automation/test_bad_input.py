"""Definitions and data that are wrong, or meant to do harm, over HTTP: refused or contained, with the step named."""

import json

import pytest

from tests.integration.automation.test_api import BASE, STEP, definition

LOOP = [
    {"id": "a", "stepType": "Branch", "selectNextStep": {"b": None}},
    {"id": "b", "stepType": "SetData", "inputs": {"values": {"x": 1}}, "nextStepId": "a"},
]


def says(text, step_id="s", **more):
    return {**STEP, "id": step_id, "inputs": {**STEP["inputs"], "content": {"text": text}}, **more}


@pytest.mark.parametrize(
    ("steps", "field", "message"),
    [
        ([STEP, STEP], "definition.steps.1.id", "Step hello: The id 'hello' is already used"),
        (LOOP, "definition.steps", "Step a: These steps run round"),
        ([{"id": "x", "stepType": "Teleport"}], "definition.steps.0.stepType", "Step x: 'Teleport' is not a step type."),
        ([{**STEP, "inputs": {**STEP["inputs"], "content": 5}}], "definition.steps.0.inputs.content", "Step hello: "),
        ([{"id": "c", "stepType": "Wait", "inputs": {"duration": "a while"}}], "definition.steps.0.inputs", "Step c: "),
        ([says("{{1 +}}")], "definition.steps.0.inputs.content.text", "Step s: Script {{1 +}}: SyntaxError"),
        ([says("{{1)}); (()=>{(2}}")], "definition.steps.0.inputs.content.text", "Step s: Script "),
        ([says("{{" + "x" * 1001 + "}}")], "definition.steps.0.inputs.content.text", "Step s: Script "),
        ([says("{{data.a")], "definition.steps.0.inputs.content.text", "Step s: {{ without its }}."),
        ([says("Hi", outputs={"__proto__": "{{step.x}}"})], "definition.steps.0.outputs", "Step s: '__proto__' cannot"),
        ([says("Hi", step_id=f"s{number}") for number in range(501)], "definition.steps", "501 steps, 500 are allowed."),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_work_is_refused_with_its_step(api, steps, field, message):
    answer = api.post(f"{BASE}/definitions", definition(*steps))
    assert answer.status == 400
    found = answer.json["errors"]
    assert [one for one in found if one["field"].startswith(field) and one["message"].startswith(message)], found
    assert api.get(f"{BASE}/definitions?status=all").json == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"5", b"{", b'{"definition": []}', b'{"trigger": 5, "definition": {"name": "x", "steps": "no"}}',
        b'{"trigger": "keyword", "definition": {"name": "x", "steps": [5, null, "s", []]}}',
        b'{"trigger": "keyword", "definition": {"name": "x", "steps": [{"id": {"a": 1}, "stepType": ["b"]}]}}',
        b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"trigger": "inbound_chat_apps", "definition": {"name": "\\ud800", "steps": []}}',
        b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_body_that_is_no_definition_is_refused(api, body):
    answer = api.post(f"{BASE}/definitions", body, content_type="application/json")
    assert 400 <= answer.status < 500, answer.text
    assert answer.json["message"]


@pytest.mark.parametrize("path", ["definitions", "definition-checks", "definition-tests", "definition-simulations"])
def test_five_megabytes_are_too_large(api, path):
    body = definition(says("x" * 5_000_000))
    answer = api.post(f"{BASE}/{path}", {"definition": body, "play": {"turns": []}} if "simul" in path else body)
    assert answer.status == 413


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("(() => { while (true) {} })()", "more than 500 ms"),
        ("(() => { let a = []; while (true) a.push('x'.repeat(1e5)) })()", "too much memory"),
        ("data.constructor.constructor('return 1')()", "not a function"),
        ("data.__proto__.polluted.x", None),
        ("(Object.prototype.polluted = 'yes', polluted)", "yes"),
        ("'x'.repeat(300000)", "too large"),
    ],
)
def test_a_script_that_does_harm_is_contained_and_its_step_named(api, script, reason):
    harmful = definition(
        says("{{" + script + "}}", onError={"nextStepId": "sorry"}),
        says("{{data.error.step}}: {{typeof polluted}}", "sorry"),
    )
    play = {"turns": [{"customer": "Hi"}]}
    answer = api.post(f"{BASE}/definition-simulations", {"definition": harmful, "play": play})
    assert answer.status == 200
    texts = [one["text"] for one in answer.json["messages"]]
    if reason in (None, "yes"):
        assert texts[:1] in ([], ["yes"], ["s: undefined"]), answer.json
    else:
        assert texts == ["s: undefined"]
        [failed] = [one for one in answer.json["steps"] if one["step"] == "s"]
        assert reason in failed["error"]
    after = api.post(
        f"{BASE}/definition-simulations", {"definition": definition(says("{{typeof polluted}}")), "play": play}
    )
    assert [one["text"] for one in after.json["messages"]] == ["undefined"]


def test_data_that_is_too_large_or_too_deep_starts_nothing(api):
    made = api.post(f"{BASE}/definitions", definition(says("Hi"), trigger="http_request", status="enabled")).json["id"]
    deep = json.loads("[" * 30 + "]" * 30)
    assert api.post(f"{BASE}/definitions/{made}/workflows", {"payload": deep}).status == 400
    assert api.post(f"{BASE}/definitions/{made}/workflows", {"payload": "x" * 270_000}).status in (400, 413)
    assert api.post(f"{BASE}/triggers/http_request", {"payload": "x" * 270_000}).status in (400, 413)
    assert api.get(f"{BASE}/definitions/{made}/workflows").json == []


def test_leading_steps_that_make_too_much_data_fail_the_instance_and_not_the_front_door(api, world):
    steps = [
        {
            "id": f"g{n}",
            "stepType": "SetData",
            "inputs": {"values": {f"v{n}": "{{'x'.repeat(200000)}}"}},
            "nextStepId": f"g{n + 1}",
        }
        for n in range(2)
    ]
    made = api.post(
        f"{BASE}/definitions", definition(*steps, says("Hi", "g2"), trigger="http_request", status="enabled")
    ).json["id"]
    assert api.post(f"{BASE}/triggers/http_request", {"a": 1}).status < 300
    [ended] = api.get(f"{BASE}/definitions/{made}/workflows").json
    assert ended["status"] == "Terminated"
    [error] = api.get(f"{BASE}/definitions/{made}/workflows/{ended['workflowId']}/errors").json
    assert (error["step"], "262144 are allowed" in error["message"]) == ("g1", True)
