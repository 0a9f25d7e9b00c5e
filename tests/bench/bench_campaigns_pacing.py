"""Pacing in process: adapters in memory and a clock that moves only when somebody sleeps.

Efficiency is recipients / (limit - reserve) / time; and in no second may more go out than the limit:
`python -m tests.bench.bench_campaigns_pacing`.
"""

import bisect
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.campaigns.model import State
from chalicelib.conversations.pacing import Lane, rate
from tests.support.campaigns import Stage, people

CASES = ((80, 1_000), (1000, 1_000), (80, 20_000), (1000, 100_000))
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


def measure(cases: Sequence[tuple[int, int]] = CASES) -> list[tuple[str, float, float, float, float]]:
    """What, seconds taken, seconds at the full rate, their ratio and its limit."""
    found = []
    for mps, recipients in cases:
        stage = play(mps, recipients)
        times = stage.meta.times
        # From the first message on, and the last one's interval too.
        taken = (times[-1] - times[0]).total_seconds() + 1 / rate(stage.channel, Lane.CAMPAIGN)
        ideal = recipients / rate(stage.channel, Lane.CAMPAIGN)
        found.append((f"pacing: {recipients:,} at {mps}/s, time / ideal", taken, ideal, taken / ideal, 1 / EFFICIENCY))
        most = most_in_a_second(times)
        found.append((f"pacing: {recipients:,} at {mps}/s, most in a second / limit", most, mps, most / mps, 1.0))
    return found


def main() -> int:
    logging.disable(logging.INFO)
    rows = measure()
    for what, mine, other, ratio, limit in rows:
        verdict = "ok" if ratio <= limit else "MISSED"
        print(f"{what:60} {mine:9.2f} {other:9.2f}  x {ratio:6.3f}  <= {limit:5.3f} {verdict}")
    return int(any(ratio > limit for *_, ratio, limit in rows))


if __name__ == "__main__":
    raise SystemExit(main())
