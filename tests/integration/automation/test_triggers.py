"""What starts workflows: tickets, windows, times and words, each once however often it is told."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.automation import gallery, handlers, triggered
from chalicelib.automation.instances import runner
from chalicelib.automation.instances.model import InstanceStatus
from chalicelib.automation.wired import automation
from chalicelib.cloud import keys
from chalicelib.cloud.table import load
from chalicelib.events.model import Event
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from chalicelib.inbound.stream import SUBSCRIBERS, For
from chalicelib.inbound.timers import subscribers
from chalicelib.timers.run import run
from tests.integration.automation.test_api import BASE, STEP, definition
from tests.integration.converse.conftest import Shop, shop  # noqa: F401
from tests.support.campaigns import Stage, people
from tests.support.iam import acting_as

WAIT_DAY = {"id": "p", "stepType": "Wait", "inputs": {"duration": "1.00:00:00"}}


def enabled(api, trigger, *steps, inputs=None, **more):
    wanted = definition(*(steps or [WAIT_DAY]), trigger=trigger, status="enabled", triggerInputs=inputs or {}, **more)
    made = api.post(f"{BASE}/definitions", wanted)
    assert made.status == 201, made.text
    return made.json["id"]


def survey(api):
    [entry] = [one for one in gallery.entries() if one.key == "survey"]
    document = entry.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    made = api.post(f"{BASE}/definitions", {**document, "status": "enabled"})
    assert made.status == 201, made.text
    return made.json["id"]


def instances(api, definition_id):
    return api.get(f"{BASE}/definitions/{definition_id}/workflows").json


def told(world) -> list[Event]:
    """Every event stored so far, as the stream would bring them."""
    items = map(load, world.table.client.scan(TableName="main")["Items"])
    return sorted(
        (Event.model_validate(one) for one in items if one["SK"].startswith(keys.EVENT)), key=lambda event: event.at
    )


def on_events(world) -> None:
    """What the events function does with them."""
    happened = told(world)
    with acting_as("events"):
        triggered.on_events(world, happened)


def writes(shop, text="Hello", **more):  # noqa: F811
    with acting_as("inbound"):
        return receive(shop.inbound(text, **more), front_door(shop.world))


def resolved(shop):  # noqa: F811
    """A customer has written, an agent has taken it and is done."""
    shop.open_queue("default")
    ann = shop.hire("ann")
    shop.at_work("ann")
    message = writes(shop)
    assert ann.post(f"/api/v1/tickets/{message.ticket_id}/resolve", {}).status == 200
    return ann, shop.ticket(message)


def minutes_pass(world, clock, minutes):
    clock.advance(minutes=minutes)
    with acting_as("timers"):
        run(world.table, subscribers(world), clock, until=clock.now + timedelta(days=1))


def step(world, instance_id, phase, token="") -> dict[str, Any]:
    """What the state machine would call next."""
    room = automation(world)
    state = runner.starting_state(room.instances.find(instance_id), "0")
    event = {"step": state.next, "phase": phase, "state": state.json_input(), "execution": "", "token": token}
    with acting_as("step"):
        return runner.handle(event, room.ports)


def test_the_stream_is_subscribed_to():
    assert triggered.on_events in {one.function.function for one in SUBSCRIBERS if isinstance(one, For)}


def test_a_resolved_ticket_starts_the_survey_once_however_often_it_is_told(api, shop):  # noqa: F811
    made = survey(api)
    _, ticket = resolved(shop)
    for _ in range(2):
        on_events(shop.world)
    [started] = instances(api, made)
    assert started["data"]["ticket"]["id"] == ticket.id
    assert started["data"]["user"]["channelUserId"] == "6591234567"


def test_a_ticket_of_another_queue_starts_nothing(api, shop):  # noqa: F811
    made = enabled(api, "ticket_resolved", inputs={"queue": "billing"})
    resolved(shop)
    on_events(shop.world)
    assert instances(api, made) == []


def test_the_surveys_question_reaches_the_customer_and_the_answer_the_survey(api, shop):  # noqa: F811
    made = survey(api)
    _, ticket = resolved(shop)
    on_events(shop.world)
    [started] = instances(api, made)
    shop.clock.advance(minutes=5, seconds=1)
    step(shop.world, started["workflowId"], "after")
    step(shop.world, started["workflowId"], "run")
    step(shop.world, started["workflowId"], "park", token="t")
    answer = writes(shop, "Well")
    assert answer.ticket_id is None
    step(shop.world, started["workflowId"], "after")
    instance = automation(shop.world).instances.find(started["workflowId"])
    assert (instance.failure, shop.ticket(ticket.id).status) == (None, "resolved")
    assert "rating" in instance.data


@pytest.mark.parametrize("told_first", [True, False])
def test_who_writes_before_the_survey_asks_gets_an_agent_and_no_survey(api, shop, told_first):  # noqa: F811
    made = survey(api)
    _, ticket = resolved(shop)
    on_events(shop.world)
    [started] = instances(api, made)
    shop.clock.advance(minutes=1)
    assert writes(shop, "One more thing").ticket_id == ticket.id
    assert shop.ticket(ticket.id).status != "resolved"
    if told_first:
        on_events(shop.world)
    else:  # its question comes before the stream tells: it finds the agents at work
        shop.clock.advance(minutes=4, seconds=1)
        step(shop.world, started["workflowId"], "after")
        step(shop.world, started["workflowId"], "run")
    ended = automation(shop.world).instances.find(started["workflowId"])
    assert ended.status is (InstanceStatus.TERMINATED if told_first else InstanceStatus.SUSPENDED)
    assert not [event for event in told(shop.world) if event.type == "message.submitted"]


def test_what_a_resolved_ticket_started_ends_when_the_ticket_is_taken_up_again_however_large_its_data(api, shop):  # noqa: F811
    big = {"id": "s", "stepType": "SetData", "inputs": {"values": {"big": "{{'x'.repeat(40000)}}"}}, "nextStepId": "p"}
    made = enabled(api, "ticket_resolved", big, WAIT_DAY)
    ann, ticket = resolved(shop)
    on_events(shop.world)
    assert ann.post(f"/api/v1/tickets/{ticket.id}/status", {"status": "open"}).status == 200
    on_events(shop.world)
    [ended] = instances(api, made)
    assert (ended["status"], len(ended["data"]["big"])) == ("Terminated", 40_000)


def test_a_window_about_to_close_starts_a_workflow_once(api, shop):  # noqa: F811
    made = enabled(api, "window_closing", inputs={"minutesBefore": 60})
    shop.open_queue("default")
    writes(shop)
    for _ in range(2):
        on_events(shop.world)
    minutes_pass(shop.world, shop.clock, 22 * 60)
    assert instances(api, made) == []
    minutes_pass(shop.world, shop.clock, 61)
    minutes_pass(shop.world, shop.clock, 1)
    [started] = instances(api, made)
    assert started["data"]["window"] == {"closesAt": "2026-11-23T12:00:00.000Z"}


def test_a_window_that_was_opened_again_is_waited_for_with_one_timer(api, shop):  # noqa: F811
    made = enabled(api, "window_closing", inputs={"minutesBefore": 60})
    shop.open_queue("default")
    writes(shop)
    on_events(shop.world)
    shop.clock.advance(hours=10)
    writes(shop, "And another thing")
    on_events(shop.world)
    minutes_pass(shop.world, shop.clock, 13 * 60 + 1)
    assert instances(api, made) == []
    minutes_pass(shop.world, shop.clock, 10 * 60)
    assert len(instances(api, made)) == 1


def test_a_disabled_definition_does_not_watch_windows_any_more(api, shop):  # noqa: F811
    made = enabled(api, "window_closing", inputs={"minutesBefore": 60})
    shop.open_queue("default")
    writes(shop)
    on_events(shop.world)
    api.put(f"{BASE}/definitions/{made}/status", {"status": "disabled"})
    minutes_pass(shop.world, shop.clock, 23 * 60 + 1)
    assert instances(api, made) == []


def scheduled(world):
    client = world.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName="parley")["Schedules"]]
    return [client.get_schedule(GroupName="parley", Name=name) for name in names]


def test_an_enabled_schedule_is_the_schedulers_and_a_disabled_one_is_not(api, world):
    made = enabled(
        api,
        "schedule",
        inputs={"expression": "cron(0 9 ? * MON-FRI *)", "timeZone": "Singapore Standard Time", "data": {"list": "a"}},
    )
    [one] = scheduled(world)
    assert (one["ScheduleExpression"], one["ScheduleExpressionTimezone"]) == (
        "cron(0 9 ? * MON-FRI *)",
        "Asia/Singapore",
    )
    assert one["Target"]["Arn"].endswith(":parley-test-trigger")
    assert json.loads(one["Target"]["Input"]) == {
        "v": 1, "definition_id": made, "at": "<aws.scheduler.scheduled-time>",
    }  # fmt: skip
    api.put(f"{BASE}/definitions/{made}/status", {"status": "disabled"})
    assert scheduled(world) == []
    api.put(f"{BASE}/definitions/{made}/status", {"status": "enabled"})
    assert len(scheduled(world)) == 1
    api.delete(f"{BASE}/definitions/{made}")
    assert scheduled(world) == []


def test_a_time_that_has_come_starts_one_instance_with_the_schedules_data(api, world, monkeypatch):
    made = enabled(api, "schedule", inputs={"expression": "rate(1 hour)", "data": {"list": "a" * 40_000}})
    monkeypatch.setattr(handlers, "world", lambda: world)
    for at in ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"):
        with acting_as("trigger"):
            handlers.trigger({"v": 1, "definition_id": made, "at": at}, None)
    started = instances(api, made)
    assert sorted(one["data"]["scheduledAt"][:13] for one in started) == ["2026-11-22T12", "2026-11-22T13"]
    assert {one["data"]["list"] for one in started} == {"a" * 40_000}


def test_a_schedule_that_is_not_wanted_any_more_starts_nothing(api, world, monkeypatch):
    made = enabled(api, "schedule", inputs={"expression": "rate(1 hour)"})
    api.put(f"{BASE}/definitions/{made}/status", {"status": "disabled"})
    monkeypatch.setattr(handlers, "world", lambda: world)
    event = {"v": 1, "definition_id": made, "at": "2026-11-22T12:00:00Z"}
    assert handlers.trigger(event, None) == {"instance": None}
    assert handlers.trigger({**event, "definition_id": "5870442f-3ddd-4657-b74c-6e17308f5230"}, None) == {
        "instance": None
    }


def test_a_call_that_names_no_time_is_for_the_minute_it_comes_in():
    now = datetime.fromisoformat("2026-11-22T12:34:56+00:00")
    assert triggered.meant_for("<aws.scheduler.scheduled-time>", now) == now.replace(second=0)


@pytest.mark.parametrize(
    "inputs",
    [
        {"expression": "cron(0 9 * * *)"},
        {"expression": "rate(0 minutes)"},
        {"expression": "rate(1 hour)", "timeZone": "Mars/Olympus"},
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_field(api, world, inputs):
    wanted = definition(WAIT_DAY, trigger="schedule", triggerInputs=inputs)
    answer = api.post(f"{BASE}/definitions", wanted)
    assert answer.status == 400
    assert answer.json["errors"][0]["field"].startswith("triggerInputs.")


def test_a_word_starts_its_workflow_once_and_others_go_to_the_agents(api, shop):  # noqa: F811
    made = enabled(api, "keyword", STEP, inputs={"keywords": ["menu"]})
    shop.open_queue("default")
    assert writes(shop, "something else").ticket_id
    for _ in range(2):
        assert writes(shop, "MENU!", wa_id="6591111111", wamid="wamid.menu").ticket_id is None
    assert len(instances(api, made)) == 1


@pytest.fixture
def campaign(shop):  # noqa: F811
    """One that has been sent to +6591000000 and +6591000001 from the shop's number."""
    stage = Stage()
    launched = stage.launch(people(2))
    stage.pump()
    item = stage.table.get(keys.campaign(launched.id))
    shop.world.table.put({**item, "channel_id": "ch1"})
    shop.world.ledger = stage.ledger
    shop.clock.now = stage.clock()
    shop.clock.advance(hours=1)
    shop.open_queue("default")
    return launched.id


def test_who_writes_after_a_campaign_answers_it_though_they_quote_nothing(api, shop, campaign):  # noqa: F811
    of_it = enabled(api, "campaign_reply", inputs={"campaignId": campaign})
    of_another = enabled(api, "campaign_reply", inputs={"campaignId": "another"})
    for _ in range(2):
        assert writes(shop, "Tell me more", wa_id="6591000001", wamid="wamid.answer").ticket_id is None
    assert writes(shop, "Hello", wa_id="6598765432").ticket_id  # was sent nothing
    assert (len(instances(api, of_it)), instances(api, of_another)) == (1, [])


def test_days_after_a_campaign_a_message_is_about_something_else(api, shop, campaign):  # noqa: F811
    made = enabled(api, "campaign_reply")
    shop.clock.advance(days=4)
    assert writes(shop, "Hello", wa_id="6591000001").ticket_id
    assert instances(api, made) == []
