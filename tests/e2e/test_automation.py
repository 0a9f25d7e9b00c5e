"""Workflows on the packaged stack: the same chats as in the simulator and on moto, and the booking demo."""

import json
import time
from collections.abc import Callable

import pytest

from chalicelib.automation.definition.model import export
from infra.local import demo_booking
from infra.local.demo import Demo
from tests.automation_scenarios import Scenario, scenarios, unordered_branches
from tests.e2e.conftest import Answer, Json

PLAYED = [
    "auto-reply-2: one message, one answer",
    "chatbot-123: the last department",
    "ours-parallel: every true branch runs, and the loop comes back",
]


@pytest.mark.parametrize("scenario", [one for one in scenarios() if str(one) in PLAYED], ids=str)
def test_each_scenario_gives_its_chat(
    stack: Json, api: Callable[..., Answer], sim: Callable[..., Answer], scenario: Scenario
) -> None:
    if not scenario.is_here():
        pytest.skip("the published examples are not here")
    channel, phone = stack["channels"][0], f"65{time.time_ns() // 1000 % 10**8:08}"
    definitions = f"/accounts/{stack['account_id']}/definitions"
    document = json.loads(export(scenario.workflow()))
    ours = _moved(document, channel["subaccount_id"])
    made = api("POST", definitions, {**ours, "status": "enabled"})
    assert made.status == 201, made.body
    expected, chat, seq = scenario.chat(), [], 0
    try:
        for line in expected:
            who, _, words = line.partition(": ")
            if who == "customer":
                body = {"phone_number_id": channel["phone_number_id"], "type": "text", "text": {"body": words}}
                assert sim("POST", f"/customers/{phone}/messages", body).status < 300
                chat.append(line)
            else:
                message = _next(sim, phone, seq)
                seq = message["seq"]
                chat.append(f"bot: {message['text']['body']}")
    finally:
        api("DELETE", f"{definitions}/{made.body['id']}")
    turns = [line for line in expected if line.startswith("customer")]
    assert [line for line in chat if line.startswith("customer")] == turns
    assert unordered_branches(chat) == unordered_branches(expected)


def test_an_appointment_is_booked_in_a_calendar_over_http(stack: Json) -> None:
    demo = Demo.on(stack)
    definition = demo_booking.installed(demo, stack["account_id"], stack["simulator_url"])
    try:
        lines = demo_booking.booked(demo, stack["simulator_url"])
    finally:
        demo.api.call("DELETE", f"/accounts/{stack['account_id']}/definitions/{definition}")
    assert [line.partition(": ")[0] for line in lines] == ["customer", "bot", "customer", "bot"]
    assert lines[3].startswith("bot: See you on ")


def _moved(document: Json, subaccount_id: str) -> Json:
    """The definition in this stack's subaccount: theirs are named after their authors' accounts."""
    text = json.dumps({**document, "subAccountId": subaccount_id})
    for name in ("acme_corp_chatapps", "acme_corp", "demo"):
        text = text.replace(f'"subAccountId": "{name}"', f'"subAccountId": "{subaccount_id}"')
    moved: Json = json.loads(text)
    return moved


def _next(sim: Callable[..., Answer], phone: str, after: int) -> Json:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        found = sim("GET", f"/messages?wa_id={phone}&after={after or ''}&limit=1").body["messages"]
        if found:
            return dict(found[0])
        time.sleep(0.5)
    raise AssertionError("the bot said nothing")
