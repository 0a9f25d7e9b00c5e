"""Every call to the world outside, cut off before and after its effect: nobody gets two, and the ledger adds up."""

from collections import Counter
from dataclasses import dataclass

import pytest

from chalicelib.campaigns import control, report, store
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.rows import RowState
from tests.support.campaigns import Stage, agree, people

RECIPIENTS = 200


@dataclass(frozen=True)
class Cut:
    """One way to die: at the n-th call of a site, before or after its effect."""

    site: str
    number: int
    after: bool

    def __str__(self) -> str:
        return f"{self.site} #{self.number} {'after' if self.after else 'before'}"


def rehearse() -> Counter[str]:
    """Which sites a campaign without faults calls from its launch on, and how often."""
    stage = Stage()
    campaign = stage.draft(people(RECIPIENTS))
    stage.power.calls.clear()
    control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)
    stage.pump()
    return stage.power.calls


def cuts() -> list[Cut]:
    """The first, a middle and a late call of every site, before and after."""
    found = []
    for site, calls in sorted(rehearse().items()):
        for number in sorted({0, calls // 2, calls * 3 // 4}):
            found += [Cut(site, number, after=False), Cut(site, number, after=True)]
    return found


def perform(stage: Stage, cut: Cut) -> Campaign:
    campaign = stage.draft(people(RECIPIENTS))
    stage.power.calls.clear()
    stage.power.strike, stage.power.after = (cut.site, cut.number), cut.after
    wanted = control.LaunchRequest()
    stage.person(lambda: control.launch(stage.campaign(campaign.id), wanted, "ann", stage.desk))
    stage.pump()
    return stage.campaign(campaign.id)


@pytest.mark.parametrize("cut", cuts(), ids=str)
def test_a_crash_anywhere_sends_nothing_twice_and_leaves_nothing_open(cut: Cut) -> None:
    stage = Stage()
    # Later than SQS brings back what the crash left in hand: only the claim stands between a row and a second message.
    stage.meta.status_delay = 45
    done = perform(stage, cut)
    # Threads decide how often some lines call: a later call may not come in every run, the first does.
    assert stage.power.struck == 1 or cut.number > 0
    assert done.state is State.COMPLETED
    agree(stage, done)
    totals = report.report(done, None, stage.desk).counts
    run = store.get_run(stage.desk.ledger, done.run_id)
    assert (run.audience, totals.audience) == (RECIPIENTS, RECIPIENTS)
    assert sum(run.totals.get(state, 0) for state in RowState) == RECIPIENTS
    # One crash can leave at most the rows in the hands of one worker's threads to a person's decision.
    assert len(stage.meta.accepted) >= RECIPIENTS - 24
