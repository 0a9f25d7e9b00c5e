"""The budget of a messaging tier: to how many people an account may write first within any 24 hours.

All campaigns of an account take from one budget, chunk by chunk, before they send; what it does not cover waits until the oldest
takings are a day old. So a list longer than the tier goes out over several days, without one refusal. Somebody whose window is
open would not count with Meta; we count them all the same.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Table, Update
from chalicelib.dataclass import dataclass

DAY = timedelta(hours=24)
BUCKET = timedelta(minutes=10)
"""Takings of so long are kept as one number; they come back together, when the youngest of them is a day old."""
_SPARE = timedelta(minutes=5)
"""What is taken now is sent within this."""
_TRIES = 12


@dataclass(frozen=True)
class Taken:
    """How many may be sent to now, and when there will be more for the others."""

    count: int
    more_at: datetime
    bucket: str = ""
    """Of which ten minutes they are."""


def limit_of(tier: str) -> int | None:
    """How many people an account may write to first in 24 hours; None for no limit."""
    number = tier.removeprefix("TIER_")
    thousands = number.removesuffix("K")
    if number == "UNLIMITED" or not thousands.isdecimal():
        return None
    return int(thousands) * (1000 if number.endswith("K") else 1)


def take(table: Table, waba_id: str, wanted: int, limit: int, now: datetime) -> Taken:
    """Takes up to `wanted` of the account's budget. Raises ConditionFailed when others were faster every time."""
    for attempt in range(_TRIES):
        item = table.get(keys.tier_budget(waba_id)) or {}
        takings = _alive(item, now)
        count = max(0, min(wanted, limit - sum(takings.values())))
        if not count:
            return Taken(0, _more_at(takings, now))
        name = _bucket(now)
        after = takings | {name: takings.get(name, 0) + count}
        if _replaced(table, waba_id, item, after, last=attempt == _TRIES - 1):
            return Taken(count, _more_at(after, now), name)
    raise AssertionError("unreachable")


def give_back(table: Table, waba_id: str, count: int, taken: Taken, now: datetime) -> None:
    """Gives back what was taken and not sent: a pause would else cost the day. Raises ConditionFailed as `take` does."""
    for attempt in range(_TRIES):
        item = table.get(keys.tier_budget(waba_id)) or {}
        takings = _alive(item, now)
        if taken.bucket not in takings:
            return
        after = takings | {taken.bucket: max(0, takings[taken.bucket] - count)}
        if _replaced(table, waba_id, item, after, last=attempt == _TRIES - 1):
            return


def _replaced(table: Table, waba_id: str, item: dict[str, Any], takings: dict[str, int], *, last: bool) -> bool:
    """Writes the takings if nobody did since they were read. `last`: raises ConditionFailed if somebody did."""
    unchanged = Attr("version").eq(item["version"]) if item else Attr("PK").not_exists()
    values: dict[str, Any] = {"takings": takings, "version": item.get("version", 0) + 1}
    try:
        table.update(Update(keys.tier_budget(waba_id), set=values, condition=unchanged))
    except ConditionFailed:
        if last:
            raise
        time.sleep(random.uniform(0, 0.1))  # noqa: S311 - to keep out of each other's way
        return False
    return True


def left(table: Table, waba_id: str, limit: int, now: datetime) -> int:
    """How much of the budget there is now."""
    return max(0, limit - sum(_alive(table.get(keys.tier_budget(waba_id)) or {}, now).values()))


def wait(table: Table, waba_id: str, count: int, limit: int, now: datetime) -> timedelta:
    """How long until the budget has reached the last of so many recipients."""
    takings = _alive(table.get(keys.tier_budget(waba_id)) or {}, now)
    days = windows(count, max(0, limit - sum(takings.values())), limit)
    return timedelta() if days == 1 else _more_at(takings, now) - now + (days - 2) * DAY


def windows(count: int, left_now: int, limit: int) -> int:
    """Over how many days so many recipients go out, the first one included."""
    return 1 + -(-max(0, count - left_now) // limit)


def _alive(item: dict[str, Any], now: datetime) -> dict[str, int]:
    return {name: int(n) for name, n in item.get("takings", {}).items() if now < _ends(name)}


def _more_at(takings: dict[str, int], now: datetime) -> datetime:
    return min(map(_ends, takings), default=now)


def _bucket(now: datetime) -> str:
    return str(int(now.timestamp() // BUCKET.total_seconds()))


def _ends(name: str) -> datetime:
    begins = datetime.fromtimestamp(int(name) * BUCKET.total_seconds(), UTC)
    return begins + BUCKET + _SPARE + DAY
