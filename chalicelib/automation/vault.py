"""Which connections and secrets there are: names, kinds and times. Their values are in Secrets Manager and are never read here."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.automation.connection_types import Connection
from chalicelib.automation.connections import Connections
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Table
from chalicelib.dataclass import dataclass
from chalicelib.problems import NotFound

Kind = Literal["secret", "connection"]


class Entry(BaseModel):
    """One of them. `type` is a connection's."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    kind: Kind
    name: str
    type: str = ""
    changed_at: datetime
    changed_by: str


class NoSuchEntry(NotFound):
    code = 1300

    def __init__(self, kind: Kind, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r}.")
        self.name = name


@dataclass(frozen=True)
class Vault:
    """The values first, then the entry that lists them: what is listed is there."""

    table: Table
    connections: Connections

    def every(self, kind: Kind) -> list[Entry]:
        """By name."""
        return [Entry.model_validate(item) for item in self.table.query_all(keys.workflow_vault(kind, "").pk)]

    def put_secret(self, name: str, value: str, now: datetime, by: str) -> None:
        """Stores or replaces a secret."""
        self.connections.put_secret(name, value)
        self._list(Entry(kind="secret", name=name, changed_at=now, changed_by=by))

    def put_connection(self, name: str, connection: Connection, now: datetime, by: str) -> None:
        """Stores or replaces a connection."""
        self.connections.put(name, connection)
        self._list(Entry(kind="connection", name=name, type=connection.type, changed_at=now, changed_by=by))

    def delete(self, kind: Kind, name: str) -> None:
        """Steps that name it fail from now on. Raises NoSuchEntry."""
        key = keys.workflow_vault(kind, name)
        if self.table.get(key) is None:
            raise NoSuchEntry(kind, name)
        self.connections.delete(kind, name)
        self.table.delete(key)

    def _list(self, entry: Entry) -> None:
        key = keys.workflow_vault(entry.kind, entry.name)
        values = {**entry.model_dump(exclude={"changed_at"}), "changed_at": stamp(entry.changed_at)}
        self.table.put({"PK": key.pk, "SK": key.sk, **values})
