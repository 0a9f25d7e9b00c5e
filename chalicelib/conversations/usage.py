"""What Meta charges for, counted from the pricing of its statuses: each message once, whoever sent it.

Meta charges a message when it is delivered, and its price comes with one of `delivered` and `read` (with `sent` too, which is no
charge yet). A message keeps which batch of statuses charged it first; the batch counts all its charges in one transaction with a
mark of itself. So a repeated status finds the message charged, and a batch that was killed before it counted is found out: its name
is on the messages, and no mark at the counters.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import Item, Key, Operation, Put, Table, TransactionRefused, Update
from chalicelib.conversations.store import ABSENT
from chalicelib.whatsapp.webhook import StatusUpdate

SHARDS = 8
"""Workers that count at the same time seldom meet at one item."""
_MARK_KEPT = timedelta(days=14)
"""Twice as long as Meta may send a webhook again, and longer than SQS keeps one."""
_MOST_ITEMS = 90
_ARRIVED = frozenset({"delivered", "read", "played"})


@dataclass(frozen=True, order=True)
class Line:
    """What is counted apart. Countries and months are few, so there are few lines."""

    month: str
    phone_number_id: str
    country: str
    category: str
    type: str


def charges(status: str, category: str | None) -> bool:
    """Whether a status is the one that charges its message: that it arrived, with a price."""
    return status in _ARRIVED and bool(category)


@dataclass
class Bill:
    """The charges of one batch of statuses. `batch` names it by its content."""

    batch: str
    lost: Callable[[str], bool] = lambda _: False
    """Whether another batch, which had these statuses before, was killed before it counted."""
    counts: Counter[Line] = field(default_factory=Counter)
    charged: set[str] = field(default_factory=set)
    """WhatsApp's ids of the messages on it: a batch may have two statuses of one."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, updates: Iterable[StatusUpdate], *, again_in: Table | None = None) -> "Bill":
        """An empty bill of these statuses.

        `again_in`: the table of marks, for statuses that come again after whoever had them is gone. They must come alone, as they
        were queued: the name is made of them and must be the same each time.
        """
        text = "\n".join(sorted(f"{each.wamid} {each.status} {each.timestamp}" for each in updates))
        lost = (lambda name: again_in.get(_mark(name, 0)) is None) if again_in else (lambda _: False)
        return cls(hashlib.sha256(text.encode()).hexdigest()[:32], lost)

    def is_due(self, before: Item) -> bool:
        """Whether this batch charges a message that was so before: nobody has, or a batch that was killed, this one or another."""
        name = str(before.get("billed_by", self.batch))
        return name == self.batch or self.lost(name)

    def add(self, wamid: str, at: datetime, phone_number_id: str, country: str, category: str, type_: str) -> None:
        """Charges one message."""
        line = Line(f"{at.astimezone(UTC):%Y-%m}", phone_number_id, country, category, type_ or "regular")
        with self._lock:
            if wamid in self.charged:
                return
            self.charged.add(wamid)
            self.counts[line] += 1

    def commit(self, table: Table, now: datetime) -> None:
        """Counts the charges, once however often it is called with the same batch."""
        items: dict[tuple[str, str], dict[str, int]] = {}
        for line, count in sorted(self.counts.items()):
            place = line.month, f"{line.phone_number_id}#{line.country}"
            items.setdefault(place, {})[f"{line.category}|{line.type}"] = count
        shard = int(self.batch[:4], 16) % SHARDS
        adding: list[Operation] = [
            Update(keys.message_usage(month, shard, place), add=dict(counts))
            for (month, place), counts in items.items()
        ]
        for number, start in enumerate(range(0, len(adding), _MOST_ITEMS)):
            mark = _mark(self.batch, number)
            marked = Put({"PK": mark.pk, "SK": mark.sk, "expires_at": epoch(now + _MARK_KEPT)}, ABSENT)
            try:
                table.transact([marked, *adding[start : start + _MOST_ITEMS]])
            except TransactionRefused:
                continue  # counted before


def _mark(batch: str, number: int) -> Key:
    return keys.counted_bill(f"{batch}.{number}")


def month(table: Table, wanted: str) -> Iterator[tuple[Line, int]]:
    """Everything that was charged in a month (2026-11), in no order."""
    sums: Counter[Line] = Counter()
    for shard in range(SHARDS):
        for item in table.query_all(keys.message_usage(wanted, shard, "").pk):
            number, _, country = str(item["SK"]).partition("#")
            for name, count in item.items():
                category, separator, type_ = name.partition("|")
                if separator:
                    sums[Line(wanted, number, country, category, type_)] += int(count)
    yield from sums.items()
