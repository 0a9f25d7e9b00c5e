"""Reports: what happened is counted once, in the reader's time zone and queues."""

import csv
import io
import random
from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.cloud.table import load
from chalicelib.converse.reports.counters import count
from chalicelib.events.model import Event
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller

HELLO = {"message": {"type": "text", "text": {"body": "We are on it"}}}
DAY = "since=2026-11-22&until=2026-11-22"


def _events(shop: Shop) -> list[Event]:
    raw = shop.world.table.client.scan(TableName=shop.world.table.name)["Items"]
    return [Event.model_validate(load(item)) for item in raw if item["SK"]["S"].startswith(keys.EVENT)]


def _count(shop: Shop) -> None:
    """The stream brings everything, some of it twice, in any order."""
    events = _events(shop)
    brought = events + random.Random(1).sample(events, len(events) // 2)
    random.Random(2).shuffle(brought)
    for start in range(0, len(brought), 7):
        count(shop.world, brought[start : start + 7])
    count(shop.world, events)


def test_a_message_counts_where_it_came_to_though_the_ticket_has_moved_since(shop: Shop, boss: Caller) -> None:
    shop.open_queue("sg", conditions=[{"type": "country", "values": ["SG"]}])
    ticket_id = shop.writes().ticket_id
    assert boss.post(f"/api/v1/tickets/{ticket_id}/transfer", {"queueId": "default"}).status == 200
    _count(shop)
    rows = boss.get(f"/api/v1/reports/desk?{DAY}&by=queue").json["items"]
    assert {row["key"]: row["messagesIn"] for row in rows} == {"sg": 1, "default": 0}


@pytest.fixture
def boss(shop: Shop) -> Caller:
    return shop.hire("boss", Role.SUPERVISOR)


@pytest.fixture
def day(shop: Shop, boss: Caller) -> str:
    """Waits 5 minutes, is answered after 7 and again 4 after the next word, transferred, answered by Ben, resolved."""
    ana, ben = shop.hire("ana"), shop.hire("ben")
    shop.open_queue("second", members=[{"agentId": "ben"}])
    ticket_id = shop.writes().ticket_id or ""
    shop.clock.advance(minutes=5)
    ana.post(f"/api/v1/tickets/{ticket_id}/claim")
    shop.clock.advance(minutes=2)
    ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    shop.writes("And?")
    shop.clock.advance(minutes=4)
    ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    shop.clock.advance(minutes=10)
    ana.post(f"/api/v1/tickets/{ticket_id}/transfer", {"queueId": "second"})
    ben.post(f"/api/v1/tickets/{ticket_id}/claim")
    shop.clock.advance(minutes=9)
    ben.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    ben.post(f"/api/v1/tickets/{ticket_id}/resolve", {"disposition": "Issue solved"})
    ben.post(f"/api/v1/tickets/{ticket_id}/close", {})
    _count(shop)
    return ticket_id


def _picked(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_each_thing_counts_once_where_it_happened(boss: Caller, day: str) -> None:
    found = boss.get(f"/api/v1/reports/desk?{DAY}&by=queue").json
    first, second = found["items"]
    names = (
        "created",
        "assigned",
        "transferredIn",
        "transferredOut",
        "resolved",
        "closed",
        "messagesIn",
        "messagesOut",
    )
    assert _picked(first, "key", *names) == ["default", 1, 1, 0, 1, 0, 0, 2, 2]
    assert _picked(second, "key", *names) == ["second", 0, 1, 1, 0, 1, 1, 0, 1]
    total = found["total"]
    assert _picked(total, "averageWait", "averageFirstResponse", "averageResponse") == [300, 420, 330]
    assert _picked(total, "averageHandling", "averageResolution") == [(16 + 9) * 60 / 2, 30 * 60]
    assert total["dispositions"] == {"Issue solved": 1}


def test_agents_are_counted_each_by_themselves(boss: Caller, day: str) -> None:
    rows = boss.get(f"/api/v1/reports/desk?{DAY}&by=agent").json["items"]
    assert [_picked(row, "name", "assigned", "resolved", "messagesOut", "averageHandling") for row in rows] == [
        ["Ana", 1, 0, 2, 960],
        ["Ben", 1, 1, 1, 540],
    ]
    (only,) = boss.get(f"/api/v1/reports/desk?{DAY}&by=agent&agentId=ben").json["items"]
    assert only["key"] == "ben"


@pytest.mark.parametrize(
    ("zone", "key"), [("UTC", "2026-11-22"), ("Asia/Kathmandu", "2026-11-22"), ("Pacific/Kiritimati", "2026-11-23")]
)
def test_days_are_those_of_the_readers_time_zone(boss: Caller, day: str, zone: str, key: str) -> None:
    rows = boss.get(f"/api/v1/reports/desk?since=2026-11-21&until=2026-11-24&timeZone={zone}&by=day").json["items"]
    assert [(row["key"], row["created"]) for row in rows] == [(key, 1)]


def test_a_supervisor_counts_only_the_queues_they_answer_for(shop: Shop, day: str) -> None:
    shop.open_queue("third", supervisors=["eve"])
    eve, root = shop.hire("eve", Role.SUPERVISOR), shop.hire("root", Role.ADMINISTRATOR)
    second = root.get("/api/v1/queues/second")
    draft = {"name": "Second", "supervisors": ["boss"], "members": second.json["members"]}
    root.put("/api/v1/queues/second", draft, if_match=second.headers["ETag"])
    assert eve.get(f"/api/v1/reports/desk?{DAY}&by=total").json["total"]["resolved"] == 0
    assert eve.get(f"/api/v1/reports/desk?{DAY}&queueId=second").status == 403
    assert shop.as_("ana").get(f"/api/v1/reports/desk?{DAY}").status == 403


def test_targets_met_and_missed_are_counted(shop: Shop, boss: Caller) -> None:
    ana = shop.hire("ana")
    shop.open_queue("q", conditions=[{"type": "channel", "values": ["ch1"]}], sla=[{"assign": 10, "firstResponse": 10}])
    ticket_id = shop.writes().ticket_id
    shop.clock.advance(minutes=9)
    ana.post(f"/api/v1/tickets/{ticket_id}/claim")
    shop.clock.advance(minutes=9)
    ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    _count(shop)
    total = boss.get(f"/api/v1/reports/desk?{DAY}&by=total").json["total"]
    assert (total["slaMet"], total["slaMissed"]) == ({"assign": 1}, {"first_response": 1})


def test_a_report_is_a_csv_file_too(boss: Caller, day: str) -> None:
    answer = boss.get(f"/api/v1/reports/desk.csv?{DAY}&by=queue")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [(row["key"], row["created"], row["resolved"]) for row in rows] == [
        ("default", "1", "0"), ("second", "0", "1"), ("total", "1", "1"),
    ]  # fmt: skip
    assert rows[-1]["dispositions"] == "Issue solved=1"


def test_a_transcript_has_the_tickets_own_messages_and_no_formulas(shop: Shop, boss: Caller) -> None:
    ticket_id = shop.writes("=HYPERLINK(1)").ticket_id
    boss.post(f"/api/v1/tickets/{ticket_id}/close", {})
    shop.writes("Another ticket")
    text = boss.get(f"/api/v1/tickets/{ticket_id}/transcript.csv").text.lstrip("\ufeff")
    assert [(row["direction"], row["text"]) for row in csv.DictReader(io.StringIO(text))] == [("in", "'=HYPERLINK(1)")]


def test_aux_codes_are_logged_for_everybody(shop: Shop, boss: Caller) -> None:
    ana = shop.hire("ana")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    shop.clock.advance(minutes=30)
    ana.put("/api/v1/agents/me/presence", {"presence": "away", "auxCode": "Lunch"})
    shop.clock.advance(minutes=45)
    rows = boss.get(f"/api/v1/reports/presence?{DAY}").json["items"]
    assert [(row["name"], row["presence"], row["auxCode"], row["seconds"]) for row in rows] == [
        ("Ana", "available", "", 1800), ("Ana", "away", "Lunch", 2700),
    ]  # fmt: skip
    assert "Lunch" in boss.get(f"/api/v1/reports/presence.csv?{DAY}").text


def test_a_period_is_at_most_92_days(boss: Caller) -> None:
    for period in ("since=2026-01-01&until=2026-11-22", "since=2026-11-22&until=2026-11-21"):
        refused = boss.get(f"/api/v1/reports/desk?{period}")
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, "until")
