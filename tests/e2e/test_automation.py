"""Workflows on the packaged stack: the same chats as in the simulator and on moto, the gallery, and the booking demo."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.automation import gallery, messages
from chalicelib.automation.definition.model import export
from chalicelib.automation.definition.test_case import HttpStub, TestCase
from infra.local import demo_booking
from infra.local.client import until
from infra.local.demo import Demo
from tests.automation_scenarios import Scenario, scenarios, unordered_branches
from tests.e2e.conftest import Json, LocalStack
from tests.e2e.workflows import Bench, Customer, campaign_to, listening, with_durations

SINGAPORE = timezone(timedelta(hours=8))


@pytest.fixture
def bench(local_stack: LocalStack, stack: Json) -> Bench:
    return Bench(Demo.on(stack), stack["account_id"], ("127.0.0.1", local_stack.port_base + 3))


@pytest.mark.parametrize("scenario", scenarios(), ids=str)
def test_each_scenario_gives_its_chat(bench: Bench, scenario: Scenario) -> None:
    if not scenario.is_here():
        pytest.skip("the published examples are not here")
    document = json.loads(export(scenario.workflow()))
    customer = Customer.new(bench.demo, like=scenario.phone)
    expected = scenario.chat()
    waits = [turn["advance"] for turn in scenario.turns if "advance" in turn]
    if waits:  # minutes become seconds: long enough to answer, short enough to wait for
        document = with_durations(document, ("timeout", "duration"), "00:00:12")
    with bench.enabled(document):
        for line in expected:
            who, _, words = line.partition(": ")
            if who == "customer":
                customer.say(words, **_stamped(scenario))
            else:
                customer.hear()
    assert unordered_branches(customer.chat) == unordered_branches(expected)


def test_an_appointment_is_booked_in_a_calendar_over_http(stack: Json) -> None:
    demo = Demo.on(stack)
    definition = demo_booking.installed(demo, stack["account_id"], stack["simulator_url"])
    try:
        lines = demo_booking.booked(demo, stack["simulator_url"])
    finally:
        demo.api.call("DELETE", f"/accounts/{stack['account_id']}/definitions/{definition}")
    assert [line.partition(": ")[0] for line in lines] == ["customer", "bot", "customer", "bot"]
    assert lines[3].startswith("bot: See you on ")


@pytest.mark.parametrize("key", [entry.key for entry in gallery.entries()])
def test_each_gallery_workflow_gives_the_chat_of_its_first_test(bench: Bench, key: str) -> None:
    [entry] = [one for one in gallery.entries() if one.key == key]
    case = _case(key, entry.workflow.definition.tests)
    stubs = [turn.http for turn in case.turns if turn.http]
    customer = Customer.new(bench.demo)
    if key == "lead-capture":
        _has_somewhere_to_go(bench)
        campaign_to(bench.demo, customer.phone)
        customer.hear()
    with listening(bench.elsewhere, _in_order(list(stubs))) as server:
        document = json.loads(export(entry.workflow))
        with bench.enabled(_calling(with_durations(document, ("duration",), "00:00:01"), server.url)):
            if key == "survey":
                _is_helped(bench, customer)
            _play(customer, case)
    assert [(method, path.partition("?")[0]) for method, path, _ in server.asked] == [
        (stub.method, "/" + stub.url.partition("?")[0].partition(".example.com/")[2]) for stub in stubs
    ]


def _stamped(scenario: Scenario) -> Json:
    """What a scenario says about the time of day stands in the message: the last time that it was so late."""
    if scenario.at == Scenario.at:
        return {}
    now = datetime.now(UTC)
    at = now.replace(hour=scenario.at.hour, minute=scenario.at.minute, second=scenario.at.second)
    return {"timestamp": str(int((at if at <= now else at - timedelta(days=1)).timestamp()))}


def _play(customer: Customer, case: TestCase) -> None:
    for turn in case.turns:
        if isinstance(turn.customer, str):
            customer.say(turn.customer)
        elif turn.customer:
            customer.tap(str(turn.customer["tap"]))
        if turn.handed_over:
            until("the agents have it", lambda: customer.ticket(customer.demo.api), seconds=60)
        if turn.bot:
            message = customer.hear()
            assert turn.bot in (messages.body(message), messages.shown(message))


def _case(key: str, cases: tuple[TestCase, ...]) -> TestCase:
    """The first; of those that tell the time of day, the one for now."""
    if key != "out-of-office":
        return cases[0]
    now = datetime.now(SINGAPORE)
    if now.weekday() >= 5:
        return cases[3]
    return cases[0] if 9 <= now.hour < 18 else cases[1]


def _in_order(stubs: list[HttpStub]) -> Any:
    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        stub = stubs.pop(0)
        return stub.status, stub.reply

    return answer


def _calling(document: Json, url: str) -> Json:
    """Its systems are all the one that listens here."""
    text = json.dumps(document)
    for host in ("https://calendar.example.com", "https://crm.example.com"):
        text = text.replace(host, url)
    return dict(json.loads(text))


def _has_somewhere_to_go(bench: Bench) -> None:
    """The queue and the group that the workflow names."""
    api = bench.demo.api
    if "Enterprise" not in {one["name"] for one in api.get("/queues")["items"]}:
        api.post("/queues", {"name": "Enterprise", "priority": 50})
    groups = f"/accounts/{bench.account}/groups"
    if '"leads"' not in json.dumps(api.get(groups)):
        api.post(groups, {"name": "leads"})


def _is_helped(bench: Bench, customer: Customer) -> None:
    """The customer has written, and the agents are done with it."""
    customer.say("Where is my order?")
    api = bench.demo.api
    opened = until("a ticket opens", lambda: customer.ticket(api), seconds=60)
    api.post(f"/tickets/{opened}/resolve", {})
