"""Live: the feed is the truth, the push a hint, and nobody hears of what they may not read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.converse.agents import presence
from chalicelib.converse.live.api import websocket_url
from chalicelib.converse.live.websocket import handle
from chalicelib.events import connections, feed
from chalicelib.events.model import Event, item
from chalicelib.inbound.stream import SUBSCRIBERS, events_of
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller


@dataclass
class FakeLive:
    """Connections that note what they were sent."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def post(self, connection_id: str, message: dict[str, Any]) -> bool:
        self.sent.append((connection_id, message))
        return connection_id not in self.gone


@dataclass
class Studio:
    """The shop with its stream at hand."""

    shop: Shop
    live: FakeLive
    seen: set[str] = field(default_factory=set)

    def stream(self) -> list[Event]:
        """Brings the events stored since the last time to their subscribers, as the stream would."""
        items = self.shop.world.table.client.scan(TableName="main")["Items"]
        fresh = [raw for raw in items if raw["SK"]["S"].startswith(keys.EVENT) and raw["SK"]["S"] not in self.seen]
        self.seen |= {raw["SK"]["S"] for raw in fresh}
        records = [_record(raw) for raw in sorted(fresh, key=lambda raw: raw["at"]["S"])]
        happened = events_of({"Records": records})
        for subscriber in SUBSCRIBERS:
            subscriber(self.shop.world, happened)
        return happened

    def connect(self, person: str, connection_id: str) -> int:
        return self._event("$connect", connection_id, queryStringParameters={"token": f"token-of:{person}"})

    def disconnect(self, connection_id: str) -> int:
        return self._event("$disconnect", connection_id)

    def send(self, connection_id: str, body: str) -> int:
        return self._event("$default", connection_id, body=body)

    def _event(self, route: str, connection_id: str, **values: Any) -> int:
        about = {"routeKey": route, "connectionId": connection_id}
        return int(handle({"requestContext": about, **values}, self.shop.world)["statusCode"])

    def pushed(self, connection_id: str) -> list[tuple[str, str]]:
        """(topic, id) of everything pushed to a connection."""
        messages = [message for to, message in self.live.sent if to == connection_id and message["type"] == "changes"]
        return [(change["topic"], change["id"]) for message in messages for change in message["changes"]]


def _record(raw: dict[str, Any]) -> dict[str, Any]:
    keys = {"PK": raw["PK"], "SK": raw["SK"]}
    return {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": raw}}


@pytest.fixture
def studio(shop: Shop) -> Studio:
    live = FakeLive()
    shop.world.live = live  # type: ignore[misc, assignment]
    return Studio(shop, live)


def _follow(caller: Caller, cursor: str) -> tuple[list[tuple[str, str]], str]:
    answer = caller.get(f"/api/v1/changes?since={cursor}").json
    return [(change["type"], change["id"]) for change in answer["changes"]], answer["cursor"]


def test_a_reader_follows_the_feed_from_where_they_were(studio: Studio) -> None:
    boss = studio.shop.hire("boss", Role.SUPERVISOR)
    cursor = boss.get("/api/v1/changes").json["cursor"]
    ticket_id = studio.shop.writes().ticket_id
    studio.stream()
    changes, cursor = _follow(boss, cursor)
    assert ("ticket.created", ticket_id) in changes
    assert _follow(boss, cursor) == ([], cursor)
    studio.shop.writes("More")
    studio.stream()
    assert [kind for kind, _ in _follow(boss, cursor)[0]] == ["message.received"]


def test_a_page_is_told_where_the_socket_is_and_where_the_feed_stands(studio: Studio) -> None:
    boss = studio.shop.hire("boss", Role.SUPERVISOR)
    source = boss.get("/api/v1/live").json
    assert source["cursor"] == boss.get("/api/v1/changes").json["cursor"]
    assert websocket_url("https://abc.execute-api.eu-west-1.amazonaws.com/live") == (
        "wss://abc.execute-api.eu-west-1.amazonaws.com/live"
    )
    assert websocket_url("http://127.0.0.1:8701/live") == "ws://127.0.0.1:8701/live"
    assert websocket_url("") == ""


def test_nobody_hears_of_what_they_may_not_read_and_the_cursor_passes_it(studio: Studio) -> None:
    ana, ben = studio.shop.hire("ana"), studio.shop.hire("ben")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    studio.stream()
    start = ben.get("/api/v1/changes").json["cursor"]
    message = studio.shop.writes()
    ana.post(f"/api/v1/tickets/{message.ticket_id}/notes", {"text": "secret"})
    studio.stream()
    told_ana, end_ana = _follow(ana, start)
    told_ben, end_ben = _follow(ben, start)
    assert ("ticket.noted", message.ticket_id) in told_ana
    assert ("message.received", message.conversation_id) in told_ana
    assert {kind for kind, _ in told_ben} == {"ticket.created", "ticket.gone"}, (
        "it waited in a queue of Ben's, then left"
    )
    assert end_ana == end_ben


def test_a_ticket_that_leaves_a_view_says_so_to_those_who_saw_it(studio: Studio) -> None:
    ana = studio.shop.hire("ana")
    studio.shop.open_queue("repairs", members=[{"agent_id": "zoe"}])
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    ticket_id = studio.shop.writes().ticket_id
    studio.stream()
    cursor = ana.get("/api/v1/changes").json["cursor"]
    ana.post(f"/api/v1/tickets/{ticket_id}/transfer", {"queueId": "repairs"})
    studio.stream()
    assert _follow(ana, cursor)[0] == [("ticket.gone", ticket_id)]


def test_pushes_go_to_those_who_may_know(studio: Studio) -> None:
    ana, _ = studio.shop.hire("ana"), studio.shop.hire("ben")
    assert (studio.connect("ana", "c1"), studio.connect("ben", "c2")) == (200, 200)
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    message = studio.shop.writes()
    ana.post(f"/api/v1/tickets/{message.ticket_id}/notes", {"text": "secret"})
    studio.stream()
    assert ("conversation", message.conversation_id) in studio.pushed("c1")
    assert ("conversation", message.conversation_id) not in studio.pushed("c2")


def test_a_connection_that_is_gone_is_forgotten(studio: Studio) -> None:
    studio.shop.hire("ana")
    studio.connect("ana", "c1")
    studio.live.gone.add("c1")
    studio.shop.writes()
    studio.stream()
    assert connections.find(studio.shop.world.table, "c1") is None


def test_who_has_no_token_or_a_wrong_one_is_not_connected(studio: Studio) -> None:
    assert studio.connect("nobody", "c1") == 401
    assert studio._event("$connect", "c2") == 401
    assert list(connections.every(studio.shop.world.table)) == []


def test_a_broken_connection_starts_the_clock_and_a_new_one_stops_it(studio: Studio) -> None:
    shop = studio.shop
    ana = shop.hire("ana")
    studio.connect("ana", "c1")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    ticket = shop.writes()
    studio.disconnect("c1")
    shop.clock.advance(seconds=30)
    studio.connect("ana", "c2")
    shop.clock.advance(seconds=30)
    presence.watch(shop.world)
    assert shop.ticket(ticket).agent_id == "ana"
    studio.disconnect("c2")
    shop.clock.advance(seconds=45)
    presence.watch(shop.world)
    assert shop.ticket(ticket).agent_id == ""


def test_a_page_pings_and_sets_its_presence(studio: Studio) -> None:
    studio.shop.hire("ana")
    studio.connect("ana", "c1")
    for body in ('{"action": "ping"}', '{"action": "presence", "presence": "available"}', "{", '{"action": "dance"}'):
        assert studio.send("c1", body) == 200
    assert [message["type"] for _, message in studio.live.sent] == ["pong", "presence", "error", "error"]
    assert studio.shop.agent("ana").presence == "available"


def test_an_old_or_made_up_cursor_says_read_everything_afresh(studio: Studio) -> None:
    boss = studio.shop.hire("boss", Role.SUPERVISOR)
    studio.shop.writes()
    studio.stream()
    answer = boss.get("/api/v1/changes?since=999999").json
    assert (answer["reset"], answer["changes"]) == (True, [])
    table = studio.shop.world.table
    table.delete(keys.feed_row(feed.AUDIENCE, 1))
    assert boss.get("/api/v1/changes?since=0").json["reset"] is True


def test_two_writers_at_once_leave_no_gap_and_no_double_number(studio: Studio) -> None:
    world = studio.shop.world

    def write(n: int) -> None:
        event = Event(id=f"e{n}", type="t", at=world.clock(), topic="agent", subject=str(n))
        feed.append(world.table, [event, event], world.clock())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(6)))
    stretch = feed.after(world.table, 0, 100)
    assert [row.number for row in stretch.rows] == list(range(1, 13))


def test_only_stored_events_are_taken_from_the_stream() -> None:
    event = Event(id="e", type="t", at=datetime(2026, 11, 22, tzinfo=UTC), topic="agent", subject="a")
    raw = {name: TypeSerializer().serialize(value) for name, value in item(event).items()}
    other = {**_record({**raw, "SK": {"S": "STATE"}})}
    assert [
        found.id for found in events_of({"Records": [other, _record(raw), {**_record(raw), "eventName": "MODIFY"}]})
    ] == ["e"]
