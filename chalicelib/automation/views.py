"""What the API takes and shows, in the published shapes."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue, RootModel

from chalicelib.automation.connection_types import Connection
from chalicelib.automation.definition.model import Status
from chalicelib.automation.engine import StepStatus
from chalicelib.automation.forms import FieldView
from chalicelib.automation.instances.model import Instance, InstanceStatus
from chalicelib.automation.messages import timestamp
from chalicelib.automation.simulator.walkthrough import Play
from chalicelib.automation.steps import Kind
from chalicelib.automation.vault import Entry
from chalicelib.automation.versions import Version
from chalicelib.automation.ways import Counted
from chalicelib.cloud.clock import stamp
from chalicelib.shape import Shape

_STEP_TYPES = "ChatAppsMessage, HttpRequest, Branch, If, Wait, WaitForReply, SendToConverse, SetData, …"


class Whole(RootModel):  # type: ignore[type-arg] # pydantic builds RootModel[…] at import, and this when it is used
    """A body that is one value and has no fields of its own."""

    model_config = ConfigDict(defer_build=True)


class JsonObject(Whole):
    """Any JSON object."""

    root: dict[str, JsonValue]


class DefinitionInput(Whole):
    """A workflow definition, in any of its shapes: API input, an earlier answer, a download.

    Read by the importer and not here: it answers every problem at once, each with its step.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "required": ["trigger", "definition"],
            "properties": {
                "subAccountId": {"type": ["string", "null"]},
                "trigger": {"type": "string"},
                "triggerInputs": {"type": "object"},
                "status": {"type": "string", "enum": ["enabled", "disabled"], "default": "disabled"},
                "definition": {
                    "type": "object",
                    "required": ["name", "steps"],
                    "properties": {
                        "name": {"type": "string"},
                        "steps": {"type": "array", "items": {"type": "object"}, "description": _STEP_TYPES},
                    },
                },
            },
        }
    )

    root: dict[str, JsonValue]


class DefinitionView(Shape):
    """One version of a definition."""

    account_id: str
    id: str
    version: int = Field(ge=1)
    created_at: str
    sub_account_id: str | None = None
    trigger: str
    trigger_inputs: dict[str, JsonValue] | None = None
    status: str
    definition: dict[str, JsonValue]


class InstanceView(Shape):
    """One run of a version."""

    workflow_id: str
    data: dict[str, JsonValue]
    definition_id: str
    version: int
    status: str
    started_at: str
    completed_at: str | None


class LogView(Shape):
    """One step that ran, or one that a run stands at: that has not completed."""

    id: str
    step_name: str
    started_at: str
    completed_at: str | None
    status: str
    inputs: JsonValue = None
    outputs: JsonValue = None
    error: str | None = None
    next_steps: list[str] = Field(default_factory=list)
    """Ours: where the path went on."""


class InstanceWithLogsView(InstanceView):
    logs: list[LogView] | None = None


class InstanceErrorView(Shape):
    workflow_id: str
    step: str
    message: str
    error_time: str


class TimeZoneView(Shape):
    id: str
    name: str


class UsageView(Shape):
    """Workflows started this month. There is no quota: what is started is counted."""

    account_id: str
    executed_workflow_count: int
    count_started_month: int
    count_started_year: int


class UsageHistoryView(Shape):
    id: str
    account_id: str
    executed_workflow_count: int
    month: int
    year: int


class Offset(Shape):
    """Which page of a list, counted from 0."""

    limit: int = Field(default=100, ge=1, le=500, description="Number of items to include in the response.")
    offset: int = Field(
        default=0, ge=0, le=1_000_000, description="Page offset: 1 is the second page of `limit` items."
    )

    def cut(self, items: list[Any]) -> list[Any]:
        return items[self.offset * self.limit : (self.offset + 1) * self.limit]


class DefinitionQuery(Offset):
    status: Literal["enabled", "disabled", "all"] = Field(
        default="enabled", description="Active definitions unless asked."
    )


class VersionQuery(Shape):
    version: int | None = Field(default=None, ge=1, le=100_000_000, description="Version of the workflow definition.")


class InstanceQuery(Offset):
    version: int | None = Field(default=None, ge=1, le=100_000_000, description="The newest unless given.")
    status: InstanceStatus | None = None
    start_time_from: str | None = Field(default=None, max_length=40, description="ISO 8601, inclusive.")
    start_time_to: str | None = Field(default=None, max_length=40, description="ISO 8601, inclusive.")


class LogsQuery(Shape):
    include_logs: bool = False


class ZoneQuery(Shape):
    contains: str = Field(default="", max_length=100, description="Part of the id or of a city, in any case.")


class SubAccountQuery(Shape):
    sub_account_id: str | None = Field(default=None, max_length=64)


class Command(Shape):
    """What to do with a running workflow."""

    status: Literal["suspend", "resume", "terminate"]


class StatusChange(Shape):
    status: Status


class RollBack(Shape):
    version: int = Field(ge=1, le=100_000_000)


class Retry(Shape):
    step: str = Field(min_length=1, max_length=128)


class CompareQuery(Shape):
    before: int = Field(ge=1, le=100_000_000)
    after: int = Field(ge=1, le=100_000_000)


class StartedView(Shape):
    """The workflows an event has started."""

    workflows: list[str]


class ConnectionBody(Whole):
    """A connection: bearer, basic, or one of two kinds of OAuth2."""

    root: Connection


class SecretValue(Shape):
    value: str = Field(min_length=1, max_length=8192)


class VaultView(Shape):
    """That a secret or a connection exists. `type` is a connection's."""

    name: str
    type: str
    changed_at: datetime
    changed_by: str


class StepTypeView(Shape):
    """A type of step, with the JSON schema of its inputs."""

    name: str
    kind: str
    description: str
    fields: list[FieldView]
    inputs: dict[str, JsonValue]
    outputs: list[str]


class TriggerTypeView(Shape):
    """What can start a workflow."""

    name: str
    description: str
    fields: list[FieldView]


class WayView(Shape):
    """A way between two steps, and how often it was taken."""

    source: str
    target: str
    count: int


class CountersView(Shape):
    """How instances of a version went. `complete`: all of them are counted, not only the newest."""

    version: int
    instances: int
    complete: bool
    statuses: dict[str, int]
    ways: list[WayView]


class SimulationInput(Shape):
    """A definition and what happens to it."""

    definition: DefinitionInput
    play: Play = Field(default_factory=Play)


class GalleryView(Shape):
    key: str
    name: str
    document: dict[str, JsonValue]


def definition_view(version: Version, account_id: str) -> DefinitionView:
    document = json.loads(version.document)
    return DefinitionView(
        account_id=account_id,
        id=version.definition_id,
        version=version.version,
        created_at=timestamp(version.created_at),
        sub_account_id=document.get("subAccountId"),
        trigger=document["trigger"],
        trigger_inputs=document.get("triggerInputs"),
        status=document.get("status", Status.DISABLED),
        definition=document["definition"],
    )


def vault_view(entry: Entry) -> VaultView:
    return VaultView(name=entry.name, type=entry.type, changed_at=entry.changed_at, changed_by=entry.changed_by)


def counters_view(counted: Counted) -> CountersView:
    return CountersView(
        version=counted.version,
        instances=counted.instances,
        complete=counted.complete,
        statuses=dict(counted.statuses),
        ways=[WayView(source=source, target=target, count=count) for (source, target), count in counted.ways.items()],
    )


def instance_view(instance: Instance) -> InstanceView:
    return InstanceView(**_instance(instance))


def with_logs(instance: Instance, log: list[dict[str, Any]]) -> InstanceWithLogsView:
    """Every step that ran, and where each branch stands now."""
    return InstanceWithLogsView(**_instance(instance), logs=[*map(log_view, log), *_standing(instance)])


_STANDS = {Kind.SLEEP: StepStatus.SLEEPING, Kind.REPLY: StepStatus.WAITING}


def _standing(instance: Instance) -> list[LogView]:
    """A step is logged when it is left; until then only the branch knows that it has begun."""
    return [
        LogView(
            id=f"{branch}#{pointer.seq:06}",
            step_name=pointer.step,
            started_at=stamp(pointer.since),
            completed_at=None,
            status=_STANDS.get(pointer.kind, StepStatus.RUNNING),
        )
        for branch, pointer in instance.branches.items()
        if not (pointer.ended or instance.status.is_over)
    ]


def log_view(line: dict[str, Any]) -> LogView:
    return LogView(
        id=line["id"],
        step_name=line["step"],
        started_at=line["started_at"],
        completed_at=line["completed_at"],
        status=line["status"],
        inputs=json.loads(line["inputs"]),
        outputs=json.loads(line["outputs"]),
        error=line["error"] or None,
        next_steps=list(line.get("next") or []),
    )


def error_views(instance: Instance, log: list[dict[str, Any]]) -> list[InstanceErrorView]:
    """Every failure of a step, and what ended the instance."""
    found = [(line["step"], line["error"], line["completed_at"]) for line in log if line["error"]]
    if instance.failure and (instance.failed_step, instance.failure) not in [one[:2] for one in found]:
        ended: datetime = instance.completed_at or instance.started_at
        found.append((instance.failed_step or "", instance.failure, timestamp(ended)))
    return [
        InstanceErrorView(workflow_id=instance.id, step=step, message=message, error_time=at)
        for step, message, at in found
    ]


def _instance(instance: Instance) -> dict[str, Any]:
    return {
        "workflow_id": instance.id,
        "data": instance.data,
        "definition_id": instance.definition_id,
        "version": instance.version,
        "status": str(instance.status),
        "started_at": timestamp(instance.started_at),
        "completed_at": timestamp(instance.completed_at) if instance.completed_at else None,
    }
