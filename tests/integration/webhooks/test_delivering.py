"""What happened reaches the customer's system: every event, in order per person, each once by id, whatever the endpoint does."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from chalicelib.webhooks import store
from chalicelib.webhooks.model import DeliveryState
from tests.integration.webhooks.conftest import Studio


def texts_of(studio: Studio, customer: int) -> list[str]:
    phone = f"+65912345{customer:02d}"
    return [
        body["data"]["message"]["text"] for body in studio.receiver.taken if body["data"]["contact"]["phone"] == phone
    ]


def test_a_message_is_told_with_its_text_its_writer_and_a_signature(studio: Studio) -> None:
    studio.listens()
    studio.writes(text="Where is my order?")
    studio.work()
    [body], [request] = studio.receiver.taken, studio.receiver.asked
    assert (body["type"], body["subaccountId"]) == ("message.received", "acme")
    assert body["data"]["message"]["text"] == "Where is my order?"
    assert body["data"]["contact"]["phone"] == "+6591234500"
    assert request.headers["webhook-id"] == body["id"]
    signed_at = int(request.headers["webhook-timestamp"])
    assert datetime.fromtimestamp(signed_at, UTC) == studio.clock()


def test_a_receiver_that_is_down_for_half_an_hour_gets_everything_afterwards_in_order_and_once(studio: Studio) -> None:
    studio.listens(events=["contact.opted_out"])
    studio.happens(0, "before")
    studio.deliver()
    studio.receiver.answer = lambda *_: None
    for minute in range(30):
        for contact in range(3):
            studio.happens(contact, f"{minute:02d}")
        studio.minutes(1)
    studio.receiver.answer = lambda *_: 200
    studio.minutes(16)
    for contact in range(3):
        told = [body["data"]["source"] for body in studio.receiver.taken if body["data"]["contactId"] == str(contact)]
        expected = [f"{minute:02d}" for minute in range(30)]
        assert told == (["before", *expected] if contact == 0 else expected)
    ids = studio.receiver.ids()
    assert len(ids) == len(set(ids)) == 91
    assert len(studio.receiver.asked) - len(ids) < 30, "an endpoint that is down is left alone"


def test_one_event_that_the_receiver_refuses_holds_up_its_own_person_only(studio: Studio) -> None:
    studio.listens()
    studio.receiver.answer = lambda _, body: 422 if body["data"]["message"]["text"] == "poison" else 200
    studio.writes(0, "poison")
    studio.writes(0, "after")
    studio.writes(1, "other")
    studio.work()
    assert (texts_of(studio, 0), texts_of(studio, 1)) == ([], ["other"])
    studio.receiver.answer = lambda *_: 200
    studio.minutes(3)
    assert texts_of(studio, 0) == ["poison", "after"]


def test_after_a_day_an_event_is_parked_its_person_goes_on_and_it_can_be_replayed(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    studio.receiver.answer = lambda _, body: 422 if body["data"]["message"]["text"] == "poison" else 200
    studio.writes(0, "poison")
    studio.writes(0, "after")
    studio.work()
    for _ in range(26):
        studio.clock.advance(minutes=59)
        studio.minutes(1)
    assert texts_of(studio, 0) == ["after"]
    parked = studio.api.get(f"/api/v1/webhooks/{webhook}/deliveries?state=parked").json["items"]
    assert [(each["state"], each["lastStatus"]) for each in parked] == [("parked", 422)]
    studio.receiver.answer = lambda *_: 200
    answer = studio.api.post(f"/api/v1/webhooks/{webhook}/replay", {"ids": [parked[0]["id"]]}).json
    assert answer == {"count": 1, "next": None}
    studio.work()
    assert texts_of(studio, 0) == ["after", "poison"]
    assert studio.receiver.taken[-1]["id"] == parked[0]["eventId"]
    assert studio.api.get(f"/api/v1/webhooks/{webhook}/deliveries?state=parked").json["items"] == []


def test_an_endpoint_that_is_down_for_longer_than_a_day_has_the_old_events_parked_and_gets_the_rest(
    studio: Studio,
) -> None:
    webhook = studio.listens(events=["contact.opted_out"])["id"]
    studio.receiver.answer = lambda *_: None
    for contact in range(6):
        studio.happens(contact, "old")
    studio.deliver()
    for hour in range(26):
        studio.clock.advance(minutes=59)
        studio.minutes(1)
        if hour == 20:
            studio.happens(1, "new")
            studio.deliver()
    studio.receiver.answer = lambda *_: 200
    studio.minutes(16)
    assert [body["data"]["source"] for body in studio.receiver.taken] == ["new"]
    parked = studio.api.get(f"/api/v1/webhooks/{webhook}/deliveries?state=parked").json["items"]
    assert len(parked) == 6


def test_a_slow_or_dead_endpoint_does_not_hold_up_another(studio: Studio) -> None:
    studio.listens(url="https://dead.example.com/")
    studio.listens(url="https://alive.example.com/")
    studio.receiver.answer = lambda url, _: None if "dead" in url else 200
    for customer in range(8):
        studio.writes(customer)
    studio.work()
    assert len(studio.receiver.taken) == 8


def test_the_stream_brings_an_event_twice_and_it_is_told_once(studio: Studio) -> None:
    studio.listens()
    studio.writes()
    studio.work()
    studio.stream.seen.clear()
    studio.work()
    assert len(studio.receiver.taken) == 1


def test_a_worker_killed_after_the_answer_tells_the_same_id_again(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    studio.writes()
    studio.stream.bring()
    page = store.outbox(studio.world.table, webhook, limit=10)
    studio.work()
    store.enqueue(studio.world.table, webhook, store.deliveries(page))  # as it was before the worker took it out
    studio.writes(1)
    studio.work()
    assert len(studio.receiver.ids()) == len(set(studio.receiver.ids())) == 2


def test_only_what_was_asked_for_and_only_of_its_subaccount(studio: Studio) -> None:
    studio.api.post("/api/v1/subaccounts", {"id": "other", "name": "Other"})
    studio.listens(subaccountId="other")
    studio.listens(events=["ticket.*"], subaccountId="acme")
    studio.writes()
    studio.work()
    assert {body["type"] for body in studio.receiver.taken} == {"ticket.created"}
    [body] = [each for each in studio.receiver.taken if each["type"] == "ticket.created"]
    assert body["data"]["ticket"]["queueId"]
    assert body["data"]["contact"]["phone"] == "+6591234500"


def test_a_disabled_webhook_hears_nothing_and_an_enabled_one_goes_on(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    studio.receiver.answer = lambda *_: None
    studio.writes(text="waits")
    studio.work()
    studio.api.patch(f"/api/v1/webhooks/{webhook}", {"enabled": False})
    studio.receiver.answer = lambda *_: 200
    studio.writes(text="unheard")
    studio.minutes(5)
    assert studio.receiver.taken == []
    studio.api.patch(f"/api/v1/webhooks/{webhook}", {"enabled": True})
    studio.minutes(2)
    assert texts_of(studio, 0) == ["waits"]


def test_a_deleted_webhook_leaves_nothing_waiting(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    studio.receiver.answer = lambda *_: None
    studio.writes()
    studio.work()
    assert studio.api.delete(f"/api/v1/webhooks/{webhook}").status == 204
    studio.work()
    assert store.outbox(studio.world.table, webhook, limit=10).items == []


def test_nothing_about_a_person_lies_in_outbox_or_log(studio: Studio) -> None:
    webhook = studio.listens(events=["*"])["id"]
    studio.writes(text="my name is Rumpelstilzchen")
    studio.work()
    items = studio.world.table.client.scan(TableName="main")["Items"]
    told = json.dumps([item for item in items if item["PK"]["S"] == f"WEBHOOK#{webhook}"])
    assert "LOG#" in told
    assert "Rumpelstilzchen" not in told
    assert "6591234500" not in told


def test_the_signature_is_the_specifications_and_an_old_key_signs_along_for_a_day(studio: Studio) -> None:
    studio.clock.now = datetime.now(UTC)  # the library compares with the real clock
    webhook = studio.listens()
    studio.writes(text="one")
    studio.work()
    new = studio.api.post(f"/api/v1/webhooks/{webhook['id']}/secret").json["secret"]
    studio.writes(text="two")
    studio.work()
    first, second = studio.receiver.asked
    old = Verifier(webhook["secret"])
    assert old.verify(first.body or "", dict(first.headers))
    assert old.verify(second.body or "", dict(second.headers))
    assert Verifier(new).verify(second.body or "", dict(second.headers))
    with pytest.raises(WebhookVerificationError):
        Verifier(new).verify(first.body or "", dict(first.headers))
    studio.clock.advance(hours=25)
    studio.writes(text="three")
    studio.work()
    signatures = studio.receiver.asked[-1].headers["webhook-signature"].split()
    assert len(signatures) == 1


def test_the_compatible_format_is_the_documents_of_8x8(studio: Studio) -> None:
    studio.listens(format="8x8", events=["message.received", "message.status"])
    studio.writes(text="Hi")
    studio.work()
    [told] = studio.receiver.taken
    assert (told["version"], told["namespace"], told["eventType"]) == (3, "ChatApps", "inbound_message_received")
    payload = told["payload"]
    assert payload["subAccountId"] == "acme"
    assert payload["type"] == "Text"
    assert payload["content"] == {"text": "Hi"}
    assert payload["user"] == {"msisdn": "+6591234500", "channelUserId": "6591234500"}


def test_states_of_deliveries_are_the_documented_ones() -> None:
    assert [str(state) for state in DeliveryState] == ["waiting", "delivered", "parked"]
