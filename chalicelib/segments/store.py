"""Segments in the main table. They are few: one partition."""

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Table
from chalicelib.segments.model import Segment


def every(table: Table) -> list[Segment]:
    """All segments, the oldest first."""
    return [Segment.model_validate(item) for item in table.query_all(keys.segment("").pk, consistent=True)]


def find(table: Table, segment_id: str) -> Segment | None:
    """One segment, or None."""
    item = table.get(keys.segment(segment_id))
    return Segment.model_validate(item) if item else None


def put(table: Table, segment: Segment) -> None:
    """Keeps the segment, over what it was."""
    key = keys.segment(segment.id)
    values = segment.model_dump(mode="json")
    table.put({"PK": key.pk, "SK": key.sk, **values, "created_at": stamp(segment.created_at)})


def delete(table: Table, segment_id: str) -> None:
    """Removes it; an absent one is fine."""
    table.delete(keys.segment(segment_id))
