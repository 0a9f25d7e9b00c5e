"""Messages that programs ask for: one or many, now or later, each at most once, and taken back while there is time."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.cloud.batches import Record
from chalicelib.cloud.clock import stamp
from chalicelib.contacts import consent
from chalicelib.contacts.model import ConsentCategory
from chalicelib.conversations import handlers
from chalicelib.conversations.sends import handlers as sends
from chalicelib.inbound.timers import subscribers
from chalicelib.timers.run import run
from tests.integration.conftest import Clock
from tests.integration.conversations.conftest import Scene
from tests.support.api import Answer, Caller
from tests.support.iam import acting_as

TEMPLATE = {"type": "template", "template": {"name": "offer", "language": {"code": "en"}}}
TEXT = {"type": "text", "text": {"body": "Hello"}}
KNOWN = {"phone": "+6591234567"}
"""Wrote a minute ago."""


@pytest.fixture
def api(scene: Scene) -> Caller:
    key = keys.template("2", "offer", "en")
    scene.world.table.put(
        {
            "PK": key.pk, "SK": key.sk, "waba_id": "2", "id": "1", "name": "offer", "language": "en", "status": "APPROVED",
            "category": "MARKETING", "components": [{"type": "BODY", "text": "Half price"}],
            "synced_at": "2026-11-22T12:00:00.000Z",
        }
    )  # fmt: skip
    return Caller(app, scene.world).as_(Role.SUPERVISOR)


def work(scene: Scene) -> int:
    """Both workers, until nothing waits; answers how many jobs there were."""
    done = 0
    sqs, urls = scene.world.client("sqs"), scene.world.settings
    for queue, url in (("sends", urls.sends_queue_url), ("replies", urls.replies_queue_url)) * 2:
        while waiting := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for each in waiting:
                record = Record(json.loads(each["Body"]), each["ReceiptHandle"], "", 1)
                with acting_as("sends" if queue == "sends" else "reply"):
                    (sends if queue == "sends" else handlers).work(record, scene.world, scene.gate)
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                done += 1
    return done


def send(api: Caller, **values: Any) -> Answer:
    return api.post("/api/v1/messages", {"channelId": "ch1", "to": KNOWN, "message": TEXT, **values})


def state(api: Caller, send_id: str) -> str:
    return str(api.get(f"/api/v1/messages/{send_id}").json["state"])


def pass_time(scene: Scene, clock: Clock, **delta: float) -> None:
    clock.advance(**delta)
    run(scene.world.table, subscribers(scene.world), clock, until=clock() + timedelta(days=1))


def test_one_message_goes_out_and_says_how_far_it_came(scene: Scene, api: Caller) -> None:
    made = send(api, clientMessageId="order-7")
    assert (made.status, made.json["state"], made.json["clientMessageId"]) == (202, "queued", "order-7")
    work(scene)
    after = api.get(f"/api/v1/messages/{made.json['id']}").json
    assert (after["state"], after["wamid"]) == ("accepted", "wamid.1")
    assert scene.meta.accepted[0]["text"] == {"body": "Hello"}


def test_the_same_id_is_one_message_even_when_the_first_answer_was_lost(scene: Scene, api: Caller) -> None:
    for _ in range(3):
        assert send(api, id="order-0007").status == 202
        work(scene)
    assert len(scene.meta.accepted) == 1


def test_a_stranger_gets_a_template_and_no_free_text(scene: Scene, api: Caller) -> None:
    stranger = {"phone": "+6590000001"}
    refused = send(api, to=stranger)
    assert (refused.status, refused.json["code"]) == (409, "window_closed")
    assert send(api, to=stranger, message=TEMPLATE).status == 202
    work(scene)
    assert [each["to"] for each in scene.meta.accepted] == ["+6590000001"]


def test_who_opted_out_gets_no_offer(scene: Scene, api: Caller) -> None:
    consent.record(
        scene.world.table, scene.contact, ConsentCategory.MARKETING, allowed=False, subaccount_id=None,
        source="test", text="", at=scene.world.clock(), entry_id="e1",
    )  # fmt: skip
    refused = send(api, message=TEMPLATE)
    assert (refused.status, refused.json["code"]) == (409, "opted_out")
    assert work(scene) == 0


def test_a_scheduled_message_goes_at_its_time_and_not_before(scene: Scene, api: Caller, clock: Clock) -> None:
    made = send(api, scheduledAt=stamp(clock() + timedelta(hours=2))).json
    assert made["state"] == "scheduled"
    pass_time(scene, clock, minutes=119)
    assert work(scene) == 0
    pass_time(scene, clock, minutes=2)
    pass_time(scene, clock, minutes=1)
    work(scene)
    assert (state(api, made["id"]), len(scene.meta.accepted)) == ("accepted", 1)


def test_a_scheduled_message_is_taken_back_and_one_that_left_is_not(scene: Scene, api: Caller, clock: Clock) -> None:
    later = send(api, scheduledAt=stamp(clock() + timedelta(hours=2))).json["id"]
    gone = send(api).json["id"]
    work(scene)
    waiting = send(api).json["id"]
    counts = [api.delete(f"/api/v1/messages/{each}").json["cancelledCount"] for each in (later, gone, waiting, waiting)]
    assert counts == [1, 0, 1, 0]
    pass_time(scene, clock, hours=3)
    work(scene)
    assert [state(api, each) for each in (later, gone, waiting)] == ["cancelled", "accepted", "cancelled"]
    assert len(scene.meta.accepted) == 1


def test_what_nobody_wants_any_more_is_not_sent(scene: Scene, api: Caller, clock: Clock) -> None:
    made = send(api, expiresAt=stamp(clock() + timedelta(minutes=5))).json["id"]
    clock.advance(minutes=6)
    work(scene)
    assert (state(api, made), scene.meta.accepted) == ("expired", [])


def test_a_batch_goes_on_the_campaigns_lane_each_once(scene: Scene, api: Caller) -> None:
    people = [{"to": {"phone": f"+65900000{n:02d}"}, "clientMessageId": f"c{n}"} for n in range(12)]
    draft = {"id": "batch-0001", "channelId": "ch1", "clientBatchId": "b", "message": TEMPLATE, "messages": people}
    for _ in range(2):
        made = api.post("/api/v1/messages/batch", draft)
        assert (made.status, made.json["accepted"], len(made.json["ids"])) == (202, 12, 12)
    assert scene.world.table.get(keys.rate_lane("1", "reply")) is None
    work(scene)
    assert sorted(each["to"] for each in scene.meta.accepted) == sorted(each["to"]["phone"] for each in people)
    page = api.get("/api/v1/messages/batch/batch-0001?limit=10").json
    rest = api.get(f"/api/v1/messages/batch/batch-0001?next={page['next']}").json
    listed = [*page["items"], *rest["items"]]
    assert [(each["clientMessageId"], each["state"]) for each in listed] == [(f"c{n}", "accepted") for n in range(12)]


def test_in_a_batch_one_who_cannot_be_written_to_stops_nobody(scene: Scene, api: Caller) -> None:
    people = [{"to": KNOWN}, {"to": {"phone": "+6590000001"}}, {"to": {"contactId": "404"}}]
    draft = {"id": "batch-0002", "channelId": "ch1", "message": TEXT, "messages": people}
    assert api.post("/api/v1/messages/batch", draft).status == 202
    work(scene)
    items = api.get("/api/v1/messages/batch/batch-0002").json["items"]
    assert [each["state"] for each in items] == ["accepted", "rejected", "rejected"]
    assert items[1]["failure"]["reason"] == "window_closed"


def test_a_scheduled_batch_is_taken_back_whole(scene: Scene, api: Caller, clock: Clock) -> None:
    draft = {
        "id": "batch-0003", "channelId": "ch1", "message": TEMPLATE, "messages": [{"to": KNOWN}] * 3,
        "scheduledAt": stamp(clock() + timedelta(hours=1)),
    }  # fmt: skip
    assert api.post("/api/v1/messages/batch", draft).status == 202
    assert api.delete("/api/v1/messages/batch/batch-0003").json == {"cancelledCount": 3}
    pass_time(scene, clock, hours=2)
    assert work(scene) == 0
    assert scene.meta.accepted == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"channelId": "nope"}, "channelId"),
        ({"to": {}}, "to"),
        ({"to": {"phone": "6591234567"}}, "to.phone"),
        ({"to": {**KNOWN, "contactId": "1"}}, "to"),
        ({"message": {"type": "text", "text": {"body": ""}}}, "message.text.text.body"),
        ({"message": {**TEMPLATE, "template": {"name": "none", "language": {"code": "en"}}}}, "message.template"),
        ({"message": {"type": "image", "image": {"id": "01KAXYZ0123456789ABCDEFGHJ"}}}, "message.image.id"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"scheduledAt": "2030-01-01T00:00:00Z"}, "scheduledAt"),
        ({"clientMessageId": "x" * 51}, "clientMessageId"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    scene: Scene, api: Caller, values: dict[str, Any], field: str
) -> None:
    refused = send(api, id="order-0009", **values)
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)
    assert api.get("/api/v1/messages/order-0009").status == 404


def test_a_batch_names_the_message_that_is_wrong(scene: Scene, api: Caller) -> None:
    bad = {"type": "image", "image": {"id": "01KAXYZ0123456789ABCDEFGHJ"}}
    draft = {"channelId": "ch1", "message": TEXT, "messages": [{"to": KNOWN}, {"to": KNOWN, "message": bad}]}
    refused = api.post("/api/v1/messages/batch", draft)
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "messages.1.message.image.id")
    assert api.post("/api/v1/messages/batch", {**draft, "messages": [{"to": KNOWN}] * 1001}).status == 400
