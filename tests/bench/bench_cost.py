"""What AWS asks for a million campaign messages with three statuses each, and for a month without any.

Calls, DynamoDB units, memory and time, SQS requests, logs, traces, objects and pushes are counted in two runs of different
length on moto (tests/support/bill.py); what the longer one has more is what a message costs. Prices: infra/bill, dated.
`make bench BENCH=cost` prints the lines of the bill, too.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from infra.bill import idle, prices
from infra.package import merged_template
from tests.bench.rows import Row
from tests.support.bill import Run, on_moto

MILLION = 1_000_000
SHORT, LONG = 150, 1014
"""Six waves more: 144 recipients go out in each. How a run begins and ends is then small beside what goes on."""
LIMITS = {1: 11.0, 10: 6.0}
"""US dollars per million messages, by statuses in one POST of WhatsApp's."""
IDLE_LIMIT = 15.0


def measure() -> Iterator[Row]:
    """The bill of a million messages, and of an idle month."""
    for statuses, limit in LIMITS.items():
        each = a_message(statuses)
        _print(f"a million messages, {statuses} status(es) a POST", Counter({k: n * MILLION for k, n in each.items()}))
        usd = prices.total(each) * MILLION
        yield Row(
            f"cost of a million messages, {statuses} status(es) a POST, US$",
            usd,
            limit,
            note=f"prices of {prices.dated()}",
        )
    month = idle_month()
    _print("an idle month", month)
    yield Row("cost of an idle month, US$", prices.total(month), IDLE_LIMIT, note=f"prices of {prices.dated()}")


def a_message(statuses_per_post: int) -> dict[str, float]:
    """Price items of one more message."""
    short, long = (_played(number, statuses_per_post) for number in (SHORT, LONG))
    return {item: (long[item] - short[item]) / (LONG - SHORT) for item in long}


def idle_month() -> Counter[str]:
    """Price items of a month in which the deployed production stage stands still."""
    with on_moto():
        minute = Run(1, 1).quiet_minute()
    with tempfile.TemporaryDirectory() as folder:
        return idle.month(merged_template("prod", Path(folder) / "prod", for_aws=True), minute)


def _played(recipients: int, statuses_per_post: int) -> Counter[str]:
    with on_moto():
        return Run(recipients, statuses_per_post).play()


def _print(what: str, counts: Counter[str]) -> None:
    say = partial(print, file=sys.stderr, flush=True)
    say(f"  {what}: US$ {prices.total(counts):.2f}")
    for item, usd in prices.lines(counts):
        say(f"    {item:<22} {counts[item]:>16,.2f}   {usd:>8.4f}")
