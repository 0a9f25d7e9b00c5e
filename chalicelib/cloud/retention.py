"""How long things are kept, by class: a setting of the deployment, read at most once in five minutes per process.

An item gets its end when it is written (`Put(..., kept=Kept("tickets", at))`; DynamoDB's TTL removes it). What is there already
gets it by a job when the setting changes: chalicelib/privacy/keeping.py.
"""

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from annotated_types import Ge, Le
from boto3.dynamodb.conditions import Attr
from pydantic import Field

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import ConditionFailed, Item, Key, Table, Update
from chalicelib.shape import Shape

LOOK_AGAIN = timedelta(minutes=5)
"""After a change, processes may write by the setting before it for so long."""
_WORDS_DAYS, _SENDS_DAYS, _CHUNKS_DAYS = 400, 90, 400
"""What a search looks back on, how long the send API tells of a wish, and how late a campaign may be resumed or tried again."""


def _kept(default: int | None, least: int, most: int, description: str) -> Any:
    return Field(default=default, ge=least, le=most, description=description)


class Retention(Shape):
    """For how many days things are kept, by class; null is until somebody deletes them."""

    messages: int | None = _kept(
        None,
        30,
        3650,
        "Messages of conversations, with what finds them: the log's pointers, the search, wishes to send.",
    )
    files: int | None = _kept(
        None, 30, 3650, "Files that customers sent. A file never outlives its message. Uploads of the library stay."
    )
    tickets: int | None = _kept(
        None,
        30,
        3650,
        "Closed tickets with their history and notes, from the day they were closed. Reports' sums stay.",
    )
    recipients: int | None = _kept(
        None, 30, 3650, "Recipients of campaigns, one by one, with what happened to each. A campaign's sums stay."
    )
    lists: int | None = _kept(
        None,
        30,
        3650,
        "Uploaded files of recipients and contacts, and what campaigns made of them. A campaign cannot go on without its own.",
    )
    workflows: int = _kept(90, 7, 3650, "Workflow instances that ended, with their data and logs.")
    webhook_deliveries: int = _kept(30, 2, 400, "What became of each event sent to a webhook of yours.")
    raw_webhooks: int = _kept(400, 7, 3650, "What Meta sent us, as it came: for replays.")
    events: int = _kept(7, 2, 90, "What happened, for live views and for programs that read the change feed.")
    exports: int = _kept(7, 1, 90, "Files made by exports, and the jobs that made them.")
    audit: int | None = _kept(None, 365, 3650, "Who did what: the audit log.")

    def days(self, what: str) -> int | None:
        """Of a class, or of what follows one: `words` and `sends` messages, `received_files` files and messages, `chunks` lists."""
        match what:
            case "words":
                return _least(self.messages, _WORDS_DAYS)
            case "sends":
                return _least(self.messages, _SENDS_DAYS)
            case "chunks":
                return _least(self.lists, _CHUNKS_DAYS)
            case "received_files":
                return _least(self.messages, self.files)
            case _:
                found: int | None = getattr(self, what)
                return found


class Bounds(NamedTuple):
    """Within what a class may be set, and what it is."""

    default: int | None
    minimum: int
    maximum: int
    may_be_kept_for_good: bool
    description: str


def classes(retention: Retention) -> list[tuple[str, int | None, Bounds]]:
    """Each class as it is called outside, with its days and its bounds."""
    found = []
    for name, field in Retention.model_fields.items():
        least = next(int(str(each.ge)) for each in field.metadata if isinstance(each, Ge))
        most = next(int(str(each.le)) for each in field.metadata if isinstance(each, Le))
        bounds = Bounds(field.default, least, most, field.default is None, field.description or "")
        found.append((field.alias or name, getattr(retention, name), bounds))
    return found


_known: "WeakKeyDictionary[Table, tuple[float, Retention]]" = WeakKeyDictionary()


def current(table: Table) -> Retention:
    """What holds for what is written now."""
    known = _known.get(table)
    if known and known[0] > time.monotonic():
        return known[1]
    found = stored(table)
    know(table, found)
    return found


def know(table: Table, found: Retention) -> None:
    """What this process goes by for a while: what it has read, or has just set."""
    _known[table] = (time.monotonic() + LOOK_AGAIN.total_seconds(), found)


def stored(table: Table) -> Retention:
    """The setting as it is kept."""
    item = table.get(keys.retention()) or {}
    return Retention.model_validate({name: value for name, value in item.items() if name in Retention.model_fields})


def item_of(retention: Retention) -> Item:
    """The setting as an item."""
    key = keys.retention()
    return {"PK": key.pk, "SK": key.sk, **retention.model_dump(exclude_none=True)}


def until(days: int | None, at: datetime) -> Item:
    """What makes an item go that was written at this time: nothing when it is kept."""
    return {} if days is None else {"expires_at": epoch(at + timedelta(days=days))}


def set_end(table: Table, key: Key, end: int | None) -> bool:
    """Gives an item that is there another end, None being none; False when it is gone."""
    change = {"set": {"expires_at": end}} if end is not None else {"remove": ["expires_at"]}
    try:
        table.update(Update(key, condition=Attr("PK").exists(), **change))
    except ConditionFailed:
        return False
    return True


def _least(*days: int | None) -> int | None:
    return min((each for each in days if each is not None), default=None)
