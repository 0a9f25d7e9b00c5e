"""A channel's health is read once a day, kept current by webhooks, and its hours are kept."""

import json
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import refreshing, store
from chalicelib.inbound import account as account_updates
from chalicelib.inbound.timers import subscribers
from chalicelib.timers.run import Run, run
from chalicelib.whatsapp.http import HttpRequest, HttpResponse
from chalicelib.whatsapp.webhook import AccountUpdate, parse
from chalicelib.wiring import World
from tests.integration.channels.test_api import DRAFT, Account, api
from tests.integration.channels.test_api import account as account_fixture
from tests.integration.conftest import Clock
from tests.support.api import Caller

__all__ = ["account_fixture", "api"]


class Meta(Account):
    """Also says the number's state, and who is subscribed."""

    asked = 0
    name_status = "APPROVED"

    def send(self, request: HttpRequest) -> HttpResponse:
        path = request.url.split("?")[0].rsplit("/v23.0/")[-1]
        if path == "2/subscribed_apps" and request.method == "GET" and not self.refuse:
            body: Any = {"data": [{"whatsapp_business_api_data": {"id": "77", "name": "Ours"}}]}
            return HttpResponse(200, {}, json.dumps(body).encode())
        answer = super().send(request)
        if path == "1" and not self.refuse:
            self.asked += 1
            told = {**json.loads(answer.body), "name_status": self.name_status, "status": "CONNECTED"}
            return HttpResponse(200, {}, json.dumps(told).encode())
        return answer


@pytest.fixture
def account(world: World) -> Meta:
    meta = Meta()
    world.transport = meta  # type: ignore[misc]
    return meta


def due(world: World, clock: Clock) -> Run:
    return run(world.table, subscribers(world), clock, until=clock().replace(year=2030))


def notice(value: dict[str, Any], field: str) -> AccountUpdate:
    (update,) = parse({"entry": [{"id": "2", "time": 1795348800, "changes": [{"field": field, "value": value}]}]})
    assert isinstance(update, AccountUpdate)
    return update


def test_health_is_read_again_every_day_and_after_a_failure_within_the_hour(
    api: Caller, account: Meta, world: World, clock: Clock
) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json
    assert (channel["nameStatus"], channel["numberStatus"]) == ("APPROVED", "CONNECTED")
    clock.advance(hours=23)
    due(world, clock)
    assert account.asked == 1
    account.name_status = "EXPIRED"
    clock.advance(hours=1, minutes=2)
    due(world, clock)
    shown = api.get(f"/api/v1/channels/{channel['id']}").json
    assert (shown["nameStatus"], shown["webhooksSubscribed"], account.asked) == ("EXPIRED", True, 2)
    account.refuse = True
    clock.advance(days=1, minutes=2)
    due(world, clock)
    account.refuse = False
    account.name_status = "APPROVED"
    clock.advance(hours=1, minutes=2)
    due(world, clock)
    assert api.get(f"/api/v1/channels/{channel['id']}").json["nameStatus"] == "APPROVED"


def test_reading_by_hand_moves_the_next_reading_and_makes_no_second(
    api: Caller, account: Meta, world: World, clock: Clock
) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json["id"]
    clock.advance(hours=12)
    assert api.post(f"/api/v1/channels/{channel}/refresh").status == 200
    clock.advance(hours=13)
    due(world, clock)
    assert account.asked == 2
    clock.advance(hours=12)
    due(world, clock)
    assert account.asked == 3
    refreshing.again(refreshing.Timer(id="x", kind="channel", subject="gone", due_at=clock()), world)


def test_metas_word_on_the_display_name_is_followed(api: Caller, world: World) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json["id"]
    told = {"display_phone_number": "6560000000", "decision": "APPROVED", "requested_verified_name": "Big Shop"}
    decided = notice(told, "phone_number_name_update")
    account_updates.apply(decided, world)
    account_updates.apply(decided, world)
    shown = api.get(f"/api/v1/channels/{channel}").json
    assert (shown["verifiedName"], shown["nameStatus"]) == ("Big Shop", "APPROVED")
    account_updates.apply(
        notice({**told, "decision": "REJECTED", "requested_verified_name": "X"}, "phone_number_name_update"), world
    )
    shown = api.get(f"/api/v1/channels/{channel}").json
    assert (shown["verifiedName"], shown["nameStatus"]) == ("Big Shop", "REJECTED")


def test_webhooks_that_reach_us_are_noted_once_a_minute(api: Caller, world: World, clock: Clock) -> None:
    made = store.get(world.table, api.post("/api/v1/channels", DRAFT).json["id"])
    store.heard(world.table, made, clock())
    first = clock()
    clock.advance(seconds=50)
    store.heard(world.table, made, clock())
    assert store.get(world.table, made.id).last_webhook_at == first
    clock.advance(seconds=20)
    store.heard(world.table, store.get(world.table, made.id), clock())
    assert store.get(world.table, made.id).last_webhook_at == clock()


def test_hours_and_words_are_set_by_a_person_and_checked(world: World, account: Meta) -> None:
    caller = Caller(app, world).as_(Role.ADMINISTRATOR)
    caller.post("/api/v1/subaccounts", {"id": "acme", "name": "Acme"})
    path = f"/api/v1/channels/{caller.post('/api/v1/channels', DRAFT).json['id']}"
    hours = {"timeZone": "Asia/Singapore", "shifts": [{"day": 0, "opens": "09:00", "closes": "18:00"}], "closedOn": []}
    changed = caller.patch(path, {"hours": hours, "awayMessage": "Back on Monday.", "first": "agent"})
    assert (changed.status, changed.json["hours"], changed.json["awayMessage"]) == (200, hours, "Back on Monday.")
    for wrong, field in (
        ({"hours": {**hours, "timeZone": "Mars/Base"}}, "hours.timeZone"),
        ({"hours": {"shifts": [{"day": 0, "opens": "18:00", "closes": "09:00"}]}}, "hours.shifts.0"),
        ({"awayMessage": "x" * 1025}, "awayMessage"),
    ):
        refused = caller.patch(path, wrong)
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)


def test_statuses_say_that_webhooks_come_with_one_write_a_minute(
    api: Caller, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = store.get(world.table, api.post("/api/v1/channels", DRAFT).json["id"]).phone_number_id
    hearing, asked = store.Hearing(), []
    update = world.table.update
    monkeypatch.setattr(world.table, "update", lambda change: asked.append(change.key) or update(change))
    for _ in range(100):
        hearing.note(world.table, [number, number, None], clock())
    assert len(asked) == 1
    clock.advance(seconds=61)
    hearing.note(world.table, [number], clock())
    store.Hearing().note(world.table, [number], clock())  # another worker
    assert len(asked) == 2, "the other worker reads that it is noted"
    assert store.channels(world.table)[0].last_webhook_at == clock()
