"""A ticket put off leaves its agent's list and comes back by itself, by hand, or when the customer writes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.cloud.clock import stamp
from chalicelib.converse.agents import presence
from chalicelib.inbound.timers import minute
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller


@pytest.fixture
def ana(shop: Shop) -> Caller:
    caller = shop.hire("ana")
    shop.at_work("ana")
    return caller


def _in(shop: Shop, **delta: float) -> str:
    return stamp(shop.clock() + timedelta(**delta))


def _ids(caller: Caller, view: str) -> list[Any]:
    return [item["id"] for item in caller.get(f"/api/v1/tickets?view={view}").json["items"]]


def test_a_ticket_put_off_comes_back_at_its_time(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    put_off = ana.put(f"/api/v1/tickets/{ticket_id}/reminder", {"at": _in(shop, hours=3), "note": "Parcel is due"})
    assert (put_off.status, put_off.json["reminder"]) == (200, "Parcel is due")
    assert (_ids(ana, "mine"), _ids(ana, "snoozed")) == ([], [ticket_id])
    assert ana.get("/api/v1/tickets/counts").json["snoozed"] == 1
    shop.clock.advance(hours=3, minutes=1)
    ana.post("/api/v1/agents/me/heartbeat")
    minute(shop.world, lambda seconds: None)
    assert (_ids(ana, "mine"), _ids(ana, "snoozed")) == ([ticket_id], [])
    entry = ana.get(f"/api/v1/tickets/{ticket_id}/history").json["items"][-1]
    assert (entry["action"], entry["reason"]) == ("reminded", "Parcel is due")


def test_the_customers_word_brings_it_back_at_once(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    ana.put(f"/api/v1/tickets/{ticket_id}/reminder", {"at": _in(shop, days=2)})
    shop.writes("Hello?")
    assert (_ids(ana, "mine"), shop.ticket(ticket_id or "").snoozed_until) == ([ticket_id], None)


def test_a_reminder_is_taken_back(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    ana.put(f"/api/v1/tickets/{ticket_id}/reminder", {"at": _in(shop, days=2)})
    assert ana.delete(f"/api/v1/tickets/{ticket_id}/reminder").json["snoozedUntil"] is None
    assert _ids(ana, "mine") == [ticket_id]


def test_a_pending_ticket_does_not_close_while_it_is_put_off(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    ana.post(f"/api/v1/tickets/{ticket_id}/status", {"status": "pending"})
    shop.clock.advance(minutes=20)
    put_off = ana.put(f"/api/v1/tickets/{ticket_id}/reminder", {"at": _in(shop, days=1)}).json
    closes = datetime.fromisoformat(put_off["closesAt"])
    assert closes - shop.clock() == timedelta(days=1, minutes=40)
    woken = ana.delete(f"/api/v1/tickets/{ticket_id}/reminder").json
    assert datetime.fromisoformat(woken["closesAt"]) - shop.clock() == timedelta(minutes=40)


def test_a_ticket_put_off_goes_back_into_the_line_with_its_agent(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id or ""
    ana.put(f"/api/v1/tickets/{ticket_id}/reminder", {"at": _in(shop, days=2)})
    shop.at_work("ana", presence="offline", load=1)
    assert presence.give_back(shop.world, "ana", "gone") == 1
    ticket = shop.ticket(ticket_id)
    assert (ticket.in_line, ticket.snoozed_until) == (True, None)


def test_what_cannot_be_put_off(shop: Shop, ana: Caller) -> None:
    shop.at_work("ana", presence="away")
    waiting = shop.writes(wa_id="6591234599").ticket_id
    ben = shop.hire("ben")
    assert ben.put(f"/api/v1/tickets/{waiting}/reminder", {"at": _in(shop, days=2)}).json["code"] == "not_yours"
    ana.post(f"/api/v1/tickets/{waiting}/claim")
    for at in (_in(shop, minutes=-1), _in(shop, days=400)):
        refused = ana.put(f"/api/v1/tickets/{waiting}/reminder", {"at": at})
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, "at")
    ana.post(f"/api/v1/tickets/{waiting}/resolve", {})
    assert ana.put(f"/api/v1/tickets/{waiting}/reminder", {"at": _in(shop, days=2)}).json["code"] == "not_in_hand"
