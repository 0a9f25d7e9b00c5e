"""Derived data is wiped and the raw archive replayed: the same state, and no message leaves."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cloud import keys
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.inbound import archive
from chalicelib.inbound.front import front_door
from chalicelib.inbound.lanes import split
from chalicelib.inbound.message_lane import take_message
from chalicelib.inbound.replay import replay
from chalicelib.inbound.unpack import updates_of
from tests.integration.converse.conftest import Shop
from tests.support.desk import desk


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of AWS may be made; nothing here has what it takes to call one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _comes(shop: Shop, wa_id: str, text: str, wamid: str) -> None:
    """One webhook, queued, archived and worked on as the workers do."""
    now = shop.clock()
    message = {
        "from": wa_id, "id": wamid, "type": "text", "text": {"body": text}, "timestamp": str(int(now.timestamp())),
    }  # fmt: skip
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    body = {"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]}
    queued = split(body, received_ms=int(now.timestamp() * 1000)).inbound
    archive.keep(shop.world.archive, "inbound", [each.body for each in queued], now)
    door = front_door(shop.world)
    for each in queued:
        for update in updates_of(json.loads(each.body), shop.world.archive.get):
            take_message(update, door)


def _state(shop: Shop) -> dict[str, Any]:
    """Everything that follows from what came, without the ids that were drawn for it."""
    items = shop.world.table.items()  # type: ignore[attr-defined]
    found: dict[str, Any] = {}
    for state in (item for item in items if item["SK"] == "STATE" and "contact_id" in item):
        mine = [item for item in items if item["PK"] == state["PK"] and item["SK"].startswith("MESSAGE#")]
        inbound = [item for item in sorted(mine, key=lambda item: item["SK"]) if item["direction"] == "in"]
        ticket = shop.world.table.get(_ticket_key(state))
        found[state["phone"]] = {
            "window": state["window_closes_at"],
            "last": state["last_inbound_at"],
            "messages": [(item["wamid"], item["preview"], item["at"], item["position"][:49]) for item in inbound],
            "ticket": ticket and (ticket["created_at"], ticket["queue_id"], ticket["status"]),
            "opted_out": sorted(identity.opted_out(shop.world.table, Identities(phone=state["phone"]))),
        }
    return found


def _ticket_key(state: dict[str, Any]) -> Any:
    return keys.ticket(state.get("ticket_id", "none"))


def test_a_replay_into_an_empty_table_makes_the_same_state_and_sends_nothing() -> None:
    shop = desk()
    began = shop.clock()
    for n in range(40):
        _comes(shop, f"6591{n % 8:06}", f"Message {n}", f"wamid.{n}")
        shop.clock.advance(minutes=4)
    _comes(shop, "6591000003", "STOP", "wamid.stop")
    sent = shop.world.queues.sent  # type: ignore[attr-defined]
    assert sent, "the platform confirmed the wish"

    fresh = desk(shop.clock(), archive=shop.world.archive)
    done = replay(fresh.world, began, shop.clock() + timedelta(hours=1))
    assert done == {"inbound": 41, "statuses": 0, "account": 0}
    assert _state(fresh) == _state(shop)
    assert _state(fresh)["+6591000003"]["opted_out"] == ["marketing@acme"]
    items = fresh.world.table.items()  # type: ignore[attr-defined]
    assert fresh.world.queues.sent == 0  # type: ignore[attr-defined]
    assert [item for item in items if item["SK"].startswith(keys.EVENT)] == [], "nobody is told and nothing begins"
    assert [item for item in items if item["SK"].startswith("MESSAGE#") and item["direction"] == "out"] == []
    assert any(item["PK"].startswith("MESSAGE_WORDS#") for item in items), "but it can be found"


def test_a_replay_over_what_is_there_changes_nothing() -> None:
    shop = desk()
    began = shop.clock()
    for n in range(10):
        _comes(shop, f"6591{n % 3:06}", f"Message {n}", f"wamid.{n}")
    before = _state(shop)
    tickets = {item["id"]: item for item in shop.world.table.items() if item["SK"] == "TICKET"}  # type: ignore[attr-defined]
    for _ in range(2):
        replay(shop.world, began, shop.clock() + timedelta(hours=1))
    assert _state(shop) == before
    assert {i["id"]: i for i in shop.world.table.items() if i["SK"] == "TICKET"} == tickets  # type: ignore[attr-defined]
