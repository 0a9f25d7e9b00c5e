"""Moto's transactions without a deep copy of the whole table, which took a quarter of the integration suite's time.

Moto copies every table a transaction names, so that it can put the copy back when a condition fails. Only changed items need that:
a put or a delete replaces what the table's dictionaries hold, and an update is made to work on a copy of its item. What is put back
then holds the items as they were.
"""

import copy
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import moto.dynamodb.models as dynamodb
import pytest
from moto.dynamodb.models import DynamoDBBackend, Table

_update_item = DynamoDBBackend.update_item


def apply(patch: pytest.MonkeyPatch) -> None:
    """For as long as the patch is in force, in every mock of the process."""
    patch.setattr(dynamodb, "copy", SimpleNamespace(deepcopy=_snapshot, copy=copy.copy))
    patch.setattr(DynamoDBBackend, "update_item", _update_a_copy)


def _snapshot(value: Any) -> Any:
    """What `copy.deepcopy` is to moto's models module: a table it copies in order to put it back."""
    if not isinstance(value, Table):
        return copy.deepcopy(value)
    kept = copy.copy(value)
    kept.items = defaultdict(dict, {key: copy.copy(items) for key, items in value.items.items()})
    if value.stream_shard is not None:
        kept.stream_shard = copy.copy(value.stream_shard)
        kept.stream_shard.items = list(value.stream_shard.items)
        kept.stream_shard.table = kept
    return kept


def _update_a_copy(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *more: Any, **named: Any) -> Any:
    table = self.get_table(table_name)
    item = table.get_item(*self.get_keys_value(table, key))
    if item is not None:
        fresh = copy.deepcopy(item)
        if table.has_range_key:
            table.items[fresh.hash_key][fresh.range_key] = fresh
        else:
            table.items[fresh.hash_key] = fresh
    return _update_item(self, table_name, key, *more, **named)
