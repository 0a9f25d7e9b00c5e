"""Who the customers are: names, user ids, hidden numbers."""

from pathlib import Path

import pytest

from infra.local.simulator import customers, inbound, sending
from infra.local.simulator.config import Config
from infra.local.simulator.records import Customer

from .arrange import (
    CUSTOMER,
    customer_writes,
    hello,
    later,
    number,
    refusal,
    send,
    simulator,
    statuses,
    template,
    text,
    values,
)

PORTFOLIO = "506914307656634"
DAY = 86_400


def hidden(folder: Path):  # type: ignore[no-untyped-def]
    world = simulator(folder)
    world.store.put_customer(Customer(wa_id=CUSTOMER, name="Ana", username="ana", hides_phone=True))
    return world


def test_the_same_seed_makes_the_same_people() -> None:
    one, other = Config(seed=5), Config(seed=6)
    assert customers.made_up(one, CUSTOMER) == customers.made_up(one, CUSTOMER)
    numbers = [f"65900{i:05}" for i in range(50)]
    assert [customers.made_up(one, n).name for n in numbers] != [customers.made_up(other, n).name for n in numbers]


def test_the_share_of_people_who_hide_their_number_is_kept() -> None:
    config = Config(hidden_phone_share=0.2)
    hiding = [customers.made_up(config, f"65900{i:05}") for i in range(2_000)]
    assert 340 < sum(person.hides_phone for person in hiding) < 460
    assert all(person.username for person in hiding if person.hides_phone)


def test_a_user_id_has_the_country_and_is_another_in_each_portfolio() -> None:
    config = Config()
    ids = {customers.bsuid(config, portfolio, CUSTOMER) for portfolio in ("1", "2")}
    assert len(ids) == 2
    assert all(id_.startswith("SG.") and id_[3:].isdigit() for id_ in ids)


def test_who_hides_the_number_writes_under_a_user_id_and_a_username(tmp_path: Path) -> None:
    world = hidden(tmp_path)
    customer_writes(world)
    (value,) = values(world)
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"]
    assert value["contacts"][0]["profile"] == {"name": "Ana", "username": "@ana"}
    assert "wa_id" not in value["contacts"][0]


def test_who_was_messaged_under_the_number_shows_it_for_thirty_days(tmp_path: Path) -> None:
    world = hidden(tmp_path)
    send(world, hello())
    later(world)
    assert all(s["recipient_id"] == CUSTOMER for s in statuses(world))
    later(world, 29 * DAY)
    customer_writes(world)
    assert values(world)[0]["messages"][0]["from"] == CUSTOMER
    later(world, 2 * DAY)
    customer_writes(world)
    assert "from" not in values(world)[0]["messages"][0]


def test_a_message_to_a_user_id_arrives_and_no_status_shows_the_number(tmp_path: Path) -> None:
    world = hidden(tmp_path)
    customer_writes(world)
    user_id = values(world)[0]["contacts"][0]["user_id"]
    answer = sending.send(world, number(world), text(to=None) | {"recipient": user_id})
    assert answer["contacts"] == [{"input": user_id, "user_id": user_id}]
    later(world)
    told = statuses(world)
    assert [s["status"] for s in told] == ["sent", "delivered", "read"]
    assert all("recipient_id" not in s and s["recipient_user_id"] == user_id for s in told)


def test_the_number_wins_when_both_are_given(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world, wa_id="6599999999")
    user_id = values(world)[0]["contacts"][0]["user_id"]
    wamid = send(world, hello(recipient=user_id))
    message = world.store.message(wamid)
    assert message is not None
    assert message.wa_id == CUSTOMER


def test_a_new_number_brings_a_new_user_id_and_ends_the_old(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    old = values(world)[0]["contacts"][0]["user_id"]
    customer_writes(world, type="system", text=None, system={"type": "user_changed_number", "wa_id": "6598765432"})
    (value,) = values(world)
    system = value["messages"][0]["system"]
    assert "contacts" not in value
    assert (value["messages"][0]["from"], system["wa_id"], system["previous_user_id"]) == (CUSTOMER, "6598765432", old)
    customer_writes(world, wa_id="6598765432")
    assert values(world)[0]["contacts"][0]["user_id"] == system["user_id"] != old


def test_a_changed_user_id_tells_the_old_one_and_the_old_one_is_void(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    old = values(world)[0]["contacts"][0]["user_id"]
    customer_writes(world, type="system", text=None, system={"type": "user_changed_user_id"})
    system = values(world)[0]["messages"][0]["system"]
    assert system["previous_user_id"] == old
    assert refusal(world, template("hello_world", to="") | {"to": None, "recipient": old}).code == 131009


def test_parent_user_ids_when_the_business_has_them(tmp_path: Path) -> None:
    world = simulator(tmp_path, parent_user_ids=True)
    customer_writes(world)
    (value,) = values(world)
    parent = value["contacts"][0]["parent_user_id"]
    assert parent.startswith("SG.ENT.")
    assert value["messages"][0]["from_parent_user_id"] == parent
    send(world, text(to=None) | {"recipient": parent})


def test_a_blocked_customer_cannot_write(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    chat = world.store.chats_of(CUSTOMER)[0]
    chat.blocked = True
    world.store.put_chat(chat)
    with pytest.raises(inbound.Problem) as caught:
        customer_writes(world)
    assert caught.value.status == 409
