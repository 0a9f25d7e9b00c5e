"""What cannot be read, prepared or found any more: said where people look, and never a campaign that hangs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.campaigns import audience, control, drafts, handlers, jobs, plan, report, store, wording
from chalicelib.campaigns.control import LaunchRequest, RetryRequest
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.trouble import CampaignMissing, NotReady, TooOld, WrongState
from chalicelib.cloud.batches import Record
from tests.support.campaigns import Stage, agree, offer, people, refusal


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


def broken(stage: Stage, campaign: Campaign, written: int = 250) -> None:
    """The run's preparation fails as often as SQS delivers it; some of its rows are written."""
    whole = stage.ledger.write_many

    def refuse(items: Any) -> None:
        if items[0]["row"] >= written:
            raise OSError("the table takes nothing")
        whole(items)

    stage.ledger.write_many = refuse  # type: ignore[method-assign]
    for tries in range(1, handlers.LAST_TRY + 1):
        with pytest.raises(OSError, match="takes nothing"):
            work(stage, campaign, tries)
        stage.clock.advance(400)  # the lease of the one that died
    del stage.ledger.write_many
    stage.pump()


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_first_run_that_cannot_be_prepared_has_a_final_report_of_the_rows_it_has(cancelled: bool) -> None:
    stage = Stage()
    campaign = stage.launch(people(600))
    if cancelled:
        control.cancel(campaign, stage.desk)
    broken(stage, stage.campaign(campaign.id))
    ended = stage.campaign(campaign.id)
    assert ended.state is (State.CANCELLED if cancelled else State.FAILED)
    found, written = report.report(ended, None, stage.desk), len(stage.rows(ended.run_id))
    assert written == 250
    assert (found.final, found.counts.audience, found.counts.cancelled, found.counts.queued) == (
        True,
        written,
        written,
        0,
    )
    assert [(step.name, step.count) for step in found.funnel[:3]] == [
        ("audience", written), ("eligible", written), ("accepted", 0),
    ]  # fmt: skip
    assert stage.meta.accepted == []


@pytest.mark.parametrize("written", [0, 250])
def test_a_retry_of_a_cancelled_run_whose_preparation_broke_off_takes_up_whom_it_never_had(written: int) -> None:
    stage = Stage()
    campaign = control.cancel(stage.launch(people(600) + "12,Nobody\n"), stage.desk)
    broken(stage, stage.campaign(campaign.id), written)
    assert len(stage.rows(campaign.run_id)) == written
    control.retry(stage.campaign(campaign.id), RetryRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, len(stage.meta.accepted), stage.meta.twice()) == (State.COMPLETED, 600, [])
    assert stage.states(done.run_id) == {"read": 600, "skipped": 1}


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_retry_that_cannot_be_prepared_leaves_the_campaign_where_it_stood_and_nobody_gets_it_twice(
    cancelled: bool,
) -> None:
    stage = Stage()
    stage.meta.answer = lambda message: refusal(131016) if int(str(message.to)) % 2 else None
    campaign = stage.launch(people(98))
    stage.pump()
    stage.meta.answer = lambda message: None
    first = stage.campaign(campaign.id)
    retried = control.retry(first, RetryRequest(), "ann", stage.desk)
    if cancelled:
        control.cancel(retried, stage.desk)
    stage.ledger.write_many = out_of_order  # type: ignore[method-assign]
    for tries in range(1, handlers.LAST_TRY + 1):
        with pytest.raises(OSError, match="out of order"):
            work(stage, retried, tries)
        stage.clock.advance(400)
    del stage.ledger.write_many
    stage.pump()
    after = stage.campaign(campaign.id)
    assert (after.state, after.run_id, after.runs) == (
        State.CANCELLED if cancelled else State.COMPLETED, first.run_id, first.runs,
    )  # fmt: skip
    assert after.state_reason.startswith("The retry could not be prepared: It failed several times")
    with pytest.raises(WrongState):
        control.launch(after, LaunchRequest(), "ann", stage.desk)
    control.retry(after, RetryRequest(), "ann", stage.desk)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, len(stage.meta.accepted), stage.meta.twice()) == (State.COMPLETED, 98, [])


def out_of_order(*_: Any) -> None:
    raise OSError("out of order")


def test_what_a_retry_took_over_from_a_cancelled_run_is_still_reported_as_cancelled_there() -> None:
    stage = Stage(threads=1)
    campaign = stage.launch(people(300))
    stage.pump(until=lambda: len(stage.meta.accepted) > 100)
    sent = len(stage.meta.accepted)
    control.cancel(stage.campaign(campaign.id), stage.desk)
    stage.pump()
    control.retry(stage.campaign(campaign.id), RetryRequest(), "ann", stage.desk)
    stage.pump()
    first, second = (report.report(stage.campaign(campaign.id), n, stage.desk).counts for n in (1, 2))
    assert (first.sent, first.cancelled, first.queued) == (sent, 300 - sent, 0)
    assert (second.audience, second.sent, second.cancelled) == (300 - sent, 300 - sent, 0)


@pytest.mark.parametrize("meanwhile", ["renamed", "deleted", "typed anew"])
def test_who_changes_a_draft_while_its_recipients_are_read_has_the_file_read_once(meanwhile: str) -> None:
    stage = Stage()
    campaign = drafts.create(drafts.Draft(channel_id="main"), "ann", stage.desk, enter=lambda _: None)
    typed = audience.TypedRecipients(recipients=[{"Mobile": "+6591000000"}])
    reading = audience.type_in(campaign, typed, stage.desk)
    opened, reads = stage.media.open, list[str]()

    def in_the_middle(key: str) -> Any:
        reads.append(key)
        if len(reads) == 1:
            match meanwhile:
                case "renamed":
                    drafts.change(reading, drafts.Change(name="Other"), stage.desk, enter=lambda _: None)
                case "deleted":
                    drafts.delete(reading, stage.desk)
                case _:
                    audience.type_in(reading, audience.TypedRecipients(recipients=[{"Mobile": "12"}]), stage.desk)
        return opened(key)

    stage.media.open = in_the_middle  # type: ignore[method-assign]
    stage.pump()
    if meanwhile == "deleted":
        with pytest.raises(CampaignMissing):
            stage.campaign(campaign.id)
        return
    found = stage.campaign(campaign.id)
    assert found.recipients
    assert found.recipients.summary
    assert (found.recipients.state, found.recipients.summary.valid) == ("ready", 1 if meanwhile == "renamed" else 0)
    assert (found.name == "Other", len(reads)) == (meanwhile == "renamed", 1 if meanwhile == "renamed" else 2)


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


@pytest.mark.parametrize(
    ("content", "found", "summary"),
    [
        (b"Mobile,Name\n", ["Mobile", "FirstName"], (0, 0, {})),
        (b"Mobile,Name\nMobile,Name\n+6591234567,Ann\n", ["Mobile", "FirstName"], (2, 1, {"invalid_number": 1})),
        (b"91234567", ["Mobile"], (1, 1, {})),
        (b"Mobile,Name\n" + b"+6591234567,Ann\n" * 400 + b"+6591234568,B\0o\n", ["Mobile", "FirstName"], (401, 2, {})),
        ((("," * 299 + "\n") + ",".join(["91234567"] * 300)).encode(), ["Mobile"], (1, 0, {"too_many_columns": 1})),
    ],
    ids=["header only", "two headers", "one number", "a zero byte", "300 columns"],
)
def test_a_file_with_little_or_wrong_in_it_is_read_as_far_as_it_goes_and_sent_only_if_somebody_is_left(
    content: bytes, found: list[str], summary: tuple[int, int, dict[str, int]]
) -> None:
    stage = Stage()
    campaign = drafts.create(drafts.Draft(channel_id="main"), "ann", stage.desk, enter=lambda _: None)
    link = audience.upload_link(campaign, audience.UploadRequest(file_name="people.csv"), stage.desk)
    stage.media.put(link.fields["key"], content)
    assert audience.look(stage.campaign(campaign.id), stage.desk).columns[: len(found)] == found
    audience.process(stage.campaign(campaign.id), audience.ProcessRequest(), stage.desk)
    stage.pump()
    read = stage.campaign(campaign.id).recipients
    assert read
    assert read.summary
    assert (read.summary.total, read.summary.valid, read.summary.invalid_by_reason) == summary
    ready = wording.set_message(stage.campaign(campaign.id), offer(**{"body.1": {"value": "x"}}), stage.desk)
    if read.summary.valid:
        control.launch(ready, LaunchRequest(), "ann", stage.desk)
    else:
        with pytest.raises(NotReady, match="Not one recipient can be sent to"):
            control.launch(ready, LaunchRequest(), "ann", stage.desk)
    stage.pump()
    assert len(stage.meta.accepted) == read.summary.valid


def test_a_list_of_a_million_has_the_time_to_be_read() -> None:
    functions = json.loads(Path(".chalice/config.json").read_text())["lambda_functions"]
    # Reading a million rows takes some 60 s of a CPU, as 1,769 MB have one whole, and two hundred writes to S3.
    assert (functions["campaign"]["lambda_memory_size"], functions["campaign"]["lambda_timeout"]) == (1769, 180)
