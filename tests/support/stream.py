"""The main table's stream in process: what was stored since the last time reaches its subscribers, as Lambda would bring it."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.cloud import keys
from chalicelib.events.model import Event
from chalicelib.inbound.stream import SUBSCRIBERS, events_of
from chalicelib.wiring import World


@dataclass
class Stream:
    """Remembers what it has brought."""

    world: World
    client: Any = None
    """What looks into the table, where the world's own client is not to."""
    seen: set[str] = field(default_factory=set)
    campaigns: dict[str, Any] = field(default_factory=dict)

    def bring(self) -> list[Event]:
        """New events, the oldest first, and campaigns that have changed."""
        return self.tell(self.fresh())

    def fresh(self) -> list[Event]:
        """What happened since the last time; nobody is told yet."""
        items = (self.client or self.world.table.client).scan(TableName="main")["Items"]
        fresh = [raw for raw in items if raw["SK"]["S"].startswith(keys.EVENT) and raw["SK"]["S"] not in self.seen]
        self.seen |= {raw["SK"]["S"] for raw in fresh}
        records = [_record("INSERT", raw) for raw in sorted(fresh, key=lambda raw: (raw["at"]["S"], raw["SK"]["S"]))]
        records += [self._changed(raw) for raw in items if raw["SK"]["S"] == "CAMPAIGN"]
        return events_of({"Records": [record for record in records if record]})

    def tell(self, happened: list[Event]) -> list[Event]:
        """Hands it to the subscribers."""
        for subscriber in SUBSCRIBERS:
            subscriber(self.world, happened)
        return happened

    def _changed(self, raw: dict[str, Any]) -> dict[str, Any]:
        before = self.campaigns.get(raw["PK"]["S"], raw)
        self.campaigns[raw["PK"]["S"]] = raw
        return _record("MODIFY", raw, before, self.world.clock().timestamp())


def _record(kind: str, raw: dict[str, Any], before: Any = None, at: float = 0) -> dict[str, Any]:
    change = {"Keys": {"PK": raw["PK"], "SK": raw["SK"]}, "NewImage": raw, "ApproximateCreationDateTime": at}
    return {"eventName": kind, "dynamodb": change | ({"OldImage": before} if before else {})}
