"""Opting out in the middle of a run, by what WhatsApp answers: in force for the rest of it, and for whatever comes after."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.campaigns import preflight, report
from chalicelib.campaigns.rows import RowState, StatusUpdate
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from tests.support.campaigns import Stage, offer, people, refusal

STRANGER = "+6591000003"
BSUID = "SG.13491208655302741918"


def answers(stage: Stage, to: str) -> None:
    """WhatsApp refuses the message itself."""
    stage.meta.answer = lambda message: refusal(131050) if to in (message.to, message.recipient) else None


def reports(stage: Stage, to: str) -> None:
    """WhatsApp takes the message, and says afterwards that it failed."""
    deliver = stage.meta.deliver

    def taken(channel: Any, message: Any) -> Any:
        outcome = deliver(channel, message)
        if to in (message.to, message.recipient):
            theirs = [each for each in stage.meta.pending if each.callback == message.callback_data]
            stage.meta.pending = [each for each in stage.meta.pending if each not in theirs]
            failed: StatusUpdate = replace(theirs[0], status=RowState.FAILED, code=131050, price_category="")
            stage.meta.pending.append(failed)
        return outcome

    stage.meta.deliver = taken  # type: ignore[method-assign]


@pytest.mark.parametrize("says", [answers, reports])
@pytest.mark.parametrize("to", [STRANGER, BSUID])
def test_who_stopped_marketing_at_whatsapp_is_opted_out_though_we_never_knew_them(says: Any, to: str) -> None:
    stage = Stage()
    says(stage, to)
    csv = people(3) + f"{to},Ann\n"
    first = stage.launch(csv)
    stage.pump()
    rows = stage.rows(stage.campaign(first.id).run_id)
    assert (rows[3]["state"], rows[3]["reason"]) == ("failed", "meta_131050")
    who = Identities(phone=to) if to == STRANGER else Identities(bsuid=to)
    assert identity.opted_out(stage.desk.table, who) == {"marketing"}
    stage.meta.answer = lambda message: None
    second = stage.draft(csv)
    foreseen = preflight.start(second, stage.desk)
    assert [(skip.reason, skip.count) for skip in foreseen.skipped] == [("opted_out", 1)]
    before = len(stage.meta.accepted)
    stage.clock.advance(timedelta(days=1).total_seconds())
    third = stage.launch(csv, offer())
    stage.pump()
    assert len(stage.meta.accepted) == before + 3
    found = report.report(stage.campaign(third.id), None, stage.desk)
    assert [(skip.reason, skip.count) for skip in found.skipped] == [("opted_out", 1)]


def test_a_template_that_whatsapp_makes_marketing_in_the_middle_of_a_run_reaches_no_opted_out_person_any_more() -> None:
    stage = Stage(threads=1)
    stage.add_template(category="UTILITY")
    for n in range(400):
        who = Identities(phone=f"+65{91000000 + n}")
        person = identity.resolve(stage.desk.table, who, now=stage.clock(), new_id=stage.new_id)
        consent.record(
            stage.desk.table, person, ConsentCategory.MARKETING, allowed=False, subaccount_id=None, source="keyword",
            text="STOP", at=stage.clock(), entry_id=f"stop{n}",
        )  # fmt: skip
    campaign = stage.launch(people(400))
    stage.pump(until=lambda: len(stage.meta.accepted) >= 100)
    stage.add_template(category="MARKETING")
    before = len(stage.meta.accepted)
    stage.pump()
    done = stage.campaign(campaign.id)
    assert (done.state, len(stage.meta.accepted)) == ("completed", before)
    found = report.report(done, None, stage.desk)
    assert [(skip.reason, skip.count) for skip in found.skipped] == [("opted_out", 400 - before)]
