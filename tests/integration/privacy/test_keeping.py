"""A new setting of how long things are kept holds for what was there before, in every class."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.automation.instances.model import Instance, InstanceStatus
from chalicelib.automation.instances.store import Instances
from chalicelib.campaigns import ledger as rows
from chalicelib.cloud import keys, retention
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.retention import Retention
from chalicelib.cloud.table import Item
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets import views
from chalicelib.events.model import Event
from chalicelib.inbound.stream import GONE, gone_of
from chalicelib.media import store as media_store
from chalicelib.media.model import Media, MediaState, file_key, preview_key
from chalicelib.privacy import keeping
from chalicelib.privacy.keeping import Applying, Phase
from chalicelib.webhooks import store as webhooks
from chalicelib.webhooks.model import Attempt, Delivery, DeliveryState
from tests.integration.privacy.conftest import Place
from tests.support.iam import acting_as

WHERE = "/api/v1/retention"
SHORT = {"messages": 30, "files": 60, "tickets": 40, "recipients": 50, "lists": 70, "workflows": 10, "webhookDeliveries": 3,
         "rawWebhooks": 20, "events": 2, "exports": 1, "audit": 365}  # fmt: skip
LATER = timedelta(minutes=6)
OTHER = "+6598765432"
_CUSTOMERS_FILE, _UPLOAD = "01KAXYZ0123456789ABCDEFGHJ", "01KAXYZ0123456789ABCDEFGHK"


def some_of_everything(place: Place) -> str:
    """Something of each class, written by those who write it; answers the id of the ticket, which is closed."""
    world, now = place.world, place.clock()
    place.writes("wamid.1", "I wrote about a parcel", OTHER.removeprefix("+"), "SG.999", "Mei Other")
    [row] = list(world.table.query_all(keys.ticket_view("all", "").pk))
    ticket = str(row["SK"])
    supervisor = place.api.as_(Role.SUPERVISOR)
    assert supervisor.post(f"/api/v1/tickets/{ticket}/notes", {"text": "called again"}).status in {200, 201}
    assert supervisor.post(f"/api/v1/tickets/{ticket}/close", {}).status == 200
    assert supervisor.post(f"/api/v1/tickets/{ticket}/notes", {"text": "and once more"}).status in {200, 201}
    place.stream.bring()
    world.ledger.put(
        rows.new_row("r1", 0, line=1, to=OTHER, country="SG", reason="", client_id="", at=now)
        | retention.until(retention.current(world.table).recipients, now)
    )
    world.ledger.put({"PK": "RUN#r1", "SK": "RUN", "state": "completed"})
    for name, source in ((_CUSTOMERS_FILE, "customer"), (_UPLOAD, "upload")):
        media = Media(id=name, state=MediaState.READY, source=source, name="a.png", mime_type="image/png",  # type: ignore[arg-type]
                      created_at=now)  # fmt: skip
        assert media_store.add(world.table, media)
        world.media.put(file_key(name), b"picture")
        world.media.put(preview_key(name), b"small")
    _in_a_workflow(place)
    event = Event(id="e1", type="message.received", at=now, topic="conversation", subject="c1")
    last = Attempt(at=now, status=200, milliseconds=1)
    settled = Delivery(event=event, lane="l", queued_at=now, state=DeliveryState.DELIVERED, last=last)
    webhooks.settle(world.table, "w1", settled, now)
    assert place.api.post("/api/v1/message-log-exports", {}).status == 202
    return ticket


def _in_a_workflow(place: Place) -> None:
    instances = Instances(place.world.table, place.world.media)
    data = {"long": "x" * 40_000}
    for name in ("over", "running"):
        instance = Instance(id=name, definition_id="d1", version=1, started_at=place.clock(), data=data, branches={})
        assert instances.create(instance, [])
    over = instances.find("over")
    assert over
    assert instances.change_status(over, InstanceStatus.TERMINATED, place.clock())


def ends(place: Place) -> dict[str, set[int | None]]:
    """After how many days each kind of item goes, by the first words of its keys."""
    found: dict[str, set[int | None]] = {}
    items = [item for table in (place.world.table, place.world.ledger) for item in table.scan(limit=1000).items]
    for item in items:
        name = f"{item['PK'].partition('#')[0]} {item['SK'].partition('#')[0]}"
        found.setdefault(name, set()).add(_days(place, item))
    return found


def _days(place: Place, item: Item) -> int | None:
    end = item.get("expires_at")
    return None if end is None else round((end - epoch(place.clock())) / 86_400)


def worked(place: Place) -> Applying:
    """The privacy function until the job is done."""
    world = place.world
    while (job := keeping.find(world.table)) and not job.is_over:
        with acting_as("privacy"):
            keeping.work(world, job.id, job.step, place.clock())
    assert job
    return job


EXPECTED = {
    "CONVERSATION MESSAGE": {30}, "WAMID MESSAGE": {30}, "MEDIA MEDIA": {30, 2},
    "EVENTS EVENT": {2}, "FEED ROW": {2}, "WEBHOOK LOG": {3}, "AUDIT": {365}, "TICKET TICKET": {40}, "TICKET HISTORY": {40},
    "CONVERSATION STATE": {None}, "CONTACT CONTACT": {None}, "RUN RUN": {None},
}  # fmt: skip


def hold(place: Place, ticket: str, running: int = 366 + 90) -> None:
    """Everything has the end that SHORT says; an instance that still runs keeps the one it began with."""
    found = ends(place)
    assert found.pop("INSTANCE STATE") == {10, running}
    found["AUDIT"] = set().union(*(days for name, days in found.items() if name.startswith("AUDIT ")))
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert {name.partition(" ")[0]: days for name, days in found.items() if name.startswith(("MESSAGE_WORDS", "LOG_EXP"))} == {
        "MESSAGE_WORDS": {30}, "LOG_EXPORTS": {1},
    }  # fmt: skip
    view = place.world.table.get_many(views.rows(_ticket(place, ticket))).values()
    assert (len(view), {_days(place, row) for row in view}) == (6, {40})
    [recipient] = rows.rows(place.world.ledger, "r1", 0)
    assert _days(place, recipient) == 50


def _ticket(place: Place, ticket_id: str) -> Any:
    return tickets.get(place.world.table, ticket_id)


def test_what_is_written_under_a_setting_ends_as_it_says_and_the_job_agrees(place: Place) -> None:
    assert place.api.put(WHERE, SHORT).status == 200
    ticket = some_of_everything(place)
    place.clock.advance(minutes=6)
    job = worked(place)
    assert job.looked_at > 30
    # Written before the setting was: the keys' and the setting's own audit lines, of the process's older knowledge.
    assert job.changed <= 4
    place.clock.now -= LATER
    hold(place, ticket, running=366 + 10)


def test_a_shorter_setting_holds_for_what_was_there_and_a_longer_one_too(place: Place) -> None:
    ticket = some_of_everything(place)
    before = ends(place)
    assert (before["TICKET TICKET"], before["CONVERSATION MESSAGE"], before["EVENTS EVENT"]) == ({None}, {None}, {7})
    assert place.api.put(WHERE, SHORT).status == 200
    place.clock.advance(minutes=6)
    worked(place)
    place.clock.now -= LATER
    hold(place, ticket)
    assert place.api.get(WHERE).json["job"]["state"] == "done"
    assert place.api.put(WHERE, {}).status == 200
    place.clock.advance(minutes=6)
    worked(place)
    place.clock.now -= LATER
    assert {name: days for name, days in ends(place).items() if name in before} == before


def test_the_buckets_keep_files_as_long_as_is_set_and_their_other_rules_stay(place: Place) -> None:
    media, archive = place.world.media, place.world.archive
    other = {
        "ID": "quarantine",
        "Status": "Enabled",
        "Filter": {"Prefix": "media/quarantine/"},
        "Expiration": {"Days": 7},
    }
    media.client.put_bucket_lifecycle_configuration(Bucket=media.bucket, LifecycleConfiguration={"Rules": [other]})
    place.api.put(WHERE, SHORT)
    place.clock.advance(minutes=6)
    worked(place)
    assert _rules(media) == {"quarantine": ("media/quarantine/", 7), "chunks": ("chunks/", 70),
                             "exports": ("exports/", 1), "campaign-lists": ("campaigns/", 70),
                             "contact-lists": ("contacts/", 70)}  # fmt: skip
    assert _rules(archive) == {"raw-webhooks": ("", 20)}
    place.api.put(WHERE, {"rawWebhooks": 500})
    place.clock.advance(minutes=6)
    worked(place)
    assert _rules(media) == {
        "quarantine": ("media/quarantine/", 7),
        "chunks": ("chunks/", 400),
        "exports": ("exports/", 7),
    }
    assert _rules(archive) == {"raw-webhooks": ("", 500)}
    [rule] = archive.client.get_bucket_lifecycle_configuration(Bucket=archive.bucket)["Rules"]
    assert [(each["Days"], each["StorageClass"]) for each in rule["Transitions"]] == [(30, "GLACIER_IR")]


def _rules(bucket: Any) -> dict[str, tuple[str, int]]:
    found = bucket.client.get_bucket_lifecycle_configuration(Bucket=bucket.bucket)["Rules"]
    return {rule["ID"]: (rule["Filter"]["Prefix"], rule["Expiration"]["Days"]) for rule in found}


def test_each_day_the_buckets_are_looked_after_and_a_job_that_was_left_goes_on(place: Place) -> None:
    place.api.put(WHERE, SHORT)
    _drain(place)
    place.world.media.client.delete_bucket_lifecycle(Bucket="media")
    place.clock.advance(minutes=6)
    keeping.every_day(place.world)
    assert set(_rules(place.world.media)) == {"exports", "campaign-lists", "contact-lists", "chunks"}
    job = keeping.find(place.world.table)
    assert job
    assert _drain(place) == [{"v": 1, "do": "retention", "job_id": job.id, "step": 0}]


def _drain(place: Place) -> list[dict[str, Any]]:
    client, url = place.world.queues.client, place.world.queues.urls("privacy")
    return [json.loads(each["Body"]) for each in client.receive_message(QueueUrl=url).get("Messages", [])]


def test_the_job_waits_until_nobody_writes_by_the_setting_before(place: Place) -> None:
    place.api.put(WHERE, SHORT)
    job = keeping.find(place.world.table)
    assert job
    keeping.work(place.world, job.id, 0, place.clock())
    assert place.api.get(WHERE).json["job"]["state"] == "waiting"
    queue = place.world.queues
    asked = queue.client.get_queue_attributes(QueueUrl=queue.urls("privacy"), AttributeNames=["All"])["Attributes"]
    assert int(asked["ApproximateNumberOfMessagesDelayed"]) == 2
    place.clock.advance(minutes=6)
    keeping.work(place.world, job.id, 0, place.clock())
    assert place.api.get(WHERE).json["job"]["state"] == "running"


def test_a_step_that_is_killed_or_comes_twice_changes_nothing_of_the_result(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = some_of_everything(place)
    place.api.put(WHERE, SHORT)
    place.clock.advance(minutes=6)
    monkeypatch.setattr(keeping, "_A_PAGE", 7)
    steps = 0
    while (job := keeping.find(place.world.table)) and not job.is_over:
        keeping._stepped(place.world, job, place.clock())  # killed before it could note what it had done
        keeping.work(place.world, job.id, job.step, place.clock())
        keeping.work(place.world, job.id, job.step, place.clock())
        steps += 1
    assert steps >= 8
    place.clock.now -= LATER
    hold(place, ticket)


def test_a_newer_setting_takes_the_place_of_a_job_and_takes_over_what_it_left(place: Place) -> None:
    some_of_everything(place)
    place.api.put(WHERE, {"tickets": 40})
    first = keeping.find(place.world.table)
    place.api.put(WHERE, {"tickets": 40, "events": 3})
    second = keeping.find(place.world.table)
    assert first
    assert second
    assert (first.classes, second.classes) == ({"tickets"}, {"tickets", "events"})
    place.clock.advance(minutes=6)
    assert keeping.work(place.world, first.id, 0, place.clock()) is None
    worked(place)
    place.clock.now -= LATER
    assert (ends(place)["TICKET TICKET"], ends(place)["EVENTS EVENT"]) == ({40}, {3})


def test_the_same_setting_again_wakes_a_job_and_begins_none(place: Place) -> None:
    place.api.put(WHERE, SHORT)
    first = keeping.find(place.world.table)
    place.api.put(WHERE, SHORT)
    assert keeping.find(place.world.table) == first
    assert first
    assert first.phase is Phase.BUCKETS


@pytest.mark.parametrize("name", [_CUSTOMERS_FILE, _UPLOAD])
def test_a_file_goes_from_the_bucket_when_its_item_has_gone(place: Place, name: str) -> None:
    some_of_everything(place)
    _gone(place, f"MEDIA#{name}", "MEDIA")
    kept = _UPLOAD if name == _CUSTOMERS_FILE else _CUSTOMERS_FILE
    assert list(place.world.media.keys("media/")) == [file_key(kept), preview_key(kept)]


def test_large_values_of_an_instance_go_from_the_bucket_when_it_has_gone(place: Place) -> None:
    some_of_everything(place)
    _gone(place, "INSTANCE#over", "STATE")
    assert {key.split("/")[1] for key in place.world.media.keys("workflow-data/")} == {"running"}


def _gone(place: Place, pk: str, sk: str) -> None:
    record = {"eventName": "REMOVE", "dynamodb": {"Keys": {"PK": {"S": pk}, "SK": {"S": sk}}}}
    other = {"eventName": "REMOVE", "dynamodb": {"Keys": {"PK": {"S": "CONVERSATION#x"}, "SK": {"S": "STATE"}}}}
    for kind, its_id in gone_of({"Records": [record, other]}):
        GONE[kind](place.world, its_id)


def test_who_may_not_set_it_may_not(place: Place) -> None:
    assert place.api.as_(Role.SUPERVISOR).put(WHERE, SHORT).status == 403


def test_what_hangs_on_a_message_never_outlives_it() -> None:
    assert Retention(messages=30, files=60).days("received_files") == 30
    assert Retention(files=60).days("received_files") == 60
    assert Retention(messages=3650).days("words") == 400
    assert Retention(messages=30).days("sends") == 30
