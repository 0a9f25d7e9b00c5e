"""The change feed: what happened, as numbered rows that a reader follows with a cursor.

Times and ids commit late and would be skipped; a number is given in the same transaction that writes the row, so whoever has
seen number n has seen everything up to n. Rows tell only what to read again, and a row that comes twice does no harm.
"""

from collections.abc import Sequence
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Kept, Put, Table, TransactionContended, TransactionRefused, Update
from chalicelib.dataclass import dataclass
from chalicelib.events.model import Event

AUDIENCE = "account"
"""One sequence for everybody; a reader's cursor also passes the rows that are not for them."""
_A_TRANSACTION = 90
_TRIES = 20


class Row(BaseModel):
    """One line of the feed: read `subject` of `topic` again. `queue_id` and `agent_id` say who may know."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    number: int
    type: str
    at: datetime
    topic: str
    subject: str
    queue_id: str = ""
    agent_id: str = ""


@dataclass(frozen=True)
class Stretch:
    """Rows after a cursor. `cursor` is where to go on; `reset`: the cursor is too old, read everything afresh."""

    rows: list[Row]
    cursor: int
    more: bool = False
    reset: bool = False


def append(table: Table, events: Sequence[Event], now: datetime) -> list[Row]:
    """Writes the events behind what is there, in order. Raises TransactionContended when other writers kept being faster."""
    rows: list[Row] = []
    for start in range(0, len(events), _A_TRANSACTION):
        rows += _append(table, events[start : start + _A_TRANSACTION], now)
    return rows


def head(table: Table) -> int:
    """The number of the newest row; 0 before the first."""
    item = table.get(keys.feed_head(AUDIENCE))
    return int(item["number"]) if item else 0


def after(table: Table, cursor: int, limit: int) -> Stretch:
    """The rows after a cursor, at most `limit`."""
    pk = keys.feed_head(AUDIENCE).pk
    first, last = keys.feed_row(AUDIENCE, cursor + 1).sk, keys.feed_row(AUDIENCE, 10**15 - 1).sk
    page = table.query(pk, between=(first, last), limit=limit, consistent=True)
    rows = [Row.model_validate(item) for item in page.items]
    if rows and rows[0].number == cursor + 1:
        return Stretch(rows, rows[-1].number, more=page.next is not None)
    newest = head(table)
    return Stretch([], newest, reset=newest != cursor)


def _append(table: Table, events: Sequence[Event], now: datetime) -> list[Row]:
    for _ in range(_TRIES):
        number = head(table)
        rows = [_row(event, number + place) for place, event in enumerate(events, 1)]
        free: ConditionBase = Attr("number").eq(number) if number else Attr("PK").not_exists()
        moved = Update(keys.feed_head(AUDIENCE), set={"number": number + len(rows)}, condition=free)
        try:
            table.transact([moved, *(_put(row, now) for row in rows)])
        except TransactionRefused:
            continue
        return rows
    raise TransactionContended("the feed's head")


def _row(event: Event, number: int) -> Row:
    return Row(
        number=number,
        type=event.type,
        at=event.at,
        topic=event.topic,
        subject=event.subject,
        queue_id=event.queue_id,
        agent_id=event.agent_id,
    )


def _put(row: Row, now: datetime) -> Put:
    key = keys.feed_row(AUDIENCE, row.number)
    values = {**row.model_dump(exclude={"at"}), "at": stamp(row.at)}
    return Put({"PK": key.pk, "SK": key.sk, **values}, kept=Kept("events", now))
