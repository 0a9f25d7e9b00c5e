"""Finding tickets by id, customer and words, page by page, and never one the reader may not see."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.conversations.model import Message
from chalicelib.converse.search import index
from chalicelib.events.model import Event
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller


def _say(shop: Shop, text: str, **who: str) -> Message:
    """A customer writes, and the stream brings the event."""
    message = shop.writes(text, **who)
    told = Event.model_validate(shop.world.table.get(keys.event(message.conversation_id, f"{message.id}.received")))
    index.index(shop.world, [told])
    return message


def _find(caller: Caller, text: str, more: str = "") -> list[tuple[str, str]]:
    answer = caller.get(f"/api/v1/tickets/search?q={quote(text)}{more}")
    assert answer.status == 200, answer.text
    return [(item["matched"], item["ticket"]["id"]) for item in answer.json["items"]]


@pytest.fixture
def boss(shop: Shop) -> Caller:
    return shop.hire("boss", Role.SUPERVISOR)


def test_a_ticket_is_found_by_id_number_name_and_words(shop: Shop, boss: Caller) -> None:
    message = _say(shop, "My parcel 4711 is broken")
    _say(shop, "Another parcel", wa_id="4915112345678")
    ticket_id = message.ticket_id or ""
    assert _find(boss, ticket_id.lower()) == [("id", ticket_id)]
    for by_customer in ("+65 9123 4567", "234567"):
        assert _find(boss, by_customer) == [("customer", ticket_id)]
    for by_message in ("broken parcel", "4711", "BROKEN"):
        assert _find(boss, by_message) == [("message", ticket_id)]
    assert _find(boss, "parcel unbroken") == []


def test_what_agents_wrote_is_found_too(shop: Shop, boss: Caller) -> None:
    message = _say(shop, "Hello")
    ticket_id = message.ticket_id or ""
    sent = boss.post(
        f"/api/v1/tickets/{ticket_id}/messages", {"message": {"type": "text", "text": {"body": "Voucher sent"}}}
    )
    told = Event.model_validate(
        shop.world.table.get(keys.event(message.conversation_id, f"{sent.json['id']}.submitted"))
    )
    index.index(shop.world, [told, told])
    assert _find(boss, "voucher") == [("message", ticket_id)]


def test_pages_neither_skip_nor_repeat_a_message(shop: Shop, boss: Caller) -> None:
    expected = []
    for n in range(7):
        expected.append(_say(shop, "Refund please", wa_id=f"65912345{n:02}").ticket_id)
        shop.clock.advance(hours=1)
    found, following = [], ""
    for _ in range(4):
        answer = boss.get(f"/api/v1/tickets/search?q=refund&limit=2{following}").json
        found += [item["ticket"]["id"] for item in answer["items"]]
        following = f"&next={answer['next']}"
    assert (found, answer["next"]) == (expected[::-1], None)


def test_a_search_goes_back_over_months(shop: Shop, boss: Caller) -> None:
    old = _say(shop, "Guarantee for the drill", wa_id="6591234501").ticket_id
    shop.clock.advance(days=120)
    new = _say(shop, "Guarantee for the saw", wa_id="6591234502").ticket_id
    assert _find(boss, "guarantee") == [("message", new), ("message", old)]
    assert _find(boss, "guarantee drill") == [("message", old)]
    shop.clock.advance(days=400)
    assert _find(boss, "guarantee") == []


def test_an_agent_finds_only_what_they_may_see(shop: Shop, boss: Caller) -> None:
    ana = shop.hire("ana")
    shop.open_queue("theirs", members=[{"agentId": "ben"}], conditions=[{"type": "country", "values": ["DE"]}])
    hers = _say(shop, "Secret recipe").ticket_id or ""
    _say(shop, "Secret recipe", wa_id="4915112345678")
    assert _find(ana, "recipe") == [("message", hers)]
    assert len(_find(boss, "recipe")) == 2
    assert _find(ana, "4915112345678") == []


def test_customers_come_before_messages_and_a_full_page_loses_neither(shop: Shop, boss: Caller) -> None:
    one = _say(shop, "call 91234501", wa_id="6591234501").ticket_id
    two = _say(shop, "call 91234501", wa_id="6591234502").ticket_id
    first = boss.get("/api/v1/tickets/search?q=91234501&limit=1").json
    assert [item["ticket"]["id"] for item in first["items"]] == [one]
    second = boss.get(f"/api/v1/tickets/search?q=91234501&limit=1&next={first['next']}").json
    assert [item["ticket"]["id"] for item in second["items"]] == [two]


@pytest.mark.parametrize("query", ["q=a", "q=%20%20.", "q=hello&next=nonsense", "q=hello&next=WyJtIiwgIiJd", "limit=5"])
def test_bad_searches_are_refused(shop: Shop, boss: Caller, query: str) -> None:
    assert boss.get(f"/api/v1/tickets/search?{query}").status == 400


def test_a_search_costs_no_more_for_many_tickets(shop: Shop, boss: Caller) -> None:
    def reads(total: int) -> dict[str, Any]:
        for n in range(total):
            _say(shop, f"Nothing special {total} {n}", wa_id=f"6592{total:02}{n:04}")
        _say(shop, f"needle{total}", wa_id=f"65929{total:06}")
        calls: dict[str, int] = {}
        client = shop.world.table.client

        class Counting:
            def __getattr__(self, name: str) -> Any:
                calls[name] = calls.get(name, 0) + 1
                return getattr(client, name)

        shop.world.table.client = Counting()
        assert len(_find(boss, f"needle{total}")) == 1
        shop.world.table.client = client
        return calls

    _find(boss, "warm")  # the first request of a session also notes that its person was here
    assert reads(3) == reads(20)
