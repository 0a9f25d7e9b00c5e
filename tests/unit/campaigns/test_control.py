"""Launching, approving, scheduling, pausing, cancelling, trying again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import pytest

from chalicelib.campaigns import control, drafts, plan, preflight, report, store, trial
from chalicelib.campaigns.control import LaunchRequest, RetryRequest
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import TRANSITIONS, AccountRules, Campaign, Pace, Schedule, State, TextMessage
from chalicelib.campaigns.trouble import NothingToRetry, NotReady, OwnApproval, TooOld, WrongState
from chalicelib.campaigns.when import When
from chalicelib.cloud import keys
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations.model import conversation_id
from chalicelib.problems import Invalid
from chalicelib.whatsapp.messages import Outbound
from tests.support.campaigns import START, Stage, agree, offer, people, refusal

NOW = LaunchRequest()


def test_every_state_can_be_reached_and_left_as_the_docs_say() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = {state for to in TRANSITIONS.values() for state in to}
    assert reached | {State.DRAFT} == set(State)


def test_launching_twice_begins_one_run() -> None:
    stage = Stage()
    campaign = stage.draft(people(30))
    first = control.launch(campaign, NOW, "ann", stage.desk)
    again = control.launch(stage.campaign(campaign.id), NOW, "ann", stage.desk)
    stage.pump()
    assert first.run_id == again.run_id
    assert len(stage.meta.accepted) == 30
    with pytest.raises(WrongState):
        control.launch(stage.campaign(campaign.id), NOW, "ann", stage.desk)


def _without(stage: Stage, prefix: str) -> None:
    for key in list(stage.media.keys(prefix)):
        stage.media.delete(key)


def test_a_campaign_whose_list_was_deleted_meanwhile_says_so_and_starts_nothing() -> None:
    stage = Stage()
    campaign = stage.draft(people(30))
    _without(stage, "campaigns/recipients/")
    with pytest.raises(NotReady) as refused:
        control.launch(campaign, NOW, "ann", stage.desk)
    assert [(each.field, "deleted" in each.message) for each in refused.value.errors] == [("recipients", True)]
    assert stage.campaign(campaign.id).state is State.DRAFT


@pytest.mark.parametrize("prefix", ["campaigns/recipients/", "chunks/"])
def test_nobody_is_tried_again_when_the_files_of_the_last_run_were_deleted(prefix: str) -> None:
    stage = Stage()
    campaign = stage.launch(people(30))
    control.cancel(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    plan._kept.cache_clear()
    _without(stage, prefix)
    with pytest.raises(TooOld):
        control.retry(stage.campaign(campaign.id), RetryRequest(), "ann", stage.desk)


def test_a_pause_takes_effect_within_seconds_and_resuming_loses_nobody() -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(1000))
    stage.pump(until=lambda: len(stage.meta.accepted) > 150)
    before, then = len(stage.meta.accepted), stage.clock()
    control.pause(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    assert len(stage.meta.accepted) == before
    assert stage.meta.times[-1] <= then + timedelta(seconds=5)
    control.resume(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)
    assert stage.states(done.run_id) == {"read": 1000}


def test_a_pause_during_preparation_is_resumed_there() -> None:
    stage = Stage()
    campaign = control.launch(stage.draft(people(100)), NOW, "ann", stage.desk)
    control.pause(campaign, stage.desk)
    stage.pump()
    assert stage.meta.accepted == []
    assert control.resume(stage.campaign(campaign.id), stage.desk).state is State.PREPARING
    stage.pump()
    assert len(stage.meta.accepted) == 100


def test_a_cancelled_campaign_counts_its_cancelled_recipients() -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(500))
    stage.pump(until=lambda: len(stage.meta.accepted) > 100)
    sent = len(stage.meta.accepted)
    control.cancel(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk)
    assert found.final
    assert (found.counts.audience, found.counts.sent, found.counts.cancelled) == (500, sent, 500 - sent)


def test_a_campaign_cancelled_while_it_is_prepared_still_has_its_whole_ledger() -> None:
    stage = Stage()
    campaign = control.launch(stage.draft(people(100)), NOW, "ann", stage.desk)
    control.cancel(campaign, stage.desk)
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk)
    assert (found.counts.audience, found.counts.cancelled, found.final) == (100, 100, True)


def test_a_retry_takes_only_those_whose_failure_may_pass() -> None:
    stage = Stage()
    codes = {"+6591000001": 131016, "+6591000002": 131021}
    stage.meta.answer = lambda message: refusal(codes[message.to]) if message.to in codes else None
    campaign = stage.launch(people(20))
    stage.pump()
    first = stage.campaign(campaign.id)
    assert stage.states(first.run_id) == {"read": 18, "failed": 2}
    assert report.report(first, None, stage.desk).retryable == 1
    stage.meta.answer = lambda message: None
    control.retry(first, RetryRequest(), "ann", stage.desk)
    stage.pump()
    again = stage.campaign(campaign.id)
    assert (again.state, len(again.runs)) == (State.COMPLETED, 2)
    assert {row: item["state"] for row, item in stage.rows(again.run_id).items()} == {1: "read"}
    assert stage.meta.twice() == []
    with pytest.raises(NothingToRetry):
        control.retry(again, RetryRequest(), "ann", stage.desk)


def test_what_was_never_confirmed_is_sent_again_only_by_a_persons_decision() -> None:
    stage = Stage()
    stage.meta.lose, stage.meta.statuses = (lambda message: message.to == "+6591000003"), ()
    campaign = stage.launch(people(5))
    stage.pump()
    first = stage.campaign(campaign.id)
    with pytest.raises(NothingToRetry):
        control.retry(first, RetryRequest(), "ann", stage.desk)
    stage.meta.lose = lambda message: False
    control.retry(first, RetryRequest(not_confirmed=True), "ann", stage.desk)
    stage.pump()
    assert [str(message.to) for message in stage.meta.accepted[5:]] == ["+6591000003"]


def test_a_second_person_must_approve_where_the_subaccount_demands_it() -> None:
    stage = Stage()
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    campaign = control.launch(stage.draft(people(10)), NOW, "ann", stage.desk)
    assert campaign.state is State.NEEDS_APPROVAL
    with pytest.raises(OwnApproval):
        control.approve(campaign, "ann", stage.desk)
    rejected = control.reject(campaign, "Wrong list", stage.desk)
    assert (rejected.state, rejected.state_reason) == (State.DRAFT, "Wrong list")
    asked = control.launch(rejected, LaunchRequest(at=START + timedelta(hours=2)), "ann", stage.desk)
    approved = control.approve(asked, "bob", stage.desk)
    assert (approved.state, approved.approved_by) == (State.SCHEDULED, "bob")


def test_an_approved_campaign_that_is_changed_or_planned_anew_needs_a_second_person_again() -> None:
    stage = Stage()
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    later = LaunchRequest(at=START + timedelta(hours=2))
    asked = control.launch(stage.draft(people(10)), later, "ann", stage.desk)
    approved = control.approve(asked, "bob", stage.desk)
    planned_anew = control.launch(approved, LaunchRequest(at=START + timedelta(hours=1)), "ann", stage.desk)
    assert (planned_anew.state, planned_anew.approved_by, stage.schedules.waiting) == (State.NEEDS_APPROVAL, "", {})
    assert fire(stage, approved) is State.NEEDS_APPROVAL
    approved = control.approve(planned_anew, "bob", stage.desk)
    assert len(stage.schedules.waiting) == 1
    changed = drafts.change(approved, drafts.Change(name="Other"), stage.desk, enter=lambda _: None)
    assert (changed.state, changed.approved_by, stage.schedules.waiting) == (State.DRAFT, "", {})
    again = control.launch(changed, NOW, "bob", stage.desk)
    with pytest.raises(OwnApproval):
        control.approve(again, "bob", stage.desk)
    control.approve(again, "ann", stage.desk)
    stage.pump()
    assert (len(stage.meta.accepted), stage.meta.twice()) == (10, [])


def test_a_yes_that_comes_too_late_asks_when_it_is_to_go_out_instead_of_sending_at_night() -> None:
    stage = Stage()
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    asked = control.launch(stage.draft(people(10)), LaunchRequest(at=START + timedelta(hours=2)), "ann", stage.desk)
    stage.clock.advance(14 * 3600)
    late = control.approve(asked, "bob", stage.desk)
    assert (late.state, late.state_reason) == (
        State.TOO_LATE, "It was to start at 2026-11-22T14:00:00+00:00, before it was approved.",
    )  # fmt: skip
    stage.pump()
    assert stage.meta.accepted == []
    control.approve(control.launch(late, NOW, "ann", stage.desk), "bob", stage.desk)
    stage.pump()
    assert len(stage.meta.accepted) == 10


def test_a_yes_some_minutes_after_the_time_sends_at_once() -> None:
    stage = Stage()
    store.put_rules(stage.desk.table, "shop", AccountRules(approval=True))
    asked = control.launch(stage.draft(people(10)), LaunchRequest(at=START + timedelta(hours=2)), "ann", stage.desk)
    stage.clock.advance(2 * 3600 + 600)
    assert control.approve(asked, "bob", stage.desk).state is State.PREPARING


def fire(stage: Stage, campaign: Campaign) -> State:
    assert campaign.schedule
    return control.fire(campaign.id, campaign.schedule.token, stage.desk)


def test_a_schedule_that_could_not_fire_in_time_asks_instead_of_sending() -> None:
    stage = Stage()
    campaign = control.launch(stage.draft(people(10)), LaunchRequest(at=START + timedelta(hours=1)), "ann", stage.desk)
    stage.clock.advance(3 * 3600)
    assert fire(stage, campaign) is State.TOO_LATE
    assert fire(stage, campaign) is State.TOO_LATE
    stage.pump()
    assert stage.meta.accepted == []
    control.launch(stage.campaign(campaign.id), NOW, "ann", stage.desk)
    stage.pump()
    assert len(stage.meta.accepted) == 10


def test_a_change_of_a_scheduled_campaign_makes_it_a_draft_and_its_schedule_void() -> None:

    stage = Stage()
    campaign = control.launch(stage.draft(people(10)), LaunchRequest(at=START + timedelta(hours=1)), "ann", stage.desk)
    drafts.change(campaign, drafts.Change(name="Other"), stage.desk, enter=lambda _: None)
    assert stage.schedules.waiting == {}
    assert fire(stage, campaign) is State.DRAFT


def test_the_time_of_a_scheduled_campaign_that_is_changed_stays_what_is_wished() -> None:
    stage = Stage()
    at = START + timedelta(hours=1)
    wanted = LaunchRequest(at=at, time_zone="Asia/Singapore")
    campaign = control.launch(stage.draft(people(10)), wanted, "ann", stage.desk)
    changed = drafts.change(campaign, drafts.Change(name="Other"), stage.desk, enter=lambda _: None)
    again = drafts.change(changed, drafts.Change(pace=Pace(messages=5, per="hour")), stage.desk, enter=lambda _: None)
    assert again.schedule is None
    assert again.wish == Schedule(at=at, time_zone="Asia/Singapore")


def test_a_draft_keeps_when_it_is_meant_to_go_out_and_forgets_it_when_told() -> None:
    stage = Stage()
    local = (START + timedelta(days=3)).replace(hour=9, minute=0, tzinfo=None)
    with pytest.raises(Invalid) as refused:
        drafts.change(stage.draft(people(1)), drafts.Change(wish=When(at=START)), stage.desk, enter=lambda _: None)
    assert [each.field for each in refused.value.errors] == ["wish.at"]
    wish = drafts.Change(wish=When(at=local, time_zone="Asia/Singapore"))
    kept = drafts.change(stage.draft(people(10)), wish, stage.desk, enter=lambda _: None)
    assert kept.wish
    assert kept.wish.at.isoformat().endswith("T09:00:00+08:00")
    assert drafts.change(kept, drafts.Change(wish=None), stage.desk, enter=lambda _: None).wish is None


def test_a_template_that_vanished_before_its_time_leaves_a_draft_with_the_reason() -> None:
    stage = Stage()
    campaign = control.launch(stage.draft(people(10)), LaunchRequest(at=START + timedelta(hours=1)), "ann", stage.desk)
    stage.table.delete(keys.template("200", "spring_offer", "en"))
    stage.clock.advance(3600)
    assert fire(stage, campaign) is State.DRAFT
    assert "spring_offer" in stage.campaign(campaign.id).state_reason


@pytest.mark.parametrize(("messages", "per", "apart"), [(2, "minute", 30), (60, "hour", 60), (12, "day", 7200)])
def test_a_pace_of_ones_own_is_kept(messages: int, per: Literal["minute", "hour", "day"], apart: int) -> None:
    stage = Stage(threads=1)
    campaign = stage.draft(people(10))
    slow = drafts.Change(pace=Pace(messages=messages, per=per))
    control.launch(drafts.change(campaign, slow, stage.desk, enter=lambda _: None), NOW, "ann", stage.desk)
    stage.pump()
    gaps = [(b - a).total_seconds() for a, b in pairwise(stage.meta.times)]
    assert len(gaps) == 9
    assert (stage.meta.times[-1] - stage.meta.times[0]).total_seconds() >= 9 * apart - apart / 2
    assert all(gap > apart * 0.66 for gap in gaps)


def test_the_preflight_predicts_the_run_exactly() -> None:
    stage = Stage()
    csv = "Mobile,FirstName\n" + "".join(
        [*(f"+65{91000000 + n},A\n" for n in range(40)), "+14155550100,B\n", "91000001,C\n", "12,D\n", ",E\n"]
    )
    campaign = stage.draft(csv)
    predicted = preflight.start(campaign, stage.desk)
    assert predicted.ready
    assert (predicted.audience, predicted.eligible) == (44, 40)
    assert [(cost.country, cost.messages) for cost in predicted.costs] == [("SG", 40)]
    assert predicted.total_cost == sum(cost.amount for cost in predicted.costs)
    control.launch(campaign, NOW, "ann", stage.desk)
    stage.pump()
    found = report.report(stage.campaign(campaign.id), None, stage.desk)
    assert {skip.reason: skip.count for skip in predicted.skipped} == {
        each.reason: each.count for each in found.skipped
    }
    assert found.counts.sent == predicted.eligible


def test_a_long_list_is_looked_through_in_the_background() -> None:
    stage = Stage()
    campaign = stage.draft(people(5001))
    assert not preflight.start(campaign, stage.desk).ready
    stage.pump()
    assert preflight.get(campaign, stage.desk).eligible == 5001


def test_free_text_goes_only_to_those_inside_their_window() -> None:
    stage = Stage()
    for n, hours in ((0, 5), (1, -1)):
        person = identity.resolve(
            stage.desk.table, Identities(phone=f"+65{91000000 + n}"), now=stage.clock(), new_id=stage.new_id
        )
        key = keys.conversation(conversation_id("main", person.id))
        closes = (stage.clock() + timedelta(hours=hours)).isoformat()
        stage.table.put({"PK": key.pk, "SK": key.sk, "window_closes_at": closes})
    text = TextMessage(body="Hi {{FirstName}}!")
    campaign = stage.draft(people(3), text)
    assert preflight.start(campaign, stage.desk).eligible == 1
    control.launch(campaign, NOW, "ann", stage.desk)
    stage.pump()
    assert [(m.to, m.message.model_dump()["text"]["body"]) for m in stage.meta.accepted] == [
        ("+6591000000", "Hi Name0!")
    ]
    assert stage.states(stage.campaign(campaign.id).run_id) == {"read": 1, "skipped": 2}


def test_a_test_message_goes_to_ones_own_number_and_counts_in_no_run() -> None:
    stage = Stage()
    campaign = stage.draft(people(3))
    [result] = trial.send_test(campaign, trial.TestRequest(to=["9199 9999"], row=2), stage.desk, stage.gate)
    assert (result.to, result.state) == ("+6591999999", "accepted")
    assert "Name2" in stage.meta.accepted[0].message.model_dump_json()
    stage.pump()
    assert stage.campaign(campaign.id).runs == ()


@pytest.mark.parametrize(
    ("code", "says"),
    [(130429, "limit is reached"), (132015, "paused"), (131016, "unavailable"), (131026, "Undeliverable")],
)
def test_a_test_message_that_whatsapp_does_not_take_says_why_and_waits_for_nobody(code: int, says: str) -> None:
    stage = Stage()
    stage.meta.answer = lambda message: refusal(code)
    campaign = stage.draft(people(3))
    [result] = trial.send_test(campaign, trial.TestRequest(to=["9199 9999"]), stage.desk, stage.gate)
    assert (result.state, result.wamid, bool(result.reason)) == ("failed", "", True)
    assert says in result.explanation


def test_a_default_stands_where_a_value_is_empty_and_without_one_the_row_is_skipped() -> None:
    stage = Stage()
    csv = "Mobile,FirstName,Code\n+6591000000,,X\n+6591000001,Bo,\n"
    campaign = stage.launch(csv, offer(**{"body.2": {"field": "Code"}}))
    stage.pump()
    rows = stage.rows(stage.campaign(campaign.id).run_id)
    assert [(row["state"], row.get("reason")) for row in rows.values()] == [
        ("read", None),
        ("skipped", "missing_value"),
    ]
    assert '"text":"you"' in stage.meta.accepted[0].message.model_dump_json()


@pytest.mark.parametrize("act", [control.pause, control.cancel])
def test_what_is_in_a_workers_hands_stops_within_five_seconds_too(act: Callable[[Campaign, Desk], Campaign]) -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(1000))
    done: list[datetime] = []

    def in_the_middle(message: Outbound) -> None:
        if len(stage.meta.accepted) == 120 and not done:
            act(stage.campaign(campaign.id), stage.desk)
            done.append(stage.clock())

    stage.meta.answer = in_the_middle
    stage.pump()
    assert stage.meta.times[-1] - done[0] <= timedelta(seconds=5)
    assert 120 <= len(stage.meta.accepted) <= 120 + 5 * 64
