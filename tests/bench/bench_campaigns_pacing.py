"""Pacing in process: adapters in memory and a clock that moves only when somebody sleeps.

Efficiency is recipients / (limit - reserve) / time; and in no second may more go out than the limit:
`make bench BENCH=campaigns_pacing`.
"""

import bisect
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.campaigns.model import State
from chalicelib.conversations.pacing import Lane, rate
from chalicelib.whatsapp.messages import Outbound
from chalicelib.whatsapp.outcome import Refused
from tests.bench.rows import Row
from tests.support.campaigns import Clock, Stage, people, refusal

CASES = ((80, 1_000), (1000, 1_000), (80, 100_000), (1000, 100_000))
EFFICIENCY = 0.95


def most_in_a_second(times: Sequence[datetime]) -> int:
    """The most messages in any one second."""
    ordered = sorted(times)
    return max(n - bisect.bisect_right(ordered, at - timedelta(seconds=1)) + 1 for n, at in enumerate(ordered))


class Limit:
    """Meta's own limit: who comes above it in any second is refused."""

    def __init__(self, mps: int, clock: Clock) -> None:
        self.mps, self.clock, self.refused = mps, clock, 0
        self._recent: deque[datetime] = deque()

    def __call__(self, message: Outbound) -> Refused | None:
        now = self.clock()
        while self._recent and self._recent[0] <= now - timedelta(seconds=1):
            self._recent.popleft()
        if len(self._recent) >= self.mps:
            self.refused += 1
            return refusal(130429)
        self._recent.append(now)
        return None


def play(mps: int, recipients: int) -> tuple[Stage, Limit]:
    """A campaign to so many on a number of this speed."""
    stage = Stage(mps=mps, threads=1)
    stage.meta.statuses = ()
    stage.meta.answer = limit = Limit(mps, stage.clock)
    campaign = stage.launch(people(recipients))
    stage.pump()
    assert stage.campaign(campaign.id).state is State.COMPLETED
    assert stage.meta.twice() == []
    return stage, limit


def measure(cases: Sequence[tuple[int, int]] = CASES) -> Iterator[Row]:
    """How much of limit − reserve a campaign uses, and the most that went out in any one second."""
    logging.disable(logging.INFO)
    for mps, recipients in cases:
        stage, limit = play(mps, recipients)
        times, speed = stage.meta.times, rate(stage.channel, Lane.CAMPAIGN)
        # From the first message on, and the last one's interval too.
        taken = (times[-1] - times[0]).total_seconds() + 1 / speed
        used = recipients / speed / taken
        yield Row(f"campaign of {recipients:,} at {mps}/s: part of limit − reserve used", used, EFFICIENCY, True)
        yield Row(f"campaign of {recipients:,} at {mps}/s: most in any one second", most_in_a_second(times), mps)
        yield Row(f"campaign of {recipients:,} at {mps}/s: answers 130429", limit.refused, 0)
    logging.disable(logging.NOTSET)
