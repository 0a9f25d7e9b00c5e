"""What leaves for the platform: the bytes, the signature, the batches, the retries, the faults."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.simulator import sending, statuses, webhooks
from infra.local.simulator.faults import Dice, Faults
from infra.local.simulator.records import Callback, Waba
from infra.local.simulator.world import World

from .arrange import CUSTOMER, NUMBER, T0, WABA, customer_writes, hello, later, number, posts, send, simulator, values


def faults(world: World, **knobs: Any) -> None:
    world.set_faults(Faults(**knobs))


def test_an_inbound_message_has_metas_envelope(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    wamid = customer_writes(world, "hi")
    user_id = world.store.rows("SELECT user_id FROM identities")[0][0]
    assert posts(world) == [
        {
            "object": "whatsapp_business_account",
            "entry": [
                {
                    "id": WABA,
                    "changes": [
                        {
                            "value": {
                                "messaging_product": "whatsapp",
                                "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
                                "contacts": [
                                    {"profile": {"name": "Ana Hansen"}, "wa_id": CUSTOMER, "user_id": user_id}
                                ],
                                "messages": [
                                    {
                                        "from": CUSTOMER,
                                        "from_user_id": user_id,
                                        "id": wamid,
                                        "timestamp": str(int(T0)),
                                        "type": "text",
                                        "text": {"body": "hi"},
                                    }
                                ],
                            },
                            "field": "messages",
                        }
                    ],
                }
            ],
        }
    ]


def test_everything_above_ascii_is_escaped_in_lower_case_and_slashes_too() -> None:
    assert webhooks.encode({"a": "é😀/"}) == b'{"a":"\\u00e9\\ud83d\\ude00\\/"}'


def test_the_signature_is_over_the_bytes_that_leave() -> None:
    body = b'{"object":"whatsapp_business_account"}'
    expected = hmac.new(b"test-app-secret", body, hashlib.sha256).hexdigest()
    assert webhooks.signature("test-app-secret", body) == f"sha256={expected}"
    assert expected == "b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"


def test_statuses_are_packed_up_to_the_knob_and_messages_are_not(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, batch_statuses=4)
    for index in range(3):
        send(world, hello(to=f"+659123456{index}"))
    later(world)
    customer_writes(world)
    customer_writes(world)
    sizes = [len(v.get("statuses", [])) or -len(v["messages"]) for v in values(world)]
    assert sorted(sizes) == [-1, -1, 1, 4, 4]


def test_statuses_that_come_while_the_first_one_waits_share_its_post(tmp_path: Path) -> None:
    world = simulator(tmp_path, webhook_linger_ms=500)
    for index in range(5):
        wamid = send(world, hello(to=f"+659123456{index}"))
        statuses.report(world, wamid, "sent", world.now())
        world.clock.advance(0.1)
    assert webhooks.pack(world) == 1
    (row,) = world.store.rows("SELECT body FROM deliveries")
    assert len(json.loads(row[0])["entry"][0]["changes"][0]["value"]["statuses"]) == 5


def test_statuses_of_several_numbers_share_a_post_and_no_value(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    other = number(world).model_copy(update={"id": "99", "display_phone_number": "+6531580000"})
    world.store.put("99", other)
    send(world, hello())
    sending.send(world, other, hello())
    later(world)
    found = posts(world)
    assert len(found) == 1
    told = [c["value"]["metadata"]["phone_number_id"] for c in found[0]["entry"][0]["changes"]]
    assert sorted(told) == [NUMBER, "99"]


def test_messages_can_be_batched_too(tmp_path: Path) -> None:
    world = simulator(tmp_path, batch_messages=10)
    for _ in range(3):
        customer_writes(world)
    assert [len(v["messages"]) for v in values(world)] == [3]


def _deliveries(world: World) -> list[tuple[int, float]]:
    return [(row[0], row[1]) for row in world.store.rows("SELECT tries, due FROM deliveries ORDER BY id")]


def _answer(world: World, ok: bool) -> None:
    for row in world.store.rows("SELECT id, url, lane, tries, first, body FROM deliveries"):
        webhooks.settle(world, webhooks.Delivery(*row), ok)


def test_a_post_that_is_not_answered_200_comes_again_ever_later_and_then_never(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    webhooks.pack(world)
    waits: list[float] = []
    while _deliveries(world):
        _answer(world, ok=False)
        if not (rows := _deliveries(world)):
            break
        waits.append(rows[0][1] - world.now())
        world.clock.advance(waits[-1])
    assert waits[:4] == [1, 2, 4, 8]
    assert waits == sorted(waits)
    assert waits[-1] == 3_600
    assert sum(waits) > 36 * 3_600
    assert world.store.counters()["webhooks_dropped"] == 1


def test_a_post_that_is_answered_200_is_forgotten(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    webhooks.pack(world)
    _answer(world, ok=True)
    assert _deliveries(world) == []


def test_duplicate_webhooks_are_the_same_bytes_twice(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, duplicate_webhooks=True)
    customer_writes(world)
    first, second = posts(world)
    assert first == second


def test_dropped_statuses_never_leave_but_happened(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, drop_status_rate=1)
    wamid = send(world, hello())
    later(world)
    assert posts(world) == []
    message = world.store.message(wamid)
    assert message is not None
    assert message.status == "read"


def test_shuffled_webhooks_are_all_there_in_another_order(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, shuffle_webhooks=True, batch_statuses=1, seed=3)
    sent = [customer_writes(world) for _ in range(12)]
    told = [v["messages"][0]["id"] for v in values(world)]
    assert sorted(told) == sorted(sent)
    assert told != sent


def test_the_same_seed_throws_the_same_faults() -> None:
    def throws(seed: int) -> list[bool]:
        dice = Dice(Faults(seed=seed), 1)
        return [dice.hits(0.5) for _ in range(64)]

    assert throws(7) == throws(7)
    assert throws(7) != throws(8)


def test_delayed_webhooks_wait(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, webhook_delay_ms=60_000)
    customer_writes(world)
    assert posts(world) == []
    world.clock.advance(60)
    assert len(posts(world)) == 1


def test_a_waba_that_is_not_subscribed_hears_nothing(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put(WABA, Waba(id=WABA, subscribed=False))
    customer_writes(world)
    assert posts(world) == []


@pytest.mark.parametrize(("level", "url"), [("waba", "http://waba"), ("number", "http://number")])
def test_overrides_win_over_the_apps_url(level: str, url: str, tmp_path: Path) -> None:
    world = simulator(tmp_path)
    waba = world.store.waba(WABA)
    assert waba is not None
    waba.override = Callback(url="http://waba")
    world.store.put(WABA, waba)
    if level == "number":
        ours = number(world)
        ours.override = Callback(url="http://number")
        world.store.put(ours.id, ours)
    customer_writes(world)
    webhooks.pack(world)
    assert world.store.rows("SELECT url FROM deliveries") == [(url,)]


def test_bodies_stay_below_metas_three_megabytes(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    faults(world, batch_statuses=1_000, throughput_mps=10_000)
    for index in range(100):
        send(world, hello(to=f"+65912{index:05}", biz_opaque_callback_data="x" * 512))
    later(world)
    world.clock.advance(5)
    webhooks.pack(world)
    sizes = [len(body) for (body,) in world.store.rows("SELECT body FROM deliveries")]
    assert max(sizes) < 3 * 1024 * 1024
    assert sum(len(c["value"]["statuses"]) for (b,) in world.store.rows("SELECT body FROM deliveries") for e in json.loads(b)["entry"] for c in e["changes"]) == 300  # fmt: skip  # noqa: E501
