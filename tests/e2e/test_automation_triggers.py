"""What starts workflows, for real on the packaged stack; agents who take over; and the builder's simulation."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.client import Http, until
from infra.local.demo import Demo
from tests.e2e.conftest import Json, LocalStack
from tests.e2e.workflows import Bench, Customer, campaign_to, listening

A_MINUTE = 130
"""Seconds until what is due each minute has surely been looked at."""


@pytest.fixture
def bench(local_stack: LocalStack, stack: Json) -> Bench:
    return Bench(Demo.on(stack), stack["account_id"], ("127.0.0.1", local_stack.port_base + 3))


def says(words: str, to: str = "{{data.payload.user.msisdn}}", **more: Any) -> Json:
    inputs = {"subAccountId": "demo", "user": {"msisdn": to}, "type": "text", "content": {"text": words}}
    return {"id": f"say {words}", "stepType": "ChatAppsMessage", "inputs": inputs, **more}


def workflow(trigger: str, *steps: Json, **inputs: Any) -> Json:
    return {"trigger": trigger, "triggerInputs": inputs, "definition": {"name": f"e2e {trigger}", "steps": list(steps)}}


def test_a_word_starts_its_workflow_and_no_other_word_does(bench: Bench) -> None:
    customer = Customer.new(bench.demo)
    with bench.enabled(workflow("keyword", says("You said it"), keywords=["abracadabra"])) as definition:
        customer.say("open sesame")
        customer.say("Abracadabra!")
        customer.hear()
        assert len(bench.instances(definition)) == 1
    assert customer.chat[-1] == "bot: You said it"


def test_a_schedule_starts_an_instance_each_time_and_once(bench: Bench) -> None:
    customer = Customer.new(bench.demo)
    customer.say("I may be written to")
    wanted = workflow(
        "schedule",
        says("It is time", to="{{data.phone}}"),
        expression="rate(1 minute)",
        data={"phone": f"+{customer.phone}"},
    )
    with bench.enabled(wanted) as definition:
        until("the schedule has come", customer.next, seconds=A_MINUTE)
        times = [one["workflowId"] for one in bench.instances(definition)]
    assert customer.sent[-1]["text"]["body"] == "It is time"
    assert len(times) == len(set(times)) >= 1


def test_a_resolved_ticket_starts_a_workflow(bench: Bench) -> None:
    customer = Customer.new(bench.demo)
    with bench.enabled(workflow("ticket_resolved", says("How was it?", to="{{data.user.channelUserId}}"))):
        customer.say("Where is my order?")
        ticket = until("a ticket opens", lambda: customer.ticket(bench.demo.api), seconds=60)
        bench.demo.api.post(f"/tickets/{ticket}/resolve", {})
        customer.hear()
    assert customer.chat == ["customer: Where is my order?", "bot: How was it?"]


def test_a_window_about_to_close_starts_a_workflow_once(bench: Bench) -> None:
    customer = Customer.new(bench.demo)
    wanted = workflow("window_closing", says("Still there?", to="{{data.user.channelUserId}}"), minutesBefore=1380)
    with bench.enabled(wanted) as definition:
        written = datetime.now(UTC) - timedelta(minutes=62)
        customer.say("An hour ago", timestamp=str(int(written.timestamp())))
        until("the window is about to close", customer.next, seconds=A_MINUTE)
        assert len(bench.instances(definition)) == 1
    assert customer.sent[-1]["text"]["body"] == "Still there?"


def test_the_answer_to_a_campaign_starts_a_workflow(bench: Bench) -> None:
    customer, other = Customer.new(bench.demo), Customer.new(bench.demo)
    campaign = campaign_to(bench.demo, customer.phone)
    customer.hear()
    with bench.enabled(workflow("campaign_reply", says("Thank you"), campaignId=campaign)) as definition:
        other.say("I got none")
        customer.say("Yes, please")
        customer.hear()
        assert len(bench.instances(definition)) == 1
    assert customer.chat[-1] == "bot: Thank you"


def test_nothing_a_bot_says_is_accepted_after_an_agents_take_over_has_returned(bench: Bench, stack: Json) -> None:
    """The agent takes the ticket over while the bot waits for another system, which answers only then."""
    customer, boss = Customer.new(bench.demo), signed_in(bench.demo.api, stack, "supervisor")
    taken: list[int] = []

    def takes_its_time(*_: Any) -> tuple[int, Json]:
        ticket = until("the ticket is there", lambda: customer.ticket(boss), seconds=30)
        boss.post(f"/tickets/{ticket}/take-over", {})
        taken.append(len(messages_to(bench.demo.sim, customer)))
        return 200, {"ok": True}

    with listening(bench.elsewhere, takes_its_time) as server:
        steps = (
            {"id": "agents", "stepType": "SendToConverse", "nextStepId": "ask"},
            {
                "id": "ask", "stepType": "HttpRequest", "nextStepId": "say one",
                "inputs": {"method": "GET", "url": server.url, "timeoutSeconds": 25},
            },
            says("one", nextStepId="say two"),
            says("two"),
        )  # fmt: skip
        with bench.enabled(workflow("keyword", *steps, keywords=["slow"])) as definition:
            customer.say("slow")
            until("the bot has asked", lambda: taken, seconds=60)
            time.sleep(10)  # what was on its way would have come
            [instance] = bench.instances(definition)
    assert taken == [0]
    assert messages_to(bench.demo.sim, customer) == []
    assert instance["status"] == "Suspended"


def test_a_simulation_answers_with_stubs_and_a_clock_moved_by_hand(bench: Bench) -> None:
    document = workflow(
        "inbound_chat_apps",
        {
            "id": "ask", "stepType": "HttpRequest", "nextStepId": "pause", "outputs": {"name": "{{step.responseBody.name}}"},
            "inputs": {"method": "GET", "url": "https://crm.example.com/me"},
        },
        {"id": "pause", "stepType": "Wait", "inputs": {"duration": "00:05:00"}, "nextStepId": "say Hello {{data.name}}"},
        says("Hello {{data.name}}"),
    )  # fmt: skip
    turns = [
        {"customer": "Hi"},
        {"http": {"url": "https://crm.example.com/me", "reply": {"name": "Ana"}}},
        {"advance": "00:05:00"},
        {"bot": "Hello Ana"},
    ]
    path = f"/accounts/{bench.account}/definition-simulations"
    played = bench.demo.api.post(path, {"definition": document, "play": {"turns": turns}})
    assert [one["text"] for one in played["messages"]] == ["Hello Ana"]
    assert (played["unmet"], played["standing"]) == (None, [])


def signed_in(api: Http, stack: Json, role: str) -> Http:
    """The API as a person of this role."""
    person = next(one for one in stack["users"] if one["role"] == role)
    entered = api.post("/auth/sign-in", {"email": person["email"], "password": person["password"]})
    return Http(api.base, entered["accessToken"])


def messages_to(sim: Http, customer: Customer) -> list[str]:
    """What WhatsApp has accepted for this customer."""
    return [str(one.get("text")) for one in sim.get(f"/messages?wa_id={customer.phone}")["messages"]]
