"""What time alone does to a ticket."""

from datetime import datetime, timedelta

import pytest

from chalicelib.access.permissions import Role
from chalicelib.converse.tickets.model import Status
from chalicelib.inbound.timers import minute
from tests.integration.converse.conftest import Shop


def _pass(shop: Shop, **delta: float) -> None:
    """Time goes by, a minute's run now and then."""
    shop.clock.advance(**delta)
    minute(shop.world, lambda _: None)


@pytest.mark.parametrize("start", ["resolve", "pending"])
def test_a_resolved_or_pending_ticket_closes_after_its_hour(shop: Shop, start: str) -> None:
    ana = shop.hire("ana")
    message = shop.writes()
    ana.post(f"/api/v1/tickets/{message.ticket_id}/claim")
    if start == "resolve":
        ana.post(f"/api/v1/tickets/{message.ticket_id}/resolve", {})
    else:
        ana.post(f"/api/v1/tickets/{message.ticket_id}/status", {"status": "pending"})
    _pass(shop, minutes=59)
    assert shop.ticket(message).status is not Status.CLOSED
    _pass(shop, minutes=2)
    _pass(shop, minutes=1)
    assert (shop.ticket(message).status, shop.conversation(message).ticket_id) == (Status.CLOSED, None)
    assert shop.agent("ana").load == 0


def test_an_answer_keeps_a_pending_ticket_for_another_hour(shop: Shop) -> None:
    ana = shop.hire("ana")
    message = shop.writes()
    ana.post(f"/api/v1/tickets/{message.ticket_id}/claim")
    ana.post(f"/api/v1/tickets/{message.ticket_id}/status", {"status": "pending"})
    _pass(shop, minutes=50)
    ana.post(f"/api/v1/tickets/{message.ticket_id}/messages", {"message": {"type": "text", "text": {"body": "Hello?"}}})
    _pass(shop, minutes=50)
    assert shop.ticket(message).status is Status.PENDING
    _pass(shop, minutes=12)
    assert shop.ticket(message).status is Status.CLOSED


def test_a_ticket_nobody_takes_overflows_into_another_queue(shop: Shop) -> None:
    shop.open_queue("backup", members=[{"agent_id": "zoe"}])
    shop.open_queue(
        "front",
        conditions=[{"type": "channel", "values": ["ch1"]}],
        members=[],
        overflow={"after_seconds": 180, "queue_id": "backup"},
    )
    message = shop.writes()
    before = shop.ticket(message)
    _pass(shop, minutes=2)
    assert shop.ticket(message).queue_id == "front"
    _pass(shop, minutes=2)
    after = shop.ticket(message)
    assert (after.queue_id, after.in_line_since) == ("backup", before.in_line_since)


def test_a_target_is_warned_of_then_missed_and_counted(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    shop.open_queue(
        "sla", conditions=[{"type": "channel", "values": ["ch1"]}], sla=[{"first_response": 10, "resolution": 60}]
    )
    message = shop.writes()
    assert set(shop.ticket(message).deadlines) == {"first_response", "resolution"}
    _pass(shop, minutes=9)
    assert shop.ticket(message).deadlines["first_response"].warned
    _pass(shop, minutes=2)
    assert shop.ticket(message).deadlines["first_response"].breached
    boss.post(f"/api/v1/tickets/{message.ticket_id}/messages", {"message": {"type": "text", "text": {"body": "Sorry"}}})
    boss.post(f"/api/v1/tickets/{message.ticket_id}/resolve", {})
    ticket = shop.ticket(message)
    assert (ticket.sla_met, ticket.sla_missed, ticket.deadlines) == ({"resolution": 1}, {"first_response": 1}, {})
    actions = [entry["action"] for entry in boss.get(f"/api/v1/tickets/{ticket.id}/history").json["items"]]
    assert actions == ["created", "sla_warning", "sla_breached", "answered", "resolved"]


def test_the_end_of_the_window_is_told_an_hour_before_and_once(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    message = shop.writes()
    _pass(shop, hours=22)
    shop.writes("Still me")
    _pass(shop, hours=1.5)
    _pass(shop, hours=21)
    for _ in range(3):
        _pass(shop, minutes=40)
    entries = boss.get(f"/api/v1/tickets/{message.ticket_id}/history").json["items"]
    assert [entry["action"] for entry in entries].count("window_closing") == 1
    ticket = shop.ticket(message)
    assert ticket.window_warned_for == ticket.window_closes_at


def test_a_vanished_agents_tickets_are_back_within_a_minute_with_their_age(shop: Shop) -> None:
    ana = shop.hire("ana")
    assert ana.put("/api/v1/agents/me/presence", {"presence": "available"}).json["load"] == 0
    message = shop.writes()
    before = shop.ticket(message)
    assert before.agent_id == "ana"
    gone = shop.clock()
    shop.clock.advance(seconds=1)

    def sleep(seconds: float) -> None:
        shop.clock.advance(seconds=seconds)

    while shop.ticket(message).agent_id:
        minute(shop.world, sleep)
        shop.clock.advance(seconds=15)
    returned = next(
        entry for entry in shop.hire("boss", Role.SUPERVISOR).get(f"/api/v1/tickets/{before.id}/history").json["items"]
        if entry["action"] == "returned"
    )  # fmt: skip
    assert returned["reason"] == "the agent vanished"
    assert datetime.fromisoformat(returned["at"]) - gone <= timedelta(seconds=60)
    after = shop.ticket(message)
    assert (after.in_line, after.in_line_since, shop.agent("ana").load) == (True, before.in_line_since, 0)


def test_an_agent_who_gives_signs_of_life_keeps_the_tickets(shop: Shop) -> None:
    ana = shop.hire("ana")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    message = shop.writes()
    for _ in range(12):
        shop.clock.advance(seconds=20)
        ana.post("/api/v1/agents/me/heartbeat")
        minute(shop.world, lambda _: None)
    assert shop.ticket(message).agent_id == "ana"


def test_an_agent_who_logs_out_keeps_the_tickets_for_a_quarter_of_an_hour(shop: Shop) -> None:
    ana = shop.hire("ana")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    message = shop.writes()
    ana.put("/api/v1/agents/me/presence", {"presence": "offline"})
    _pass(shop, minutes=14)
    assert shop.ticket(message).agent_id == "ana"
    _pass(shop, minutes=1)
    assert shop.ticket(message).agent_id == ""
