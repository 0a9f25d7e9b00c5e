"""The platform's health, on moto's SQS, CloudWatch and logs."""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType, WebChat
from chalicelib.contacts import jobs
from chalicelib.health import lines
from chalicelib.wiring import World
from tests.support.api import Caller


@pytest.fixture
def caller(world: World) -> Caller:
    return Caller(app, world).as_(Role.ADMINISTRATOR)


def _put_aside(world: World, name: str, *bodies: str, **options: str) -> None:
    url = lines.dead_url(world, lines.line(name))
    for body in bodies:
        fifo = {"MessageGroupId": options["group"], "MessageDeduplicationId": world.new_id()} if options else {}
        world.queues.client.send_message(QueueUrl=url, MessageBody=body, **fifo)


def _received(world: World, name: str) -> list[Mapping[str, Any]]:
    url = world.queues.urls(name)
    answer = world.queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    found: list[Mapping[str, Any]] = answer.get("Messages", [])
    return found


def _queue(caller: Caller, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = caller.get("/api/v1/health/platform").json["queues"]
    return next(each for each in found if each["name"] == name)


def test_a_healthy_platform_has_empty_queues_and_no_errors(caller: Caller) -> None:
    told = caller.get("/api/v1/health/platform").json
    assert {(each["waiting"], each["deadLetters"], each["oldestSeconds"]) for each in told["queues"]} == {(0, 0, None)}
    assert {(each["errors"], each["throttles"]) for each in told["functions"]} == {(0, 0)}


def test_what_waits_and_what_was_put_aside_is_counted(world: World, caller: Caller) -> None:
    world.queues.send("statuses", {"v": 1})
    _put_aside(world, "statuses", "a", "b")
    assert _queue(caller, "statuses") == {
        "name": "statuses", "waiting": 1, "inHand": 0, "delayed": 0, "oldestSeconds": None, "deadLetters": 2,
        "sendsBack": True,
    }  # fmt: skip


def test_the_oldest_message_and_a_functions_errors_are_cloudwatchs(world: World, caller: Caller) -> None:
    cloudwatch, then = boto3.client("cloudwatch"), world.clock() - timedelta(minutes=2)
    cloudwatch.put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[{"MetricName": "ApproximateAgeOfOldestMessage", "Value": 340, "Timestamp": then,
                     "Dimensions": [{"Name": "QueueName", "Value": "bulk"}]}],
    )  # fmt: skip
    cloudwatch.put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[{"MetricName": "Errors", "Value": 3, "Timestamp": then,
                     "Dimensions": [{"Name": "FunctionName", "Value": "parley-local-send"}]}],
    )  # fmt: skip
    told = caller.get("/api/v1/health/platform").json
    assert {each["name"]: each["oldestSeconds"] for each in told["queues"] if each["oldestSeconds"]} == {"bulk": 340}
    assert {each["name"]: each["errors"] for each in told["functions"] if each["errors"]} == {"send": 3}


def test_dead_letters_are_shown_with_the_reason_from_the_log_and_stay(world: World, caller: Caller) -> None:
    _put_aside(world, "bulk", '{"v":1,"campaign_id":"c1"}')
    url = "/api/v1/health/queues/bulk/dead-letters"
    letter_id = caller.get(url).json["items"][0]["id"]
    logs, group = boto3.client("logs"), "/aws/lambda/parley-local-send"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    line = {"level": "ERROR", "message": "record failed", "message_id": letter_id, "exception": "Trace\nKeyError: 'x'"}
    now = int(world.clock().timestamp() * 1000)
    logs.put_log_events(
        logGroupName=group, logStreamName="s", logEvents=[{"timestamp": _later(now), "message": json.dumps(line)}]
    )
    shown = caller.get(url).json["items"]
    assert [(each["body"], each["reason"]) for each in shown] == [('{"v":1,"campaign_id":"c1"}', "KeyError: 'x'")]
    assert _queue(caller, "bulk")["deadLetters"] == 1


def _later(now: int) -> int:
    """moto stamps messages by the machine's clock, not by ours."""
    return max(now, int(time.time() * 1000))


def test_dead_letters_go_back_to_their_queue_once(world: World, caller: Caller) -> None:
    _put_aside(world, "campaign", *(f'{{"n":{i}}}' for i in range(23)))
    redrive = "/api/v1/health/queues/campaign/redrive"
    assert caller.post(redrive).json == {"moved": 23, "left": False}
    assert caller.post(redrive).json == {"moved": 0, "left": False}
    told = _queue(caller, "campaign")
    assert (told["waiting"], told["deadLetters"]) == (23, 0)
    entries = caller.get("/api/v1/audit").json["items"]
    assert [(each["target"], each["detail"]) for each in entries if each["action"] == "queue.redriven"] == [
        ("campaign", {"messages": "0"}),
        ("campaign", {"messages": "23"}),
    ]


def test_a_letter_of_a_fifo_queue_keeps_its_group_and_order_and_may_fail_twice(world: World, caller: Caller) -> None:
    for _ in range(2):
        _put_aside(world, "inbound", "first", "second", group="conversation-1")
        assert caller.post("/api/v1/health/queues/inbound/redrive").json["moved"] == 2
        back = _received(world, "inbound")
        assert [(each["Body"], each["Attributes"]["MessageGroupId"]) for each in back] == [
            ("first", "conversation-1"),
            ("second", "conversation-1"),
        ]
        for each in back:
            world.queues.client.delete_message(
                QueueUrl=world.queues.urls("inbound"), ReceiptHandle=each["ReceiptHandle"]
            )


def test_a_crash_between_sending_and_deleting_leaves_the_letter_where_it_was(world: World, caller: Caller) -> None:
    _put_aside(world, "media", "a")
    real = world.queues.client

    class Crashing:
        def __getattr__(self, name: str) -> Any:
            if name == "delete_message_batch":
                raise ConnectionError
            return getattr(real, name)

    world.queues.__dict__["client"] = Crashing()
    assert caller.post("/api/v1/health/queues/media/redrive").status == 500
    world.queues.__dict__["client"] = real
    assert _queue(caller, "media")["deadLetters"] == 1


def test_letters_without_a_queue_cannot_be_sent_back(caller: Caller) -> None:
    answer = caller.post("/api/v1/health/queues/launch/redrive")
    assert (answer.status, answer.json["code"]) == (409, "nothing_to_send_back_to")
    assert caller.get("/api/v1/health/queues/none/dead-letters").status == 404


def test_the_checklist_says_what_is_there_and_a_web_chat_is_no_number(world: World, caller: Caller) -> None:
    url = "/api/v1/health/checklist"
    chat = WebChat(allowed_origins=("https://shop.example",))
    channels.create(
        world.table,
        Channel(
            id="chat", subaccount_id="s", type=ChannelType.WEBCHAT, name="Chat", created_at=world.clock(), web_chat=chat
        ),
    )  # fmt: skip
    before = {each["id"]: each["done"] for each in caller.get(url).json["items"]}
    assert before == {"channel": False, "webhook": False, "template": False, "contacts": False, "team": False}
    channels.create(
        world.table,
        Channel(
            id="ch1", subaccount_id="s", name="Main", created_at=world.clock(), phone_number_id="1",
            display_phone_number="+65", waba_id="2", last_webhook_at=world.clock(),
        ),
    )  # fmt: skip
    job = jobs.start(world, jobs.JobType.CREATE_CONTACTS, "root")
    jobs.finish(world.table, job, world.clock())
    after = {each["id"]: each["done"] for each in caller.get(url).json["items"]}
    assert after == before | {"channel": True, "webhook": True, "contacts": True}


def test_only_administrators_see_the_platforms_health(world: World) -> None:
    caller = Caller(app, world).as_(Role.SUPERVISOR)
    assert caller.get("/api/v1/health/platform").status == 403
