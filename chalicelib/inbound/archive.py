"""The raw archive: what Meta sent, kept before it is worked on, one object per worker batch and never one per webhook."""

import gzip
import hashlib
from collections.abc import Sequence
from datetime import datetime

from chalicelib.cloud.objects import Objects


def keep(archive: Objects, lane: str, bodies: Sequence[str], now: datetime) -> str:
    """Writes the batch as gzipped lines of JSON and answers its key. The same batch again writes the same object."""
    name = hashlib.sha256("\n".join(bodies).encode()).hexdigest()[:32]
    key = f"raw/{lane}/{now:%Y/%m/%d/%H}/{name}.jsonl.gz"
    archive.put(key, gzip.compress("\n".join(bodies).encode(), mtime=0), "application/gzip")
    return key
