"""Many faults at once, seeded: crashes, lost answers, doubled SQS messages, transient errors, shuffled and doubled statuses."""

import random

import pytest

from chalicelib.campaigns import breaker, control, preflight, report, store
from chalicelib.campaigns.model import State
from chalicelib.channels import store as channels
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.whatsapp import outcome as whatsapp
from chalicelib.whatsapp.messages import Outbound
from tests.faults.conftest import Stormed
from tests.support.campaigns import Stage, agree, people, refusal


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_thousand_recipients_in_a_storm(seed: int, stormed: Stormed) -> None:
    stage = Stage(mps=1000, seed=seed, shuffled=True)
    chance = random.Random(seed)
    campaign = stage.launch(people(10_000))

    def transient(message: Outbound) -> whatsapp.Outcome | None:
        return refusal(131000 if chance.random() < 0.5 else 131016) if chance.random() < 0.05 else None

    stage.meta.answer = transient
    lost = list[bool]()

    def loses(message: Outbound) -> bool:
        lost.append(chance.random() < 0.01)
        return lost[-1]

    stage.meta.lose = loses
    stage.meta.status_delay = 40
    stage.power.chance = lambda site: chance.random() < 0.0005
    stage.pump(twice=True)
    stage.power.chance = lambda site: False
    stage.pump()
    done = stage.campaign(campaign.id)
    states = stage.states(done.run_id)
    stormed(
        "10,000 recipients: crashes at random, answers lost, SQS messages doubled, 5 % errors, statuses shuffled and doubled",
        recipients=10_000, crashes=stage.power.struck, answers_lost=sum(lost), accepted=len(stage.meta.accepted),
        accepted_twice=len(stage.meta.twice()), not_confirmed=states["not_confirmed"], failed=states["failed"],
    )  # fmt: skip
    assert done.state is State.COMPLETED
    agree(stage, done)
    counts = report.report(done, None, stage.desk).counts
    assert stage.power.struck > 20
    open_rows = {row["state"] for row in stage.rows(done.run_id).values()} - {"read", "not_confirmed", "failed"}
    assert open_rows == set()
    # The live counters lost what the crashes cut off; the report counts from the recount on.
    assert counts.audience == 10_000
    assert counts.failed == sum(row["state"] != "read" for row in stage.rows(done.run_id).values())


def test_what_was_accepted_settles_although_its_answer_was_lost() -> None:
    stage = Stage()
    stage.meta.lose = lambda message: True
    campaign = stage.launch(people(100))
    stage.pump()
    done = stage.campaign(campaign.id)
    agree(stage, done)
    assert stage.states(done.run_id) == {"read": 100}


def test_what_nobody_confirms_ends_as_not_confirmed_and_is_not_sent_again() -> None:
    stage = Stage()
    stage.meta.lose = lambda message: True
    stage.meta.statuses = ()
    campaign = stage.launch(people(30))
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    assert stage.states(done.run_id) == {"not_confirmed": 30}
    assert len(stage.meta.accepted) == 30
    found = report.report(done, None, stage.desk)
    assert (found.counts.failed, found.retryable) == (30, 0)


def test_after_a_stop_was_acknowledged_no_marketing_message_goes_to_that_person() -> None:
    stage = Stage()
    campaign = stage.launch(people(400))
    stage.pump(until=lambda: len(stage.meta.accepted) > 100)
    acknowledged = len(stage.meta.accepted)
    for n in range(400):
        person = identity.resolve(
            stage.desk.table, Identities(phone=f"+65{91000000 + n}"), now=stage.clock(), new_id=stage.new_id
        )
        consent.record(
            stage.desk.table, person, ConsentCategory.MARKETING, allowed=False, subaccount_id=None, source="keyword",
            text="STOP", at=stage.clock(), entry_id=f"stop{n}",
        )  # fmt: skip
    stage.pump()
    done = stage.campaign(campaign.id)
    assert len(stage.meta.accepted) == acknowledged
    assert stage.states(done.run_id) == {"read": acknowledged, "skipped": 400 - acknowledged}


def test_a_template_that_is_paused_pauses_the_campaign_and_nobody_is_lost() -> None:
    stage = Stage()
    campaign = stage.launch(people(500))
    stage.meta.answer = lambda message: refusal(132015) if len(stage.meta.accepted) >= 120 else None
    stage.pump()
    paused = stage.campaign(campaign.id)
    assert paused.state is State.PAUSED
    assert paused.state_reason.startswith("template: The template is paused")
    assert stage.states(paused.run_id)["failed"] == 0
    stage.meta.answer = lambda message: None
    control.resume(paused, stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)
    assert stage.states(done.run_id) == {"read": 500}


def test_a_webhook_that_pauses_the_template_stops_the_campaign_within_five_seconds() -> None:
    stage = Stage()
    campaign = stage.launch(people(1000))
    stage.pump(until=lambda: len(stage.meta.accepted) > 200)
    stage.add_template(status="PAUSED")
    assert breaker.look_at_account("200", stage.desk) == [campaign.id]
    acknowledged = len(stage.meta.accepted)
    stage.pump()
    assert stage.campaign(campaign.id).state is State.PAUSED
    assert len(stage.meta.accepted) - acknowledged <= 5 * 64
    assert stage.states(stage.campaign(campaign.id).run_id)["failed"] == 0


def test_a_list_that_mostly_fails_stops_the_campaign() -> None:
    stage = Stage()
    stage.meta.answer = lambda message: refusal(131009) if int(str(message.to)[-1]) < 5 else None
    campaign = stage.launch(people(1000))
    stage.pump()
    stopped = stage.campaign(campaign.id)
    assert stopped.state is State.PAUSED
    assert stopped.state_reason.startswith("failures:")
    assert stage.states(stopped.run_id)["queued"] > 700


def test_a_person_who_resumes_after_failures_is_stopped_only_by_new_ones() -> None:
    stage = Stage()
    stage.meta.answer = lambda message: refusal(131009) if int(str(message.to)[-1]) < 5 else None
    campaign = stage.launch(people(3000))
    stage.pump()
    control.resume(stage.campaign(campaign.id), stage.desk)
    before = stage.states(stage.campaign(campaign.id).run_id)["queued"]
    stage.pump()
    again = stage.campaign(campaign.id)
    assert (again.state, again.state_reason.startswith("failures:")) == (State.PAUSED, True)
    assert before - stage.states(again.run_id)["queued"] >= breaker.ENOUGH
    stage.meta.answer = lambda message: None
    control.resume(again, stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert done.state is State.COMPLETED
    agree(stage, done)


@pytest.mark.parametrize(
    ("news", "reason"),
    [
        ({"quality": "RED"}, "number_quality:"),
        ({"stopped": "the account is locked"}, "number_stopped: the account is locked"),
    ],
)
def test_news_about_the_number_stop_what_it_sends_and_a_person_goes_on(news: dict[str, str], reason: str) -> None:
    stage = Stage()
    campaign = stage.launch(people(600))
    stage.pump(until=lambda: len(stage.meta.accepted) > 150)
    channels.change(stage.desk.table, "main", **news)
    assert breaker.look_at_account("200", stage.desk) == [campaign.id]
    acknowledged = len(stage.meta.accepted)
    stage.pump()
    paused = stage.campaign(campaign.id)
    assert (paused.state, len(stage.meta.accepted) - acknowledged <= 5 * 64) == (State.PAUSED, True)
    assert paused.state_reason.startswith(reason)
    channels.change(stage.desk.table, "main", quality="GREEN", stopped="")
    control.resume(paused, stage.desk)
    stage.pump()
    assert stage.states(paused.run_id) == {"read": 600}


@pytest.mark.parametrize(
    ("news", "reason"),
    [
        ({"quality": "RED"}, "number_quality:"),
        ({"stopped": "it is locked"}, "number_stopped:"),
        ({}, "template: it is paused"),
    ],
)
def test_news_that_come_while_a_run_is_prepared_stop_it_before_its_first_message(
    news: dict[str, str], reason: str
) -> None:
    stage = Stage()
    campaign = stage.launch(people(50))
    channels.change(stage.desk.table, "main", **news)
    stage.add_template(status="APPROVED" if news else "PAUSED")
    assert breaker.look_at_account("200", stage.desk) == []
    stage.pump()
    paused = stage.campaign(campaign.id)
    assert (paused.state, paused.state_reason.startswith(reason), stage.meta.accepted) == (State.PAUSED, True, [])
    assert store.sending_on(stage.desk.table, "main") == []
    channels.change(stage.desk.table, "main", quality="GREEN", stopped="")
    stage.add_template()
    control.resume(paused, stage.desk)
    stage.pump()
    assert stage.states(paused.run_id) == {"read": 50}


def test_a_launch_on_a_number_in_the_red_is_warned_of_and_goes_on_when_a_person_says_so() -> None:
    stage = Stage()
    channels.change(stage.desk.table, "main", quality="RED")
    campaign = stage.draft(people(50))
    [warning] = preflight.start(campaign, stage.desk).warnings
    assert warning.startswith("As things are, it pauses as soon as it begins")
    control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    control.resume(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    assert stage.states(stage.campaign(campaign.id).run_id) == {"read": 50}


@pytest.mark.parametrize(("code", "reason"), [(131048, "number_limited:"), (131031, "number_stopped:")])
def test_an_error_that_concerns_everybody_stops_the_campaign_and_fails_nobody(code: int, reason: str) -> None:
    stage = Stage()
    campaign = stage.launch(people(500))
    stage.meta.answer = lambda message: refusal(code) if len(stage.meta.accepted) >= 120 else None
    stage.pump()
    paused = stage.campaign(campaign.id)
    assert paused.state is State.PAUSED
    assert paused.state_reason.startswith(reason)
    assert (stage.states(paused.run_id)["failed"], len(stage.meta.accepted)) == (0, 120)
