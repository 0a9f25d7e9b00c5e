"""A campaign run from launch to report on moto, every call of every function counted: what `make bench BENCH=cost` prices.

The functions are called as Lambda would: jobs and chunks as they fall due, WhatsApp's statuses as signed webhook POSTs through
the webhook function, their SQS messages in the batches that an event source mapping makes of them, the table's stream once a
second, one person who looks on (WebSocket) and reads the progress again at each hint.
"""

import heapq
import itertools
import json
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chalice.app import SQSEvent
from moto import mock_aws

from app import app
from chalicelib.access import api_keys
from chalicelib.access.model import ApiKeyDraft
from chalicelib.access.permissions import Role
from chalicelib.campaigns import audience, control, drafts, handlers, statuses, wording
from chalicelib.campaigns.desk import desk_of
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.batches import Record
from chalicelib.cloud.live import Live
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.queues import Queues, urls_of
from chalicelib.cloud.schedules import Schedules
from chalicelib.cloud.secrets import Secrets
from chalicelib.cloud.table import Table
from chalicelib.conversations.gate import gate
from chalicelib.conversations.outbound import CALLS_AT_ONCE
from chalicelib.conversations.pacing import Pacer
from chalicelib.events import connections
from chalicelib.events.connections import Connection
from chalicelib.inbound import archive_lane, status_lane, timers
from chalicelib.inbound.webhook import handle
from chalicelib.settings import Settings
from chalicelib.wiring import World
from infra import template
from infra.bill.meter import Client, Dynamo, Meter
from tests.support.api import ROOT as ROOT_USER
from tests.support.api import Caller
from tests.support.bill_aws import Raw, Socket, Sqs, peek
from tests.support.bill_whatsapp import SECRET, Whatsapp, posted, status_of
from tests.support.campaigns import BODY, Clock, offer, people
from tests.support.stream import Stream

ROOT = Path(__file__).parents[2]
QUEUES = ("campaign", "bulk", "statuses", "archive", "account", "inbound")
DELAYS = (1, 2, 3)
"""Seconds after which WhatsApp says sent, delivered and read."""
POLLERS = 5
"""An event source mapping begins with so many; each gathers its own batch."""
BOTOCORE_CPU = 0.001
"""CPU seconds of one call in the client's machinery, which moto's stand-in does not go through in the same way."""
FULL_CPU_MB = 1769
LOG_EVENT = 26
"""CloudWatch adds so many bytes to each log event."""
PLATFORM_LOG = (
    len(
        "START RequestId: 8f5bd9f2-6e2f-4c3b-9d0a-0123456789ab Version: $LATEST\n"
        "END RequestId: 8f5bd9f2-6e2f-4c3b-9d0a-0123456789ab\n"
        "REPORT RequestId: 8f5bd9f2-6e2f-4c3b-9d0a-0123456789ab\tDuration: 12.34 ms\tBilled Duration: 13 ms\t"
        "Memory Size: 1024 MB\tMax Memory Used: 128 MB\t\n"
    )
    + 3 * LOG_EVENT
)
SAMPLED = 0.05
"""Of a function's calls that X-Ray records: Lambda's own rate, which cannot be changed."""
TRACED = "XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 53995c3f42cd8ad8\tSampled: true\n"


@dataclass
class Run:
    """One campaign of so many recipients; WhatsApp puts `statuses_per_post` of the same second into one POST."""

    recipients: int
    statuses_per_post: int
    mps: int = 80

    def __post_init__(self) -> None:
        self.clock, self.meter = Clock(), Meter()
        self.memory = _memory()
        self.raw = Raw()
        self.world = self._world()
        self.stream = Stream(self.world, self.raw.dynamodb)
        self.pending: list[tuple[datetime, int, dict[str, Any]]] = []
        self.order = itertools.count()
        self.next_look = self.clock() + timedelta(seconds=1)
        self.hinted: Callable[[], object] = lambda: None
        self.sent: dict[datetime, list[tuple[datetime, float]]] = {}
        """Chunks by the time they fell due: when each was done, and the seconds of work in it."""

    # --- what happens ---

    def play(self) -> Counter[str]:
        """The whole campaign; what was counted, by price item."""
        with _counted_logs(self.meter):
            caller = self._people()
            campaign = self._draft()
            self.meter.by_function.clear()  # one campaign's draft is no part of a million messages
            self._call("api", lambda: control.launch(campaign, control.LaunchRequest(), "ann", desk_of(self.world)))
            self.hinted = lambda: caller.get(f"/api/v1/campaigns/{campaign.id}/progress")
            self._pump()
        assert len(self.world.transport.accepted) == self.recipients  # type: ignore[attr-defined]
        report = caller.get(f"/api/v1/campaigns/{campaign.id}/report").json
        assert report["counts"]["sent"] == self.recipients, report
        return self._bill()

    def _people(self) -> Caller:
        """Who looks on: an API key stands for a person, a connection for their open page."""
        made = api_keys.create(self.world, ROOT_USER, ApiKeyDraft(name="page", role=Role.SUPERVISOR))
        here = Connection(id="c1", user_id=made.id, kind="machine")
        connections.opened(self.world.table, here, self.clock())
        return Caller(app, self.world).with_credential(made.key)

    def _draft(self) -> Any:
        world, desk = self.world, desk_of(self.world)
        channel = Channel(
            id="main", subaccount_id="shop", name="Shop", created_at=self.clock(), phone_number_id="100", waba_id="200",
            display_phone_number="+65 8000 0000", throughput_mps=self.mps, tier="TIER_UNLIMITED", default_country="SG",
        )  # fmt: skip
        channels.create(world.table, channel)
        key = keys.template("200", "spring_offer", "en")
        names = {"waba_id": "200", "id": "1", "name": "spring_offer", "language": "en"}
        body = [{"type": "BODY", "text": BODY, "example": {"body_text": [["Ann", "SAVE10"]]}}]
        more = {
            "category": "MARKETING",
            "status": "APPROVED",
            "components": body,
            "synced_at": "2026-11-22T12:00:00.000Z",
        }
        world.table.put({"PK": key.pk, "SK": key.sk, **names, **more})
        made = drafts.create(drafts.Draft(channel_id="main", name="Spring"), "ann", desk, enter=lambda _: None)
        link = audience.upload_link(made, audience.UploadRequest(file_name="people.csv"), desk)
        self.raw.s3.put_object(Bucket="media", Key=link.fields["key"], Body=people(self.recipients).encode())
        audience.process(drafts.store.get(desk.table, made.id), audience.ProcessRequest(), desk)
        self._pump()
        return wording.set_message(drafts.store.get(desk.table, made.id), offer(), desk)

    def _pump(self) -> None:
        """Everything that is queued or due, in order of time."""
        while True:
            head = self.raw.queues.head("campaign", "bulk")
            status = self.pending[0][0] if self.pending else None
            due = min(filter(None, (head, status)), default=None)
            if due is None:
                self._second()
                self._batches("archive", archive_lane.take_batch)
                return
            if head is None or self.next_look <= max(self.clock(), due):
                self.clock.at_least(self.next_look)
                if not self._second():
                    self.next_look = max(self.next_look, due)
            else:
                self.clock.at_least(head)
                self._job(*self.raw.queues.pop("campaign", "bulk"))

    def _second(self) -> bool:
        """What has gathered within a second: statuses, the table's stream, and what the person who looks on reads."""
        self.next_look = self.clock() + timedelta(seconds=1)
        heard = self._statuses()
        before = self.meter.by_function["events"].counts["websocket.message"]
        fresh = self.stream.fresh()
        if fresh:
            self._call("events", lambda: self.stream.tell(fresh))
        if self.meter.by_function["events"].counts["websocket.message"] > before:
            self._call("api", self.hinted)
        return bool(heard or fresh)

    def _sleep(self, seconds: float) -> None:
        """A worker waits for its slot. What others do meanwhile is theirs to pay."""
        until, began = self.clock() + timedelta(seconds=seconds), time.process_time()
        working = self.meter.working
        while self.next_look <= until:
            self.clock.at_least(self.next_look)
            self._hear()
            self._second()
        self.meter.working = working
        self.others += time.process_time() - began
        self.clock.at_least(until)

    others = 0.0
    """CPU seconds of functions that worked while another waited."""

    def _job(self, due: datetime, queue: str, body: str) -> None:
        record = Record(json.loads(body), "receipt", "", 1)
        self._polled(1, queue)
        if queue == "campaign":
            self._call("campaign", lambda: handlers.do(record, desk_of(self.world), lambda: 100.0))
            return
        work = self.meter.by_function["send"].counts["lambda.gb_second"]
        self._call(
            "send",
            lambda: handlers.send_one(record, desk_of(self.world), self.gate, lambda: 100.0, threads=1),
            at_once=CALLS_AT_ONCE,
        )
        work = self.meter.by_function["send"].counts["lambda.gb_second"] - work
        self.sent.setdefault(due, []).append((self.clock(), work * 1024 / self.memory["send"]))
        self._hear()

    def _hear(self) -> None:
        """WhatsApp's three statuses of what it took since the last time."""
        accepted = self.world.transport.accepted  # type: ignore[attr-defined]
        for number in range(self.heard, len(accepted)):
            said = accepted[number]
            for delay, status in zip(DELAYS, ("sent", "delivered", "read"), strict=True):
                at = self.world.transport.times[number] + timedelta(seconds=delay)  # type: ignore[attr-defined]
                heapq.heappush(self.pending, (at, next(self.order), status_of(number, said, status, at)))
        self.heard = len(accepted)

    heard = 0

    def _statuses(self) -> int:
        due = []
        while self.pending and self.pending[0][0] <= self.clock():
            due.append(heapq.heappop(self.pending)[2])
        for start in range(0, len(due), self.statuses_per_post):
            event = posted(due[start : start + self.statuses_per_post])
            self.meter.working = "webhook"
            self.meter.count("api.http")
            answer = self._call("webhook", lambda event=event: handle(event, self.world))
            assert answer["statusCode"] == 200
        self._batches("statuses", status_lane.take_batch, at_once=statuses.WRITERS)
        oldest, window = self.raw.queues.head("archive"), _source("archive").maximum_batching_window_in_seconds
        if oldest and self.clock() - oldest >= timedelta(seconds=window):
            self._batches("archive", archive_lane.take_batch)
        return len(due)

    def _batches(self, queue: str, take: Callable[[SQSEvent, World], Any], *, at_once: int = 1) -> None:
        """What has gathered in a queue, shared among its pollers."""
        bodies = self.raw.queues.take(queue)
        size = min(int(_source(queue).batch_size), max(1, -(-len(bodies) // POLLERS)))
        for start in range(0, len(bodies), size):
            some = bodies[start : start + size]
            self._polled(len(some), queue)
            event = SQSEvent({"Records": [_record(n, body) for n, body in enumerate(some)]}, None)
            answer = self._call(queue, lambda event=event: take(event, self.world), at_once=at_once)
            assert answer == {"batchItemFailures": []}

    def quiet_minute(self) -> Counter[str]:
        """What the timers' function asks for when nothing is due and nobody is at work."""
        timers.minute(self.world, self.clock.advance)
        self.meter.by_function.clear()
        self.clock.advance(60)
        self._call("timers", lambda: timers.minute(self.world, self.clock.advance))
        return Counter(self.meter.by_function["timers"].counts)

    # --- what it costs ---

    def _polled(self, messages: int, queue: str) -> None:
        """Lambda receives and deletes what it hands to a function, ten at a time, in our name."""
        self.meter.working = queue
        self.meter.count("sqs.standard", 2 * -(-messages // 10))

    def _call(self, function: str, work: Callable[[], Any], *, at_once: int = 1) -> Any:
        """As Lambda calls a function: requests, time and memory, logs, traces."""
        self.meter.working = function
        spent = self.meter.by_function[function]
        waited, outside, calls = spent.waited, spent.outside, spent.calls
        cpu = time.process_time() - self.others
        answer = work()
        memory = self.memory[function]
        ours = (
            time.process_time() - self.others - cpu - (spent.outside - outside) + (spent.calls - calls) * BOTOCORE_CPU
        )
        seconds = ours * FULL_CPU_MB / min(memory, FULL_CPU_MB) + (spent.waited - waited) / at_once
        seconds = math.ceil(seconds * 1000) / 1000  # Lambda counts whole milliseconds
        if function == "api":
            self.meter.count("api.rest")
        self.meter.working = function
        self.meter.count("lambda.request")
        self.meter.count("lambda.gb_second", seconds * memory / 1024)
        frequent = template.FREQUENT.get(function, {})
        if "LoggingConfig" not in frequent:
            self.meter.count("logs.gb", PLATFORM_LOG / 1e9)
        if "Tracing" not in frequent:
            self.meter.count("xray.trace", SAMPLED)
            self.meter.count("logs.gb", SAMPLED * len(TRACED) / 1e9)
        return answer

    def _bill(self) -> Counter[str]:
        """Everything. A send worker is paid for while it waits for its slots, too; those released together share the slots."""
        whole: Counter[str] = Counter()
        for spent in self.meter.by_function.values():
            whole.update(spent.counts)
        for due, some in self.sent.items():
            end = max(done for done, _ in some)
            idle = sum(max((end - due).total_seconds() - work, 0) for _, work in some)
            whole["lambda.gb_second"] += idle * self.memory["send"] / 1024  # type: ignore[assignment]
        return whole

    # --- the world ---

    def _world(self) -> World:
        meter, raw = self.meter, self.raw
        raw.queues = Sqs(self.clock)
        settings = Settings(
            main_table="main", ledger_table="ledger", media_bucket="media", archive_bucket="archive",
            schedule_group="parley", scheduler_role_arn="arn:aws:iam::123456789012:role/any",
            launch_function_arn="arn:aws:lambda:us-east-1:123456789012:function:launch",
            **{f"{name}_queue_url": f"https://sqs/{name}" for name in QUEUES},
        )  # fmt: skip
        world = World(settings, self.clock)
        dynamo = Dynamo(raw.dynamodb, meter, raw.indexes, peek)
        s3 = Client("s3", raw.s3, meter)
        raw.secrets.create_secret(Name="parley/local/app-secret", SecretString=SECRET)
        raw.secrets.create_secret(Name="parley/local/token/200", SecretString="token")
        world.__dict__ |= {
            "table": Table(dynamo, "main"),
            "ledger": Table(dynamo, "ledger"),
            "queues": Queues(Client("sqs", raw.queues, meter), urls_of(settings)),
            "media": Objects(s3, "media"),
            "archive": Objects(s3, "archive"),
            "secrets": Secrets(Client("secretsmanager", raw.secrets, meter), settings.secret_prefix),
            "schedules": Schedules(Client("scheduler", raw.scheduler, meter), "parley", "", ""),
            "live": Live(Client("apigatewaymanagementapi", Socket(), meter)),
            "transport": Whatsapp(self.clock, meter),
        }
        made = gate(world)
        self.gate = type(made)(**{**vars(made), "pacer": Pacer(world.table, self.clock, sleep=self._sleep)})
        return world


def _record(number: int, body: str) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1"}
    return {"messageId": str(number), "receiptHandle": "r", "body": body, "attributes": attributes}


def _memory() -> dict[str, int]:
    found = json.loads((ROOT / ".chalice/config.json").read_text())["lambda_functions"]
    named = {name: each["lambda_memory_size"] for name, each in found.items()}
    return {**named, "api": named["api_handler"]}


def _source(queue: str) -> Any:
    """How the queue's messages are gathered, as its function itself says it."""
    return next(each for each in app.event_sources if each.name == queue)


@contextmanager
def _counted_logs(meter: Meter) -> Iterator[None]:
    """Every log line of ours goes to the bill of whoever is working."""

    def write(text: str) -> int:
        meter.count("logs.gb", (len(text.encode()) + (LOG_EVENT if text.strip() else 0)) / 1e9)
        return len(text)

    stream = SimpleNamespace(write=write, flush=lambda: None)
    loggers = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    found = [h for each in [logging.root, *loggers] for h in each.handlers if isinstance(h, logging.StreamHandler)]
    before = [handler.setStream(stream) for handler in found]  # type: ignore[arg-type]
    try:
        yield
    finally:
        for handler, was in zip(found, before, strict=True):
            handler.setStream(was)  # type: ignore[arg-type]


@contextmanager
def on_moto() -> Iterator[None]:
    """AWS in process."""
    with mock_aws():
        yield
