"""A scripted afternoon at the desk: 200 customers, 6 agents, 4 queues, transfers, an agent who vanishes, a window that closes.

The script keeps a book of its own of everything it does; the report must say the same, number by number.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.converse.agents import presence
from chalicelib.converse.reports.counters import count
from chalicelib.events.model import Event
from chalicelib.inbound.timers import minute
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller
from tests.support.desk import desk

CUSTOMERS = 200
QUEUES = {
    "sg": ("SG", "6591{:06}"),
    "de": ("DE", "4915112{:06}"),
    "fr": ("FR", "33612{:06}"),
    "default": ("", "1212555{:04}"),
}
TEAM = {"ana": "sg", "ben": "sg", "cem": "de", "dia": "fr", "eva": "default", "fay": "default"}
ANSWER = {"message": {"type": "text", "text": {"body": "We are on it"}}}
ROOM = {"sg": 1, "de": 2, "fr": 2, "default": 1}
"""How many tickets an agent takes at a time."""
VANISHES_AT, RETURNS_AT = 60, 75


class Book:
    """What the script did, by queue and by agent."""

    def __init__(self) -> None:
        self.queues: dict[str, Counter[str]] = defaultdict(Counter)
        self.agents: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, queue: str, agent: str = "", **numbers: float) -> None:
        for name, number in numbers.items():
            self.queues[queue][name] += int(number)
            self.agents[agent][name] += int(number)


class Afternoon:
    """The state of the script: who has which ticket since when, and what the customer still waits for."""

    def __init__(self) -> None:
        self.shop: Shop = desk()
        self.book = Book()
        self.people: dict[str, Caller] = {name: self.shop.hire(name) for name in TEAM}
        self.boss = self.shop.hire("boss", Role.SUPERVISOR)
        for queue, (country, _) in QUEUES.items():
            members = [{"agent_id": name} for name, home in TEAM.items() if home == queue]
            if country:
                rule = [{"type": "country", "values": [country]}]
                self.shop.open_queue(queue, conditions=rule, members=members, method="pick")
        default = {"name": "Rest", "members": [{"agentId": "eva"}, {"agentId": "fay"}], "method": "pick"}
        root = self.shop.hire("root", Role.ADMINISTRATOR)
        assert root.put("/api/v1/queues/default", default, if_match='"1"').status == 200
        for name in TEAM:
            self.arrive(name)
        self.at_work = set(TEAM)
        self.line: dict[str, list[str]] = {queue: [] for queue in QUEUES}
        self.hands: dict[str, dict[str, datetime]] = {name: {} for name in TEAM}
        self.born: dict[str, datetime] = {}
        self.number: dict[str, int] = {}
        self.waiting_since: dict[str, datetime] = {}
        self.answered: Counter[str] = Counter()
        self.assigned_before: set[str] = set()
        self.moved: set[str] = set()
        self.told: set[str] = set()

    @property
    def now(self) -> datetime:
        return self.shop.clock()

    def arrive(self, name: str) -> None:
        assert self.people[name].put("/api/v1/agents/me/presence", {"presence": "available"}).status == 200

    def customer_writes(self, number: int) -> None:
        queue = list(QUEUES)[number % 4]
        message = self.shop.writes(f"Question {number}", wa_id=QUEUES[queue][1].format(number))
        ticket_id = message.ticket_id or ""
        self.waiting_since.setdefault(ticket_id, self.now)
        if ticket_id in self.born:
            holder = next((name for name, held in self.hands.items() if ticket_id in held), "")
            self.book.add(queue, holder, messages_in=1)
            return
        self.born[ticket_id], self.number[ticket_id] = self.now, number
        self.line[queue].append(ticket_id)
        self.book.add(queue, created=1, messages_in=1)

    def agents_take(self) -> None:
        for name, queue in TEAM.items():
            while name in self.at_work and self.line[queue] and len(self.hands[name]) < ROOM[queue]:
                ticket_id = self.line[queue].pop(0)
                assert self.people[name].post(f"/api/v1/tickets/{ticket_id}/claim").status == 200
                self.hands[name][ticket_id] = self.now
                self.book.add(queue, name, assigned=1)
                if ticket_id not in self.assigned_before:
                    self.assigned_before.add(ticket_id)
                    self.book.add(queue, name, first_assigned=1, wait=self.seconds(self.born[ticket_id]))

    def agents_work(self) -> None:
        for name in sorted(self.at_work):
            for ticket_id, since in list(self.hands[name].items()):
                age = (self.now - since) // timedelta(minutes=1)
                if age >= 6:
                    self.end(name, ticket_id)
                elif age >= 3 and ticket_id in self.waiting_since:
                    self.answer(name, ticket_id)

    def answer(self, name: str, ticket_id: str) -> None:
        assert self.people[name].post(f"/api/v1/tickets/{ticket_id}/messages", ANSWER).status == 202
        queue = TEAM[name]
        self.book.add(
            queue, name, messages_out=1, responses=1, response=self.seconds(self.waiting_since.pop(ticket_id))
        )
        self.answered[ticket_id] += 1
        if self.answered[ticket_id] == 1:
            self.book.add(queue, name, first_responses=1, first_response=self.seconds(self.born[ticket_id]))

    def end(self, name: str, ticket_id: str) -> None:
        queue, number = TEAM[name], self.number[ticket_id]
        self.leaves_hands(name, ticket_id)
        if number % 20 == 6 and ticket_id not in self.moved:
            self.moved.add(ticket_id)
            body = {"queueId": "default", "note": "Yours, I think"}
            assert self.boss.post(f"/api/v1/tickets/{ticket_id}/transfer", body).status == 200
            self.book.add(queue, name, transferred_out=1)
            self.book.add("default", transferred_in=1)
            self.line["default"].append(ticket_id)
            return
        done = {"disposition": "Issue solved"}
        assert self.people[name].post(f"/api/v1/tickets/{ticket_id}/resolve", done).status == 200
        self.waiting_since.pop(ticket_id, None)
        self.book.add(queue, name, resolved=1, resolution=self.seconds(self.born[ticket_id]), closed=1)

    def vanishes(self, name: str) -> None:
        """Nothing is heard of the agent any more; within a minute the tickets are back in the line."""
        self.at_work.discard(name)
        self.shop.clock.advance(seconds=45)
        self.hear()
        presence.watch(self.shop.world)
        for ticket_id in list(self.hands[name]):
            assert self.shop.ticket(ticket_id).in_line
            self.leaves_hands(name, ticket_id)
            self.line[TEAM[name]].append(ticket_id)
        self.line[TEAM[name]].sort(key=lambda ticket_id: self.born[ticket_id])
        self.shop.clock.advance(seconds=15)

    def leaves_hands(self, name: str, ticket_id: str) -> None:
        since = self.hands[name].pop(ticket_id)
        self.book.add(TEAM[name], name, handled=1, handling=self.seconds(since))

    def hear(self) -> None:
        for name in self.at_work:
            presence.hear(self.shop.world.table, name, self.now)

    def stream(self) -> None:
        """The table's stream brings what is new, and some of it twice."""
        items = self.shop.world.table.items()  # type: ignore[attr-defined]
        new = [
            Event.model_validate(item)
            for item in items
            if item["SK"].startswith(keys.EVENT) and item["id"] not in self.told
        ]
        self.told |= {event.id for event in new}
        count(self.shop.world, new)
        count(self.shop.world, new[::3])

    def seconds(self, since: datetime) -> int:
        return round((self.now - since).total_seconds())


def _script() -> Afternoon:
    day = Afternoon()
    for at in range(CUSTOMERS + 60):
        day.hear()
        if at < CUSTOMERS:
            day.customer_writes(at)
            day.stream()
        back = at - 12
        if 0 <= back < CUSTOMERS and back % 10 == 0:  # some write again while somebody has them
            holders = [ticket for held in day.hands.values() for ticket in held if day.number[ticket] == back]
            if holders:
                day.customer_writes(back)
                day.stream()
        if at == RETURNS_AT:
            day.at_work.add("cem")
            day.hear()
            day.arrive("cem")
        day.agents_take()
        day.agents_work()
        day.stream()
        if at == VANISHES_AT:
            day.vanishes("cem")
        else:
            day.shop.clock.advance(minutes=1)
        if at % 10 == 0:
            day.hear()
            minute(day.shop.world, lambda _: None)
    return day


def _said(numbers: Counter[str]) -> dict[str, Any]:
    def average(total: str, parts: str) -> float | None:
        return round(numbers[total] / numbers[parts], 1) if numbers[parts] else None

    return {
        "created": numbers["created"],
        "assigned": numbers["assigned"],
        "transferredIn": numbers["transferred_in"],
        "transferredOut": numbers["transferred_out"],
        "resolved": numbers["resolved"],
        "closed": numbers["closed"],
        "messagesIn": numbers["messages_in"],
        "messagesOut": numbers["messages_out"],
        "averageWait": average("wait", "first_assigned"),
        "averageFirstResponse": average("first_response", "first_responses"),
        "averageResponse": average("response", "responses"),
        "averageHandling": average("handling", "handled"),
        "averageResolution": average("resolution", "resolved"),
    }


def _told(row: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in like}


def test_an_afternoon_is_reported_number_by_number() -> None:
    day = _script()
    late = day.shop.writes("Anybody still there?", wa_id="12125559999")
    day.book.add("default", created=1, messages_in=1)
    day.stream()
    for _ in range(25):  # the night: what is resolved closes, the window of the last one too
        day.shop.clock.advance(hours=1)
        minute(day.shop.world, lambda _: None)
    day.stream()
    period = "since=2026-11-22&until=2026-11-23"
    by_queue = {row["key"]: row for row in day.boss.get(f"/api/v1/reports/desk?{period}&by=queue").json["items"]}
    for queue, numbers in day.book.queues.items():
        assert (queue, _told(by_queue[queue], _said(numbers))) == (queue, _said(numbers))
    by_agent = {row["key"]: row for row in day.boss.get(f"/api/v1/reports/desk?{period}&by=agent").json["items"]}
    for name in TEAM:
        expected = _said(day.book.agents[name])
        # Resolved tickets close by themselves, and keep who had them last.
        assert (name, _told(by_agent[name], expected)) == (name, expected)
    total = day.boss.get(f"/api/v1/reports/desk?{period}&by=total").json["total"]
    assert (total["created"], total["resolved"], total["closed"]) == (201, 200, 200)
    assert total["transferredIn"] == total["transferredOut"] == len(day.moved) > 3
    assert total["dispositions"] == {"Issue solved": 200}

    refused = day.boss.post(f"/api/v1/tickets/{late.ticket_id}/messages", ANSWER)
    assert (refused.status, refused.json["code"]) == (409, "window_closed")
    actions = [entry["action"] for entry in day.boss.get(f"/api/v1/tickets/{late.ticket_id}/history").json["items"]]
    assert "window_closing" in actions
