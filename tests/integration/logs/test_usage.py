"""What Meta charged is counted from its statuses: each message once, whoever sent it, in whatever order they come."""

from itertools import permutations
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.campaigns import ledger, prices
from chalicelib.cloud import keys
from chalicelib.conversations import usage
from chalicelib.inbound.status_lane import take_statuses
from chalicelib.whatsapp.webhook import parse
from tests.integration.conversations.conftest import Scene
from tests.support.api import Caller

USAGE = "/api/v1/usage?first=2026-11"
MARKETING = {"type": "regular", "category": "marketing"}
SERVICE = {"type": "free_customer_service", "category": "service"}
DELIVERED_AT = "1795348800"  # 2026-11-22T12:00:00Z


def _status(callback: str, status: str, pricing: dict[str, str] | None = None) -> dict[str, Any]:
    found = {
        "id": f"wamid.{callback}", "status": status, "timestamp": DELIVERED_AT, "recipient_id": "6591234567",
        "biz_opaque_callback_data": callback,
    }  # fmt: skip
    return found | ({"pricing": pricing} if pricing else {})


def _tell(scene: Scene, *statuses: dict[str, Any], again: bool = False) -> None:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "statuses": list(statuses)}
    entry = {"id": "2", "changes": [{"field": "messages", "value": value}]}
    take_statuses(list(parse({"object": "whatsapp_business_account", "entry": [entry]})), scene.world, again=again)


def _sent_row(scene: Scene, row: int = 0) -> str:
    """A campaign's message that WhatsApp has taken: its callback data."""
    made = ledger.new_row(
        "r1", row, line=2, to="+6591234567", country="SG", reason="", client_id="", at=scene.world.clock()
    )
    scene.world.ledger.put(made | {"state": "accepted", "rank": 4})
    return f"c:r1:0:{row}:a"


def _reply(scene: Scene) -> str:
    message = scene.submit()
    return f"m:{message.conversation_id}|{message.position}:a"


def _usage(scene: Scene, url: str = USAGE, **who: Any) -> Any:
    return Caller(app, scene.world).as_(Role.ADMINISTRATOR, **who).get(url).json


def _counts(scene: Scene) -> dict[tuple[str, str], int]:
    return {(line["category"], line["type"]): line["messages"] for line in _usage(scene)["lines"]}


@pytest.mark.parametrize("make", [_sent_row, _reply])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_message_is_counted_once_in_whatever_order_and_however_often_its_statuses_come(
    scene: Scene, make: Any, order: tuple[int, ...]
) -> None:
    callback = make(scene)
    statuses = [
        _status(callback, "sent", MARKETING),
        _status(callback, "delivered", MARKETING),
        _status(callback, "read"),
    ]
    for number in order * 2:
        _tell(scene, statuses[number])
    _tell(scene, *statuses)
    assert _counts(scene) == {("marketing", "regular"): 1}


@pytest.mark.parametrize("make", [_sent_row, _reply])
def test_a_message_whose_price_comes_with_two_statuses_is_counted_once(scene: Scene, make: Any) -> None:
    callback = make(scene)
    both = _status(callback, "delivered", MARKETING), _status(callback, "read", MARKETING)
    _tell(scene, *both)
    for each in both:
        _tell(scene, each)
    assert _counts(scene) == {("marketing", "regular"): 1}


@pytest.mark.parametrize("make", [_sent_row, _reply])
def test_what_was_sent_and_has_not_arrived_is_not_charged(scene: Scene, make: Any) -> None:
    callback = make(scene)
    _tell(scene, _status(callback, "sent", MARKETING))
    _tell(scene, _status(callback, "failed", MARKETING))
    assert _counts(scene) == {}


@pytest.mark.parametrize("make", [_sent_row, _reply])
def test_a_worker_that_is_killed_before_it_counts_has_counted_when_the_batch_comes_again(
    scene: Scene, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = make(scene)
    statuses = [_status(callback, "delivered", MARKETING), _status(callback, "read", MARKETING)]
    with monkeypatch.context() as killed:
        killed.setattr(usage.Bill, "commit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _tell(scene, *statuses)
    assert _counts(scene) == {}
    _tell(scene, *statuses)
    _tell(scene, *statuses)
    assert _counts(scene) == {("marketing", "regular"): 1}


@pytest.mark.parametrize("make", [_sent_row, _reply])
def test_statuses_of_a_batch_that_was_killed_are_counted_when_they_come_again_in_other_company(
    scene: Scene, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_one = _status(make(scene), "delivered", MARKETING)
    counted = _status(_sent_row(scene, 7), "delivered", MARKETING)
    _tell(scene, counted)
    with monkeypatch.context() as killed:
        killed.setattr(usage.Bill, "commit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _tell(scene, killed_one, counted)
    for _ in range(2):
        _tell(scene, killed_one, again=True)
        _tell(scene, counted, again=True)
    assert _counts(scene) == {("marketing", "regular"): 2}


def test_the_cost_is_the_rate_cards_and_what_is_free_costs_nothing(scene: Scene) -> None:
    _tell(scene, *(_status(_sent_row(scene, row), "delivered", MARKETING) for row in range(3)))
    _tell(scene, _status(_reply(scene), "delivered", SERVICE))
    own = prices.OwnPriceCard(
        valid_from="2026-10-01",
        markets=[{"countries": ["*"], "marketing": "0.05", "utility": "0.01", "authentication": "0.01"}],
    )  # type: ignore[call-arg, arg-type]
    estimated = _usage(scene)
    prices.put(scene.world.table, own)
    exact = _usage(scene)
    assert [(line["country"], line["category"], line["cost"]) for line in exact["lines"]] == [
        ("SG", "marketing", "0.15"),
        ("SG", "service", "0"),
    ]
    assert (exact["messages"], exact["cost"], exact["estimated"]) == (4, "0.15", False)
    assert (estimated["cost"], estimated["estimated"]) == ("0.2196", True)


def test_an_older_month_keeps_its_price(scene: Scene) -> None:
    _tell(scene, _status(_sent_row(scene), "delivered", MARKETING))
    card = {"markets": [{"countries": ["*"], "marketing": "9", "utility": "9", "authentication": "9"}]}
    prices.put(scene.world.table, prices.OwnPriceCard(valid_from="2026-12-01", **card))  # type: ignore[arg-type]
    assert _usage(scene)["cost"] == "0.0732"


def test_a_batch_costs_one_transaction_whatever_its_size(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    callbacks = [_sent_row(scene, row) for row in range(50)]
    asked: list[int] = []
    transact = scene.world.table.transact
    monkeypatch.setattr(
        scene.world.table, "transact", lambda operations: asked.append(len(operations)) or transact(operations)
    )
    _tell(scene, *(_status(each, "delivered", MARKETING) for each in callbacks))
    assert asked == [2]
    assert _counts(scene) == {("marketing", "regular"): 50}


def test_a_reader_of_another_subaccount_sees_nothing(scene: Scene) -> None:
    _tell(scene, _status(_sent_row(scene), "delivered", MARKETING))
    assert _usage(scene, subaccounts=("other",))["lines"] == []
    assert _usage(scene, f"{USAGE}&channelId=ch1")["messages"] == 1
    assert _usage(scene, f"{USAGE}&channelId=ch2")["messages"] == 0


def test_a_year_may_be_asked_for_and_no_more(scene: Scene) -> None:
    assert _usage(scene, "/api/v1/usage?first=2026-01&last=2026-12")["lines"] == []
    for months in ("first=2025-12&last=2026-12", "first=2026-12&last=2026-11"):
        assert _usage(scene, f"/api/v1/usage?{months}")["errors"][0]["field"] == "last"


def test_the_counters_name_nobody(scene: Scene) -> None:
    _tell(scene, _status(_reply(scene), "delivered", MARKETING))
    [item] = [
        item
        for shard in range(usage.SHARDS)
        for item in scene.world.table.query_all(keys.message_usage("2026-11", shard, "").pk)
    ]
    assert item["SK"] == "1#SG"
