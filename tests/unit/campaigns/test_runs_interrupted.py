"""A run that is stopped at every moment it may be in: what was sent is counted, the report becomes final."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.campaigns import control, drafts, listing, report, store
from chalicelib.campaigns.control import LaunchRequest, RetryRequest
from chalicelib.campaigns.delivery import Delivery
from chalicelib.campaigns.model import AccountRules, Campaign, Pace, RunKind, State
from chalicelib.campaigns.trouble import CampaignChanged, WrongState
from chalicelib.channels import store as channels
from chalicelib.problems import Conflict
from tests.support.campaigns import START, Stage, agree, people, refusal

EVERYBODY = 270
"""More than a chunk, and than the smallest tier."""


def launched(stage: Stage, count: int = EVERYBODY) -> Campaign:
    return control.launch(stage.draft(people(count)), LaunchRequest(), "ann", stage.desk)


def sending(stage: Stage) -> Campaign:
    campaign = launched(stage)
    stage.pump(until=lambda: len(stage.meta.accepted) > 100)
    return stage.campaign(campaign.id)


def paused(stage: Stage) -> Campaign:
    return control.pause(sending(stage), stage.desk)


def paused_in_preparation(stage: Stage) -> Campaign:
    return control.pause(launched(stage), stage.desk)


def waiting_for_the_tier(stage: Stage) -> Campaign:
    channels.change(stage.desk.table, "main", tier="TIER_250")
    campaign = launched(stage)
    stage.pump(until=lambda: len(stage.meta.accepted) == 250 and stage.clock() > START + timedelta(hours=1))
    return stage.campaign(campaign.id)


def waiting_for_their_hours(stage: Stage) -> Campaign:
    campaign = stage.draft(people(EVERYBODY))
    hours = Delivery(start="09:00", end="10:00")  # type: ignore[arg-type] # in Singapore it is eight in the evening
    campaign = drafts.change(campaign, drafts.Change(delivery=hours), stage.desk, enter=lambda _: None)
    campaign = control.launch(campaign, LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.clock() > START + timedelta(hours=1))
    return stage.campaign(campaign.id)


def at_a_slow_pace(stage: Stage) -> Campaign:
    slow = drafts.Change(pace=Pace(messages=90, per="hour"))
    campaign = drafts.change(stage.draft(people(EVERYBODY)), slow, stage.desk, enter=lambda _: None)
    campaign = control.launch(campaign, LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.clock() > START + timedelta(hours=1))
    return stage.campaign(campaign.id)


MOMENTS = [
    launched, sending, paused, paused_in_preparation, waiting_for_the_tier, waiting_for_their_hours, at_a_slow_pace,
]  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_cancelled_at_any_moment_a_run_ends_with_everybody_in_its_final_report(
    moment: Callable[[Stage], Campaign],
) -> None:
    stage = Stage(threads=1)
    campaign = moment(stage)
    sent = len(stage.meta.accepted)
    control.cancel(campaign, stage.desk)
    stage.pump()
    ended = stage.campaign(campaign.id)
    found = report.report(ended, None, stage.desk)
    assert (ended.state, found.final, len(stage.meta.accepted)) == (State.CANCELLED, True, sent)
    assert (found.counts.audience, found.counts.sent, found.counts.cancelled) == (EVERYBODY, sent, EVERYBODY - sent)
    assert store.sending_on(stage.desk.table, "main") == []
    rows = list(listing.export(store.get_run(stage.desk.ledger, ended.run_id), listing.Slice(), stage.desk))
    lines = list(csv.DictReader("".join(rows).splitlines()))
    assert Counter((row["state"], row["reason"]) for row in lines) == +Counter(
        {("read", ""): sent, ("queued", "cancelled"): EVERYBODY - sent}
    )
    assert found.retryable == EVERYBODY - sent
    control.retry(ended, RetryRequest(), "ann", stage.desk)
    stage.pump()
    assert (len(stage.meta.accepted), stage.meta.twice()) == (EVERYBODY, [])


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_paused_and_resumed_at_any_moment_a_run_reaches_everybody_once(moment: Callable[[Stage], Campaign]) -> None:
    stage = Stage(threads=1)
    campaign = moment(stage)
    if campaign.state is not State.PAUSED:
        campaign = control.pause(campaign, stage.desk)
    sent = len(stage.meta.accepted)
    stage.pump()
    stage.clock.advance(3600)
    assert len(stage.meta.accepted) == sent
    control.resume(campaign, stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, stage.states(done.run_id)) == (State.COMPLETED, {"read": EVERYBODY})
    agree(stage, done)


def test_who_was_cancelled_is_listed_with_that_reason_and_found_by_it() -> None:
    stage = Stage(threads=1)
    campaign = sending(stage)
    running = report.run_of(campaign, None, stage.desk)
    assert listed(stage, running.id, "cancelled") == []
    sent = len(stage.meta.accepted)
    control.cancel(campaign, stage.desk)
    stage.pump()
    found = listed(stage, running.id, "cancelled")
    assert len(found) == EVERYBODY - sent
    assert {(row.state, row.explanation) for row in found} == {
        ("queued", "The campaign was cancelled before this recipient's turn.")
    }
    run = store.get_run(stage.desk.ledger, running.id)
    lines = "".join(listing.export(run, listing.Slice(reason="cancelled"), stage.desk)).splitlines()
    assert len(lines) == EVERYBODY - sent + 1


def listed(stage: Stage, run_id: str, reason: str) -> list[listing.RowView]:
    run = store.get_run(stage.desk.ledger, run_id)
    return listing.rows(run, state=(), reason=reason, to="", limit=1000, token=None, desk=stage.desk)[0]


def failed_for_a_while(stage: Stage) -> Campaign:
    stage.meta.answer = lambda message: refusal(131016) if int(str(message.to)) % 8 == 0 else None
    campaign = launched(stage, 200)
    stage.pump()
    stage.meta.answer = lambda message: None
    return stage.campaign(campaign.id)


def test_of_two_who_retry_at_once_one_begins_a_run() -> None:
    stage = Stage()
    seen = failed_for_a_while(stage)
    first = control.retry(seen, RetryRequest(), "ann", stage.desk)
    with pytest.raises(CampaignChanged):
        control.retry(seen, RetryRequest(), "bob", stage.desk)
    with pytest.raises(WrongState):
        control.retry(stage.campaign(seen.id), RetryRequest(), "bob", stage.desk)
    stage.pump()
    done = stage.campaign(seen.id)
    assert (done.state, done.runs, done.run_id) == (State.COMPLETED, (*seen.runs, first.run_id), first.run_id)
    assert (len(stage.meta.accepted), stage.meta.twice()) == (200, [])


def test_a_run_that_is_still_settling_is_not_retried() -> None:
    stage = Stage()
    stage.meta.lose, stage.meta.statuses = (lambda message: int(str(message.to)) % 2 == 0), ()
    campaign = launched(stage, 100)
    stage.pump(until=lambda: len(stage.meta.accepted) == 100)
    with pytest.raises(WrongState):
        control.retry(stage.campaign(campaign.id), RetryRequest(not_confirmed=True), "ann", stage.desk)
    cancelled = control.cancel(stage.campaign(campaign.id), stage.desk)
    with pytest.raises(Conflict, match="still being settled"):
        control.retry(cancelled, RetryRequest(not_confirmed=True), "ann", stage.desk)
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk)
    assert (found.final, found.counts.sent, found.counts.failed) == (True, 50, 50)


def test_a_retry_of_a_retry_takes_what_still_failed_and_each_run_keeps_its_report() -> None:
    stage = Stage()
    seen = failed_for_a_while(stage)
    stage.meta.answer = lambda message: refusal(131016) if int(str(message.to)) % 16 == 0 else None
    control.retry(seen, RetryRequest(), "ann", stage.desk)
    stage.pump()
    stage.meta.answer = lambda message: None
    control.retry(stage.campaign(seen.id), RetryRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(seen.id)
    counts = [report.report(done, n, stage.desk).counts for n in (1, 2, 3)]
    assert [(each.audience, each.sent, each.failed) for each in counts] == [(200, 175, 25), (25, 12, 13), (13, 13, 0)]
    assert [store.get_run(stage.desk.ledger, each).kind for each in done.runs] == [RunKind.FIRST, *[RunKind.RETRY] * 2]
    assert stage.meta.twice() == []


def drafted(stage: Stage) -> Campaign:
    return stage.draft(people(EVERYBODY))


def needing_approval(stage: Stage) -> Campaign:
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    return launched(stage)


def scheduled(stage: Stage) -> Campaign:
    return control.launch(drafted(stage), LaunchRequest(at=START + timedelta(hours=1)), "ann", stage.desk)


def too_late(stage: Stage) -> Campaign:
    campaign = scheduled(stage)
    assert campaign.schedule
    stage.clock.advance(7200)
    control.fire(campaign.id, campaign.schedule.token, stage.desk)
    return stage.campaign(campaign.id)


def failed(stage: Stage) -> Campaign:
    campaign = launched(stage)
    control.fail(control.jobs.Prepare(campaign_id=campaign.id, run_id=campaign.run_id), "It broke.", stage.desk)
    return stage.campaign(campaign.id)


def cancelled(stage: Stage) -> Campaign:
    return control.cancel(sending(stage), stage.desk)


def completed(stage: Stage) -> Campaign:
    campaign = launched(stage)
    stage.pump()
    return stage.campaign(campaign.id)


def test_a_copy_of_a_campaign_in_any_state_is_a_draft_that_can_be_sent() -> None:
    makers = [drafted, needing_approval, scheduled, too_late, launched, sending, paused, completed, cancelled, failed]
    states = set()
    for make in makers:
        stage = Stage(mps=1000)
        model = make(stage)
        states.add(model.state)
        store.put_rules(stage.desk.table, "shop", AccountRules())
        copy = drafts.clone(model, "bob", stage.desk)
        assert (copy.state, copy.created_by, copy.name) == (State.DRAFT, "bob", "Spring (copy)")
        assert (copy.schedule, copy.wish, copy.approved_by, copy.predicted, copy.run_id, copy.runs) == (
            None, None, "", None, "", (),
        )  # fmt: skip
        control.launch(copy, LaunchRequest(), "bob", stage.desk)
        stage.pump()
        done = stage.campaign(copy.id)
        assert (done.state, stage.states(done.run_id)) == (State.COMPLETED, {"read": EVERYBODY}), make
    assert states == set(State)
