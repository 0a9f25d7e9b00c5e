"""The raw archive: what Meta sent, kept before it is worked on, one object per worker batch and never one per webhook.

Statuses come in so many small batches that an object for each would be a sixteenth of what a campaign costs. Theirs go by a queue,
in which those of ten seconds gather, packed as they will lie in the object.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.cloud.objects import Objects
from chalicelib.cloud.queues import BATCH_BYTES, Queues


def keep(archive: Objects, lane: str, bodies: Sequence[str], now: datetime) -> str:
    """Writes the batch as gzipped lines of JSON and answers its key. The same batch again writes the same object."""
    return _put(archive, _place(lane, now), _packed(bodies))


def send(queues: Queues, archive: Objects, lane: str, bodies: Sequence[str], now: datetime) -> None:
    """As `keep`, but seconds later and together with other batches. What the queue would not take is kept at once."""
    place, packed = _place(lane, now), _packed(bodies)
    lines = base64.b64encode(packed).decode()
    if len(lines) > BATCH_BYTES // 2:
        _put(archive, place, packed)
    else:
        queues.send("archive", {"v": 1, "place": place, "lines": lines})


def gather(archive: Objects, messages: Iterable[dict[str, str]]) -> None:
    """Writes what `send` has sent, one object for each place. A gzip file may have many members."""
    found: dict[str, list[bytes]] = {}
    for message in messages:
        found.setdefault(message["place"], []).append(base64.b64decode(message["lines"]))
    for place, packed in found.items():
        _put(archive, place, b"".join(packed))


def _packed(bodies: Sequence[str]) -> bytes:
    return gzip.compress("".join(f"{body}\n" for body in bodies).encode(), mtime=0)


def _place(lane: str, now: datetime) -> str:
    return f"raw/{lane}/{now:%Y/%m/%d/%H}"


def _put(archive: Objects, place: str, content: bytes) -> str:
    key = f"{place}/{hashlib.sha256(content).hexdigest()[:32]}.jsonl.gz"
    archive.put(key, content, "application/gzip")
    return key
