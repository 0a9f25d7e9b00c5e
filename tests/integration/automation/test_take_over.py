"""An agent takes over while a bot is at work: nothing it had decided is accepted any more (D16)."""

import json

import pytest

from chalicelib.access.permissions import Role
from chalicelib.automation.instances.model import InstanceStatus
from chalicelib.automation.wired import automation
from chalicelib.cloud.batches import Record
from chalicelib.conversations import handlers
from chalicelib.conversations.gate import gate
from chalicelib.egress import Answer
from tests.integration.automation.test_api import STEP
from tests.integration.automation.test_triggers import enabled, shop, step, writes  # noqa: F401

BOT = [
    {"id": "agents", "stepType": "SendToConverse", "nextStepId": "call"},
    {
        "id": "call", "stepType": "HttpRequest", "nextStepId": "hello",
        "inputs": {"method": "GET", "url": "https://shop.example.com"},
    },
    {**STEP, "inputs": {**STEP["inputs"], "subAccountId": "acme"}},
]  # fmt: skip


def begun(api, shop):  # noqa: F811
    """The bot has opened a ticket and is about to ask another system. Answers (instance id, ticket id)."""
    shop.open_queue("default")
    made = enabled(api, "inbound_chat_apps", *BOT)
    message = writes(shop)
    assert message.ticket_id is None
    [started] = api.get(f"/api/v1/accounts/parley/definitions/{made}/workflows").json
    step(shop.world, started["workflowId"], "run")
    return started["workflowId"], shop.conversation(message).ticket_id


def deliver(shop):  # noqa: F811
    """The reply worker takes whatever was submitted."""
    sqs, url = shop.world.client("sqs"), shop.world.settings.replies_queue_url
    for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        body = json.loads(one["Body"])
        handlers.work(Record(body, one["ReceiptHandle"], body["conversation_id"], 1), shop.world, gate(shop.world))


@pytest.fixture
def boss(shop):  # noqa: F811
    return shop.hire("boss", Role.SUPERVISOR)


def test_a_take_over_during_a_bots_call_leaves_nothing_to_be_accepted(api, shop, boss):  # noqa: F811
    instance_id, ticket_id = begun(api, shop)
    room = automation(shop.world)

    def slow(call):
        assert boss.post(f"/api/v1/tickets/{ticket_id}/take-over").status == 200
        return Answer(200, "OK", {})

    room.vault.connections.fetch = slow
    step(shop.world, instance_id, "run")
    step(shop.world, instance_id, "run")
    deliver(shop)
    assert shop.meta.accepted == []
    assert room.instances.find(instance_id).status is InstanceStatus.SUSPENDED


def test_what_the_bot_had_submitted_before_a_take_over_is_not_accepted_after_it(api, shop, boss):  # noqa: F811
    instance_id, ticket_id = begun(api, shop)
    automation(shop.world).vault.connections.fetch = lambda call: Answer(200, "OK", {})
    step(shop.world, instance_id, "run")
    step(shop.world, instance_id, "run")
    assert boss.post(f"/api/v1/tickets/{ticket_id}/take-over").status == 200
    deliver(shop)
    assert shop.meta.accepted == []


def test_without_a_take_over_the_bot_speaks(api, shop):  # noqa: F811
    instance_id, _ = begun(api, shop)
    automation(shop.world).vault.connections.fetch = lambda call: Answer(200, "OK", {})
    step(shop.world, instance_id, "run")
    step(shop.world, instance_id, "run")
    deliver(shop)
    assert len(shop.meta.accepted) == 1
