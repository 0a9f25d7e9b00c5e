"""Who somebody is, however they come: the right number of contacts, and not one message lost, in every order of arrival."""

from itertools import count, permutations
from typing import Any

import pytest

from chalicelib.conversations.model import Message
from chalicelib.inbound.message_lane import take_message
from chalicelib.whatsapp.webhook import parse
from tests.integration.converse.conftest import Shop
from tests.support.desk import desk

PHONE, OTHER = "6591234567", "6598888888"
BSUID, STRANGER = "SG.13491208655302741918", "SG.99991208655302741918"

Who = dict[str, str]
PHONE_ONLY: Who = {"from": PHONE}
BSUID_ONLY: Who = {"from_user_id": BSUID}
BOTH: Who = {"from": PHONE, "from_user_id": BSUID}


def _take(shop: Shop, message: dict[str, Any]) -> None:
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
    take_message(update, shop.door)


def _all(shop: Shop, *people: Who) -> tuple[int, list[str]]:
    """What is there when each of these has written: how many people, and every word."""
    numbers = count(1)
    for who in people:
        n = next(numbers)
        at = str(int(shop.clock().timestamp()))
        _take(shop, {**who, "id": f"wamid.{n}", "timestamp": at, "type": "text", "text": {"body": f"Word {n}"}})
        shop.clock.advance(seconds=1)
    return _state(shop)


def _state(shop: Shop) -> tuple[int, list[str]]:
    items = shop.world.table.items()  # type: ignore[attr-defined]
    people = [item for item in items if item["SK"] == "CONTACT" and "merged_into" not in item]
    said = [Message.model_validate(item) for item in items if item["SK"].startswith("MESSAGE#")]
    return len(people), sorted(message.preview for message in said if message.type == "text")


WORDS = ["Word 1", "Word 2", "Word 3"]


@pytest.mark.parametrize("order", list(permutations([PHONE_ONLY, BSUID_ONLY, BOTH])))
def test_phone_only_bsuid_only_and_both_are_one_person_once_somebody_shows_both(order: tuple[Who, ...]) -> None:
    assert _all(desk(), *order) == (1, WORDS)


def test_a_phone_and_a_bsuid_that_nobody_has_shown_together_are_two() -> None:
    assert _all(desk(), PHONE_ONLY, BSUID_ONLY, PHONE_ONLY) == (2, WORDS)


@pytest.mark.parametrize(
    "variants",
    [("5511987654321", "551187654321"), ("525512345678", "5215512345678"), ("541123456789", "5491123456789")],
    ids=["Brazil's ninth digit", "Mexico's 1", "Argentina's 9"],
)
def test_two_spellings_of_a_number_are_one_person(variants: tuple[str, str]) -> None:
    one, other = ({"from": number} for number in variants)
    assert _all(desk(), one, other, one) == (1, WORDS)
    assert _all(desk(), other, one, other) == (1, WORDS)


def test_a_landline_of_the_same_digits_is_somebody_else() -> None:
    assert _all(desk(), {"from": "5511987654321"}, {"from": "551133334444"}, {"from": "5511987654321"}) == (2, WORDS)


def _changes_number(shop: Shop, before: str, after: str, wamid: str = "wamid.system") -> None:
    system = {"body": "changed", "wa_id": after, "type": "user_changed_number"}
    at = str(int(shop.clock().timestamp()))
    _take(shop, {"from": before, "id": wamid, "timestamp": at, "type": "system", "system": system})


def test_a_change_of_number_keeps_the_person_and_frees_the_old_number_for_another() -> None:
    shop = desk()
    _all(shop, PHONE_ONLY)
    for _ in range(3):  # webhooks come twice and late
        _changes_number(shop, PHONE, OTHER)
    _take_text(shop, OTHER, "wamid.a", "With the new number")
    assert _state(shop) == (1, ["With the new number", "Word 1"])
    _take_text(shop, PHONE, "wamid.b", "The number's next owner")
    assert _state(shop)[0] == 2
    assert len(_state(shop)[1]) == 3


def test_a_change_to_a_number_that_has_written_already_makes_the_two_one() -> None:
    shop = desk()
    _take_text(shop, PHONE, "wamid.a", "Old")
    _take_text(shop, OTHER, "wamid.b", "New")
    _changes_number(shop, PHONE, OTHER)
    _take_text(shop, OTHER, "wamid.c", "Still me")
    assert _state(shop) == (1, ["New", "Old", "Still me"])


def test_strangers_stay_strangers() -> None:
    assert _all(desk(), BOTH, {"from": OTHER}, {"from_user_id": STRANGER}) == (3, WORDS)


def _take_text(shop: Shop, wa_id: str, wamid: str, text: str) -> None:
    at = str(int(shop.clock().timestamp()))
    _take(shop, {"from": wa_id, "id": wamid, "timestamp": at, "type": "text", "text": {"body": text}})
    shop.clock.advance(seconds=1)
