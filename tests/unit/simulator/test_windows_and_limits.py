from pathlib import Path

from infra.local.simulator.records import Customer, Waba

from .arrange import (
    CUSTOMER,
    NUMBER,
    WABA,
    body_of,
    customer_writes,
    failure,
    hello,
    later,
    number,
    posts,
    refusal,
    send,
    simulator,
    template,
    text,
)

DAY = 86_400


def test_free_form_outside_the_window_is_accepted_and_fails_by_webhook(tmp_path: Path) -> None:
    assert failure(simulator(tmp_path), text()) == 131047


def test_free_form_inside_the_window_is_delivered(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    assert failure(world, text()) is None


def test_the_window_closes_a_day_after_the_customers_last_message(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    later(world, DAY - 1)
    assert failure(world, text()) is None
    later(world, 2)
    assert failure(world, text()) == 131047


def test_a_template_opens_no_window(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    send(world, hello())
    assert failure(world, text()) == 131047


def test_the_window_counts_from_the_timestamp_of_the_message(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world, timestamp=int(world.now()) - DAY - 1)
    assert failure(world, text()) == 131047


def test_more_messages_in_a_second_than_the_number_allows_are_refused(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    ours = number(world)
    ours.throughput = 3
    world.store.put(ours.id, ours)
    customer_writes(world)  # received messages count too
    for index in range(2):
        send(world, hello(to=f"+65912345{index:02}"))
    assert refusal(world, hello()).code == 130429
    world.clock.advance(1)
    send(world, hello())


def test_the_fault_throughput_overrides_every_number(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.set_faults(world.faults.model_copy(update={"throughput_mps": 1}))
    send(world, hello())
    assert refusal(world, hello()).code == 130429


def test_refused_messages_do_not_use_up_throughput(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.set_faults(world.faults.model_copy(update={"throughput_mps": 1}))
    send(world, hello())
    refusal(world, hello())
    assert world.store.counters()[f"mps:{NUMBER}"] == 1


def test_forty_five_messages_at_once_to_one_person_and_then_one_in_six_seconds(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    for _ in range(45):
        send(world, hello())
    assert refusal(world, hello()).code == 131056
    world.clock.advance(6)
    send(world, hello())
    assert refusal(world, hello()).code == 131056
    send(world, hello(to="+6599999999"))


def test_a_burst_of_twenty_is_paid_back_in_two_minutes(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    for _ in range(20):
        send(world, hello())
    world.clock.advance(120)
    for _ in range(45):
        send(world, hello())


def _tier(folder: Path, tier: str):  # type: ignore[no-untyped-def]
    world = simulator(folder)
    world.store.put(WABA, Waba(id=WABA, messaging_limit=tier))  # type: ignore[arg-type]
    return world


def test_the_portfolio_limit_counts_people_outside_a_window_in_a_rolling_day(tmp_path: Path) -> None:
    world = _tier(tmp_path, "TIER_50")
    for index in range(50):
        send(world, hello(to=f"+659000{index:04}"))
        world.clock.advance(1)
    assert failure(world, hello(to="+6590010000")) == 131048
    assert failure(world, hello(to="+6590000001")) is None  # one of the fifty
    customer_writes(world, wa_id="6590010000")
    assert failure(world, hello(to="+6590010000")) is None  # inside a window
    later(world, DAY)
    assert failure(world, hello(to="+6590020000")) is None


def test_numbers_that_are_not_on_whatsapp_fail_by_webhook(tmp_path: Path) -> None:
    assert failure(simulator(tmp_path), hello(to="+6591230404")) == 131026


def _sale(to: str = "+" + CUSTOMER) -> dict[str, object]:
    picture = {
        "type": "header",
        "parameters": [{"type": "image", "image": {"link": "http://127.0.0.1:1/a.png"}}],
    }
    return template("spring_sale", picture, body_of("Ana", "25 %"), to=to)


def test_marketing_is_not_delivered_to_the_united_states(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    assert failure(world, _sale("+12015550123")) == 131049
    assert failure(world, hello("+12015550123")) is None


def test_marketing_to_canada_is_delivered(tmp_path: Path) -> None:
    assert failure(simulator(tmp_path), _sale("+14165550123")) is None


def test_marketing_to_a_customer_who_stopped_it_fails_and_utility_does_not(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put_customer(Customer(wa_id=CUSTOMER, stopped=[NUMBER]))
    assert failure(world, _sale()) == 131050
    assert failure(world, hello()) is None


def test_a_failed_message_is_never_sent_or_delivered(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    send(world, text())
    later(world)
    told = [s["status"] for p in posts(world) for s in p["entry"][0]["changes"][0]["value"]["statuses"]]
    assert told == ["failed"]


def test_metas_marketing_cap_holds_until_the_customer_writes_and_spares_utility(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put_customer(Customer(wa_id=CUSTOMER, marketing_capped=True))
    assert failure(world, _sale()) == 131049
    assert failure(world, hello()) is None
    customer_writes(world)
    assert failure(world, _sale()) is None
