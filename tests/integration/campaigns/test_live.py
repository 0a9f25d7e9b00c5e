"""Who looks on while a campaign is sent: hints on the WebSocket, and what is read at a hint is no older than two seconds."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.access import api_keys
from chalicelib.access.model import ApiKeyDraft
from chalicelib.access.permissions import Role
from chalicelib.campaigns import handlers
from chalicelib.campaigns.desk import desk_of
from chalicelib.channels import store as channels
from chalicelib.cloud.batches import Record
from chalicelib.conversations.gate import gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.events import connections
from chalicelib.events.connections import Connection
from chalicelib.wiring import World
from tests.integration.campaigns.test_api import BASE, pump
from tests.integration.conftest import Clock
from tests.support.api import ROOT, Caller
from tests.support.stream import Stream

AT_MOST = timedelta(seconds=2)


class Onlooker:
    """An open page: at each hint it reads the campaign's progress."""

    def __init__(self, world: World, clock: Clock, api: Caller, campaign: str) -> None:
        self.world, self.clock, self.api, self.campaign = world, clock, api, campaign
        self.saw: list[tuple[datetime, int]] = []

    def post(self, connection_id: str, hint: dict[str, Any]) -> bool:
        if {"topic": "campaign", "id": self.campaign.rsplit("/", 1)[-1]} in hint["changes"]:
            answer = self.api.get(f"{self.campaign}/progress")
            if answer.status == 200:
                self.saw.append((self.clock(), answer.json["counts"]["sent"]))
        return True


def test_hints_come_and_what_is_read_then_is_at_most_two_seconds_old(api: Caller, world: World, clock: Clock) -> None:
    channels.change(world.table, "main", throughput_mps=10)
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Live'}).json['id']}"
    typed = [{"Mobile": f"+65910001{n:02d}", "FirstName": "Ann", "Code": "A"} for n in range(60)]
    api.post(f"{campaign}/recipients/typed", {"recipients": typed})
    pump(world, clock)
    parameters = {f"{place}": {"value": "x"} for place in ("header.1", "body.1", "body.2", "button.0.payload")}
    body = {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters}
    assert api.put(f"{campaign}/message", body).status == 200
    page = Onlooker(world, clock, api, campaign)
    key = api_keys.create(world, ROOT, ApiKeyDraft(name="page", role=Role.SUPERVISOR))
    connections.opened(world.table, Connection(id="c1", user_id=key.id, kind="machine"), clock())
    world.__dict__["live"] = page
    stream = Stream(world)
    assert api.post(f"{campaign}/launch").status == 202
    sent = _send(world, clock, stream)
    told = [at for at, _ in page.saw if at <= sent[-1] + AT_MOST]
    assert max(later - earlier for earlier, later in pairwise([sent[0], *told])) <= AT_MOST
    for at, count in page.saw:
        assert count >= sum(each <= at - AT_MOST for each in sent)
    assert (len(told) >= 5, page.saw[len(told) - 1][1]) == (True, 60)


def _send(world: World, clock: Clock, stream: Stream) -> list[datetime]:
    """Works the queues off; the stream is read once a second, as long as anything happens. When each message went."""
    times: list[datetime] = []
    next_read = clock()

    def passes(seconds: float) -> None:
        nonlocal next_read
        times.extend([clock()] * (len(world.transport.accepted) - len(times)))  # type: ignore[attr-defined]
        clock.advance(seconds=seconds)
        if clock() >= next_read:
            next_read = clock() + timedelta(seconds=1)
            stream.bring()

    way_out = replace(gate(world), pacer=Pacer(world.table, clock, sleep=passes))
    queues: Any = world.queues
    while found := queues.pop("campaign", "bulk"):
        due, queue, body = found
        while clock() < due:
            passes(min(0.25, (due - clock()).total_seconds()))
        record = Record(json.loads(body), "receipt", "", 1)
        if queue == "campaign":
            handlers.do(record, desk_of(world), lambda: 100.0)
        else:
            handlers.send_one(record, desk_of(world), way_out, lambda: 100.0, threads=1)
    return times
