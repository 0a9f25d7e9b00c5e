"""Clients of AWS that count what they are asked: calls by price item, DynamoDB in request units, and how long each would take.

A client is handed in and does the work (an emulator's in process); a call that the price table does not know raises Unpriced
before it is made.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.bill import units
from infra.bill.prices import Unpriced, item_of
from infra.bill.units import Index

SECONDS = {"dynamodb": 0.005, "s3": 0.030, "sqs": 0.010, "whatsapp": 0.100}
"""How long a call takes on AWS, about; what is not named takes as long as SQS."""
_SQS_BLOCK = 64 * 1024


@dataclass
class Spent:
    """What one function, or the API, has asked for."""

    counts: Counter[str] = field(default_factory=Counter)
    waited: float = 0.0
    """Seconds of all its calls one after the other."""
    calls: int = 0
    outside: float = 0.0
    """CPU seconds of the emulator, which AWS would bear."""


@dataclass
class Meter:
    """Counts by function: whoever is `working` is billed."""

    working: str = "outside"
    by_function: defaultdict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))
    lock: threading.RLock = field(default_factory=threading.RLock)

    def count(self, item: str, number: float = 1) -> None:
        """So many of a price item."""
        self.by_function[self.working].counts[item] += number  # type: ignore[assignment]

    def took(self, service: str, cpu: float = 0.0) -> None:
        """A call to this service was made."""
        spent = self.by_function[self.working]
        spent.waited += SECONDS.get(service, SECONDS["sqs"])
        spent.calls += 1
        spent.outside += cpu


class Client:
    """A boto3 client whose calls are counted one by one."""

    def __init__(self, service: str, client: Any, meter: Meter) -> None:
        self._service, self._client, self._meter = service, client, meter

    def __getattr__(self, name: str) -> Any:
        if name in {"meta", "exceptions"}:
            return getattr(self._client, name)

        def counted(*args: Any, **request: Any) -> Any:
            item, number = self._billed(name, request)
            with self._meter.lock:
                self._meter.count(item, number)
                began = time.process_time()
                try:
                    return getattr(self._client, name)(*args, **request)
                finally:
                    self._meter.took(self._service, time.process_time() - began)

        return counted

    def _billed(self, name: str, request: Mapping[str, Any]) -> tuple[str, float]:
        item = item_of(f"{self._service}.{name}")
        if item == "sqs.standard":
            item = "sqs.fifo" if str(request["QueueUrl"]).endswith(".fifo") else item
            size = sum(len(entry["MessageBody"]) for entry in request.get("Entries", ()))
            return item, max(1, -(-size // _SQS_BLOCK))
        return item, 1


Peek = Callable[[str, Mapping[str, Any]], units.Wire | None]
"""(table, key) → the item as it lies there, which nobody pays for."""


class Dynamo:
    """A DynamoDB client whose calls are counted in request units, computed from the items before and after."""

    def __init__(self, client: Any, meter: Meter, indexes: Mapping[str, Mapping[str, Index]], peek: Peek) -> None:
        self._client, self._meter, self._indexes, self._peek = client, meter, indexes, peek

    def __getattr__(self, name: str) -> Any:
        count: Callable[..., Any] | None = getattr(type(self), f"_{name}", None)
        if count is None:
            raise Unpriced(f"dynamodb.{name}")

        def counted(**request: Any) -> Any:
            with self._meter.lock:
                began = time.process_time()
                try:
                    return count(self, **request)
                finally:
                    self._meter.took("dynamodb", time.process_time() - began)

        return counted

    def _get_item(self, **request: Any) -> Any:
        answer = self._call("get_item", request)
        self._read([self._item(request["TableName"], request["Key"])], request)
        return answer

    def _batch_get_item(self, **request: Any) -> Any:
        for table, wanted in request["RequestItems"].items():
            self._read([self._item(table, key) for key in wanted["Keys"]], wanted)
        return self._call("batch_get_item", request)

    def _query(self, **request: Any) -> Any:
        plain = {name: v for name, v in request.items() if name not in {"FilterExpression", "ProjectionExpression"}}
        if plain != request:
            plain = _only_used(plain)
        # What is gone over, before filter and projection, is what is paid for; keys-only indexes answer keys only anyway.
        found = self._client.query(**plain)["Items"]
        self._meter.count("dynamodb.read", units.query(found, consistent=bool(request.get("ConsistentRead"))))
        return self._call("query", request)

    def _put_item(self, **request: Any) -> Any:
        key = {name: request["Item"][name] for name in ("PK", "SK")}
        return self._write("put_item", request, [(request["TableName"], key)])

    def _update_item(self, **request: Any) -> Any:
        return self._write("update_item", request, [(request["TableName"], request["Key"])])

    def _delete_item(self, **request: Any) -> Any:
        return self._write("delete_item", request, [(request["TableName"], request["Key"])])

    def _batch_write_item(self, **request: Any) -> Any:
        places = [
            (table, _key_of(next(iter(each.values()))))
            for table, wanted in request["RequestItems"].items()
            for each in wanted
        ]
        return self._write("batch_write_item", request, places)

    def _transact_write_items(self, **request: Any) -> Any:
        operations = [next(iter(each.values())) for each in request["TransactItems"]]
        places = [(each["TableName"], _key_of(each)) for each in operations]
        return self._write("transact_write_items", request, places, transaction=True)

    def _write(
        self, name: str, request: Mapping[str, Any], places: Iterable[tuple[str, Any]], *, transaction: bool = False
    ) -> Any:
        found = list(places)
        before = [self._item(*place) for place in found]
        try:
            return self._call(name, request)
        finally:
            for (table, key), was in zip(found, before, strict=True):
                indexes = list(self._indexes[table].values())
                self._meter.count(
                    "dynamodb.write", units.write(was, self._item(table, key), indexes, transaction=transaction)
                )

    def _read(self, items: list[Any], request: Mapping[str, Any]) -> None:
        self._meter.count("dynamodb.read", units.read(items, consistent=bool(request.get("ConsistentRead"))))

    def _item(self, table: str, key: Any) -> Any:
        return self._peek(table, key)

    def _call(self, name: str, request: Mapping[str, Any]) -> Any:
        return getattr(self._client, name)(**request)


def _key_of(request: Mapping[str, Any]) -> dict[str, Any]:
    whole = request.get("Key") or request["Item"]
    return {name: whole[name] for name in ("PK", "SK")}


def _only_used(request: dict[str, Any]) -> dict[str, Any]:
    """DynamoDB refuses names and values that no expression uses."""
    text = request["KeyConditionExpression"]
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        used = {name: value for name, value in request.get(part, {}).items() if _uses(text, name)}
        request = {**request, part: used}
        if not used:
            del request[part]
    return request


def _uses(text: str, name: str) -> bool:
    rest = text.split(name)[1:]
    return any(not piece[:1].isalnum() for piece in rest)
