"""Rules: priority order, OR inside a condition, AND across them, the default queue last."""

from chalicelib.converse.queues.model import DEFAULT, Queue
from chalicelib.converse.queues.routing import Facts, route


def _queue(queue_id: str, priority: int, *conditions: tuple[str, list[str]], enabled: bool = True) -> Queue:
    listed = [{"type": kind, "values": values} for kind, values in conditions]
    draft = {"id": queue_id, "name": queue_id, "priority": priority, "enabled": enabled, "conditions": listed}
    return Queue.model_validate(draft)


SG = Facts(channel_id="c1", country="SG", customer_groups=("vip",))


def test_the_first_queue_by_priority_that_matches_takes_the_ticket() -> None:
    queues = [_queue("b", 2, ("country", ["SG"])), _queue("a", 1, ("country", ["SG"])), DEFAULT]
    assert route(queues, SG).queue_id == "a"


def test_one_value_of_a_condition_is_enough_but_all_conditions_must_hold() -> None:
    both = _queue("x", 1, ("country", ["MY", "SG"]), ("channel", ["c2"]))
    assert route([both], SG).queue_id == "default"
    assert route([both], SG.model_copy(update={"channel_id": "c2"})).queue_id == "x"


def test_customer_groups_match_when_any_is_shared() -> None:
    assert route([_queue("x", 1, ("customer_group", ["gold", "vip"]))], SG).queue_id == "x"


def test_a_queue_that_is_off_or_has_no_conditions_takes_nothing() -> None:
    queues = [_queue("off", 1, ("country", ["SG"]), enabled=False), _queue("by-hand", 2)]
    assert route(queues, SG).queue_id == "default"


def test_it_tells_who_was_asked_and_why_each_said_no() -> None:
    told = route([_queue("x", 1, ("channel_type", ["webchat"]))], SG)
    assert [(each.queue_id, each.why) for each in told.asked] == [
        ("x", "the channel type is whatsapp, not webchat"),
        ("default", "no other queue took it"),
    ]


def test_a_customer_of_unknown_country_matches_no_country() -> None:
    assert route([_queue("x", 1, ("country", ["SG"]))], Facts(channel_id="c1")).queue_id == "default"
