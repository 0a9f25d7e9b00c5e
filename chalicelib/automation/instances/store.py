"""Instances in the main table.

Data is kept value by value, so that branches running side by side do not overwrite each other; values over 32 KB
are objects in S3.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import JsonValue

from chalicelib.automation.engine import Entry
from chalicelib.automation.instances.log import escaped, log_lines, plain, ways_taken
from chalicelib.automation.instances.model import Instance, InstanceStatus, Pointer
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.table import (
    ConditionFailed,
    Item,
    Kept,
    Key,
    Operation,
    Page,
    Put,
    Table,
    TransactionRefused,
    Update,
)
from chalicelib.dataclass import dataclass
from chalicelib.problems import TooLarge

LARGE_VALUE = 32 * 1024
MAX_DATA = 256 * 1024
USAGE_SHARDS = 16

_ABSENT = Attr("PK").not_exists()


class Moved(Exception):
    """The branch is no longer where the caller thinks: somebody did this step before, or the instance is over."""


class DataTooLarge(TooLarge):
    """The values of an instance have a limit all together."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The data of this instance would have {size} bytes, {MAX_DATA} are allowed.")


@dataclass(frozen=True)
class Instances:
    table: Table
    objects: Objects

    def create(self, instance: Instance, log: Iterable[Entry]) -> bool:
        """Stores a new instance with its first log lines; False when it exists already."""
        log = list(log)
        key = keys.instance(instance.id)
        check_size(instance.data)
        values = instance.model_dump(mode="json", exclude={"data", "branches"}, exclude_none=True)
        item = {
            "PK": key.pk,
            "SK": key.sk,
            **values,
            "data": self._folded(instance.id, instance.data, 0),
            "branches": {name: _pointer(pointer) for name, pointer in instance.branches.items()},
            **_listed(instance),
            **ways_taken(log),
        }
        markers = [_marker(instance, conversation) for conversation in instance.conversations]
        lines = log_lines(instance.id, "start", 0, log)
        try:
            self.table.transact([Put(item, _ABSENT, _while_it_runs(instance.started_at)), *markers, *lines])
        except TransactionRefused:
            return False
        return True

    def find(self, instance_id: str) -> Instance | None:
        item = self.table.get(keys.instance(instance_id))
        return self._loaded(item) if item else None

    def advance(
        self,
        instance: Instance,
        branch: str,
        pointer: Pointer,
        *,
        born: Mapping[str, Pointer] | None = None,
        changes: Mapping[str, JsonValue] | None = None,
        log: Iterable[Entry] = (),
        sent_at: datetime | None = None,
        now: datetime,
    ) -> Instance:
        """Moves one branch on, with all it changed. Raises Moved, DataTooLarge."""
        log = list(log)
        before = instance.branches[branch]
        check_size({**instance.data, **(changes or {})})
        born = born or {}
        values: Item = {f"branches.{name}": _pointer(one) for name, one in {branch: pointer, **born}.items()}
        values |= {
            f"data.{escaped(name)}": value
            for name, value in self._folded(instance.id, changes or {}, pointer.seq).items()
        }
        if sent_at:
            values["last_sent_at"] = stamp(sent_at)
        update = Update(
            keys.instance(instance.id),
            set=values,
            add={"open": len(born) - (1 if pointer.ended and not before.ended else 0), "runs": 1, **ways_taken(log)},
            condition=_stands_at(branch, before) & ~Attr("status").eq(str(InstanceStatus.TERMINATED)),
        )
        lines = log_lines(instance.id, branch, before.seq, log, since=before.since)
        try:
            self.table.transact([update, *lines])
        except TransactionRefused as refused:
            raise Moved from refused
        moved = {**instance.branches, branch: pointer, **born}
        opened = instance.open + len(born) - (1 if pointer.ended and not before.ended else 0)
        data = {**instance.data, **(changes or {})}
        return instance.model_copy(
            update={"branches": moved, "data": data, "open": opened, "last_sent_at": sent_at or instance.last_sent_at}
        )

    def next_generation(self, instance: Instance, branch: str) -> Pointer:
        """A new execution for a branch that stays where it is. Raises Moved."""
        before = instance.branches[branch]
        after = before.model_copy(update={"generation": before.generation + 1})
        update = Update(
            keys.instance(instance.id),
            set={f"branches.{branch}": _pointer(after)},
            condition=_stands_at(branch, before),
        )
        try:
            self.table.update(update)
        except ConditionFailed as failed:
            raise Moved from failed
        return after

    def speaks_in(self, instance: Instance, conversation_id: str) -> Instance:
        """Notes that messages of a conversation are held for this instance from now on."""
        if instance.conversation_id == conversation_id and instance.hears:
            return instance
        others = tuple(one for one in instance.conversations if one != conversation_id)
        known = (*others, conversation_id)
        speaks = instance.model_copy(update={"conversations": known, "hears": True})
        values = {"conversations": list(known), "hears": True}
        update = Update(keys.instance(instance.id), set=values, condition=_running())
        self.table.transact([update, *(_marker(speaks, one) for one in known)])
        return speaks

    def change_status(
        self, instance: Instance, status: InstanceStatus, now: datetime, *,
        allowed: Iterable[InstanceStatus] = (InstanceStatus.RUNNABLE,), failed_step: str = "", failure: str = "",
        condition: ConditionBase | None = None,
    ) -> bool:  # fmt: skip
        """Moves the instance to a status from one of the allowed ones; False when it is in none of them."""
        values: Item = {"status": str(status)}
        if status.is_over:
            values |= {"completed_at": stamp(now)}
        if failure:
            values |= {"failed_step": failed_step, "failure": failure}
        wanted = Attr("status").is_in([str(one) for one in allowed])
        update = Update(
            keys.instance(instance.id),
            set=values,
            remove=() if status.is_over else ("completed_at", "failed_step", "failure"),
            condition=wanted & condition if condition is not None else wanted,
            kept=Kept("workflows", now) if status.is_over else None,
        )
        try:
            self.table.update(update)
        except ConditionFailed:
            return False
        return True

    def complete(self, instance: Instance, now: datetime) -> bool:
        """Ends an instance whose last branch has ended."""
        return self.change_status(
            instance, InstanceStatus.COMPLETE, now, allowed=(InstanceStatus.RUNNABLE, InstanceStatus.SUSPENDED),
            condition=Attr("open").eq(0),
        )  # fmt: skip

    def resume(self, instance: Instance, epoch: int | None, now: datetime) -> Instance | None:
        """A suspended instance runs again, each open branch in a fresh execution; None when it is not suspended."""
        branches = {
            name: one if one.ended else one.model_copy(update={"generation": one.generation + 1})
            for name, one in instance.branches.items()
        }
        return self._again(instance, branches, {}, epoch, now, InstanceStatus.SUSPENDED, instance.open)

    def restart(
        self,
        instance: Instance,
        born: Mapping[str, Pointer],
        changes: Mapping[str, JsonValue],
        epoch: int | None,
        now: datetime,
    ) -> Instance:
        """A faulted instance runs again on new branches; its old ones are over. Raises Moved."""
        over = {name: one.model_copy(update={"ended": True}) for name, one in instance.branches.items()}
        again = self._again(instance, {**over, **born}, changes, epoch, now, InstanceStatus.TERMINATED, len(born))
        if again is None:
            raise Moved
        return again

    def _again(
        self, instance: Instance, branches: Mapping[str, Pointer], changes: Mapping[str, JsonValue], epoch_: int | None,
        now: datetime, allowed: InstanceStatus, opened: int,
    ) -> Instance | None:  # fmt: skip
        folded = self._folded(instance.id, changes, instance.runs)
        update = Update(
            keys.instance(instance.id),
            set={
                "status": str(InstanceStatus.RUNNABLE),
                "open": opened,
                **({"epoch": epoch_} if epoch_ is not None else {}),
                **{f"branches.{name}": _pointer(one) for name, one in branches.items()},
                **{f"data.{escaped(name)}": value for name, value in folded.items()},
            },
            remove=("completed_at", "failed_step", "failure"),
            condition=Attr("status").eq(str(allowed)),
            kept=_while_it_runs(now),
        )
        markers = [_marker(instance, conversation) for conversation in instance.conversations]
        try:
            self.table.transact([update, *markers])
        except TransactionRefused:
            return None
        changed = {"status": InstanceStatus.RUNNABLE, "open": opened, "branches": dict(branches), "epoch": epoch_}
        return instance.model_copy(update={**changed, "data": {**instance.data, **changes}})

    def unmark(self, instance: Instance) -> None:
        """From now on the messages of its conversations are not held for this instance."""
        for conversation in instance.conversations:
            self.table.delete(keys.instance_of(conversation, instance.id))

    def forget(self, instance_id: str) -> None:
        """Removes an instance with its log."""
        items = self.table.query_all(keys.instance(instance_id).pk, consistent=True)
        self.table.write_many([], [Key(item["PK"], item["SK"]) for item in items])

    def count(self, instance: Instance) -> None:
        """Counts a started instance for the usage of its month; a repeated start counts once."""
        key = keys.workflow_usage(f"{instance.started_at:%Y-%m}", crc32(instance.id.encode()) % USAGE_SHARDS)
        try:
            self.table.update(
                Update(keys.instance(instance.id), set={"counted": True}, condition=Attr("counted").not_exists())
            )
        except ConditionFailed:
            return
        self.table.update(Update(key, add={"executed": 1}))

    def usage(self, month: str) -> int:
        """How many instances were started in a month (2026-11)."""
        found = self.table.get_many(keys.workflow_usage(month, shard) for shard in range(USAGE_SHARDS))
        return sum(int(item["executed"]) for item in found.values())

    def log(self, instance_id: str) -> list[Item]:
        """Every line of an instance's log, oldest first."""
        return list(self.table.query_all(keys.instance(instance_id).pk, prefix="LOG#", consistent=True))

    def logged(self, instance_id: str, branch: str, seq: int, entries: Iterable[Entry]) -> None:
        """Adds lines outside of a move: a failure, a wait that begins."""
        for line in log_lines(instance_id, branch, seq, entries, part="x"):
            self.table.put(line.item, kept=line.kept)

    def of_version(
        self, definition_id: str, version: int, *, newest_first: bool = True, between: tuple[str, str] | None = None,
        limit: int | None = None, start: Item | None = None,
    ) -> Page:  # fmt: skip
        """Instances of a version by start time."""
        return self.table.query(
            keys.instances_of_version(definition_id, version), index="GSI1", forward=not newest_first,
            between=between, limit=limit, start=start,
        )  # fmt: skip

    def from_item(self, item: Item) -> Instance:
        return self._loaded(item)

    # --- inside --------------------------------------------------------------------------------------------------

    def _loaded(self, item: Item) -> Instance:
        return Instance.model_validate({**item, "data": self._unfolded(item["data"])})

    def _folded(self, instance_id: str, values: Mapping[str, JsonValue], seq: int) -> dict[str, Any]:
        return {name: self._kept(instance_id, name, value, seq) for name, value in values.items()}

    def _kept(self, instance_id: str, name: str, value: JsonValue, seq: int) -> Any:
        text = json.dumps(value, ensure_ascii=False)
        if len(text) <= LARGE_VALUE:
            return text
        key = f"workflow-data/{instance_id}/{seq}/{escaped(name)}"
        self.objects.put(key, text.encode(), "application/json")
        return {"object": key}

    def _unfolded(self, values: Mapping[str, Any]) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for name, kept in values.items():
            text = self.objects.get(kept["object"]) if isinstance(kept, dict) else kept
            found[plain(name)] = json.loads(text)
        return found


def _stands_at(branch: str, pointer: Pointer) -> ConditionBase:
    path = f"branches.{branch}"
    return Attr(f"{path}.seq").eq(pointer.seq) & Attr(f"{path}.generation").eq(pointer.generation)


def _while_it_runs(since: datetime) -> Kept:
    """No execution lives longer than a year; the end that counts is set when the instance is over."""
    return Kept("workflows", since + timedelta(days=366))


def _running() -> ConditionBase:
    return ~Attr("status").is_in([str(InstanceStatus.COMPLETE), str(InstanceStatus.TERMINATED)])


def _listed(instance: Instance) -> Item:
    return {
        "GSI1PK": keys.instances_of_version(instance.definition_id, instance.version),
        "GSI1SK": f"{stamp(instance.started_at)}#{instance.id}",
    }


def _marker(instance: Instance, conversation_id: str) -> Operation:
    key = keys.instance_of(conversation_id, instance.id)
    return Put({"PK": key.pk, "SK": key.sk, "instance_id": instance.id, "hears": instance.hears})


def check_size(data: Mapping[str, JsonValue]) -> None:
    """Raises DataTooLarge."""
    size = len(json.dumps(data, ensure_ascii=False).encode())
    if size > MAX_DATA:
        raise DataTooLarge(size)


def _pointer(pointer: Pointer) -> Item:
    return pointer.model_dump(mode="json", exclude_none=True)
