"""What a status webhook says: order, price, conversation, identity."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.simulator import media
from infra.local.simulator import statuses as reports
from infra.local.simulator.records import Customer

from .arrange import (
    CUSTOMER,
    NUMBER,
    body_of,
    customer_writes,
    hello,
    later,
    number,
    send,
    simulator,
    statuses,
    template,
    text,
    values,
)

DAY = 86_400
COPY = {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "1"}]}
AD = {"source_url": "https://fb.me/x", "source_id": "1", "source_type": "ad", "headline": "h", "body": "b"}


def told(folder: Path, payload: dict[str, Any], **config: Any) -> list[dict[str, Any]]:
    world = simulator(folder, **config)
    customer_writes(world)
    values(world)
    send(world, payload)
    later(world)
    return statuses(world)


def test_sent_delivered_read_in_order_with_our_callback_data(tmp_path: Path) -> None:
    found = told(tmp_path, text(biz_opaque_callback_data="ours"))
    assert [(s["status"], s["biz_opaque_callback_data"], s["recipient_id"]) for s in found] == [
        ("sent", "ours", CUSTOMER), ("delivered", "ours", CUSTOMER), ("read", "ours", CUSTOMER),
    ]  # fmt: skip
    assert all(isinstance(s["timestamp"], str) for s in found)


def test_pricing_comes_with_sent_and_one_of_delivered_and_read(tmp_path: Path) -> None:
    assert ["pricing" in s for s in told(tmp_path, text())] == [True, True, False]


@pytest.mark.parametrize(
    ("payload", "pricing"),
    [
        (text(), {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}),
        (hello(), {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}),
        (
            template("login_code", body_of("1"), COPY),
            {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "authentication"},
        ),
    ],
    ids=["service", "utility", "authentication"],
)  # fmt: skip
def test_each_category_has_its_price(payload: dict[str, Any], pricing: dict[str, Any], tmp_path: Path) -> None:
    assert told(tmp_path, payload)[0]["pricing"] == pricing


def test_service_messages_are_charged_once_the_free_ones_of_the_month_are_used(tmp_path: Path) -> None:
    world = simulator(tmp_path, free_service_messages=1)
    customer_writes(world)
    send(world, text())
    send(world, text())
    later(world)
    types = [s["pricing"]["type"] for s in statuses(world) if s["status"] == "sent"]
    assert types == ["free_customer_service", "regular"]


def test_conversations_are_told_before_v24_only(tmp_path: Path) -> None:
    old = told(tmp_path / "old", text(), webhook_version="v23.0")
    assert old[0]["conversation"]["origin"] == {"type": "service"}
    assert "expiration_timestamp" in old[0]["conversation"]
    assert "conversation" not in told(tmp_path / "new", text(), webhook_version="v24.0")[0]


def test_answering_an_ad_within_a_day_opens_three_free_days(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world, referral=AD)
    send(world, text())
    opened = world.now()
    later(world, 71 * 3_600)
    send(world, hello())
    later(world, 3_700)
    send(world, hello())
    later(world)
    found = [s for s in statuses(world) if s["status"] == "sent"]
    assert [s["pricing"]["type"] for s in found] == ["free_entry_point", "free_entry_point", "regular"]
    assert found[0]["conversation"]["expiration_timestamp"] == str(int(opened) + 72 * 3_600)
    assert "conversation" not in found[2]


def test_a_phone_that_is_off_leaves_the_message_at_sent_until_it_is_on(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put_customer(Customer(wa_id=CUSTOMER, online=False))
    send(world, hello())
    later(world, DAY)
    assert [s["status"] for s in statuses(world)] == ["sent"]
    reports.come_online(world, CUSTOMER)
    assert [s["status"] for s in statuses(world)] == ["delivered"]


def test_a_person_reads_by_looking(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put_customer(Customer(wa_id=CUSTOMER, reads=False))
    send(world, hello())
    later(world)
    assert [s["status"] for s in statuses(world)] == ["sent", "delivered"]
    assert reports.read_by_customer(world, NUMBER, CUSTOMER) == 1
    assert reports.read_by_customer(world, NUMBER, CUSTOMER) == 0
    assert [s["status"] for s in statuses(world)] == ["read"]


def test_a_status_is_told_once(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    wamid = send(world, hello())
    later(world)
    statuses(world)
    reports.report(world, wamid, "delivered", world.now())
    assert statuses(world) == []


def test_a_voice_message_is_played(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    voice = media.keep(world, media.sample("audio"), "audio/ogg", NUMBER, media.UPLOAD_LIFE)
    send(
        world,
        {
            "messaging_product": "whatsapp",
            "to": "+" + CUSTOMER,
            "type": "audio",
            "audio": {"id": voice.id, "voice": True},
        },
    )
    later(world)
    assert [s["status"] for s in statuses(world)] == ["sent", "delivered", "read", "played"]


def test_contacts_come_with_every_status_unless_told_not_to_for_failed(tmp_path: Path) -> None:
    for wanted in (True, False):
        world = simulator(tmp_path / str(wanted), failed_status_contacts=wanted)
        send(world, text())
        later(world)
        assert ["contacts" in v for v in values(world)] == [wanted]


def test_the_statuses_of_one_number_name_it(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    send(world, hello())
    later(world)
    assert {v["metadata"]["phone_number_id"] for v in values(world)} == {number(world).id}
