"""The clock, as a dependency: rules take `now`, entry points take a `Clock`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """`at` as text of fixed width that sorts by time: 2026-11-22T13:00:00.000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def epoch(at: datetime) -> int:
    """`at` in whole seconds since 1970: the unit of DynamoDB's TTL."""
    return int(at.timestamp())
