"""The webhook against real boto3 clients: what SQS and S3 hold after the answer."""

import json

import boto3
import pytest

from chalicelib.cloud.queues import QueueRefused, Queues, urls_of
from chalicelib.inbound.unpack import updates_of
from chalicelib.inbound.webhook import handle
from chalicelib.whatsapp.signature import sign
from chalicelib.whatsapp.webhook import InboundMessage, StatusUpdate
from chalicelib.wiring import World
from tests.unit.whatsapp.meta import CONTACT, envelope, message, messages, status, statuses

SECRET = "test-app-secret"


@pytest.fixture
def open_world(world: World) -> World:
    world.secrets.put("app-secret", SECRET)
    return world


def post(payload):
    body = json.dumps(payload)
    return {
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-hub-signature-256": sign(SECRET, body.encode())},
        "body": body,
    }


def drained(world, queue):
    """Everything in an SQS queue, as updates."""
    sqs, url, found = boto3.client("sqs"), urls_of(world.settings)(queue), []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in got:
            found += updates_of(json.loads(each["Body"]), world.archive.get)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def test_a_mixed_body_arrives_and_arriving_twice_changes_nothing_for_messages(open_world):
    many = [message(id=f"wamid.{n}", **{"from": str(n), "from_user_id": f"US.{n}"}) for n in range(25)]
    big = message("text", {"body": "x" * 300_000}, id="wamid.big")
    body = envelope(messages(*many, big, contacts=[CONTACT]), statuses(*(status(id=f"s{n}") for n in range(150))))
    for _ in range(2):
        assert handle(post(body), open_world)["statusCode"] == 200
    inbound, seen = drained(open_world, "inbound"), drained(open_world, "statuses")
    assert {type(update) for update in inbound} == {InboundMessage}
    assert len(inbound) == 26
    assert max(len(update.text) for update in inbound) == 300_000
    assert {type(update) for update in seen} == {StatusUpdate}
    assert len(seen) == 300


class Reluctant:
    """SQS that takes one message of each call and says of the rest that they failed, `times` times."""

    def __init__(self, client, times):
        self._client, self._times = client, times

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803 - boto3's names
        if self._times <= 0 or len(Entries) == 1:
            return self._client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries)
        self._times -= 1
        taken = self._client.send_message_batch(QueueUrl=QueueUrl, Entries=Entries[:1])
        failed = [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in Entries[1:]]
        return taken | {"Failed": failed}


@pytest.mark.parametrize(("times", "taken"), [(2, True), (9, False)])
def test_what_sqs_did_not_take_is_offered_again_and_then_not_acknowledged(open_world, times, taken):
    many = [message(id=f"wamid.{n}") for n in range(8)]
    client = Reluctant(open_world.queues.client, times)
    open_world.__dict__["queues"] = Queues(client, urls_of(open_world.settings))
    if taken:
        assert handle(post(envelope(messages(*many))), open_world)["statusCode"] == 200
        assert len(drained(open_world, "inbound")) == 8
    else:
        with pytest.raises(QueueRefused):
            handle(post(envelope(messages(*many))), open_world)


def test_an_unreadable_body_lies_in_the_archive_as_it_came(open_world):
    body = "not json ä"
    event = post({}) | {"body": body, "headers": {"x-hub-signature-256": sign(SECRET, body.encode())}}
    assert handle(event, open_world)["statusCode"] == 200
    (key,) = open_world.archive.keys("raw/unreadable/")
    assert open_world.archive.get(key) == body.encode()
