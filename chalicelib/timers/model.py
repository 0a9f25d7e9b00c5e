"""Something to be done at a time: kept under the minute it is due in, done by the minute's run."""

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field

SHARDS = 4
"""Partitions of one hour: 4,000 timers a second may be set for the same one."""
_MINUTE = timedelta(minutes=1)


class Timer(BaseModel):
    """`kind` names who is called (`ticket`, `wait`, ...), `subject` what it is about. The same id at the same minute is one."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    kind: str
    subject: str
    due_at: datetime
    data: dict[str, Any] = Field(default_factory=dict)
    tries: int = 0

    @property
    def shard(self) -> int:
        """Which partition of its minute."""
        return crc32(self.id.encode()) % SHARDS


def minute_of(due_at: datetime, now: datetime) -> datetime:
    """The minute in whose run a timer set now is done: the first that begins when it is due, and never one that has begun."""
    return max(_next_minute(due_at - timedelta(microseconds=1)), _next_minute(now))


def floor(at: datetime) -> datetime:
    """The minute that has begun."""
    return at.replace(second=0, microsecond=0)


def _next_minute(at: datetime) -> datetime:
    return floor(at) + _MINUTE
