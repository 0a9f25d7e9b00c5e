"""One run: everything due in the minutes that have begun since the last finished run.

It may be called twice, late, or not at all for an hour: a subscriber must do no harm when called again, a timer is forgotten
only after its subscriber came back, and the next run takes up every minute that was not finished. The last minutes are
looked at again, since a timer may be stored a moment after its minute was read.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from chalicelib.cloud.clock import Clock
from chalicelib.cloud.table import Key, Table
from chalicelib.dataclass import dataclass
from chalicelib.timers import store
from chalicelib.timers.model import Timer, floor

logger = Logger(service="timers")

Subscriber = Callable[[Timer], None]


@dataclass(frozen=True)
class Run:
    """How many timers were done, and whether that was all."""

    done: int
    finished: bool


_MINUTE = timedelta(minutes=1)
_LOOK_BACK = 2 * _MINUTE
_FIRST_RUN = timedelta(days=1)
"""How far back the very first run of a deployment looks."""
_MOST_TRIES = 12
"""The last one comes about a day and a half after the first; then the timer is parked for a person to look at."""


def run(table: Table, subscribers: Mapping[str, Subscriber], clock: Clock, *, until: datetime) -> Run:
    """Does what is due; begins nothing after `until`."""
    now = clock()
    current = floor(now)
    first = min(store.first_open_minute(table, current - _FIRST_RUN), current) - _LOOK_BACK
    count = 0
    while first <= current:
        last = min(first.replace(minute=59), current)
        for place, timer in store.due(table, first, last):
            if clock() >= until:
                return Run(count, finished=False)
            _do(table, subscribers, clock, place, timer)
            count += 1
        first = last + _MINUTE
        store.finish(table, first)
    return Run(count, finished=True)


def _do(table: Table, subscribers: Mapping[str, Subscriber], clock: Clock, place: Key, timer: Timer) -> None:
    try:
        subscribers[timer.kind](timer)
    except Exception:  # one that fails must not stop the others; the alarm counts these lines
        tries = timer.tries + 1
        logger.exception("timer failed", timer_id=timer.id, kind=timer.kind, tries=tries)
        if tries >= _MOST_TRIES:
            store.park(table, place, timer)
            return
        now = clock()
        later = timer.model_copy(update={"tries": tries, "due_at": now + 2**timer.tries * _MINUTE})
        store.again(table, place, later, now)
        return
    store.done(table, place)
