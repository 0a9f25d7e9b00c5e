"""Workflow definitions in the main table: a head that says what is newest, and versions that never change."""

import time
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict, JsonValue

from chalicelib.automation.definition.graph import graph
from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.model import Status, TriggerType, Workflow, export
from chalicelib.automation.instances.ports import Program
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Delete, Item, Operation, Put, Table, TransactionRefused, Update
from chalicelib.dataclass import dataclass
from chalicelib.problems import Conflict, NotFound

_KNOWN_SECONDS = 300.0
_CHANGED = Update(keys.DEFINITIONS_REVISION, add={"revision": 1})
"""Part of every transaction that changes a head."""


class DefinitionNotFound(NotFound):
    code = 1300

    def __init__(self, definition_id: str) -> None:
        super().__init__(f"Definition {definition_id} not found.")
        self.definition_id = definition_id


class DefinitionChanged(Conflict):
    """Somebody stored another version meanwhile."""

    def __init__(self, definition_id: str) -> None:
        super().__init__("This definition was changed meanwhile. Read it again and repeat.")
        self.definition_id = definition_id


class Head(BaseModel):
    """What triggers need to know of a definition: its newest version, whether it is enabled, and when it starts."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    version: int
    status: Status
    name: str
    trigger: TriggerType
    trigger_inputs: dict[str, JsonValue] = {}
    sub_account_id: str | None = None
    created_at: datetime

    def serves(self, sub_account_id: str | None) -> bool:
        """Whether it starts for a subaccount: one without a subaccount starts for any."""
        return self.sub_account_id is None or self.sub_account_id == sub_account_id


class Version(BaseModel):
    """One version, as it was stored."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    definition_id: str
    version: int
    document: str
    machine_arn: str
    created_at: datetime
    created_by: str = ""

    @property
    def workflow(self) -> Workflow:
        """The document. Stored ones are checked: an import finds nothing."""
        workflow = import_text(self.document).workflow
        if workflow is None:
            raise ValueError(f"{self.definition_id} version {self.version} cannot be read")
        return workflow


@dataclass(frozen=True)
class _Known:
    """The enabled definitions as they were at a revision. Read again after five minutes all the same: a function of the
    release before ours, which runs beside it for a moment, changes definitions without a word."""

    revision: int
    heads: list[Head]
    until: float


@dataclass
class Versions:
    """The definitions of the account. Programs are kept in memory: a version never changes. So are the enabled definitions
    until one changes: each inbound message asks for them, and they may be five hundred."""

    table: Table
    _known: _Known | None = field(default=None, repr=False)
    _programs: dict[tuple[str, int], Program] = field(default_factory=dict, repr=False)

    def heads(self) -> list[Head]:
        """Every definition, oldest first."""
        items = self.table.query_all(keys.DEFINITIONS, consistent=True)
        return sorted((Head.model_validate(item) for item in items), key=lambda head: (head.created_at, head.id))

    def enabled(self, *triggers: TriggerType) -> list[Head]:
        """The enabled definitions with one of these triggers, oldest first. One small read while no definition changes."""
        revision = int((self.table.get(keys.DEFINITIONS_REVISION) or {}).get("revision", 0))
        known = self._known
        if known is None or known.revision != revision or known.until < time.monotonic():
            heads = [head for head in self.heads() if head.status is Status.ENABLED]  # may be newer than the revision
            known = self._known = _Known(revision, heads, time.monotonic() + _KNOWN_SECONDS)
        return [head for head in known.heads if head.trigger in triggers]

    def head(self, definition_id: str) -> Head:
        """Raises DefinitionNotFound."""
        item = self.table.get(keys.definition(definition_id))
        if item is None:
            raise DefinitionNotFound(definition_id)
        return Head.model_validate(item)

    def add(
        self, definition_id: str, version: int, workflow: Workflow, machine_arn: str, now: datetime, by: str
    ) -> Version:
        """Stores a version and makes it the newest. Raises DefinitionChanged when it is not the next one."""
        made = Version(
            definition_id=definition_id, version=version, document=export(workflow), machine_arn=machine_arn,
            created_at=now, created_by=by,
        )  # fmt: skip
        key = keys.definition_version(definition_id, version)
        item = {"PK": key.pk, "SK": key.sk, **made.model_dump(exclude={"created_at"}), "created_at": stamp(now)}
        try:
            head = self._head(definition_id, version, workflow, now)
            self.table.transact([Put(item, Attr("PK").not_exists()), head, _CHANGED])
        except TransactionRefused as refused:
            raise DefinitionChanged(definition_id) from refused
        return made

    def get(self, definition_id: str, version: int | None = None) -> Version:
        """One version, the newest when none is named. Raises DefinitionNotFound."""
        wanted = version or self.head(definition_id).version
        item = self.table.get(keys.definition_version(definition_id, wanted))
        if item is None:
            raise DefinitionNotFound(definition_id)
        return Version.model_validate(item)

    def every(self, definition_id: str) -> Iterator[Version]:
        """The versions of a definition, newest first."""
        pk = keys.definition_version(definition_id, 0).pk
        for item in self.table.query_all(pk, prefix="VERSION#", forward=False, consistent=True):
            yield Version.model_validate(item)

    def program(self, definition_id: str, version: int) -> Program:
        """A version, ready to run."""
        known = self._programs.get((definition_id, version))
        if known is None:
            stored = self.get(definition_id, version)
            known = Program(definition_id, version, graph(stored.workflow.definition), stored.machine_arn)
            self._programs[definition_id, version] = known
        return known

    def hide(self, definition_id: str) -> None:
        """From now on the definition starts nothing and is in no list. Its versions stay until `forget`."""
        self.table.transact([Delete(keys.definition(definition_id)), _CHANGED])

    def forget(self, definition_id: str, version: int) -> None:
        """Removes one version."""
        self._programs.pop((definition_id, version), None)
        self.table.delete(keys.definition_version(definition_id, version))

    def _head(self, definition_id: str, version: int, workflow: Workflow, now: datetime) -> Operation:
        key = keys.definition(definition_id)
        values: Item = {
            "id": definition_id,
            "version": version,
            "status": str(workflow.status),
            "name": workflow.definition.name,
            "trigger": str(workflow.trigger),
            "trigger_inputs": workflow.model_dump(mode="json")["trigger_inputs"],
            "sub_account_id": workflow.sub_account_id,
        }
        if version == 1:
            return Put({"PK": key.pk, "SK": key.sk, **values, "created_at": stamp(now)}, Attr("PK").not_exists())
        return Update(key, set=values, condition=Attr("PK").exists() & Attr("version").eq(version - 1))
