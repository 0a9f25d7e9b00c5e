"""What the recipients of a campaign are to be told, in S3: parts as the file was read, chunks as a run sends them.

A part has PART rows of the audience, valid or not. A chunk has those of `run.chunk` rows that this run sends to. Both are written
whole and always with the same content for the same number, so that writing one again does no harm.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.campaigns.model import PART, Run
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.cloud.objects import ObjectMissing, Objects

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a chunk; `values` follow the chunk's fields."""

    row: int
    to: str
    is_bsuid: bool
    values: Sequence[str]


@dataclass(frozen=True)
class Chunk:
    """The recipients one SQS message is about."""

    fields: Sequence[str]
    recipients: Sequence[Recipient]


def part_key(reading: str, part: int) -> str:
    """Where a part of the recipients lies: under its reading, which a copy of the campaign shares."""
    return f"campaigns/recipients/{reading}/{part:05d}.json"


def put_part(media: Objects, reading: str, part: int, rows: Sequence[Row]) -> None:
    """Writes one part."""
    packed = [[r.number, r.line, r.to, r.country, int(r.is_bsuid), r.reason, r.written, list(r.values)] for r in rows]
    _put(media, part_key(reading, part), {"v": _VERSION, "rows": packed})


def get_part(media: Objects, reading: str, part: int) -> list[Row]:
    """The rows of one part."""
    packed = json.loads(media.get(part_key(reading, part)))["rows"]
    return [
        Row(n, line, to, country, bool(bsuid), reason, values, written)
        for n, line, to, country, bsuid, reason, written, values in packed
    ]


def are_kept(media: Objects, reading: str, parts: int) -> bool:
    """Whether the recipients are still there: they go where lists are kept for a time only (cloud/retention.py)."""
    try:
        for part in {0, max(parts - 1, 0)}:
            media.size(part_key(reading, part))
    except ObjectMissing:
        return False
    return True


def put_chunk(media: Objects, campaign_id: str, run_id: str, chunk: int, content: Chunk) -> None:
    """Writes one chunk."""
    packed = [[r.row, r.to, int(r.is_bsuid), list(r.values)] for r in content.recipients]
    _put(
        media,
        _chunk_key(campaign_id, run_id, chunk),
        {"v": _VERSION, "fields": list(content.fields), "recipients": packed},
    )


def get_chunk(media: Objects, campaign_id: str, run_id: str, chunk: int) -> Chunk:
    """One chunk."""
    packed = json.loads(media.get(_chunk_key(campaign_id, run_id, chunk)))
    return Chunk(
        packed["fields"], [Recipient(row, to, bool(bsuid), values) for row, to, bsuid, values in packed["recipients"]]
    )


def put_sizes(media: Objects, campaign_id: str, run_id: str, part: int, sizes: Sequence[int]) -> None:
    """Writes how many recipients each chunk of a part has: what the waves go by."""
    _put(media, _sizes_key(campaign_id, run_id, part), {"v": _VERSION, "sizes": list(sizes)})


def get_sizes(media: Objects, campaign_id: str, run_id: str, part: int) -> list[int]:
    """How many recipients each chunk of a part has."""
    return list(json.loads(media.get(_sizes_key(campaign_id, run_id, part)))["sizes"])


def size_of(media: Objects, run: Run, chunk: int) -> int:
    """How many recipients a chunk has."""
    in_part = PART // run.chunk
    return get_sizes(media, run.campaign_id, run.id, chunk // in_part)[chunk % in_part]


def _chunk_key(campaign_id: str, run_id: str, chunk: int) -> str:
    # A prefix of its own: the bucket's lifecycle rule clears chunks away, the ledger keeps what happened.
    return f"chunks/{campaign_id}/{run_id}/{chunk:06d}.json"


def _sizes_key(campaign_id: str, run_id: str, part: int) -> str:
    return f"chunks/{campaign_id}/{run_id}/sizes-{part:05d}.json"


def _put(media: Objects, key: str, content: object) -> None:
    media.put(key, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")
