"""A campaign driven from draft to report over the API alone, against real tables and buckets."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.campaigns import control, handlers, ledger, replies, worker
from chalicelib.campaigns.desk import desk_of
from chalicelib.campaigns.rows import RowState
from chalicelib.cloud.batches import Record
from chalicelib.cloud.table import Update
from chalicelib.contacts import groups, identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import gate
from chalicelib.conversations.model import Conversation
from chalicelib.events.model import Event
from chalicelib.inbound.status_lane import take_statuses
from chalicelib.whatsapp.webhook import parse
from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.support.api import Answer, Caller
from tests.support.iam import acting_as

BASE = "/api/v1/campaigns"
FILE = "Phone;First name;Code\n+65 9100 0001;Ána;A1\n9100 0002;Bo;A2\n9100-0002;Bo again;A3\n12;Nobody;A4\n9100 0009;Out;A5\n"


def pump(world: World, clock: Clock, until: int = 1000, threads: int = worker.THREADS) -> None:
    queues: Any = world.queues
    desk, way_out = desk_of(world), gate(world)
    for _ in range(until):
        found = queues.pop("campaign", "bulk")
        if found is None:
            return
        due, queue, body = found
        clock.now = max(clock.now, due)
        record = Record(json.loads(body), "receipt", "", 1)
        with acting_as("campaign" if queue == "campaign" else "send"):
            if queue == "campaign":
                handlers.do(record, desk, lambda: 100.0)
            else:
                handlers.send_one(record, desk, way_out, lambda: 100.0, threads)


def hear(world: World, callback: str, *statuses: str) -> None:
    """WhatsApp's webhook about one message, as its worker takes it."""
    said = [
        {"id": "wamid.1", "status": status, "timestamp": "1764072000", "recipient_id": "6591000001",
         "biz_opaque_callback_data": callback, "pricing": {"type": "regular", "category": "marketing"}}
        for status in statuses
    ]  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"}, "statuses": said}
    entry = {"id": "200", "changes": [{"field": "messages", "value": value}]}
    updates = list(parse({"object": "whatsapp_business_account", "entry": [entry]}))
    with acting_as("statuses"):
        take_statuses(updates, world)


def download(world: World, url: str) -> list[dict[str, str]]:
    key = urlsplit(url).path.split("/", 2)[-1] if "/media/" in url else urlsplit(url).path.lstrip("/")
    return list(csv.DictReader(io.StringIO(world.media.get(key).decode())))


def ready(api: Caller, world: World, clock: Clock) -> str:
    made = api.post(BASE, {"channelId": "main", "name": "Spring"})
    assert made.status == 201, made.text
    campaign = f"{BASE}/{made.json['id']}"
    link = api.post(f"{campaign}/recipients/upload", {"fileName": "people.csv"})
    world.media.put(link.json["fields"]["key"], FILE.encode("utf-16"))
    assert api.post(f"{campaign}/recipients/process", {}).status == 202
    pump(world, clock)
    return campaign


def message(api: Caller, campaign: str, **changes: Any) -> Answer:
    parameters = {
        "header.1": {"field": "FirstName"},
        "body.1": {"field": "FirstName", "default": "you"},
        "body.2": {"field": "Code"},
        "button.0.payload": {"value": "STOP"},
    }
    body = {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters | changes}
    return api.put(f"{campaign}/message", body)


def test_from_draft_to_report_over_the_api_alone(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    look = api.get(f"{campaign}/recipients/look").json
    assert (look["encoding"], look["delimiter"], look["header"]) == ("utf-16", ";", True)
    assert look["columns"] == ["Mobile", "FirstName", "Code"]
    recipients = api.get(campaign).json["recipients"]
    assert recipients["state"] == "ready"
    assert recipients["summary"] == {
        "total": 5, "valid": 3, "duplicates": 1, "invalid": 1, "invalidByReason": {"invalid_number": 1},
        "destinations": {"SG": 3}, "userIds": 0,
    }  # fmt: skip
    unusable = download(world, api.get(f"{campaign}/recipients/unusable").json["url"])
    assert [(row["line"], row["reason"], row["as written"]) for row in unusable] == [
        ("4", "duplicate", "+6591000002"),
        ("5", "invalid_number", "12"),
    ]

    slots = api.get(f"{campaign}/slots?name=spring_offer&language=en").json["items"]
    assert [slot["id"] for slot in slots] == ["header.1", "body.1", "body.2", "button.0.payload"]
    assert message(api, campaign).status == 200
    preview = api.get(f"{campaign}/preview?row=0").json
    assert preview["texts"] == {"header": "For Ána", "body": "Hi Ána, your code is A1."}
    assert api.get(f"{campaign}/preview?row=3").json["reason"] == "invalid_number"

    assert api.post(f"{campaign}/launch").status == 202
    pump(world, clock)
    meta: Any = world.transport
    assert sorted(each["to"] for each in meta.accepted) == ["+6591000001", "+6591000002"]
    assert meta.accepted[0]["template"]["components"][2]["parameters"] == [{"type": "payload", "payload": "STOP"}]

    report = api.get(f"{campaign}/report").json
    assert report["state"] == "completed"
    assert report["final"] is True
    assert report["counts"] == {
        "audience": 5, "queued": 0, "sent": 2, "skipped": 3, "failed": 0, "unknown": 0, "cancelled": 0,
    }  # fmt: skip
    assert {each["reason"]: each["count"] for each in report["skipped"]} == {
        "duplicate": 1, "invalid_number": 1, "opted_out": 1,
    }  # fmt: skip
    hear(world, meta.accepted[0]["biz_opaque_callback_data"], "read", "sent")
    exported = download(world, api.post(f"{campaign}/export").json["url"])
    assert sorted(row["state"] for row in exported) == ["accepted", "read", "skipped", "skipped", "skipped"]
    assert {step["name"]: step["count"] for step in api.get(f"{campaign}/report").json["funnel"]} == {
        "audience": 5, "eligible": 2, "accepted": 2, "sent": 1, "delivered": 1, "read": 1, "replied": 0,
    }  # fmt: skip
    assert exported[4]["explanation"] == "The recipient has opted out of marketing messages."


def test_recipients_are_listed_page_by_page_and_filtered(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    api.post(f"{campaign}/launch")
    pump(world, clock)
    first = api.get(f"{campaign}/recipients?limit=2").json
    rest = api.get(f"{campaign}/recipients?limit=50&next={first['next']}").json
    assert [row["row"] for row in first["items"] + rest["items"]] == [0, 1, 2, 3, 4]
    assert rest["next"] is None
    filtered = api.get(f"{campaign}/recipients?state=skipped&reason=opted_out").json["items"]
    assert [row["to"] for row in filtered] == ["+6591000009"]
    assert api.get(f"{campaign}/recipients?next=bm9uc2Vuc2U").status == 400


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ({"state": ["accepted", "sent", "delivered", "read", "played"]}, ["0", "1"]),
        ({"state": "skipped"}, ["2", "3", "4"]),
        ({"reason": "opted_out"}, ["4"]),
        ({"state": ["skipped"], "reason": "duplicate"}, ["2"]),
        ({"to": "1000002"}, ["1", "2"]),
        ({"state": ["accepted"], "to": "1000002"}, ["1"]),
        ({"state": ["accepted"], "reason": "opted_out"}, []),
    ],
)
def test_an_export_has_what_the_list_shows_under_the_same_filter(
    api: Caller, world: World, clock: Clock, wanted: dict[str, Any], rows: list[str]
) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    api.post(f"{campaign}/launch")
    pump(world, clock)
    exported = download(world, api.post(f"{campaign}/export", wanted).json["url"])
    assert [row["row"] for row in exported] == rows
    listed = api.get(f"{campaign}/recipients?{urlencode(wanted, doseq=True)}").json["items"]
    assert [str(row["row"]) for row in listed] == rows


def test_a_campaign_is_scheduled_and_fires_at_its_time(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    answer = api.post(f"{campaign}/launch", {"at": "2026-11-23T09:00:00", "timeZone": "Asia/Singapore"})
    assert answer.status == 202, answer.text
    assert answer.json["state"] == "scheduled"
    [schedule] = world.client("scheduler").list_schedules(GroupName="parley")["Schedules"]
    found = world.client("scheduler").get_schedule(GroupName="parley", Name=schedule["Name"])
    assert found["ScheduleExpression"] == "at(2026-11-23T01:00:00)"
    payload = json.loads(found["Target"]["Input"])
    clock.advance(days=1)
    clock.now = clock.now.replace(hour=1, minute=0)
    desk = desk_of(world)
    with acting_as("launch"):
        assert control.fire(payload["campaign_id"], "another", desk) == "scheduled"
        assert control.fire(payload["campaign_id"], payload["token"], desk) == "preparing"
    pump(world, clock)
    assert api.get(campaign).json["state"] == "completed"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("launch", None, 400, "message"),
        ("launch", {"at": "yesterday"}, 400, "at"),
        ("launch", {"timeZone": "Mars/Base"}, 400, "timeZone"),
        ("recipients/upload", {"fileName": "people.pdf"}, 400, "fileName"),
        ("recipients/process", {"country": "XX"}, 400, "country"),
        ("recipients/typed", {"recipients": [{"FirstName": "Ann"}]}, 400, "recipients.0.Mobile"),
        ("pause", None, 409, None),
        ("resume", None, 409, None),
        ("retry", None, 409, None),
    ],
)
def test_what_cannot_be_done_is_told_with_its_field(
    api: Caller, world: World, clock: Clock, path: str, body: Any, status: int, field: str | None
) -> None:
    campaign = ready(api, world, clock)
    answer = api.post(f"{campaign}/{path}", body)
    assert answer.status == status, answer.text
    if field:
        assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body.2": {"field": "Missing"}}, "parameters.body.2.field"),
        ({"body.9": {"value": "x"}}, "parameters.body.9"),
    ],
)
def test_a_message_that_does_not_fit_its_template_is_refused(
    api: Caller, world: World, clock: Clock, change: Any, field: str
) -> None:
    campaign = ready(api, world, clock)
    answer = message(api, campaign, **change)
    assert answer.status == 400
    assert field in [error["field"] for error in answer.json["errors"]]


def test_nobody_sees_the_campaigns_of_another_subaccount(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    stranger = Caller(app, world).as_(Role.SUPERVISOR, subaccounts=["elsewhere"])
    assert stranger.get(campaign).status == 404
    assert stranger.get(BASE).json["items"] == []
    assert [each["name"] for each in api.get(f"{BASE}?state=draft&name=Spr").json["items"]] == ["Spring"]
    assert stranger.post(BASE, {"channelId": "main"}).status == 403


def test_a_copy_is_a_draft_of_its_own(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    copy = api.post(f"{campaign}/clone").json
    assert (copy["state"], copy["name"]) == ("draft", "Spring (copy)")
    assert api.delete(campaign).status == 204
    assert api.get(campaign).status == 404
    assert api.post(f"{BASE}/{copy['id']}/launch").status == 202
    pump(world, clock)
    assert api.get(f"{BASE}/{copy['id']}/progress").json["counts"]["sent"] == 2


def test_a_group_becomes_recipients_and_stays_while_it_is_needed(api: Caller, world: World, clock: Clock) -> None:
    people = [
        identity.resolve(world.table, Identities(phone=p), now=clock(), new_id=world.new_id)
        for p in ("+6591000001", "+6591000002")
    ]
    friends = groups.create(world.table, "Friends", "", is_blacklist=False, now=clock(), new_id=world.new_id())
    groups.change_members(world.table, friends.id, [each.id for each in people], joins=True, now=clock())
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Spring'}).json['id']}"
    assert api.post(f"{campaign}/recipients/contacts", {"groupIds": ["1"]}).json["errors"][0]["field"] == "groupIds.0"
    assert api.post(f"{campaign}/recipients/contacts", {"groupIds": [friends.id]}).status == 202
    pump(world, clock)
    recipients = api.get(campaign).json["recipients"]
    assert (recipients["source"], recipients["summary"]["valid"]) == ("contacts", 2)
    url = f"/api/v1/accounts/parley/groups/{friends.id}"
    administrator = api.as_(Role.ADMINISTRATOR)
    assert administrator.delete(url).status == 409
    assert api.delete(campaign).status == 204
    assert administrator.delete(url).status in {202, 204}


def test_a_customers_answer_reaches_funnel_row_and_timeline(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    api.post(f"{campaign}/launch", {})
    pump(world, clock)
    state = answered(world, clock)
    funnel = {step["name"]: step["count"] for step in api.get(f"{campaign}/report").json["funnel"]}
    assert (funnel["accepted"], funnel["replied"]) == (2, 1)
    rows = api.get(f"{campaign}/recipients?to=91000001").json["items"]
    assert [bool(row["repliedAt"]) for row in rows] == [True]
    moments = api.get(f"{campaign}/timeline?per=day").json["items"]
    assert [(m["at"][:10], m["accepted"], m["replied"]) for m in moments] == [("2026-11-22", 2, 1)]
    (shown,) = conversations.messages(world.table, state.id).items
    assert (shown["direction"], shown["sender"]["kind"]) == ("out", "campaign")
    assert shown["sender"]["name"] == api.get(campaign).json["name"]
    assert (shown["preview"], shown["type"]) == ("Hi Ána, your code is A1.", "template")


def answered(world: World, clock: Clock) -> Conversation:
    """The first recipient writes back; the stream says so twice."""
    person = identity.resolve(world.table, Identities(phone="+6591000001"), now=clock(), new_id=world.new_id)
    state = Conversation(
        id=f"main.{person.id}", channel_id="main", contact_id=person.id, created_at=clock(), phone=person.phone
    )
    world.table.transact([conversations.created(state)])
    event = Event(id="e1", type="message.received", at=clock(), topic="conversation", subject=state.id)
    replies.heard(world, [event, event])
    return state


def test_an_answer_that_is_faster_than_the_first_status_finds_its_message(
    api: Caller, world: World, clock: Clock
) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    api.post(f"{campaign}/launch", {})
    pump(world, clock)
    run_id = api.get(f"{campaign}/report").json["runId"]
    in_hand = {"state": "sending", "rank": RowState.SENDING.rank}
    world.ledger.update(Update(ledger.key_of(run_id, 0), set=in_hand, remove=("wamid", "accepted_at")))
    (shown,) = conversations.messages(world.table, answered(world, clock).id).items
    assert (shown["status"], shown["sender"]["kind"]) == ("accepted", "campaign")


def test_the_operators_own_prices_take_the_place_of_the_estimate(api: Caller) -> None:
    administrator = api.as_(Role.ADMINISTRATOR)
    prices = "/api/v1/campaign-prices"
    assert api.get(prices).json["estimated"] is True
    rates = {"marketing": "0.05", "utility": "0.01", "authentication": "0.01"}
    card = {"validFrom": "2026-11-01", "markets": [{"countries": ["*"], **rates}]}
    assert administrator.put(prices, card).status == 200
    assert (api.get(prices).json["estimated"], api.get(prices).json["validFrom"]) == (False, "2026-11-01")
    assert administrator.delete(f"{prices}?validFrom=2026-11-01").status == 204
    assert api.get(prices).json["estimated"] is True
    wrong = administrator.put(prices, {"validFrom": "2026-11-01", "markets": [{"countries": ["SG"], **rates}]})
    assert wrong.status in {400, 422}


def test_who_gets_nothing_is_named_before_anything_is_sent(api: Caller, world: World, clock: Clock) -> None:
    campaign = ready(api, world, clock)
    assert api.get(f"{campaign}/preflight/skipped").status == 404
    message(api, campaign)
    assert api.post(f"{campaign}/preflight").status == 200
    found = download(world, api.get(f"{campaign}/preflight/skipped").json["url"])
    assert [(row["line"], row["to"], row["reason"]) for row in found] == [
        ("4", "+6591000002", "duplicate"),
        ("5", "12", "invalid_number"),
        ("6", "+6591000009", "opted_out"),
    ]
    assert all(row["explanation"] for row in found)
    assert world.transport.accepted == []  # type: ignore[attr-defined]
