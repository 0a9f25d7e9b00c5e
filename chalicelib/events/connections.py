"""Who listens on the WebSocket now."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import Table
from chalicelib.events.feed import AUDIENCE

_LONGEST = timedelta(hours=2, minutes=10)
"""API Gateway ends a connection after two hours: what is left of an older one is litter."""


class Connection(BaseModel):
    """One open connection and whose it is."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    user_id: str
    kind: str = "person"


def opened(table: Table, connection: Connection, now: datetime) -> None:
    """Notes a connection."""
    key = keys.connection(AUDIENCE, connection.id)
    table.put({"PK": key.pk, "SK": key.sk, **connection.model_dump(), "expires_at": epoch(now + _LONGEST)})


def closed(table: Table, connection_id: str) -> None:
    """Forgets a connection."""
    table.delete(keys.connection(AUDIENCE, connection_id))


def find(table: Table, connection_id: str) -> Connection | None:
    """The connection, or None."""
    item = table.get(keys.connection(AUDIENCE, connection_id))
    return Connection.model_validate(item) if item else None


def every(table: Table) -> Iterator[Connection]:
    """All open connections."""
    for item in table.query_all(keys.connection(AUDIENCE, "").pk):
        yield Connection.model_validate(item)
