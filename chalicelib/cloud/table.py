"""A DynamoDB table behind small functions: plain values in and out, typed refusals.

Items are dicts of JSON-like values; numbers come back as int where they are whole, else float.
Conditions are boto3's own (`Attr("status").eq("queued")`).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.conditions import Key as KeyCondition
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass

Item = dict[str, Any]


class Key(NamedTuple):
    """Where an item lives."""

    pk: str
    sk: str


class ConditionFailed(Exception):
    """The item was not as the caller required; nothing was written."""


class TransactionRefused(ConditionFailed):
    """One or more conditions of a transaction failed; nothing was written.

    `failed` has the index of each operation whose condition was false.
    """

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(f"conditions failed at operations {failed}")
        self.failed = failed


class TransactionContended(Exception):
    """Another transaction held one of the items, several times in a row; nothing was written. Try the whole use case again."""


@dataclass(frozen=True)
class Kept:
    """How long an item stays: from `since`, for as long as the deployment keeps its class (a name of cloud/retention.py)."""

    what: str
    since: datetime


@dataclass(frozen=True)
class Put:
    """Writes the whole item. One that is `kept` gets its end from the deployment's setting."""

    item: Item
    condition: ConditionBase | None = None
    kept: Kept | None = None


@dataclass(frozen=True)
class Update:
    """Changes named attributes (a dot goes into a map); makes the item when absent, unless the condition says otherwise.

    `add` counts up or joins a set, `discard` leaves one.
    """

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int | AbstractSet[str]] = field(default_factory=dict)
    discard: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    remove: Sequence[str] = ()
    condition: ConditionBase | None = None
    set_if_absent: Mapping[str, Any] = field(default_factory=dict)
    kept: Kept | None = None


@dataclass(frozen=True)
class Delete:
    """Removes the item; an absent item is fine, unless the condition says otherwise."""

    key: Key
    condition: ConditionBase | None = None


@dataclass(frozen=True)
class Check:
    """Writes nothing; the transaction holds only if the condition does."""

    key: Key
    condition: ConditionBase


Operation = Put | Update | Delete | Check


@dataclass(frozen=True)
class Page:
    """Some items and where to go on; `next` is None on the last page."""

    items: list[Item]
    next: Item | None


class Table:
    """One table. `client` is boto3's DynamoDB client."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item, or None."""
        answer = self.client.get_item(TableName=self.name, Key=_key(key), ConsistentRead=consistent)
        return _load(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """The items that exist, by key; 100 a request."""
        wanted, found = list(dict.fromkeys(keys)), {}
        for start in range(0, len(wanted), 100):
            pending = {
                self.name: {
                    "Keys": [_key(key) for key in wanted[start : start + 100]],
                    "ConsistentRead": consistent,
                }
            }
            for attempt in range(_TRIES):
                answer = self.client.batch_get_item(RequestItems=pending)
                for raw in answer["Responses"].get(self.name, []):
                    item = _load(raw)
                    found[Key(item["PK"], item["SK"])] = item
                pending = answer.get("UnprocessedKeys") or {}
                if not pending:
                    break
                _pause(attempt)
            if pending:
                raise TransactionContended("DynamoDB left keys of a batch read unprocessed")
        return found

    def put(self, item: Item, *, condition: ConditionBase | None = None, kept: Kept | None = None) -> None:
        """Writes the item. Raises ConditionFailed."""
        self._write(self.client.put_item, self._request(Put(item, condition, kept)))

    def update(self, update: Update) -> Item:
        """Applies the update and answers the item as it then is. Raises ConditionFailed."""
        answer = self._write(self.client.update_item, {**self._request(update), "ReturnValues": "ALL_NEW"})
        return _load(answer["Attributes"])

    def replace(self, update: Update) -> Item:
        """As `update`, but answers the item as it was before: empty when it was made now."""
        answer = self._write(self.client.update_item, {**self._request(update), "ReturnValues": "ALL_OLD"})
        return _load(answer.get("Attributes", {}))

    def delete(self, key: Key, *, condition: ConditionBase | None = None) -> None:
        """Removes the item. Raises ConditionFailed."""
        self._write(self.client.delete_item, self._request(Delete(key, condition)))

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
        """One page of a partition in key order: all of it, those with a sort-key prefix, or those between two (inclusive).

        `only` names the attributes to answer; DynamoDB still charges for whole items.
        """
        hash_name, range_name = (f"{index}PK", f"{index}SK") if index else ("PK", "SK")
        condition: ConditionBase = KeyCondition(hash_name).eq(pk)
        if prefix:
            condition &= KeyCondition(range_name).begins_with(prefix)
        elif between:
            condition &= KeyCondition(range_name).between(*between)
        built = _Expressions()
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": built.condition(condition, is_key=True),
            "ScanIndexForward": forward,
            "ConsistentRead": consistent and not index,
        }
        if filter is not None:
            request["FilterExpression"] = built.condition(filter)
        if only:
            request["ProjectionExpression"] = built.names(only)
        if index:
            request["IndexName"] = index
        if limit:
            request["Limit"] = limit
        if start:
            request["ExclusiveStartKey"] = _dump(start)
        answer = self.client.query(**request, **built.used())
        last = answer.get("LastEvaluatedKey")
        return Page([_load(raw) for raw in answer["Items"]], _load(last) if last else None)

    def query_all(self, pk: str, **how: Any) -> Iterator[Item]:
        """Every item of a partition (or a part of it, as `query`), page after page."""
        start: Item | None = None
        while True:
            page = self.query(pk, start=start, **how)
            yield from page.items
            start = page.next
            if start is None:
                return

    def scan(self, *, limit: int, start: Item | None = None) -> Page:
        """A page of the whole table, in no order: for jobs that must look at everything, never for a request."""
        request: dict[str, Any] = {"TableName": self.name, "Limit": limit, "ConsistentRead": True}
        if start:
            request["ExclusiveStartKey"] = _dump(start)
        answer = self.client.scan(**request)
        last = answer.get("LastEvaluatedKey")
        return Page([_load(raw) for raw in answer["Items"]], _load(last) if last else None)

    def count(self, pk: str, **how: Any) -> int:
        """How many items `query` would answer in all."""
        return sum(1 for _ in self.query_all(pk, **how))

    def write_many(self, puts: Iterable[Item], deletes: Iterable[Key] = ()) -> None:
        """Unconditional writes, 25 a request; repeats what DynamoDB leaves over."""
        requests = [{"PutRequest": {"Item": _dump(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": _key(key)}} for key in deletes]
        for start in range(0, len(requests), 25):
            pending = {self.name: requests[start : start + 25]}
            for attempt in range(_TRIES):
                pending = self.client.batch_write_item(RequestItems=pending).get("UnprocessedItems") or {}
                if not pending:
                    break
                _pause(attempt)
            if pending:
                raise TransactionContended("DynamoDB left items of a batch write unprocessed")

    def transact(self, operations: Sequence[Operation]) -> None:
        """All or nothing, at most 100 operations. Raises TransactionRefused, TransactionContended."""
        requests = [{_VERBS[type(op)]: self._request(op)} for op in operations]
        for attempt in range(_TRIES):
            try:
                self.client.transact_write_items(TransactItems=requests)
                return
            except ClientError as error:
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise
                reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
                failed = tuple(i for i, code in enumerate(reasons) if code == "ConditionalCheckFailed")
                if failed:
                    raise TransactionRefused(failed) from error
                if not set(reasons) <= {"None", "TransactionConflict", "ThrottlingError"}:
                    raise
                _pause(attempt)
        raise TransactionContended(f"{len(operations)} operations on {self.name}")

    def _request(self, operation: Operation) -> dict[str, Any]:
        built = _Expressions()
        request: dict[str, Any] = {"TableName": self.name}
        match operation:
            case Put(item=item, kept=kept):
                request["Item"] = _dump(item | end_of(self, kept))
            case Update(kept=kept):
                request["Key"] = _key(operation.key)
                request["UpdateExpression"] = built.update(operation, end_of(self, kept))
            case Delete(key=key) | Check(key=key):
                request["Key"] = _key(key)
        if operation.condition is not None:
            request["ConditionExpression"] = built.condition(operation.condition)
        return {**request, **built.used()}

    @staticmethod
    def _write(call: Any, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return call(**request)  # type: ignore[no-any-return]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise ConditionFailed(str(error)) from error
            raise


_TRIES = 6
_VERBS: dict[type, str] = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
_serializer, _deserializer = TypeSerializer(), TypeDeserializer()


def end_of(table: "Table", kept: Kept | None) -> Item:
    """What makes DynamoDB remove an item at its time (TTL); nothing for one that stays until somebody deletes it."""
    if kept is None:
        return {}
    from chalicelib.cloud import retention  # which reads the setting from a table, and is read by few functions

    return retention.until(retention.current(table).days(kept.what), kept.since)


def _pause(attempt: int) -> None:
    time.sleep(0.02 * 2**attempt)


class _Expressions:
    """Collects the placeholder names and values of one request."""

    def __init__(self) -> None:
        self._builder = ConditionExpressionBuilder()
        self._names: dict[str, str] = {}
        self._values: Item = {}

    def condition(self, condition: ConditionBase, *, is_key: bool = False) -> str:
        built = self._builder.build_expression(condition, is_key_condition=is_key)
        self._names |= built.attribute_name_placeholders
        self._values |= built.attribute_value_placeholders
        return built.condition_expression

    def names(self, paths: Sequence[str]) -> str:
        return ", ".join(self._name(path) for path in paths)

    def update(self, update: Update, end: Item) -> str:
        sets = [f"{self._name(k)} = {self._value(v)}" for k, v in {**update.set, **end}.items()]
        for path, value in update.set_if_absent.items():
            name = self._name(path)
            sets.append(f"{name} = if_not_exists({name}, {self._value(value)})")
        parts = [
            ("SET", sets),
            ("ADD", [f"{self._name(k)} {self._value(v)}" for k, v in update.add.items()]),
            ("DELETE", [f"{self._name(k)} {self._value(v)}" for k, v in update.discard.items()]),
            ("REMOVE", [self._name(k) for k in update.remove]),
        ]
        return " ".join(f"{verb} {', '.join(clauses)}" for verb, clauses in parts if clauses)

    def used(self) -> dict[str, Any]:
        request: dict[str, Any] = {}
        if self._names:
            request["ExpressionAttributeNames"] = self._names
        if self._values:
            request["ExpressionAttributeValues"] = _dump(self._values)
        return request

    def _name(self, path: str) -> str:
        placeholders = []
        for part in path.split("."):
            placeholder = f"#u{len(self._names)}"
            self._names[placeholder] = part
            placeholders.append(placeholder)
        return ".".join(placeholders)

    def _value(self, value: Any) -> str:
        placeholder = f":u{len(self._values)}"
        self._values[placeholder] = value
        return placeholder


def _key(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def _dump(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _wire(value) for name, value in item.items()}


def _wire(value: Any) -> dict[str, Any]:
    """As boto3's serializer, which looks at each value a dozen times: most are text or whole numbers."""
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is int:
        return {"N": str(value)}
    return dict(_serializer.serialize(_decimals(value)))


def _decimals(value: Any) -> Any:
    match value:
        case float():
            return Decimal(str(value))
        case dict():
            return {name: _decimals(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_decimals(inner) for inner in value]
        case frozenset():
            return set(value)
        case _:
            return value


def load(image: Mapping[str, Any]) -> Item:
    """An item out of DynamoDB's own notation, as a stream record carries it."""
    return _load(image)


def _load(raw: Mapping[str, Any]) -> Item:
    return {
        name: value["S"] if "S" in value else _numbers(_deserializer.deserialize(value)) for name, value in raw.items()
    }


def _numbers(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {name: _numbers(inner) for name, inner in value.items()}
        case list():
            return [_numbers(inner) for inner in value]
        case set():
            return {_numbers(inner) for inner in value}
        case _:
            return value
