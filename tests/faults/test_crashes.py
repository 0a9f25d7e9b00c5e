"""Every call to the world outside, cut off before and after its effect: nobody gets two, and the ledger adds up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.campaigns import control, report, store
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.model import Campaign, State
from chalicelib.campaigns.rows import RowState
from tests.faults.conftest import Stormed
from tests.support.campaigns import Stage, agree, people, refusal

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
    stage.power.strike = None  # a call that did not come in this run is not to be the test's own reading
    return stage.campaign(campaign.id)


@pytest.mark.parametrize("cut", cuts(), ids=str)
def test_a_crash_anywhere_sends_nothing_twice_and_leaves_nothing_open(cut: Cut, stormed: Stormed) -> None:
    stage = Stage()
    # Later than SQS brings back what the crash left in hand: only the claim stands between a row and a second message.
    stage.meta.status_delay = 45
    done = perform(stage, cut)
    stormed(
        "A campaign of 200, each call to the outside cut off before and after its effect",
        recipients=RECIPIENTS, crashes=stage.power.struck, accepted=len(stage.meta.accepted),
        accepted_twice=len(stage.meta.twice()),
    )  # fmt: skip
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


# --- a person's other acts: pausing, going on, ending, trying again ---


def in_the_middle(stage: Stage) -> Campaign:
    campaign = stage.launch(people(RECIPIENTS))
    stage.pump(until=lambda: len(stage.meta.accepted) >= 100)
    return stage.campaign(campaign.id)


def paused(stage: Stage) -> Campaign:
    campaign = in_the_middle(stage)
    control.pause(campaign, stage.desk)
    return stage.campaign(campaign.id)


def failed_in_part(stage: Stage) -> Campaign:
    stage.meta.answer = lambda message: refusal(131000) if int(str(message.to)[-1]) < 2 else None
    campaign = stage.launch(people(RECIPIENTS))
    stage.pump()
    stage.meta.answer = lambda message: None
    return stage.campaign(campaign.id)


@dataclass(frozen=True)
class Act:
    """What a person does, to a campaign that stands so, and how the campaign stands when all is done."""

    name: str
    before: Callable[[Stage], Campaign]
    act: Callable[[Campaign, Desk], object]
    after: State

    def __str__(self) -> str:
        return self.name


ACTS = [
    Act("pause", in_the_middle, control.pause, State.PAUSED),
    Act("resume", paused, control.resume, State.COMPLETED),
    Act("cancel", in_the_middle, control.cancel, State.CANCELLED),
    Act("cancel while paused", paused, control.cancel, State.CANCELLED),
    Act(
        "retry", failed_in_part, lambda campaign, desk: control.retry(campaign, control.RetryRequest(), "ann", desk),
        State.COMPLETED,
    ),
]  # fmt: skip


def cuts_of(act: Act) -> list[Cut]:
    """Every call of the act itself, before and after; what the workers do then is cut off above."""
    stage = Stage()
    campaign = act.before(stage)
    stage.power.calls.clear()
    act.act(campaign, stage.desk)
    return [
        Cut(site, number, after=after)
        for site, calls in sorted(stage.power.calls.items())
        for number in range(calls)
        for after in (False, True)
    ]


@pytest.mark.parametrize(("act", "cut"), [(act, cut) for act in ACTS for cut in cuts_of(act)], ids=str)
def test_an_act_that_is_cut_off_is_done_whole_when_it_is_repeated(act: Act, cut: Cut, stormed: Stormed) -> None:
    stage = Stage()
    campaign = act.before(stage)
    stage.power.calls.clear()
    stage.power.strike, stage.power.after = (cut.site, cut.number), cut.after
    stage.person(lambda: act.act(stage.campaign(campaign.id), stage.desk))
    stage.pump()
    done = stage.campaign(campaign.id)
    stormed(
        "Pause, resume, cancel, retry, each call cut off, then repeated by the person",
        recipients=RECIPIENTS, crashes=stage.power.struck, accepted=len(stage.meta.accepted),
        accepted_twice=len(stage.meta.twice()),
    )  # fmt: skip
    assert (stage.power.struck, done.state) == (1, act.after)
    assert stage.meta.twice() == []
    counts = report.report(done, None, stage.desk).counts
    if act.after is State.COMPLETED:
        assert counts.sent == counts.audience - counts.skipped
        assert len(stage.meta.accepted) == RECIPIENTS
    else:
        assert len(stage.meta.accepted) == counts.sent < RECIPIENTS
        assert counts.audience == RECIPIENTS
