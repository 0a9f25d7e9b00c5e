"""What cannot be read, prepared or found any more: said where people look, and never a campaign that hangs."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.campaigns import audience, control, drafts, handlers, jobs, plan, store
from chalicelib.campaigns.control import LaunchRequest, RetryRequest
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.trouble import TooOld
from chalicelib.cloud.batches import Record
from tests.support.campaigns import Stage, agree, people


def test_a_run_that_cannot_be_prepared_fails_with_a_word_and_can_be_launched_again() -> None:
    stage = Stage()
    campaign = stage.launch(people(120))

    def refuse(*_: Any) -> None:
        raise OSError("the table takes nothing")

    stage.ledger.write_many = refuse  # type: ignore[method-assign]
    for tries in range(1, handlers.LAST_TRY + 1):
        with pytest.raises(OSError, match="takes nothing"):
            work(stage, campaign, tries)
        stage.clock.advance(400)  # the lease of the one that died
    failed = stage.campaign(campaign.id)
    assert (failed.state, failed.state_reason) == (
        State.FAILED,
        "It failed several times for a reason of our own. Try again.",
    )
    del stage.ledger.write_many
    control.launch(failed, LaunchRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, len(stage.meta.accepted), len(done.runs)) == (State.COMPLETED, 120, 2)
    assert store.get_run(stage.desk.ledger, done.run_id).number == 2
    agree(stage, done)


def work(stage: Stage, campaign: Campaign, tries: int) -> None:
    """The prepare job, as often delivered."""
    body = jobs.body_of(jobs.Prepare(campaign_id=campaign.id, run_id=campaign.run_id))
    handlers.do(Record(body, "receipt", "", tries), stage.desk, lambda: 600.0)


def test_a_launch_whose_recipients_are_kept_no_longer_fails_at_once_and_asks_for_others() -> None:
    stage = Stage()
    campaign = stage.launch(people(5))
    for key in [key for key in stage.media.content if key.startswith("campaigns/")]:
        stage.media.delete(key)
    stage.pump()
    failed = stage.campaign(campaign.id)
    assert (failed.state, failed.state_reason) == (
        State.FAILED,
        "The recipients are kept no longer. Choose them again.",
    )
    assert stage.meta.accepted == []
    assert control.cancel(failed, stage.desk).state is State.CANCELLED


def test_recipients_that_cannot_be_read_are_refused_with_a_word() -> None:
    stage = Stage()
    campaign = drafts.create(drafts.Draft(channel_id="main"), "ann", stage.desk, enter=lambda _: None)
    typed = audience.TypedRecipients(recipients=[{"Mobile": "+6591000000"}])
    read = audience.type_in(campaign, typed, stage.desk).recipients
    assert read
    stage.media.delete(read.file_key)
    stage.pump()
    refused = stage.campaign(campaign.id).recipients
    assert refused
    assert (refused.state, refused.problem) == ("refused", "The recipients are kept no longer. Choose them again.")


def test_a_copy_made_while_its_model_is_being_read_is_read_too() -> None:
    stage = Stage()
    campaign = drafts.create(drafts.Draft(channel_id="main"), "ann", stage.desk, enter=lambda _: None)
    typed = audience.TypedRecipients(recipients=[{"Mobile": "+6591000000"}])
    campaign = audience.type_in(campaign, typed, stage.desk)
    copy = audience.need_again(drafts.clone(campaign, "bob", stage.desk), stage.desk)
    stage.pump()
    found = [stage.campaign(each.id).recipients for each in (campaign, copy)]
    assert [(each and each.state, each and each.summary and each.summary.valid) for each in found] == [("ready", 1)] * 2


def test_what_is_kept_no_longer_can_be_neither_resumed_nor_retried() -> None:
    stage = Stage()
    campaign = stage.launch(people(300))
    stage.pump(until=lambda: len(stage.meta.accepted) > 50)
    control.pause(stage.campaign(campaign.id), stage.desk)
    for key in [key for key in stage.media.content if key.startswith("chunks/")]:
        stage.media.delete(key)
    plan._kept.cache_clear()
    with pytest.raises(TooOld):
        control.resume(stage.campaign(campaign.id), stage.desk)
    assert stage.campaign(campaign.id).state is State.PAUSED
    control.cancel(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    with pytest.raises(TooOld):
        control.retry(stage.campaign(campaign.id), RetryRequest(), "ann", stage.desk)


def test_the_last_try_is_the_last_that_sqs_makes() -> None:
    queues = Path("infra/resources/queues.yaml").read_text()
    assert re.findall(r"CampaignDeadLetters, Arn\]}\s+maxReceiveCount: (\d+)", queues) == [str(handlers.LAST_TRY)]
