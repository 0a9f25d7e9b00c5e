"""The workers as Lambda calls them: whole batches in, partial failures out, everything archived."""

import gzip
import json
import secrets
from typing import Any

import pytest

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import store
from chalicelib.conversations.model import MessageStatus
from chalicelib.inbound import archive, archive_lane, lanes, message_lane, status_lane
from chalicelib.wiring import World
from tests.fakes import FakeMeta
from tests.support.iam import acting_as


@pytest.fixture(autouse=True)
def _here(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.transport = FakeMeta()  # type: ignore[misc]
    channels.create(
        world.table,
        Channel(
            id="ch1", subaccount_id="acme", name="Shop", created_at=world.clock(),
            phone_number_id="1", display_phone_number="+6560000000", waba_id="2",
        ),
    )  # fmt: skip
    for lane in (message_lane, status_lane, archive_lane):
        monkeypatch.setattr(lane, "world", lambda: world)


def deliver(handler: Any, batch: list[dict[str, Any]]) -> Any:
    """As Lambda does it."""
    with acting_as("inbound" if handler is message_lane.inbound else "statuses"):
        return handler({"Records": batch}, None)


def records(lane: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "messageId": f"sqs{i}",
            "receiptHandle": "r",
            "body": message.body,
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": message.group},
        }
        for i, message in enumerate(lane)
    ]


def webhook(world: World, **value: Any) -> lanes.Lanes:
    whole = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, **value}
    change = {"field": "messages", "value": whole}
    return lanes.split({"entry": [{"id": "2", "changes": [change]}]}, int(world.clock().timestamp() * 1000))


def message(world: World, wamid: str, sender: str | None = "6591234567", text: str = "Hello") -> dict[str, Any]:
    named = {"from": sender} if sender else {}
    at = str(int(world.clock().timestamp()))
    return {**named, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text}}


def test_a_batch_opens_tickets_and_is_archived(world: World) -> None:
    lane = webhook(world, messages=[message(world, "wamid.a"), message(world, "wamid.b", "6598888888")]).inbound
    assert deliver(message_lane.inbound, records(lane)) == {"batchItemFailures": []}
    for phone in ("+6591234567", "+6598888888"):
        person = identity.find(world.table, Identities(phone=phone))
        assert person is not None
        assert store.get(world.table, f"ch1.{person.id}").ticket_id
    (key,) = world.archive.keys("raw/inbound/")
    assert len(gzip.decompress(world.archive.get(key)).splitlines()) == 2


def test_one_message_that_fails_does_not_hold_up_other_customers(world: World) -> None:
    lane = webhook(world, messages=[message(world, "wamid.a", None), message(world, "wamid.b")]).inbound
    assert deliver(message_lane.inbound, records(lane)) == {"batchItemFailures": [{"itemIdentifier": "sqs0"}]}
    assert identity.find(world.table, Identities(phone="+6591234567"))


def test_a_status_moves_the_message_it_names(world: World) -> None:
    deliver(message_lane.inbound, records(webhook(world, messages=[message(world, "wamid.a", text="STOP")]).inbound))
    person = identity.find(world.table, Identities(phone="+6591234567"))
    assert person is not None
    (reply, _) = store.messages(world.table, f"ch1.{person.id}").items
    callback = f"m:{reply['conversation_id']}|{reply['position']}:attempt"
    at = str(int(world.clock().timestamp()) + 5)
    status = {"id": "wamid.out", "status": "delivered", "timestamp": at, "biz_opaque_callback_data": callback}
    late = {**status, "status": "sent", "timestamp": str(int(at) - 3)}
    lane = webhook(world, statuses=[status, late]).statuses
    for _ in range(2):
        assert deliver(status_lane.statuses, records(lane)) == {"batchItemFailures": []}
    after = store.get_message(world.table, reply["conversation_id"], reply["position"])
    assert (after.status, after.wamid) == (MessageStatus.DELIVERED, "wamid.out")
    assert after.sent_at is not None
    assert after.delivered_at is not None
    assert after.sent_at < after.delivered_at


def test_a_status_of_a_message_we_never_sent_is_passed_over(world: World) -> None:
    status = {"id": "wamid.other", "status": "read", "timestamp": "1795348800"}
    lane = webhook(world, statuses=[status, {"id": "x"}]).statuses
    assert deliver(status_lane.statuses, records(lane)) == {"batchItemFailures": []}


def test_a_bad_record_in_a_batch_of_statuses_comes_again_alone(world: World) -> None:
    stop = webhook(world, messages=[message(world, "wamid.a", text="STOP")]).inbound
    deliver(message_lane.inbound, records(stop))
    person = identity.find(world.table, Identities(phone="+6591234567"))
    assert person is not None
    (reply, _) = store.messages(world.table, f"ch1.{person.id}").items
    callback = f"m:{reply['conversation_id']}|{reply['position']}:attempt"
    good = {"id": "wamid.out", "status": "read", "timestamp": "1795348800", "biz_opaque_callback_data": callback}
    batch = records([*webhook(world, statuses=[good]).statuses, *webhook(world, statuses=[good]).statuses])
    batch[0]["body"] = json.dumps({"v": 99})
    assert deliver(status_lane.statuses, batch) == {"batchItemFailures": [{"itemIdentifier": "sqs0"}]}
    after = store.get_message(world.table, reply["conversation_id"], reply["position"])
    assert after.status is MessageStatus.READ


def gathering(world: World) -> list[dict[str, Any]]:
    """What waits in the archive's queue, as Lambda hands it over."""
    got = world.queues.client.receive_message(QueueUrl=world.queues.urls("archive"), MaxNumberOfMessages=10)
    return [
        {"messageId": each["MessageId"], "receiptHandle": "r", "body": each["Body"], "attributes": {}}
        for each in got["Messages"]
    ]


def lines(world: World) -> list[str]:
    found = [gzip.decompress(world.archive.get(key)).decode() for key in world.archive.keys("raw/statuses/")]
    return sorted(line for each in found for line in each.split("\n") if line)


def test_batches_of_statuses_gather_in_one_object_of_the_archive(world: World) -> None:
    # A line's end for some readers of text, though not for JSON's.
    lanes_of = [
        webhook(world, statuses=[{"id": f"wamid.{text}", "status": "read"}]).statuses for text in ("a", "b\u2028")
    ]
    for lane in lanes_of:
        deliver(status_lane.statuses, records(lane))
    assert not list(world.archive.keys("raw/"))
    batch = gathering(world)
    assert len(batch) == 2
    for _ in range(2):
        assert deliver(archive_lane.archive_batches, batch) == {"batchItemFailures": []}
    assert len(list(world.archive.keys("raw/statuses/"))) == 1
    assert lines(world) == sorted(message.body for lane in lanes_of for message in lane)


def test_a_bad_message_to_the_archive_holds_up_no_other(world: World) -> None:
    lane = webhook(world, statuses=[{"id": "wamid.a", "status": "read"}]).statuses
    deliver(status_lane.statuses, records(lane))
    bad = {"messageId": "bad", "receiptHandle": "r", "body": '{"v": 1, "place": "raw/x"}', "attributes": {}}
    failed = deliver(archive_lane.archive_batches, [bad, *gathering(world)])
    assert failed == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert lines(world) == [message.body for message in lane]


def test_what_is_too_large_for_the_archives_queue_lies_there_at_once(world: World) -> None:
    body = secrets.token_hex(archive.BATCH_BYTES)
    archive.send(world.queues, world.archive, "statuses", [body], world.clock())
    assert lines(world) == [body]


def test_what_was_too_large_for_sqs_is_read_from_the_archive(world: World) -> None:
    body = json.loads(webhook(world, messages=[message(world, "wamid.a")]).inbound[0].body)
    world.archive.put("oversize/x", json.dumps(body).encode())
    record = records(webhook(world, messages=[message(world, "wamid.a")]).inbound)[0]
    record["body"] = json.dumps({"v": 1, "at": 1, "ref": "oversize/x"})
    assert deliver(message_lane.inbound, [record]) == {"batchItemFailures": []}
    assert identity.find(world.table, Identities(phone="+6591234567"))
