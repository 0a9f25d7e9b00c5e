"""Where an agent was, stretch by stretch."""

from datetime import datetime

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Table
from chalicelib.converse.agents.model import Presence
from chalicelib.shape import Shape


class PresenceEntry(Shape):
    """One stretch of an agent's time."""

    presence: Presence
    aux_code: str
    begins_at: datetime
    ends_at: datetime | None
    seconds: int


def presence_log(table: Table, agent_id: str, since: datetime, until: datetime) -> list[PresenceEntry]:
    """The stretches that began between the two times; the last one is cut at `until`."""
    pk = keys.agent_log(agent_id, since, "").pk
    found = list(table.query_all(pk, between=(f"PRESENCE#{stamp(since)}", f"PRESENCE#{stamp(until)}~")))
    begins = [datetime.fromisoformat(item["at"]) for item in found]
    ends: list[datetime | None] = [*begins[1:], None]
    return [
        PresenceEntry(
            presence=Presence(item["presence"]),
            aux_code=item["aux_code"],
            begins_at=begin,
            ends_at=end,
            seconds=int(((end or until) - begin).total_seconds()),
        )
        for item, begin, end in zip(found, begins, ends, strict=False)
    ]
