"""DynamoDB's request units, by the rules of its manual ("Read and write operations"): what a call costs follows from its items."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Wire = Mapping[str, Any]
"""An item, or a value of one, in DynamoDB's own notation."""


@dataclass(frozen=True)
class Index:
    """A secondary index: its keys, and whether it carries whole items or keys only."""

    partition: str
    sort: str
    whole: bool

    def image(self, item: Wire | None) -> Wire | None:
        """What the index holds of an item; None when the item is not in it."""
        if not item or self.partition not in item or self.sort not in item:
            return None
        return item if self.whole else {name: item[name] for name in ("PK", "SK", self.partition, self.sort)}


def size_of(item: Wire) -> int:
    """Bytes of an item: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def read(items: Sequence[Wire | None], *, consistent: bool) -> float:
    """Units of a GetItem or BatchGetItem: each item counts, and one that is not there counts as the smallest."""
    return sum(_pages(size_of(item or {})) for item in items) * (1 if consistent else 0.5)


def query(items: Sequence[Wire], *, consistent: bool) -> float:
    """Units of a Query or Scan: what it went over counts together, before any filter."""
    return _pages(sum(map(size_of, items))) * (1 if consistent else 0.5)


def write(before: Wire | None, after: Wire | None, indexes: Sequence[Index], *, transaction: bool = False) -> float:
    """Units of one write, its indexes' included. A write that was refused leaves `after` as `before` and costs as much."""
    units = _blocks(max(size_of(before or {}), size_of(after or {})))
    units += sum(_index_write(index.image(before), index.image(after), index) for index in indexes)
    return float(units * (2 if transaction else 1))


def _index_write(before: Wire | None, after: Wire | None, index: Index) -> int:
    if before == after:
        return 0
    if before is None or after is None:
        return _blocks(size_of(before or after or {}))
    if any(before[name] != after[name] for name in (index.partition, index.sort)):
        return _blocks(size_of(before)) + _blocks(size_of(after))
    return _blocks(max(size_of(before), size_of(after)))


def _blocks(size: int) -> int:
    return max(1, math.ceil(size / 1024))


def _pages(size: int) -> int:
    return max(1, math.ceil(size / 4096))


def _value(value: Wire) -> int:
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content.strip("-").replace(".", "")) // 2 + 2
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(inner) for name, inner in content.items())
        case "L":
            return 3 + sum(1 + _value(inner) for inner in content)
        case "SS" | "NS":
            return sum(len(text.encode()) for text in content)
        case "B":
            return len(content)
        case _:  # BOOL, NULL
            return 1
