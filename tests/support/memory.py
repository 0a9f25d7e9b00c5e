"""DynamoDB, SQS and S3 in memory: the same small functions as chalicelib/cloud, fast enough for 100,000 recipients.

What they answer is held against moto by tests/integration/campaigns/test_memory.py.
"""

import heapq
import io
import itertools
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import IO, Any

from boto3.dynamodb.conditions import ConditionBase

from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.queues import QueueMessage
from chalicelib.cloud.table import (
    Check,
    ConditionFailed,
    Delete,
    Item,
    Kept,
    Key,
    Operation,
    Page,
    Put,
    TransactionRefused,
    Update,
    end_of,
)


class MemoryTable:
    """One table. A partition is a dict by sort key, sorted when it is read."""

    name = "memory"

    def __init__(self) -> None:
        self._partitions: dict[str, dict[str, Item]] = {}
        self._lock = threading.RLock()

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        with self._lock:
            item = self._partitions.get(key.pk, {}).get(key.sk)
            return deepcopy(item) if item else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        found = {key: self.get(key) for key in dict.fromkeys(keys)}
        return {key: item for key, item in found.items() if item is not None}

    def put(self, item: Item, *, condition: ConditionBase | None = None, kept: Kept | None = None) -> None:
        self._apply([Put(item, condition, kept)])

    def update(self, update: Update) -> Item:
        with self._lock:
            self._apply([update])
            return self.get(update.key) or {}

    def replace(self, update: Update) -> Item:
        with self._lock:
            before = self.get(update.key) or {}
            self._apply([update])
            return before

    def delete(self, key: Key, *, condition: ConditionBase | None = None) -> None:
        self._apply([Delete(key, condition)])

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        index: str = "",
        forward: bool = True,
        limit: int | None = None,
        start: Item | None = None,
        consistent: bool = False,
        filter: ConditionBase | None = None,  # noqa: A002
        only: Sequence[str] = (),
    ) -> Page:
        with self._lock:
            if index:
                items = [i for p in self._partitions.values() for i in p.values() if i.get(f"{index}PK") == pk]
            else:
                items = list(self._partitions.get(pk, {}).values())
            sort = f"{index}SK" if index else "SK"
            items = sorted(items, key=lambda i: (i[sort], i["PK"], i["SK"]), reverse=not forward)
        low, high = between or (prefix, prefix + "\U0010ffff")
        items = [i for i in items if low <= i[sort] <= high]
        if start:
            position = next((n for n, i in enumerate(items) if (i["PK"], i["SK"]) == (start["PK"], start["SK"])), -1)
            items = items[position + 1 :]
        page = items[:limit] if limit else items
        more = limit is not None and len(items) > limit
        names = ["PK", "SK", *([f"{index}PK", f"{index}SK"] if index else [])]
        after = {name: page[-1][name] for name in names} if more else None
        kept = [i for i in page if filter is None or holds(filter, i)]
        return Page([{n: i[n] for n in only if n in i} if only else deepcopy(i) for i in kept], after)

    def query_all(self, pk: str, **how: Any) -> Iterator[Item]:
        yield from self.query(pk, **how).items

    def count(self, pk: str, **how: Any) -> int:
        return sum(1 for _ in self.query_all(pk, **how))

    def write_many(self, puts: Iterable[Item], deletes: Iterable[Key] = ()) -> None:
        self._apply([*(Put(item) for item in puts), *(Delete(key) for key in deletes)])

    def transact(self, operations: Sequence[Operation]) -> None:
        self._apply(operations, transaction=True)

    def items(self) -> list[Item]:
        with self._lock:
            return [item for partition in self._partitions.values() for item in partition.values()]

    def _apply(self, operations: Sequence[Operation], *, transaction: bool = False) -> None:
        with self._lock:
            failed = tuple(n for n, each in enumerate(operations) if not self._allowed(each))
            if failed:
                raise TransactionRefused(failed) if transaction else ConditionFailed("condition")
            for each in operations:
                self._write(each)

    def _allowed(self, operation: Operation) -> bool:
        if operation.condition is None:
            return True
        pk, sk = _key_of(operation)
        return holds(operation.condition, self._partitions.get(pk, {}).get(sk, {}))

    def _write(self, operation: Operation) -> None:
        pk, sk = _key_of(operation)
        partition = self._partitions.setdefault(pk, {})
        match operation:
            case Put(item=item, kept=kept):
                partition[sk] = _stored(item | end_of(self, kept))  # type: ignore[arg-type]
            case Delete():
                partition.pop(sk, None)
            case Update():
                item = partition.setdefault(sk, {"PK": pk, "SK": sk})
                _update(item, operation)
                item |= end_of(self, operation.kept)  # type: ignore[arg-type]
            case Check():
                pass


def _key_of(operation: Operation) -> tuple[str, str]:
    return (operation.item["PK"], operation.item["SK"]) if isinstance(operation, Put) else operation.key


def _stored(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _stored(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_stored(inner) for inner in value]
        case set() | frozenset():
            return set(value)
        case str() | bool() | int() | float() | None:
            return value
    raise TypeError(f"DynamoDB does not take {value!r}")


def _update(item: Item, update: Update) -> None:
    for path, value in update.set_if_absent.items():
        place, name = _place(item, path)
        place.setdefault(name, _stored(value))
    for path, value in update.set.items():
        place, name = _place(item, path)
        place[name] = _stored(value)
    for path, value in update.add.items():
        place, name = _place(item, path)
        if isinstance(value, (set, frozenset)):
            place[name] = set(place.get(name, ())) | value
        else:
            place[name] = place.get(name, 0) + value
    for path, members in update.discard.items():
        place, name = _place(item, path)
        place[name] = set(place.get(name, ())) - members
        if not place[name]:
            del place[name]
    for path in update.remove:
        place, name = _place(item, path)
        place.pop(name, None)


def _place(item: Item, path: str) -> tuple[Item, str]:
    *parents, name = path.split(".")
    for parent in parents:
        item = item[parent]
    return item, name


def holds(condition: ConditionBase, item: Item) -> bool:
    """Whether the item fulfils one of boto3's conditions."""
    expression = condition.get_expression()
    operator, values = expression["operator"], expression["values"]
    if operator in {"AND", "OR"}:
        left, right = (holds(value, item) for value in values)
        return (left and right) if operator == "AND" else (left or right)
    if operator == "NOT":
        return not holds(values[0], item)
    name = values[0].name
    if operator == "attribute_exists":
        return name in item
    if operator == "attribute_not_exists":
        return name not in item
    if operator == "attribute_type":
        return name in item and (item[name] is None) == (values[1] == "NULL")
    if item.get(name) is None:  # absent, or null, which is neither less nor greater than anything
        return operator == "<>"
    return _COMPARISONS[operator](item[name], values[1:])


_COMPARISONS: dict[str, Callable[[Any, Sequence[Any]], bool]] = {
    "=": lambda has, want: has == want[0],
    "<>": lambda has, want: has != want[0],
    "<": lambda has, want: has < want[0],
    "<=": lambda has, want: has <= want[0],
    ">": lambda has, want: has > want[0],
    ">=": lambda has, want: has >= want[0],
    "BETWEEN": lambda has, want: want[0] <= has <= want[1],
    "IN": lambda has, want: has in want[0],
    "begins_with": lambda has, want: has.startswith(want[0]),
    "contains": lambda has, want: want[0] in has,
}


class MemoryObjects:
    """One bucket."""

    bucket = "memory"

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None:
        self.content[key] = body

    def put_file(self, key: str, file: IO[bytes], content_type: str) -> None:
        self.content[key] = file.read()

    def get(self, key: str) -> bytes:
        if key not in self.content:
            raise ObjectMissing(key)
        return self.content[key]

    def open(self, key: str) -> io.BytesIO:
        return io.BytesIO(self.get(key))

    def size(self, key: str) -> int:
        return len(self.get(key))

    def delete(self, key: str) -> None:
        self.content.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.content if key.startswith(prefix)))

    def upload_link(self, key: str, *, content_type: str, max_bytes: int, seconds: int = 3600) -> dict[str, Any]:
        return {"url": "https://bucket", "fields": {"key": key, "Content-Type": content_type}}

    def download_link(self, key: str, *, filename: str = "", seconds: int = 3600) -> str:
        return f"https://bucket/{key}"


class MemoryQueues:
    """SQS standard queues on a clock of the test's: what is sent becomes due when its delay has passed."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._waiting: dict[str, list[tuple[datetime, int, str]]] = {}
        self._order = itertools.count()
        self._lock = threading.Lock()
        self.sent = 0

    def send(self, queue: str, body: dict[str, Any], **options: Any) -> None:
        self.send_all(queue, [QueueMessage(json.dumps(body), **options)])

    def send_all(self, queue: str, messages: Iterable[QueueMessage]) -> None:
        for message in messages:
            assert 0 <= message.delay_seconds <= 900, "SQS delays 15 minutes at most"
            self.push(queue, message.body, self.clock() + timedelta(seconds=message.delay_seconds))
            self.sent += 1

    def push(self, queue: str, body: str, due: datetime) -> None:
        with self._lock:
            heapq.heappush(self._waiting.setdefault(queue, []), (due, next(self._order), body))

    def pop(self, *queues: str) -> tuple[datetime, str, str] | None:
        """The next message of these queues, due or not: (when, queue, body)."""
        with self._lock:
            heads = [(self._waiting[q][0], q) for q in queues if self._waiting.get(q)]
            if not heads:
                return None
            (due, _, body), queue = min(heads)
            heapq.heappop(self._waiting[queue])
            return due, queue, body

    def depth(self, queue: str) -> int:
        return len(self._waiting.get(queue, []))
