"""What WhatsApp took, kept beat by beat (progress.py): one item for all that a worker has sent of a chunk since the last one.

A row goes from `sending` straight to what its first status says, which comes within a second or two; to write `accepted` into each
of them would be a write in six of what a message costs. Where no status comes the recount reads the receipts and writes it then.
Who crashes before a receipt is kept leaves rows in `sending`: as with any lost answer, a status settles them, or nobody does.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.campaigns.rows import RowState, Tally
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, epoch, stamp
from chalicelib.cloud.table import Item, Table

_KEPT = timedelta(days=400)
"""As long as the chunks: no run goes on without them."""


@dataclass(frozen=True)
class Receipt:
    """WhatsApp took one message."""

    wamid: str
    at: datetime
    held: bool = False

    @property
    def values(self) -> Item:
        """What the row is told."""
        return {"wamid": self.wamid, "accepted_at": self.at, **({"held": True} if self.held else {})}


@dataclass
class Receipts:
    """Those of one chunk, by any number of threads. What is kept is counted."""

    ledger: Table
    run_id: str
    chunk: int
    tally: Tally
    new_id: Callable[[], str]
    clock: Clock
    _fresh: dict[int, Receipt] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, row: int, receipt: Receipt) -> None:
        """Kept with the next `keep`."""
        with self._lock:
            self._fresh[row] = receipt

    def keep(self) -> None:
        """Writes those that are new; what could not be written stays for the next time."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
        if not fresh:
            return
        key = keys.receipts(self.run_id, self.chunk, self.new_id())
        rows = {str(row): _packed(receipt) for row, receipt in fresh.items()}
        try:
            self.ledger.put({"PK": key.pk, "SK": key.sk, "rows": rows, "expires_at": epoch(self.clock() + _KEPT)})
        except Exception:
            with self._lock:
                self._fresh |= fresh
            raise
        for receipt in fresh.values():
            self.tally.moved(RowState.QUEUED, RowState.ACCEPTED)
            self.tally.happened(str(RowState.ACCEPTED), receipt.at)


def kept(ledger: Table, run_id: str, chunks: Iterable[int]) -> dict[int, Receipt]:
    """The receipts of some chunks, by row: one Query from the first of them to the last."""
    wanted = sorted(chunks)
    if not wanted:
        return {}
    first, last = keys.receipts(run_id, wanted[0], ""), keys.receipts(run_id, wanted[-1], "~")
    found = ledger.query_all(first.pk, between=(first.sk, last.sk), consistent=True)
    return {int(row): _unpacked(packed) for item in found for row, packed in item["rows"].items()}


def _packed(receipt: Receipt) -> list[object]:
    return [receipt.wamid, stamp(receipt.at), *([True] if receipt.held else [])]


def _unpacked(packed: list[object]) -> Receipt:
    wamid, at, *held = packed
    return Receipt(str(wamid), datetime.fromisoformat(str(at)).astimezone(UTC), bool(held))
