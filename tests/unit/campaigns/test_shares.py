"""A number's speed is shared: between the campaigns on it, and with the replies, whose part no campaign can take."""

import pytest

from chalicelib.campaigns import control, drafts, preflight, report, waves
from chalicelib.campaigns.control import LaunchRequest
from chalicelib.campaigns.model import Campaign, Pace, State
from chalicelib.conversations.pacing import Lane, rate
from tests.support.campaigns import Stage, people

SLOW = Pace(messages=600, per="minute")


def test_campaigns_get_equal_parts() -> None:
    assert waves.shares(64, {"a": None, "b": None}) == {"a": 32, "b": 32}


def test_what_a_slow_pace_leaves_goes_to_the_others_in_equal_parts() -> None:
    assert waves.shares(64, {"a": None, "b": SLOW, "c": None}) == {"a": 27, "b": 10, "c": 27}


@pytest.mark.parametrize("number", range(1, 6))
def test_shares_are_all_there_is_and_no_more(number: int) -> None:
    paces = {str(n): SLOW if n % 2 else None for n in range(number)}
    assert sum(waves.shares(64, paces).values()) == pytest.approx(64)


def to_send(stage: Stage, recipients: int, first: int) -> Campaign:
    return stage.draft(people(recipients).replace("+659", f"+65{first}"))


def launch(stage: Stage, campaign: Campaign) -> None:
    control.launch(campaign, control.LaunchRequest(), "ann", stage.desk)


def test_preflight_and_progress_tell_the_share_that_the_waves_give() -> None:
    stage = Stage(mps=100)
    slow = drafts.Change(pace=Pace(messages=60, per="minute"))
    first = drafts.change(stage.draft(people(500)), slow, stage.desk, enter=lambda _: None)
    second = stage.draft(people(500))
    control.launch(first, LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.campaign(first.id).state is State.SENDING)
    assert preflight.start(second, stage.desk).speed == 79.0
    control.launch(second, LaunchRequest(), "ann", stage.desk)
    stage.pump(until=lambda: stage.campaign(second.id).state is State.SENDING)
    assert [report.progress(stage.campaign(each.id), stage.desk).speed for each in (first, second)] == [1.0, 79.0]


def test_a_small_campaign_is_not_starved_by_a_large_one_and_replies_go_at_once_meanwhile() -> None:
    stage = Stage(mps=80, threads=1)
    stage.meta.statuses = ()
    large, small = to_send(stage, 3_000, 8), to_send(stage, 500, 9)
    launch(stage, large)
    stage.pump(until=lambda: len(stage.meta.accepted) >= 300)
    launch(stage, small)
    began, before = stage.clock(), len(stage.meta.accepted)

    def small_is_done() -> bool:
        return stage.campaign(small.id).state is State.COMPLETED

    waited = []

    def with_replies() -> bool:
        asked = stage.clock()
        stage.gate.pacer.meet(stage.gate.pacer.wait(stage.channel, Lane.REPLY))
        waited.append((stage.clock() - asked).total_seconds())
        return small_is_done()

    stage.pump(until=with_replies)
    sent = stage.meta.accepted[before:]
    of_small = [n for n, message in enumerate(sent) if str(message.to).startswith("+659")]
    together = sent[of_small[0] : of_small[-1] + 1]
    share = len(of_small) / len(together)
    assert len(of_small) == 500
    assert 0.4 <= share <= 0.6
    half = rate(stage.channel, Lane.CAMPAIGN) / 2
    assert (stage.clock() - began).total_seconds() <= 500 / half * 1.25 + 15  # its preparation and its recount, too
    assert max(waited) <= 1 / rate(stage.channel, Lane.REPLY) + 0.001
    assert stage.campaign(large.id).state is State.SENDING
