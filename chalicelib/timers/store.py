"""Timers in the main table."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import ConditionFailed, Delete, Key, Put, Table
from chalicelib.timers.model import SHARDS, Timer, minute_of

_KEPT = timedelta(days=30)


def armed(timer: Timer, now: datetime) -> Put:
    """The operation that sets the timer; goes into the transaction of the change that wants it."""
    key = keys.due(minute_of(timer.due_at, now), timer.shard, timer.id)
    values = {**timer.model_dump(exclude={"due_at"}), "due_at": stamp(timer.due_at)}
    return Put({"PK": key.pk, "SK": key.sk, **values, "expires_at": epoch(timer.due_at + _KEPT)})


def disarmed(timer: Timer, set_at: datetime) -> Delete:
    """The operation that takes back a timer that was set at `set_at`; one that has been done is fine."""
    return Delete(keys.due(minute_of(timer.due_at, set_at), timer.shard, timer.id))


def due(table: Table, first: datetime, last: datetime) -> Iterator[tuple[Key, Timer]]:
    """What is to be done in the runs of these minutes of one hour, with where it lies."""
    for shard in range(SHARDS):
        start, end = keys.due(first, shard, ""), keys.due(last, shard, "~")
        for item in table.query_all(start.pk, between=(start.sk, end.sk), consistent=True):
            yield Key(item["PK"], item["SK"]), Timer.model_validate(item)


def done(table: Table, place: Key) -> None:
    """Forgets the timer; somebody else may have."""
    table.delete(place)


def again(table: Table, place: Key, timer: Timer, now: datetime) -> None:
    """Moves the timer to a later run."""
    table.transact([armed(timer, now), Delete(place)])


def park(table: Table, place: Key, timer: Timer) -> None:
    """Puts aside a timer that failed too often: nothing is lost, and it stops nobody."""
    key = keys.parked_timer(timer.id)
    parked = Put({"PK": key.pk, "SK": key.sk, **timer.model_dump(exclude={"due_at"}), "due_at": stamp(timer.due_at)})
    table.transact([parked, Delete(place)])


def first_open_minute(table: Table, otherwise: datetime) -> datetime:
    """The first minute that no run has finished."""
    item = table.get(keys.timers_head())
    return datetime.fromisoformat(item["minute"]) if item else otherwise


def finish(table: Table, minute: datetime) -> None:
    """All minutes before this one are finished; never moves back."""
    value = stamp(minute)
    key = keys.timers_head()
    try:
        table.put(
            {"PK": key.pk, "SK": key.sk, "minute": value},
            condition=Attr("PK").not_exists() | Attr("minute").lt(value),
        )
    except ConditionFailed:
        return  # an overlapping run was faster
