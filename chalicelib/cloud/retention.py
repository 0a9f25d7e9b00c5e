"""How long things are kept, by class: a setting of the deployment, read at most once in five minutes per process.

New items get their end when they are written (DynamoDB's TTL); what is there already keeps the one it has. What else goes by itself
has a fixed time of its own: docs/privacy.md.
"""

import time
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from pydantic import Field

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import Item, Table
from chalicelib.shape import Shape

_LOOK_AGAIN_SECONDS = 300.0


class Retention(Shape):
    """For how many days new things are kept; null is until somebody deletes them."""

    messages: int | None = Field(
        default=None, ge=30, le=3650, description="Messages of conversations, with the log's pointers to them."
    )
    recipients: int | None = Field(
        default=None, ge=30, le=3650, description="Recipients of campaigns, one by one. A campaign's sums stay."
    )


_known: "WeakKeyDictionary[Table, tuple[float, Retention]]" = WeakKeyDictionary()


def current(table: Table) -> Retention:
    """What holds for what is written now."""
    known = _known.get(table)
    if known and known[0] > time.monotonic():
        return known[1]
    found = stored(table)
    _known[table] = (time.monotonic() + _LOOK_AGAIN_SECONDS, found)
    return found


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
