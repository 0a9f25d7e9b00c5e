"""Campaigns in process: real use cases and the real way out, with memory for AWS, a clock that is moved, and a fake Meta."""

import json
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.campaigns import audience, control, drafts, handlers, statuses, store, wording, worker
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, MessagePlan, TemplateMessage
from chalicelib.campaigns.rows import RowState, StatusUpdate
from chalicelib.campaigns.templates import finder
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Pacer
from chalicelib.egress import Glance
from chalicelib.media import store as files
from chalicelib.media.model import MediaState
from chalicelib.problems import Conflict
from chalicelib.whatsapp import outcome as whatsapp
from chalicelib.whatsapp.errors import MetaError
from chalicelib.whatsapp.media import media_type_of
from chalicelib.whatsapp.messages import Outbound
from tests.support.memory import MemoryObjects, MemoryQueues, MemoryTable

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VISIBILITY = timedelta(seconds=30)
"""Much shorter than the real one: what a crash left in hand comes back while it still looks in hand."""
TEMPLATE = "spring_offer"
_NAMES = {"waba_id": "200", "id": "1", "language": "en", "synced_at": "2026-11-22T12:00:00.000Z"}
BODY = "Hi {{1}}, your voucher is {{2}}."


class Clock:
    """Moves when it is told to, and when somebody sleeps."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self.now += timedelta(seconds=seconds)

    def at_least(self, then: datetime) -> None:
        with self._lock:
            self.now = max(self.now, then)


class Crash(Exception):
    """The process is gone."""


@dataclass
class Power:
    """Cuts the process off at one call to the world outside, before or after the call's effect.

    A call is named by its site, the line of ours that makes it, and by how often that line has called before: threads may
    come in any order, the n-th call of a site is there in every run.
    """

    strike: tuple[str, int] | None = None
    after: bool = False
    chance: Callable[[str], bool] = lambda _: False
    calls: Counter[str] = field(default_factory=Counter)
    dead: bool = False
    struck: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wrap(self, target: Any, name: str) -> Any:
        return _Wired(target, name, self)

    def call(self, name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        site = f"{name} at {_site()}"
        with self._lock:
            if self.dead:
                raise Crash(site)
            number = self.calls[site]
            self.calls[site] += 1
            strikes = (site, number) == self.strike or self.chance(site)
            before = strikes and not (self.after or self._coin(number))
            if before:
                self._die()
                raise Crash(site)
        try:
            result = function(*args, **kwargs)
        except Exception:
            if strikes:
                self._die()
                raise Crash(site) from None
            raise
        if strikes:
            self._die()
        if self.dead:
            raise Crash(site)
        return result

    def _coin(self, number: int) -> bool:
        return self.strike is None and number % 2 == 1

    def _die(self) -> None:
        self.dead = True
        self.struck += 1

    def restart(self) -> None:
        self.dead = False


def _site() -> str:
    """The line of the feature's code that makes the call."""
    frame = sys._getframe(2)
    while frame.f_back:
        path = frame.f_code.co_filename
        if "/chalicelib/" in path and "/chalicelib/cloud/" not in path:
            return f"{path.rsplit('/chalicelib/', 1)[1]}:{frame.f_lineno}"
        frame = frame.f_back
    return "test"


class _Wired:
    def __init__(self, target: Any, name: str, power: Power) -> None:
        self._target, self._name, self._power = target, name, power

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._target, method)
        if not callable(found) or method.startswith("_"):
            return found
        return lambda *args, **kwargs: self._power.call(f"{self._name}.{method}", found, *args, **kwargs)


@dataclass
class Meta:
    """What WhatsApp took, and what it will say about it."""

    clock: Clock
    answer: Callable[[Outbound], whatsapp.Outcome | None] = lambda _: None
    lose: Callable[[Outbound], bool] = lambda _: False
    latency: float = 0.0
    accepted: list[Outbound] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    pending: list[StatusUpdate] = field(default_factory=list)
    status_delay: float = 0.0
    statuses: tuple[RowState, ...] = (RowState.SENT, RowState.DELIVERED, RowState.READ)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, channel: Channel, message: Outbound) -> whatsapp.Outcome:
        special = self.answer(message)
        if special is not None:
            return special
        with self._lock:
            self.accepted.append(message)
            self.times.append(self.clock())
            wamid = f"wamid.{len(self.accepted)}"
            assert message.callback_data is not None
            for n, status in enumerate(self.statuses):
                at = self.clock() + timedelta(seconds=self.status_delay + n)
                self.pending.append(
                    StatusUpdate(message.callback_data, wamid, status, at, None, "marketing", "regular")
                )
        if self.lose(message):
            return whatsapp.Ambiguous("the connection was cut")
        return whatsapp.Accepted(wamid)

    def twice(self) -> list[str]:
        """Who was sent to more than once."""
        counts = Counter(str(m.to or m.recipient) for m in self.accepted)
        return [to for to, n in counts.items() if n > 1]


def refusal(code: int) -> whatsapp.Refused:
    return whatsapp.Refused(MetaError(code=code, message=f"(#{code})", http_status=400))


@dataclass
class Stage:
    """A subaccount with one channel and one approved template, and everything a campaign needs."""

    mps: int = 80
    power: Power = field(default_factory=Power)
    seed: int = 1
    shuffled: bool = False
    status_batch: int = 10
    threads: int = worker.THREADS
    """One, where the clock is to tell how long things take: sleeping threads would each move it."""

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.table, self.ledger = MemoryTable(), MemoryTable()
        self.media, self.queues = MemoryObjects(), MemoryQueues(self.clock)
        self.meta = Meta(self.clock)
        self.random = random.Random(self.seed)
        self._ids = iter(range(10**9))
        self._id_lock = threading.Lock()
        self.schedules = Schedules()
        self.web: Callable[[str], Glance] = lambda url: Glance(200, "OK", "image/png", 70_000, b"\x89PNG\r\n\x1a\n")
        self.desk = self._desk()
        self.gate = self._gate()
        self.left = 600.0
        self.handled: Counter[str] = Counter()
        self.channel = Channel(
            id="main",
            subaccount_id="shop",
            name="Shop",
            created_at=START,
            phone_number_id="100",
            display_phone_number="+65 8000 0000",
            waba_id="200",
            throughput_mps=self.mps,
            tier="TIER_UNLIMITED",
            default_country="SG",
        )
        channels.create(self.table, self.channel)  # type: ignore[arg-type]
        self.add_template()

    def new_id(self) -> str:
        with self._id_lock:
            return ulid_of(START, next(self._ids))

    def _desk(self) -> Desk:
        wired: dict[str, Any] = {
            name: self.power.wrap(getattr(self, name), name)
            for name in ("table", "ledger", "queues", "media", "schedules")
        }
        return Desk(
            **wired,
            clock=self.clock,
            new_id=self.new_id,
            find_template=finder(wired["table"]),
            window_margin=timedelta(seconds=25),
            glance=lambda url, limit: self.web(url),
        )

    def _gate(self) -> Gate:
        """A new one after each crash: what a process had leased is gone with it."""
        table: Any = self.power.wrap(self.table, "table")

        def deliver(channel: Channel, message: Outbound) -> whatsapp.Outcome:
            return self.power.call("meta.deliver", self.meta.deliver, channel, message)  # type: ignore[no-any-return]

        return Gate(
            table=table,
            pacer=Pacer(table, self.clock, sleep=self.clock.advance),
            deliver=deliver,
            clock=self.clock,
            new_id=self.new_id,
            window_margin=timedelta(seconds=25),
        )

    def add_template(
        self, name: str = TEMPLATE, category: str = "MARKETING", components: Any = None, status: str = "APPROVED"
    ) -> None:
        key = keys.template("200", name, "en")
        found = components or [{"type": "BODY", "text": BODY, "example": {"body_text": [["Ann", "SAVE10"]]}}]
        self.table.put(
            {
                "PK": key.pk,
                "SK": key.sk,
                "category": category,
                "status": status,
                "components": found,
                **_NAMES | {"name": name},
            }
        )

    # --- a person at the portal ---

    def draft(self, csv: str, message: MessagePlan | None = None, **process: Any) -> Campaign:
        """A campaign that is ready to be launched."""
        desk = self.desk
        campaign = drafts.create(drafts.Draft(channel_id="main", name="Spring"), "ann", desk, enter=lambda _: None)
        link = audience.upload_link(campaign, audience.UploadRequest(file_name="people.csv"), desk)
        self.media.put(link.fields["key"], csv.encode())
        audience.process(self.campaign(campaign.id), audience.ProcessRequest(**process), desk)
        self.pump()
        return wording.set_message(self.campaign(campaign.id), message or offer(), desk)

    def launch(self, csv: str, message: MessagePlan | None = None, **process: Any) -> Campaign:
        return control.launch(self.draft(csv, message, **process), control.LaunchRequest(), "ann", self.desk)

    def campaign(self, campaign_id: str) -> Campaign:
        return store.get(self.table, campaign_id)  # type: ignore[arg-type]

    # --- the machinery of AWS ---

    def pump(self, until: Callable[[], bool] = lambda: False, *, most: int = 200_000, twice: bool = False) -> None:
        """Delivers what is queued, in order of time, until nothing is left. What fails comes again, as from SQS."""
        for _ in range(most):
            if until():
                return
            self.deliver_statuses()
            found = self.queues.pop("campaign", "bulk", "media")
            if found is None:
                if not self.meta.pending:
                    return
                self.clock.at_least(max(each.at for each in self.meta.pending))
                continue
            due, queue, body = found
            self.clock.at_least(due)
            self.handle(queue, body)
            if twice:
                self.handle(queue, body)
        raise AssertionError("the queues never ran dry")

    def handle(self, queue: str, body: str) -> None:
        record = Record(json.loads(body), "receipt", "", 1)
        if queue == "media":
            self.fetch(record.body["media_id"])
            return
        self.handled[record.body["type"]] += 1
        try:
            if queue == "campaign":
                handlers.do(record, self.desk, lambda: self.left)
            else:
                handlers.send_one(record, self.desk, self.gate, lambda: self.left, self.threads)
        except (BringAgain, Crash):
            self.restart()
            self.queues.push(queue, body, self.clock() + VISIBILITY)

    def fetch(self, media_id: str) -> None:
        """The media function: what lies at the address becomes a file of ours."""
        media = files.find(self.table, media_id)  # type: ignore[arg-type]
        if media is None or media.state is not MediaState.FETCHING:
            return
        seen = self.web(media.address)
        here = {"state": MediaState.READY, "kind": media_type_of(seen.content_type)}
        lost = {"state": MediaState.LOST, "problem": f"it answers {seen.status} {seen.reason}"}
        self.table.update(files.moved(media, MediaState.FETCHING, **(here if seen.status == 200 else lost)))

    def restart(self) -> None:
        if self.power.dead:
            self.power.restart()
            self.gate = self._gate()

    def deliver_statuses(self) -> None:
        """Hands over the statuses whose time has come, in batches, shuffled and doubled if the stage says so."""
        now = self.clock()
        due = [each for each in self.meta.pending if each.at <= now]
        self.meta.pending = [each for each in self.meta.pending if each.at > now]
        if self.shuffled:
            due += [each for each in due if self.random.random() < 0.2]
            self.random.shuffle(due)
        for start in range(0, len(due), self.status_batch):
            some = due[start : start + self.status_batch]
            while True:
                try:
                    statuses.apply(some, self.desk)
                except Crash:
                    self.restart()
                    continue
                break

    def person(self, act: Callable[[], Any]) -> Any:
        """A person who repeats what failed until it is done, and takes \"it is done already\" for an answer."""
        while True:
            try:
                return act()
            except Crash:
                self.restart()
            except Conflict:
                return None

    # --- what there is to check ---

    def rows(self, run_id: str) -> dict[int, dict[str, Any]]:
        found = [i for i in self.ledger.items() if i["PK"].startswith(f"RUN#{run_id}#")]
        return {int(i["SK"]): i for i in sorted(found, key=lambda i: i["SK"])}

    def states(self, run_id: str) -> Counter[str]:
        return Counter(row["state"] for row in self.rows(run_id).values())


class Schedules:
    """EventBridge Scheduler: keeps what it is told."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[datetime, dict[str, Any]]] = {}

    def at(self, name: str, when: datetime, payload: dict[str, Any]) -> None:
        self.waiting[name] = (when, payload)

    def cancel(self, name: str) -> None:
        self.waiting.pop(name, None)


def ulid_of(at: datetime, number: int) -> str:
    """The id that `cloud.ids.new_id` would make at that time, with a number in the place of chance."""
    value = ((int(at.timestamp() * 1000) + number) << 80) | (number * 0x9E3779B97F4A7C15 % 2**80)
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[value >> shift & 31] for shift in range(125, -1, -5))


def offer(**bindings: Any) -> TemplateMessage:
    """The template with its two slots filled from the file."""
    found = {"body.1": {"field": "FirstName", "default": "you"}, "body.2": {"value": "SAVE10"}} | bindings
    return TemplateMessage(name=TEMPLATE, language="en", parameters=found)


def people(count: int) -> str:
    """A file of so many good recipients."""
    return "Mobile,FirstName\n" + "".join(f"+65{91000000 + n},Name{n}\n" for n in range(count))


SENT = frozenset({RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.READ})


def agree(stage: Stage, campaign: Campaign) -> None:
    """The ledger adds up, nobody got it twice, and every row agrees with what WhatsApp took."""
    rows = stage.rows(campaign.run_id)
    took = {str(m.to or m.recipient) for m in stage.meta.accepted}
    assert stage.meta.twice() == []
    assert campaign.recipients
    assert campaign.recipients.summary
    assert len(rows) == campaign.recipients.summary.total
    for row in rows.values():
        state = RowState(row["state"])
        assert not state.is_open, row
        if row["to"] in took and state is not RowState.SKIPPED:
            assert state in SENT, row
        elif state in SENT:
            raise AssertionError(f"not taken by WhatsApp: {row}")
