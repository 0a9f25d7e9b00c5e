"""A scripted afternoon on the packaged stack: 200 customers, 6 agents, 4 queues, transfers, an agent who vanishes, a window that
closes. Everything goes over HTTP and through the simulator; the script keeps a book, and the report must say the same.

Counts are compared one by one. Averages are compared with those of the tickets' own times, to the tenth of a second that the
report rounds to: a ticket keeps milliseconds, the counters what the clock said.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from infra.deploy import outputs
from tests.e2e.conftest import Answer, Json, LocalStack, eventually, request

Call = Callable[..., Answer]
CUSTOMERS = 200
COUNTRIES = {"CH": "4179{:07}", "AT": "43664{:07}", "NO": "479{:07}", "SE": "4670{:07}"}
"""A queue for each; no other test's customers come from there."""
TEAM = ("CH", "CH", "AT", "NO", "SE", "SE")
"""Where the six agents work; the last one vanishes."""
VANISHES = len(TEAM) - 1
HELD = 3
"""Tickets in the hands of the one who vanishes."""
PASSWORD = "Afternoon-2026"
ANSWER = {"type": "text", "text": {"body": "We are on it"}}


@dataclass
class Book:
    """What the script did, by queue and by agent."""

    queues: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    agents: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, queue: str, agent: str, **numbers: int) -> None:
        with self.lock:
            self.queues[queue].update(numbers)
            self.agents[agent].update(numbers)


@dataclass
class Desk:
    """The four queues, the six agents and their supervisor, each with a client of their own."""

    queues: dict[str, str]
    agents: list[tuple[str, Call]]
    boss: Call
    book: Book = field(default_factory=Book)
    answered_in: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Ticket → the queue and agent of its first answer."""
    first_in: dict[str, tuple[str, str]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)


@pytest.fixture
def desk(stack: Json, api: Call, local_stack: LocalStack) -> Iterator[Desk]:
    mark = uuid4().hex[:6]
    found = outputs(local_stack.aws.client("cloudformation"), "parley-local")
    cognito = local_stack.aws.client("cognito-idp")

    def hire(name: str, role: str) -> tuple[str, Call]:
        email = f"{name}-{mark}@parley.example"
        person = api("POST", "/users", {"email": email, "name": name, "role": role})
        assert person.status == 201, person.body
        cognito.admin_set_user_password(
            UserPoolId=found["UserPoolId"], Username=email, Password=PASSWORD, Permanent=True
        )
        json = {"Content-Type": "application/json"}
        url = f"{stack['api_url']}/api/v1"
        token = request("POST", f"{url}/auth/sign-in", {"email": email, "password": PASSWORD}, json).body["accessToken"]
        headers = {**json, "Authorization": f"Bearer {token}"}
        return person.body["id"], lambda method, path, body=None: request(method, url + path, body, headers)

    team = [hire(f"agent{n}", "agent") for n in range(len(TEAM))]
    _, boss = hire("boss", "supervisor")
    queues = {}
    for place, country in enumerate(COUNTRIES, 1):
        members = [{"agentId": team[n][0]} for n, home in enumerate(TEAM) if home == country]
        rule = [{"type": "country", "values": [country]}]
        body = {
            "name": f"{country} {mark}",
            "priority": place,
            "conditions": rule,
            "members": members,
            "method": "pick",
        }
        made = api("POST", "/queues", body)
        assert made.status == 201, made.body
        queues[country] = made.body["id"]
    yield Desk(queues, team, boss)
    for queue_id in queues.values():
        api("DELETE", f"/queues/{queue_id}")


def test_an_afternoon_is_reported_number_by_number(stack: Json, sim: Call, desk: Desk) -> None:
    number = stack["channels"][0]["phone_number_id"]
    for _, call in desk.agents:
        assert call("PUT", "/agents/me/presence", {"presence": "available"}).status == 200
    closes = datetime.now(UTC) + timedelta(seconds=75)
    for n in range(CUSTOMERS):
        _writes(sim, number, n, closes if n == 2 else None)
    at_work, stop = set(range(len(TEAM))), threading.Event()
    alive = threading.Thread(target=_signs_of_life, args=(desk, at_work, stop), daemon=True)
    alive.start()
    try:
        with ThreadPoolExecutor(len(TEAM)) as floor:
            held = floor.submit(_takes_and_vanishes, desk, at_work)
            late = eventually(lambda: _late(desk, closes), 120)
            list(floor.map(lambda n: _works(desk, n, late["id"]), range(VANISHES)))
            lost = held.result()
        _window_closes(desk, late, closes)
        _come_back(desk, lost)
    finally:
        stop.set()
        alive.join()
    end = time.monotonic() + 60
    while _differences(desk) and time.monotonic() < end:
        time.sleep(2)  # the counters come from the stream, a moment later
    assert _differences(desk) == []
    assert len(desk.moved) == CUSTOMERS // 20
    assert sum(numbers["resolved"] for numbers in desk.book.queues.values()) == CUSTOMERS
    _averages(desk)


def _writes(sim: Call, number: str, n: int, closes: datetime | None) -> None:
    wa_id = list(COUNTRIES.values())[n % 4].format(n)
    message: Json = {"phone_number_id": number, "type": "text", "text": {"body": f"Question {n}"}}
    if closes:
        message["timestamp"] = int((closes - timedelta(hours=24)).timestamp())
    assert sim("POST", f"/customers/{wa_id}/messages", message).status == 200


def _signs_of_life(desk: Desk, at_work: set[int], stop: threading.Event) -> None:
    while not stop.wait(15):
        for n in sorted(at_work):
            desk.agents[n][1]("POST", "/agents/me/heartbeat")


def _line(call: Call, queue_id: str) -> list[Json]:
    return list(call("GET", f"/tickets?view=unassigned&queueId={queue_id}&limit=50").body["items"])


def _takes_and_vanishes(desk: Desk, at_work: set[int]) -> list[str]:
    """The last agent takes some tickets and is never heard of again."""
    agent_id, call = desk.agents[VANISHES]
    queue_id = desk.queues[TEAM[VANISHES]]
    taken: list[str] = []
    while len(taken) < HELD:
        for ticket in _line(call, queue_id)[: HELD - len(taken)]:
            if call("POST", f"/tickets/{ticket['id']}/claim").status == 200:
                desk.first_in.setdefault(ticket["id"], (queue_id, agent_id))
                desk.book.add(queue_id, agent_id, assigned=1)
                taken.append(ticket["id"])
        time.sleep(0.5)
    at_work.discard(VANISHES)
    return taken


def _late(desk: Desk, closes: datetime) -> Json | None:
    """The ticket whose window is about to close."""
    found = [each for each in _line(desk.boss, desk.queues["NO"]) if each["window"]["closesAt"]]
    return next((each for each in found if _time(each["window"]["closesAt"]) <= closes), None)


def _works(desk: Desk, n: int, late_id: str) -> None:
    """An agent's afternoon: take who waits longest, answer, close; until nobody has come for a while."""
    agent_id, call = desk.agents[n]
    queue_id, idle = desk.queues[TEAM[n]], 0
    while idle < 12:
        waiting = [each for each in _line(call, queue_id) if each["id"] != late_id]
        idle = 0 if waiting else idle + 1
        if not waiting:
            time.sleep(1)
        for ticket in waiting[:5]:
            _serves(desk, queue_id, agent_id, call, ticket)


def _serves(desk: Desk, queue_id: str, agent_id: str, call: Call, ticket: Json) -> None:
    path = f"/tickets/{ticket['id']}"
    if call("POST", f"{path}/claim").status != 200:
        return  # the colleague was faster
    desk.first_in.setdefault(ticket["id"], (queue_id, agent_id))
    desk.book.add(queue_id, agent_id, assigned=1)
    customer = int(ticket["preview"].split()[-1])
    if (
        customer % 20 == 0 and ticket["id"] not in desk.moved
    ):  # of the first queue: to the second one, by the supervisor
        desk.moved.add(ticket["id"])
        there = desk.queues["AT"]
        assert desk.boss("POST", f"{path}/transfer", {"queueId": there, "note": "Yours"}).status == 200
        desk.book.add(queue_id, agent_id, transferred_out=1)
        desk.book.add(there, "", transferred_in=1)
        return
    assert call("POST", f"{path}/messages", {"message": ANSWER}).status == 202
    desk.answered_in[ticket["id"]] = (queue_id, agent_id)
    desk.book.add(queue_id, agent_id, messages_out=1)
    _closes(desk, queue_id, agent_id, call, ticket["id"])


def _closes(desk: Desk, queue_id: str, agent_id: str, call: Call, ticket_id: str) -> None:
    assert call("POST", f"/tickets/{ticket_id}/close", {"disposition": "Issue solved"}).status == 200
    desk.book.add(queue_id, agent_id, resolved=1, closed=1)


def _window_closes(desk: Desk, late: Json, closes: datetime) -> None:
    """Free text is refused after the window; the agent closes the ticket without a word."""
    queue_id, (agent_id, call) = desk.queues["NO"], desk.agents[3]
    assert call("POST", f"/tickets/{late['id']}/claim").status == 200
    desk.first_in[late["id"]] = (queue_id, agent_id)
    desk.book.add(queue_id, agent_id, assigned=1)
    time.sleep(max((closes - datetime.now(UTC)).total_seconds(), 0) + 1)
    refused = call("POST", f"/tickets/{late['id']}/messages", {"message": ANSWER})
    assert (refused.status, refused.body["code"]) == (409, "window_closed")
    eventually(lambda: "window_closing" in _done_to(call, late["id"]), 90)
    _closes(desk, queue_id, agent_id, call, late["id"])


def _done_to(call: Call, ticket_id: str) -> set[str]:
    return {entry["action"] for entry in call("GET", f"/tickets/{ticket_id}/history").body["items"]}


def _come_back(desk: Desk, lost: list[str]) -> None:
    """The vanished agent's tickets stand in the line again, with their age, and the colleague takes them."""
    queue_id, (agent_id, call) = desk.queues[TEAM[VANISHES]], desk.agents[VANISHES - 1]
    eventually(lambda: all("returned" in _done_to(desk.boss, ticket_id) for ticket_id in lost), 100)
    for ticket in [desk.boss("GET", f"/tickets/{ticket_id}").body for ticket_id in lost]:
        assert ticket["inLineSince"] == ticket["createdAt"]
        if ticket["agentId"] == "":  # the colleague was not there any more when it came back
            _serves(desk, queue_id, agent_id, call, ticket)


def _report(desk: Desk, by: str) -> dict[str, Json]:
    today = datetime.now(UTC).date()
    period = f"since={today - timedelta(days=1)}&until={today}"
    items = desk.boss("GET", f"/reports/desk?{period}&by={by}").body["items"]
    return {row["key"]: row for row in items}


def _differences(desk: Desk) -> list[tuple[str, Json, Json]]:
    """Where the report and the book do not agree: whose line, what it says, what it should."""
    names = {
        "assigned": "assigned", "transferredIn": "transferred_in", "transferredOut": "transferred_out",
        "resolved": "resolved", "closed": "closed", "messagesOut": "messages_out",
    }  # fmt: skip
    by_queue, by_agent = _report(desk, "queue"), _report(desk, "agent")
    expected: dict[str, Json] = {}
    for queue_id in desk.queues.values():
        numbers = desk.book.queues[queue_id]
        came = {"created": CUSTOMERS // 4, "messagesIn": CUSTOMERS // 4}
        done = {"dispositions": {"Issue solved": numbers["resolved"]}}
        expected[queue_id] = came | done | {shown: numbers[kept] for shown, kept in names.items()}
    for agent_id, _ in desk.agents:
        expected[agent_id] = {shown: desk.book.agents[agent_id][kept] for shown, kept in names.items()}
    rows = by_queue | by_agent
    said = {key: {name: rows.get(key, {}).get(name) for name in wanted} for key, wanted in expected.items()}
    return [(key, said[key], wanted) for key, wanted in expected.items() if said[key] != wanted]


def _averages(desk: Desk) -> None:
    tickets = {each["id"]: each for queue_id in desk.queues.values() for each in _all(desk, queue_id)}
    assert len(tickets) == CUSTOMERS
    waits: dict[str, list[int]] = defaultdict(list)
    answers: dict[str, list[int]] = defaultdict(list)
    resolutions: dict[str, list[int]] = defaultdict(list)
    for ticket_id, ticket in tickets.items():
        waits[desk.first_in[ticket_id][0]].append(_between(ticket, "createdAt", "firstAssignedAt"))
        resolutions[ticket["queueId"]].append(_between(ticket, "createdAt", "closedAt"))
        if ticket_id in desk.answered_in:
            answers[desk.answered_in[ticket_id][0]].append(_between(ticket, "createdAt", "firstResponseAt"))
    rows = _report(desk, "queue")
    for queue_id in desk.queues.values():
        for name, values in (("Wait", waits), ("FirstResponse", answers), ("Resolution", resolutions)):
            mean = sum(values[queue_id]) / len(values[queue_id])
            assert rows[queue_id][f"average{name}"] == pytest.approx(mean, abs=0.1), (queue_id, name)


def _all(desk: Desk, queue_id: str) -> Iterator[Json]:
    token = ""
    while True:
        page = desk.boss("GET", f"/tickets?view=queue&queueId={queue_id}&limit=100{token}").body
        yield from page["items"]
        if page["next"] is None:
            return
        token = f"&next={page['next']}"


def _between(ticket: Json, first: str, last: str) -> int:
    return round((_time(ticket[last]) - _time(ticket[first])).total_seconds())


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
