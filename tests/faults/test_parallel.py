"""Several send workers side by side, on a clock that runs: what a STOP or a pause means for messages that are just leaving.

Each worker is a process as the way out knows one: slots, turns and threads of its own; between them there is only the table.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.campaigns import breaker, jobs, receipts, worker
from chalicelib.campaigns.model import CHUNK, Campaign, State
from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.cloud.table import Update
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Contact, Identities
from chalicelib.conversations import opting_out
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.pacing import Lane, Pacer, rate
from tests.faults.conftest import Stormed
from tests.support.campaigns import START, TEMPLATE, Stage, people, refusal

WORKERS = 4
PART = 50
"""Recipients of one message on the bulk queue."""
LASTS = timedelta(seconds=25)


class Running:
    """A clock that runs by itself."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=time.monotonic() - self._began)


class Slow:
    """A table some milliseconds away: other threads come between what is read and what is done about it."""

    def __init__(self, table: Any, seed: int) -> None:
        self._table, self._chance = table, random.Random(seed)

    def get_many(self, keys: Any, **how: Any) -> Any:
        found = self._table.get_many(keys, **how)
        time.sleep(self._chance.uniform(0, 0.02))
        return found

    def update(self, update: Update) -> Any:
        time.sleep(self._chance.uniform(0, 0.01))
        return self._table.update(update)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


def prepared(recipients: int, mps: int, seed: int) -> tuple[Stage, Campaign]:
    """A campaign whose rows are queued and whose waves have not begun."""
    stage = Stage(mps=mps, seed=seed)
    stage.meta.statuses = ()
    campaign = stage.launch(people(recipients))
    stage.pump(until=lambda: stage.campaign(campaign.id).state is State.SENDING)
    return stage, stage.campaign(campaign.id)


@contextmanager
def sending(
    stage: Stage, campaign: Campaign, recipients: int, clock: Running, workers: int = WORKERS
) -> Iterator[None]:
    """The workers share all chunks among them, part by part, until each has gone through its own."""
    desk = replace(stage.desk, clock=clock, ledger=Slow(stage.ledger, stage.seed))  # type: ignore[arg-type]
    parts = [(row // CHUNK, row % CHUNK) for row in range(0, recipients, PART)]

    def work(n: int) -> None:
        table: Any = Slow(stage.table, stage.seed + n)
        gate = Gate(table, Pacer(table, clock), deliver, clock, stage.new_id, timedelta(seconds=25))
        for chunk, first in parts[n::workers]:
            job = jobs.SendChunk(campaign_id=campaign.id, run_id=campaign.run_id, chunk=chunk, first=first, count=PART)
            worker.send_chunk(job, desk, gate, lambda: 600.0)

    chance = random.Random(stage.seed)

    def deliver(channel: Any, message: Any) -> Any:
        time.sleep(chance.uniform(0.005, 0.06))
        return stage.meta.deliver(channel, message)

    stage.meta.clock = clock  # type: ignore[assignment]
    with ThreadPoolExecutor(workers) as pool:
        working = [pool.submit(work, n) for n in range(workers)]
        yield
        for each in working:
            each.result()


def opts_out(stage: Stage, person: Contact, clock: Running) -> None:
    consent.record(
        stage.table, person, ConsentCategory.MARKETING,  # type: ignore[arg-type]
        allowed=False, subaccount_id=None, source="keyword", text="STOP", at=clock(), entry_id=f"stop{person.id}",
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_stop_that_was_acknowledged_is_in_force_for_messages_that_were_just_leaving(
    seed: int, stormed: Stormed
) -> None:
    recipients, clock = 400, Running()
    stage, campaign = prepared(recipients, mps=300, seed=seed)
    acknowledged: dict[str, datetime] = {}
    table, ledger = stage.table, stage.ledger
    phones = [f"+65{91000000 + n}" for n in range(recipients)]
    who = {
        each: identity.resolve(table, Identities(phone=each), now=START, new_id=stage.new_id)  # type: ignore[arg-type]
        for each in phones
    }
    claimed: list[str] = []

    def stops(n: int) -> None:
        """Each picks on who is being sent to at this moment."""
        chance = random.Random(seed * 100 + n)
        while len(stage.meta.accepted) < recipients * 0.8 and len(acknowledged) < recipients // 3:
            held = [row["to"] for row in stage.rows(campaign.run_id).values() if row["state"] in {"sending", "queued"}]
            near = [each for each in held[:60] if each not in claimed]
            if not near:
                return
            phone = chance.choice(near)
            claimed.append(phone)
            opts_out(stage, who[phone], clock)
            opting_out.wait_for_claims(table, ledger, who[phone], LASTS, clock)  # type: ignore[arg-type]
            acknowledged[phone] = clock()

    with sending(stage, campaign, recipients, clock), ThreadPoolExecutor(8) as customers:
        for each in [customers.submit(stops, n) for n in range(8)]:
            each.result()
    late = {
        str(message.to)
        for message, at in zip(stage.meta.accepted, stage.meta.times, strict=True)
        if at > acknowledged.get(str(message.to), at)
    }
    stormed(
        "STOP while four workers send to 400, eight customers at a time, at those who are just being sent to",
        recipients=recipients, stops=len(acknowledged), accepted=len(stage.meta.accepted), accepted_after_their_stop=len(late),
    )  # fmt: skip
    assert late == set()
    assert len(acknowledged) > 20
    skipped = stage.states(campaign.run_id)["skipped"]
    taken = receipts.kept(stage.ledger, campaign.run_id, range(recipients // CHUNK + 1))  # type: ignore[arg-type]
    assert len(taken) + skipped == recipients
    assert skipped > 0


def test_a_stop_between_a_messages_consent_check_and_its_call_is_acknowledged_only_after_the_answer() -> None:
    stage, campaign = prepared(1, mps=80, seed=1)
    clock, order = Running(), list[str]()
    person = identity.resolve(stage.table, Identities(phone="+6591000000"), now=START, new_id=stage.new_id)  # type: ignore[arg-type]

    def customer() -> None:
        opts_out(stage, person, clock)
        opting_out.wait_for_claims(stage.table, stage.ledger, person, LASTS, clock)  # type: ignore[arg-type]
        order.append("acknowledged")

    stop = threading.Thread(target=customer)

    class Checked(Slow):
        """The consent has been read; the STOP comes before anything else happens."""

        def get_many(self, keys: Any, **how: Any) -> Any:
            found = stage.table.get_many(keys, **how)
            stop.start()
            stop.join(1.5)
            return found

    def deliver(channel: Any, message: Any) -> Any:
        order.append("accepted")
        return stage.meta.deliver(channel, message)

    table: Any = Checked(stage.table, 1)
    gate = Gate(table, Pacer(table, clock), deliver, clock, stage.new_id, timedelta(seconds=25))
    job = jobs.SendChunk(campaign_id=campaign.id, run_id=campaign.run_id, chunk=0)
    worker.send_chunk(job, replace(stage.desk, clock=clock), gate, lambda: 600.0)
    stop.join()
    assert order in (["accepted", "acknowledged"], ["acknowledged"])


def template_is(status: str) -> Callable[[Stage], None]:
    def follow(stage: Stage) -> None:
        stage.add_template(status=status)

    return follow


def template_goes(stage: Stage) -> None:
    stage.table.delete(keys.template("200", TEMPLATE, "en"))


def number_is(**news: str) -> Callable[[Stage], None]:
    def follow(stage: Stage) -> None:
        channels.change(stage.table, "main", **news)  # type: ignore[arg-type]

    return follow


@pytest.mark.parametrize(
    ("happens", "reason", "workers", "mps"),
    [
        (template_is("PAUSED"), "template: it is paused", 10, 40),
        (template_is("DISABLED"), "template: it is disabled", 4, 100),
        (template_is("REJECTED"), "template: it is rejected", 4, 100),
        (template_goes, "template: it is deleted", 4, 100),
        (number_is(quality="RED"), "number_quality: too many people block or report this number", 4, 100),
        (number_is(stopped="the account is locked"), "number_stopped: the account is locked", 4, 100),
    ],
    ids=["paused", "disabled", "rejected", "deleted", "red", "stopped"],
)
def test_news_of_a_webhook_hold_within_five_seconds_however_many_workers_send(
    happens: Callable[[Stage], None], reason: str, workers: int, mps: int, stormed: Stormed
) -> None:
    recipients, clock = 600, Running()
    stage, campaign = prepared(recipients, mps, seed=1)
    speed = rate(stage.channel, Lane.CAMPAIGN)
    with sending(stage, campaign, recipients, clock, workers):
        while len(stage.meta.accepted) < 20:
            time.sleep(0.02)
        happens(stage)
        assert breaker.look_at_account("200", stage.desk) == [campaign.id]
        acknowledged, before = clock(), len(stage.meta.accepted)
    if workers == 10:
        stormed(
            "A template paused while ten workers send at 32/s",
            accepted_before=before, accepted_after_it_was_acknowledged=len(stage.meta.accepted) - before, allowed=int(5 * speed),
        )  # fmt: skip
    assert len(stage.meta.accepted) - before <= 5 * speed
    assert max(stage.meta.times) <= acknowledged + timedelta(seconds=5)
    paused = stage.campaign(campaign.id)
    assert (paused.state, paused.state_reason) == (State.PAUSED, reason)
    assert stage.states(campaign.run_id)["failed"] == 0


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (lambda accepted, _: refusal(132015) if accepted >= 60 else None, "template: The template is paused"),
        (lambda accepted, _: refusal(131048) if accepted >= 60 else None, "number_limited:"),
        (lambda accepted, _: refusal(131031) if accepted >= 60 else None, "number_stopped:"),
        (lambda _, to: refusal(131009) if to % 2 else None, "failures:"),
    ],
    ids=["template", "number limited", "number stopped", "failure ratio"],
)
def test_answers_that_concern_everybody_hold_within_five_seconds_however_many_workers_send(
    answers: Callable[[int, int], Any], reason: str
) -> None:
    recipients, clock = 600, Running()
    stage, campaign = prepared(recipients, mps=100, seed=1)
    speed = rate(stage.channel, Lane.CAMPAIGN)
    stage.meta.answer = lambda message: answers(len(stage.meta.accepted), int(str(message.to)))
    with sending(stage, campaign, recipients, clock):
        while stage.campaign(campaign.id).state is State.SENDING:
            time.sleep(0.02)
        acknowledged, before = clock(), len(stage.meta.accepted)
    paused = stage.campaign(campaign.id)
    assert (paused.state, paused.state_reason.startswith(reason)) == (State.PAUSED, True)
    assert len(stage.meta.accepted) - before <= 5 * speed
    assert max(stage.meta.times) <= acknowledged + timedelta(seconds=5)
    rows = stage.states(campaign.run_id)
    assert rows["queued"] > 0
    assert (rows["failed"] == 0) == (reason != "failures:")
    assert stage.meta.twice() == []
