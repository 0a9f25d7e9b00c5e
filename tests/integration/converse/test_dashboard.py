"""The desk at this moment, as far as the reader answers for it."""

from chalicelib.access.permissions import Role
from tests.integration.converse.conftest import Shop


def test_the_dashboard_counts_what_waits_and_who_is_there(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    for person in ("ana", "ben"):
        shop.hire(person)
    shop.at_work("ana", capacity=2)
    shop.at_work("ben", presence="away")
    ids = [shop.writes(wa_id=f"65912345{n:02}").ticket_id for n in range(5)]
    shop.clock.advance(seconds=90)
    shop.as_("ana").post(f"/api/v1/tickets/{ids[0]}/status", {"status": "on_hold"})
    now = boss.get("/api/v1/converse/dashboard").json
    assert (now["inQueue"], now["assigned"], now["onHold"], now["longestWaitSeconds"]) == (3, 1, 1, 90)
    team = {"available": 1, "busy": 0, "away": 1, "offline": 1, "capacity": 2, "load": 2}
    assert now["team"] == team
    assert [(queue["queueId"], queue["inQueue"]) for queue in now["queues"]] == [("default", 3)]


def test_a_supervisor_sees_the_queues_they_answer_for(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    shop.open_queue("hers", supervisors=["boss"])
    shop.open_queue("theirs", supervisors=["somebody"])
    shown = boss.get("/api/v1/converse/dashboard").json["queues"]
    assert [queue["queueId"] for queue in shown] == ["hers", "default"]
    assert shop.hire("ana").get("/api/v1/converse/dashboard").status == 403
