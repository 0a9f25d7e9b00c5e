"""Pacing in process: adapters in memory and a clock that moves only when somebody sleeps.

Efficiency is recipients / (limit - reserve) / time; and in no second may more go out than the limit:
`make bench BENCH=campaigns_pacing`.
"""

import bisect
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.campaigns.model import State
from chalicelib.conversations.pacing import Lane, rate
from tests.bench.rows import Row
from tests.support.campaigns import Stage, people

CASES = ((80, 1_000), (1000, 1_000), (80, 100_000), (1000, 100_000))
EFFICIENCY = 0.95


def most_in_a_second(times: Sequence[datetime]) -> int:
    """The most messages in any one second."""
    ordered = sorted(times)
    return max(n - bisect.bisect_right(ordered, at - timedelta(seconds=1)) + 1 for n, at in enumerate(ordered))


def play(mps: int, recipients: int) -> Stage:
    """A campaign to so many on a number of this speed."""
    stage = Stage(mps=mps, threads=1)
    stage.meta.statuses = ()
    campaign = stage.launch(people(recipients))
    stage.pump()
    assert stage.campaign(campaign.id).state is State.COMPLETED
    assert stage.meta.twice() == []
    return stage


def measure(cases: Sequence[tuple[int, int]] = CASES) -> Iterator[Row]:
    """How much of limit − reserve a campaign uses, and the most that went out in any one second."""
    logging.disable(logging.INFO)
    for mps, recipients in cases:
        stage = play(mps, recipients)
        times, speed = stage.meta.times, rate(stage.channel, Lane.CAMPAIGN)
        # From the first message on, and the last one's interval too.
        taken = (times[-1] - times[0]).total_seconds() + 1 / speed
        used = recipients / speed / taken
        yield Row(f"campaign of {recipients:,} at {mps}/s: part of limit − reserve used", used, EFFICIENCY, True)
        yield Row(f"campaign of {recipients:,} at {mps}/s: most in any one second", most_in_a_second(times), mps)
    logging.disable(logging.NOTSET)
