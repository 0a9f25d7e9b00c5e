"""The send worker: one chunk, many threads, one way out."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from datetime import datetime, timedelta

from chalicelib.campaigns import breaker, chunks, delivery, jobs, ledger, plan, progress, store, tier
from chalicelib.campaigns.chunks import Recipient
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.ledger import RowEntry
from chalicelib.campaigns.message.fill import Filler, Unfit
from chalicelib.campaigns.model import Campaign, State, callback
from chalicelib.campaigns.partition import values_of
from chalicelib.campaigns.plan import Plan
from chalicelib.campaigns.receipts import Receipts
from chalicelib.campaigns.rows import Tally
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, stamp
from chalicelib.contacts.model import Identities
from chalicelib.contacts.phones import match_key
from chalicelib.conversations.model import conversation_id
from chalicelib.conversations.outbound import (
    CALLS_AT_ONCE,
    Declined,
    Gate,
    Postponed,
    Purpose,
    SendRequest,
    Verdict,
    send,
)
from chalicelib.conversations.pacing import Lane, rate
from chalicelib.dataclass import dataclass

THREADS = 2 * CALLS_AT_ONCE
"""`outbound.CALLS_AT_ONCE` of them call; the others build messages and keep answers meanwhile."""
_THREADS_SECONDS = 1.0
"""A thread has one message in hand, so no more than this worth of the number's speed: what waits for its slot cannot be paused."""
_LOOK_AGAIN = timedelta(seconds=1)
_ENOUGH_SECONDS = 25.0
"""With less time than this left to the function nothing new is begun: a wait for a slot and Meta's slowest answer must fit."""
_LONGEST_DELAY = 900


Todo = Sequence[tuple[Recipient, RowEntry]]


@dataclass
class Switch:
    """Is the run still to be sent? Asked before each message and at its claim, read once a second: a pause works within that."""

    read: Callable[[], bool]
    clock: Clock
    time_left: Callable[[], float]
    _on: bool = True
    _until: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def off(self) -> None:
        """This worker has seen a reason to stop."""
        with self._lock:
            self._on = False

    def is_on(self) -> bool:
        """May the next message go?"""
        with self._lock:
            now = self.clock()
            if self._on and (self._until is None or now > self._until):
                self._on, self._until = self.read(), now + _LOOK_AGAIN
            return self._on and self.time_left() > _ENOUGH_SECONDS


@dataclass(frozen=True)
class _WhileSent:
    """A row that can be claimed only while the run is to be sent: a slot may be seconds off when many workers wait for theirs."""

    row: RowEntry
    switch: Switch
    same_files: bool

    @property
    def attempts(self) -> int:
        return self.row.attempts

    def settled(self) -> bool:
        return self.row.settled()

    def claim(self, attempt: str, now: datetime) -> bool:
        return self.switch.is_on() and self.row.claim(attempt, now)

    def record(self, attempt: str | None, verdict: Verdict, now: datetime) -> None:
        if self.same_files and isinstance(verdict, Declined) and verdict.reason == "media":
            return  # nobody can have it: the row stays queued, the campaign pauses
        self.row.record(attempt, verdict, now)


@dataclass(frozen=True)
class _Work:
    campaign: Campaign
    channel: Channel
    plan: Plan
    purpose: Purpose
    filler: Filler
    fields: Sequence[str]
    gate: Gate
    desk: Desk
    switch: Switch
    teller: "_Teller"


def send_chunk(
    job: jobs.SendChunk, desk: Desk, gate: Gate, time_left: Callable[[], float], threads: int = THREADS
) -> dict[str, int]:
    """Sends to those of the chunk who are still queued; answers what changed. What must wait comes back as a new message.

    A run that is not sending is left alone: its rows stay queued and are released again when it goes on.
    """
    campaign = store.get(desk.table, job.campaign_id)
    if campaign.state is not State.SENDING or campaign.run_id != job.run_id:
        return {}
    content = chunks.get_chunk(desk.media, campaign.id, job.run_id, job.chunk)
    wanted = content.recipients[job.first : None if job.count is None else job.first + job.count]
    if not wanted:
        return {}
    rows = ledger.rows_between(desk.ledger, job.run_id, wanted[0].row, wanted[-1].row)
    tally = Tally()
    receipts = Receipts(desk.ledger, job.run_id, job.chunk, tally, desk.new_id, desk.clock)
    open_rows = [
        (each, entry)
        for each in wanted
        if not (entry := RowEntry(desk.ledger, job.run_id, rows[each.row], tally, receipts)).settled()
    ]
    due = stamp(desk.clock())
    todo: Todo = [(each, entry) for each, entry in open_rows if entry.waits_until <= due]
    if not open_rows:
        return {}
    run_plan = plan.get(desk.media, campaign.id, job.run_id)
    channel = channels.get(desk.table, campaign.channel_id)
    todo, taken = _within_tier(_within_hours(todo, campaign, desk), channel, run_plan, desk)
    switch = Switch(lambda: _is_sending(desk, job), gate.clock, time_left)
    teller = _Teller(job, campaign, tally, receipts, desk)
    work = _Work(
        campaign,
        channel,
        run_plan,
        _purpose_now(run_plan, channel, desk),
        run_plan.filler,
        content.fields,
        gate,
        desk,
        switch,
        teller,
    )
    most = math.ceil(rate(channel, Lane.CAMPAIGN) * _THREADS_SECONDS) + 1
    verdicts, errors = _send_all(todo, work, min(threads, most))
    receipts.keep()
    unsent = sum(not entry.settled() for _, entry in todo)
    if taken and unsent:
        tier.give_back(desk.table, channel.waba_id, unsent, taken, desk.clock())
    _go_on(job, work, verdicts, [entry for _, entry in open_rows])
    teller.tell()
    if errors:
        raise errors[0]
    return tally.nonzero()


@dataclass
class _Teller:
    """Keeps the receipts and adds what has come of the chunk to the run's counters: at its end, and at each beat meanwhile."""

    job: jobs.SendChunk
    campaign: Campaign
    tally: Tally
    receipts: Receipts
    desk: Desk
    _told: Counter[str] = field(default_factory=Counter)
    _beat: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now_and_then(self) -> None:
        """Tells if a beat has begun since it last did."""
        if not self._lock.acquire(blocking=False):
            return  # another thread is just telling
        try:
            beat = progress.beat(self.desk.clock())
            if beat != (self._beat or beat):
                self.tell()
            self._beat = beat
        finally:
            self._lock.release()

    def tell(self) -> None:
        """Tells what is new."""
        self.receipts.keep()
        changes, minutes = self.tally.since(self._told)
        if not changes:
            return
        self._told.update(changes)
        counts = store.add_counts(self.desk.ledger, self.job.run_id, changes)
        store.add_minutes(self.desk.ledger, self.job.run_id, minutes)
        progress.tell(self.desk.table, self.campaign.id, self.job.run_id, self.desk.clock())
        breaker.look(self.campaign, counts, self.desk)


def _purpose_now(run_plan: Plan, channel: Channel, desk: Desk) -> Purpose:
    """What the message counts as now: WhatsApp makes a template marketing while it is being sent, and then an opt-out is one."""
    template = plan.template_of(run_plan.message)
    if template is None or run_plan.purpose is Purpose.MARKETING:
        return run_plan.purpose
    record = desk.find_template(channel.waba_id, template.name, template.language)
    return plan.purpose_of(record.category) if record else run_plan.purpose


def _within_hours(todo: Todo, campaign: Campaign, desk: Desk) -> Todo:
    """Those who may be written to at this hour of theirs; the others wait until they may."""
    wanted, now = campaign.delivery, desk.clock()
    if wanted is None:
        return todo
    found = []
    for recipient, entry in todo:
        opening = delivery.opens_at(recipient.to, wanted, now)
        if opening:
            entry.record(None, Postponed(opening - now, "it is not the time of day to write to them"), now)
        else:
            found.append((recipient, entry))
    return found


def _within_tier(todo: Todo, channel: Channel, run_plan: Plan, desk: Desk) -> tuple[Todo, tier.Taken | None]:
    """Those whom the account's tier allows today, and what they take of it; the others wait until it allows more.

    Free text opens nothing, so it is free.
    """
    limit = tier.limit_of(channel.tier)
    if limit is None or not todo or run_plan.purpose is Purpose.SERVICE:
        return todo, None
    now = desk.clock()
    taken = tier.take(desk.table, channel.waba_id, len(todo), limit, now)
    for _, entry in todo[taken.count :]:
        entry.record(None, Postponed(taken.more_at - now, "the account's messaging limit is reached for today"), now)
    return todo[: taken.count], taken


def _is_sending(desk: Desk, job: jobs.SendChunk) -> bool:
    campaign = store.get(desk.table, job.campaign_id)
    return campaign.state is State.SENDING and campaign.run_id == job.run_id


def _send_all(todo: Todo, work: _Work, threads: int) -> tuple[list[Verdict], list[Exception]]:
    verdicts: list[Verdict] = []
    errors: list[Exception] = []
    with ThreadPoolExecutor(min(threads, max(1, len(todo)))) as pool:
        left = range(len(todo), 0, -1)
        for future in [
            pool.submit(_send_one, *one, remaining, work) for one, remaining in zip(todo, left, strict=True)
        ]:
            try:
                verdict = future.result()
            except Exception as error:  # the others' verdicts are counted first, then it is raised
                errors.append(error)
            else:
                verdicts += [verdict] if verdict else []
    return verdicts, errors


def _send_one(recipient: Recipient, entry: RowEntry, remaining: int, work: _Work) -> Verdict | None:
    if not work.switch.is_on():
        return None
    try:
        message = work.filler.message(values_of(recipient.to, work.fields, recipient.values))
    except Unfit as unfit:
        declined = Declined(unfit.reason, str(unfit))
        entry.record(None, declined, work.gate.clock())
        return declined
    request = SendRequest(
        channel=work.channel,
        to=Identities(bsuid=recipient.to) if recipient.is_bsuid else Identities(phone=recipient.to),
        message=message,
        purpose=work.purpose,
        lane=Lane.CAMPAIGN,
        callback=callback(entry.run_id, recipient.row),
        conversation_id=_conversation(recipient, work) if message.type != "template" else None,
        remaining=remaining,
    )
    same_files = work.plan.same_files
    verdict = send(request, _WhileSent(entry, work.switch, same_files), work.gate)
    work.teller.now_and_then()
    if breaker.stops_everybody(verdict, same_files=same_files):
        work.switch.off()
    return verdict


def _conversation(recipient: Recipient, work: _Work) -> str | None:
    """The conversation whose window a free text needs."""
    key = (
        keys.identity("bsuid", recipient.to) if recipient.is_bsuid else keys.identity("phone", match_key(recipient.to))
    )
    person = work.desk.table.get(key)
    return conversation_id(work.channel.id, person["contact_id"]) if person else None


def _go_on(job: jobs.SendChunk, work: _Work, verdicts: Sequence[Verdict], entries: Sequence[RowEntry]) -> None:
    """What the verdicts mean for the campaign: it pauses, or what is left of the chunk comes back when it is due."""
    same_files = work.plan.same_files
    stop = next((reason for each in verdicts if (reason := breaker.stops_everybody(each, same_files=same_files))), "")
    if stop:
        breaker.pause(work.campaign, stop, work.desk)
        return
    left = [entry.waits_until for entry in entries if not entry.settled()]
    if left and work.switch.read():
        soonest = min(left)
        wait = (datetime.fromisoformat(soonest) - work.desk.clock()).total_seconds() if soonest else 1
        if wait > _LONGEST_DELAY:
            return  # for hours, or until tomorrow: the recount releases them again
        work.desk.queues.send("bulk", jobs.body_of(job), delay_seconds=min(_LONGEST_DELAY, max(1, math.ceil(wait))))
