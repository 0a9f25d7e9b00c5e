import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.automation import steps
from chalicelib.automation.steps.commands import (
    AwaitReply,
    Call,
    ChangeConsent,
    ChangeContact,
    ChangeGroup,
    Choose,
    HandOver,
    Nothing,
    Send,
    SetValues,
    Sleep,
    StartAnother,
    StepFailed,
    User,
)

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
PHONE = User(phone="+6591234567")
TEXT = {"type": "text", "text": {"body": "Hi"}}


def decide(name, **inputs):
    step = steps.find(name)
    return step.decide(step.inputs.model_validate(inputs), NOW)


def sent(kind, content):
    return decide(
        "ChatAppsMessage", subAccountId="demo", user={"msisdn": "+6591234567"}, type=kind, content=content
    ).message


EXAMPLES = {
    "ChatAppsMessage": (
        {"subAccountId": "demo", "user": {"msisdn": "6591234567"}, "type": "text", "content": {"text": "Hi"}},
        Send("demo", PHONE, TEXT),
    ),
    "SendTemplate": (
        {
            "subAccountId": "demo", "user": {"channelUserId": "SG.123"}, "template": "order", "language": "en",
            "variables": {"name": "Ana"}, "header": {"image": "https://x.example/a.png"},
            "buttons": {"0": {"url": "42"}, "1": {"payload": "YES"}},
        },
        Send("demo", User(bsuid="SG.123"), {"type": "template", "template": {
            "name": "order", "language": {"code": "en"}, "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.example/a.png"}}]},
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ana"}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "42"}]},
                {"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [{"type": "payload", "payload": "YES"}]},
            ]}}),
    ),
    "HttpRequest": (
        {"url": "https://x.example/a?b=1", "method": "post", "headers": {"content-type": "application/json", "N": 1},
         "parameters": {"c": "d e", "gone": None}, "body": {"k": [1, None]}, "timeoutSeconds": 3},
        Call("POST", "https://x.example/a?b=1&c=d+e", {"Content-Type": "application/json", "N": "1"}, '{"k": [1, null]}', 3.0),
    ),
    "Branch": ({}, Nothing()),
    "If": ({"condition": "yes"}, Choose(condition=True)),
    "SetData": ({"values": {"a": [1]}}, SetValues({"a": [1]})),
    "Wait": ({"duration": "00:02:00"}, Sleep(NOW + timedelta(minutes=2))),
    "WaitForReply": (
        {"from": 6591234567, "channel": "WhatsApp", "coalesce": "00:00:02"},
        AwaitReply("6591234567", "whatsapp", NOW + timedelta(days=1), timedelta(seconds=2)),
    ),
    "SendToConverse": ({"payload": {"umid": "1"}, "queue": "Sales"}, HandOver({"umid": "1"}, "Sales")),
    "AssignTicket": ({"queue": "Sales", "priority": "High", "note": "VIP"}, HandOver(None, "Sales", "High", "VIP")),
    "AddToGroup": ({"group": "leads"}, ChangeGroup(None, "leads", "add")),
    "RemoveFromGroup": ({"group": "leads", "user": {"msisdn": "+6591234567"}}, ChangeGroup(PHONE, "leads", "remove")),
    "OptOut": ({}, ChangeConsent(None, opted_in=False)),
    "OptIn": ({}, ChangeConsent(None, opted_in=True)),
    "UpdateContact": ({"fields": {"name": "Ana"}}, ChangeContact(None, {"name": "Ana"})),
    "StartWorkflow": ({"definitionId": "d1", "data": {"a": 1}}, StartAnother("d1", {"a": 1})),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_step_says_what_to_do(name):
    inputs, command = EXAMPLES[name]
    assert decide(name, **inputs) == command


def test_every_step_type_has_an_example_or_a_channel_that_is_not_connected():
    unconnected = {one.name for one in steps.TYPES if one.kind is steps.Kind.NOT_CONNECTED}
    assert {one.name for one in steps.TYPES} == set(EXAMPLES) | unconnected
    assert unconnected == {"SMS", "VoiceMessage", "WaitForDTMF"}


def test_every_file_of_steps_is_in_the_registry():
    folder = Path(steps.__file__).parent
    helpers = {"__init__", "commands", "step_type", "user", "whatsapp_message"}
    modules = {path.stem for path in folder.glob("*.py")} - helpers
    registered = {one.decide.__module__.rsplit(".", 1)[1] for one in steps.TYPES}
    assert registered == modules


def test_a_step_of_a_channel_that_is_not_connected_fails_if_it_ever_runs():
    with pytest.raises(StepFailed, match="not connected"):
        decide("SMS", subAccountId="a", destination="b", text="c")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"msisdn": "+65 9123-4567"}, PHONE),
        ({"msisdn": 6591234567}, PHONE),
        ({"msisdn": "SG.1349"}, User(bsuid="SG.1349")),
        ({"msisdn": "+6591234567", "channelUserId": "SG.1349"}, User(phone="+6591234567", bsuid="SG.1349")),
    ],
)
def test_a_person_is_named_by_number_or_user_id(user, expected):
    assert decide("ChatAppsMessage", subAccountId="d", user=user, type="text", content={"text": "Hi"}).user == expected


@pytest.mark.parametrize("user", [{}, {"msisdn": None}, {"msisdn": "hello"}, {"msisdn": "123"}])
def test_a_person_nobody_can_reach_fails_the_step(user):
    with pytest.raises(StepFailed, match=r"user|msisdn"):
        decide("ChatAppsMessage", subAccountId="d", user=user, type="text", content={"text": "Hi"})


CONTENTS = json.loads((Path(__file__).parents[2] / "data" / "send_api_messages.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CONTENTS, ids=lambda case: case["type"])
def test_each_content_type_of_the_send_api_becomes_a_cloud_api_message(case):
    assert sent(case["type"], case["content"]) == case["message"]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("richCard", {}, "type"),
        ("text", {}, "'text' is required"),
        ("text", {"text": "x" * 4097}, "body"),
        ("image", {"url": "nowhere"}, "link"),
    ],
)
def test_content_that_whatsapp_refuses_fails_before_it_is_sent(kind, content, reason):
    with pytest.raises(StepFailed, match=reason):
        sent(kind, content)


@pytest.mark.parametrize(
    "inputs",
    [
        {"url": "file:///etc/passwd", "method": "GET"},
        {"url": "https://", "method": "GET"},
        {"url": "https://x.example:99999", "method": "GET"},
        {"url": "https://x.example/\n", "method": "GET", "headers": {"A": "b\r\nHost: evil"}},
        {"url": "https://x.example", "method": "BREW"},
        {"url": "https://x.example", "method": "GET", "headers": {"Host": "evil"}},
        {"url": "https://x.example", "method": "POST", "body": "x" * 300_000},
    ],
)
def test_requests_that_make_no_sense_are_refused(inputs):
    with pytest.raises(StepFailed):
        decide("HttpRequest", **inputs)


def test_a_templates_empty_header_is_none_and_an_odd_name_of_a_variable_is_refused():
    inputs = {"subAccountId": "d", "user": {"msisdn": "+6591234567"}, "template": "t", "language": "en", "header": {}}
    assert "components" not in decide("SendTemplate", **inputs).message["template"]
    with pytest.raises(StepFailed, match="parameter_name"):
        decide("SendTemplate", **inputs, variables={"²": "x"})


@pytest.mark.parametrize("timeout", ["00:00:00", "400", "soon"])
def test_a_reply_is_awaited_from_a_second_to_a_year(timeout):
    with pytest.raises(StepFailed, match="timeout"):
        decide("WaitForReply", **{"from": "6591234567", "channel": "whatsapp", "timeout": timeout})
