"""Routes of the Automation Builder: the published ones path for path, and ours beside them."""

import json
from datetime import UTC, datetime

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.automation import forms, gallery, service, views
from chalicelib.automation.definition import triggers
from chalicelib.automation.definition.difference import Difference, difference
from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.problems import Problem
from chalicelib.automation.definition.validation import all_problems, enable_problems
from chalicelib.automation.expressions import functions, timezones
from chalicelib.automation.simulator import walkthrough
from chalicelib.automation.simulator.testing import Outcome, run_tests
from chalicelib.automation.steps import TYPES
from chalicelib.automation.views import DefinitionInput, DefinitionView, InstanceView, InstanceWithLogsView, JsonObject
from chalicelib.automation.wired import automation
from chalicelib.cloud.clock import stamp
from chalicelib.http.endpoint import endpoint
from chalicelib.http.replies import Reply
from chalicelib.problems import Invalid
from chalicelib.wiring import World

bp = Blueprint(__name__)

_BASE = "/api/v1/accounts/{accountId}"
_DEFINITIONS = f"{_BASE}/definitions"
_DEFINITION = f"{_DEFINITIONS}/{{definitionId}}"
_INSTANCES = f"{_DEFINITION}/workflows"
_INSTANCE = f"{_INSTANCES}/{{workflowId}}"
_TAG = "Workflows"
_READ, _WRITE, _RUN = Permission.WORKFLOWS_READ, Permission.WORKFLOWS_WRITE, Permission.WORKFLOWS_RUN
_DOCUMENT = 400_000

# --- definitions --------------------------------------------------------------------------------------------------


@endpoint(bp, "GET", _DEFINITIONS, permission=_READ, omit_none=True, tag=_TAG)
def list_definitions(query: views.DefinitionQuery, world: World) -> list[DefinitionView]:
    """Lists the newest version of each active definition; of disabled ones when asked."""
    room = automation(world)
    heads = query.cut(service.listed(room.versions.heads(), query.status))
    return [
        views.definition_view(room.versions.get(head.id, head.version), world.settings.account_id) for head in heads
    ]


@endpoint(bp, "POST", _DEFINITIONS, permission=_WRITE, status=201, omit_none=True, tag=_TAG, max_bytes=_DOCUMENT)
def create_definition(body: DefinitionInput, user: CurrentUser, world: World) -> Reply[DefinitionView]:
    """Creates a definition. Everything wrong with it is answered at once."""
    version = service.create(automation(world), body.root, user.id)
    location = f"/api/v1/accounts/{world.settings.account_id}/definitions/{version.definition_id}"
    return Reply(views.definition_view(version, world.settings.account_id), 201, {"Location": location})


@endpoint(bp, "GET", _DEFINITION, permission=_READ, omit_none=True, tag=_TAG)
def get_definition(definition_id: str, query: views.Offset, world: World) -> list[DefinitionView]:
    """Reads the versions of a definition, newest first; none of one that does not exist."""
    found = list(automation(world).versions.every(service.valid_id(definition_id)))
    return [views.definition_view(version, world.settings.account_id) for version in query.cut(found)]


@endpoint(bp, "PUT", _DEFINITION, permission=_WRITE, omit_none=True, tag=_TAG, max_bytes=_DOCUMENT)
def update_definition(
    definition_id: str, body: DefinitionInput, if_match: int | None, user: CurrentUser, world: World
) -> DefinitionView:
    """Stores a new version. What runs finishes on its own. A newer version than If-Match names is not written over."""
    version = service.update(automation(world), definition_id, body.root, user.id, if_match)
    return views.definition_view(version, world.settings.account_id)


@endpoint(bp, "DELETE", _DEFINITION, permission=_WRITE, status=202, tag=_TAG)
def delete_definition(definition_id: str, query: views.VersionQuery, world: World) -> None:
    """Deletes a definition, or one old version: it starts nothing any more, what runs is ended, logs are removed."""
    service.delete(automation(world), definition_id, query.version)


@endpoint(bp, "PUT", f"{_DEFINITION}/status", permission=_WRITE, omit_none=True, tag=_TAG)
def set_definition_status(
    definition_id: str, body: views.StatusChange, user: CurrentUser, world: World
) -> DefinitionView:
    """Enables or disables a definition. One whose own tests are red cannot be enabled."""
    version = service.set_status(automation(world), definition_id, body.status, user.id)
    return views.definition_view(version, world.settings.account_id)


@endpoint(bp, "POST", f"{_DEFINITION}/rollback", permission=_WRITE, omit_none=True, tag=_TAG)
def roll_back_definition(definition_id: str, body: views.RollBack, user: CurrentUser, world: World) -> DefinitionView:
    """Stores an older version once more, as the newest."""
    version = service.roll_back(automation(world), definition_id, body.version, user.id)
    return views.definition_view(version, world.settings.account_id)


@endpoint(bp, "GET", f"{_DEFINITION}/difference", permission=_READ, tag=_TAG)
def compare_versions(definition_id: str, query: views.CompareQuery, world: World) -> Difference:
    """Tells what changed between two versions, step by step."""
    versions = automation(world).versions
    before = versions.get(service.valid_id(definition_id), query.before)
    return difference(before.workflow, versions.get(definition_id, query.after).workflow)


@endpoint(bp, "GET", f"{_DEFINITION}/counters", permission=_READ, tag=_TAG)
def count_ways(definition_id: str, query: views.VersionQuery, world: World) -> views.CountersView:
    """Counts how often each way between two steps was taken, over the newest 1,000 instances of a version."""
    counted = service.ways(automation(world), service.valid_id(definition_id), query.version)
    return views.counters_view(counted)


@endpoint(bp, "GET", f"{_DEFINITION}/export", permission=_READ, tag=_TAG)
def export_definition(definition_id: str, query: views.VersionQuery, world: World) -> Reply[str]:
    """Downloads a version. Imported and exported again it has the same bytes."""
    version = automation(world).versions.get(service.valid_id(definition_id), query.version)
    return Reply(version.document, headers={"Content-Type": "application/json; charset=utf-8"})


@endpoint(bp, "POST", f"{_BASE}/definition-checks", permission=_READ, tag=_TAG, max_bytes=_DOCUMENT)
def check_definition(body: DefinitionInput, world: World) -> list[Problem]:
    """Lists everything that is wrong with a definition, and what keeps it from being enabled, without storing it."""
    imported = import_text(json.dumps(body.root, ensure_ascii=False))
    return [*all_problems(imported), *(enable_problems(imported.workflow) if imported.workflow else [])]


@endpoint(bp, "POST", f"{_BASE}/definition-tests", permission=_READ, tag=_TAG, max_bytes=_DOCUMENT)
def test_definition(body: DefinitionInput, world: World) -> list[Outcome]:
    """Runs the test cases a definition carries, in memory and with a clock of their own."""
    workflow, _ = service.checked(body.root)
    return run_tests(workflow)


@endpoint(bp, "POST", f"{_BASE}/definition-simulations", permission=_READ, tag=_TAG, max_bytes=_DOCUMENT * 2)
def simulate_definition(body: views.SimulationInput, world: World) -> walkthrough.Walkthrough:
    """Plays a conversation with a definition in memory: every step with its data, what is said, what it waits for.

    The whole play is sent each time, so nothing is kept between two calls.
    """
    workflow, _ = service.checked(body.definition.root)
    return walkthrough.play(workflow, body.play)


@endpoint(bp, "GET", f"{_BASE}/definition-gallery", permission=_READ, tag=_TAG)
def list_gallery() -> list[views.GalleryView]:
    """Lists the ready-made workflows."""
    shown = [
        (one, one.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)) for one in gallery.entries()
    ]
    return [views.GalleryView(key=one.key, name=one.workflow.definition.name, document=doc) for one, doc in shown]


# --- instances ----------------------------------------------------------------------------------------------------


@endpoint(bp, "GET", _INSTANCES, permission=_READ, tag=_TAG)
def list_workflows(definition_id: str, query: views.InstanceQuery, world: World) -> list[InstanceView]:
    """Lists the instances of a version, newest first."""
    since = stamp(_time(query.start_time_from, "startTimeFrom")) if query.start_time_from else "0"
    until = stamp(_time(query.start_time_to, "startTimeTo")) + "~" if query.start_time_to else "9~"
    found = service.instances(
        automation(world), service.valid_id(definition_id), query.version, query.status,
        (since, max(since, until)), skip=query.offset * query.limit, limit=query.limit,
    )  # fmt: skip
    return [views.instance_view(one) for one in found]


@endpoint(bp, "POST", _INSTANCES, permission=_RUN, status=201, tag=_TAG, max_bytes=300_000)
def start_workflow(definition_id: str, body: JsonObject | None, query: views.VersionQuery, world: World) -> Reply[None]:
    """Starts an instance by hand; the body is the trigger's data, for instance an inbound message."""
    started = service.test_run(automation(world), definition_id, query.version, body.root if body else {})
    location = f"/api/v1/accounts/{world.settings.account_id}/definitions/{definition_id}/workflows/{started.id}"
    return Reply(None, 201, {"Location": location})


@endpoint(bp, "GET", _INSTANCE, permission=_READ, tag=_TAG)
def get_workflow(
    definition_id: str, workflow_id: str, query: views.LogsQuery, world: World
) -> InstanceWithLogsView | InstanceView:
    """Reads an instance, with the log of its steps when asked."""
    room = automation(world)
    found = service.instance(room, definition_id, workflow_id)
    return views.with_logs(found, room.instances.log(found.id)) if query.include_logs else views.instance_view(found)


@endpoint(bp, "PATCH", _INSTANCE, permission=_RUN, tag=_TAG)
def control_workflow(definition_id: str, workflow_id: str, body: views.Command, world: World) -> InstanceView:
    """Suspends, resumes or terminates an instance."""
    room = automation(world)
    service.command(room, service.instance(room, definition_id, workflow_id), body.status)
    return views.instance_view(service.instance(room, definition_id, workflow_id))


@endpoint(bp, "GET", f"{_INSTANCE}/errors", permission=_READ, tag=_TAG)
def list_workflow_errors(definition_id: str, workflow_id: str, world: World) -> list[views.InstanceErrorView]:
    """Lists what failed in an instance."""
    room = automation(world)
    found = service.instance(room, definition_id, workflow_id)
    return views.error_views(found, room.instances.log(found.id))


@endpoint(bp, "POST", f"{_INSTANCE}/retry", permission=_RUN, tag=_TAG)
def retry_workflow(definition_id: str, workflow_id: str, body: views.Retry, world: World) -> InstanceView:
    """Runs a terminated instance again from a step."""
    room = automation(world)
    return views.instance_view(service.retry(room, service.instance(room, definition_id, workflow_id), body.step))


# --- triggers, steps, usage ---------------------------------------------------------------------------------------


@endpoint(bp, "POST", f"{_BASE}/triggers/http_request", permission=_RUN, tag=_TAG, max_bytes=300_000)
def raise_http_request(body: JsonObject | None, query: views.SubAccountQuery, world: World) -> views.StartedView:
    """Starts every enabled definition with the http_request trigger; the body becomes its data."""
    started = service.raise_http_event(automation(world), body.root if body else {}, query.sub_account_id)
    return views.StartedView(workflows=[one.id for one in started])


@endpoint(bp, "GET", f"{_BASE}/steps/timezones", permission=_READ, tag=_TAG)
def list_timezones(query: views.ZoneQuery, world: World) -> list[views.TimeZoneView]:
    """Lists the time zones that scripts may name, Windows ids first."""
    found = timezones.list_zones(world.clock(), query.contains)
    return [views.TimeZoneView(id=zone.id, name=zone.name) for zone in found]


@endpoint(bp, "GET", f"{_BASE}/steps/functions", permission=_READ, tag=_TAG)
def list_functions() -> list[functions.Function]:
    """Lists the functions that scripts may call beyond plain JavaScript."""
    return list(functions.catalogue())


@endpoint(bp, "GET", f"{_BASE}/steps/types", permission=_READ, tag=_TAG)
def list_step_types() -> list[views.StepTypeView]:
    """Lists the types of steps with the schemas of their inputs."""
    return [
        views.StepTypeView(
            name=one.name,
            kind=one.kind,
            description=one.description,
            fields=forms.fields(one.inputs),
            inputs=one.inputs.model_json_schema(by_alias=True),
            outputs=list(one.outputs),
        )
        for one in TYPES
    ]


@endpoint(bp, "GET", f"{_BASE}/triggers/types", permission=_READ, tag=_TAG)
def list_trigger_types() -> list[views.TriggerTypeView]:
    """Lists what can start a workflow, with the form of its inputs."""
    return [
        views.TriggerTypeView(name=name, description=triggers.DESCRIPTIONS[name], fields=forms.fields(inputs))
        for name, inputs in triggers.TYPES.items()
    ]


@endpoint(bp, "GET", f"{_BASE}/usage", permission=_READ, tag=_TAG)
def get_usage(world: World) -> list[views.UsageView]:
    """Tells how many workflows were started this month."""
    now = world.clock()
    counted = automation(world).instances.usage(service.month_of(now))
    account = world.settings.account_id
    return [
        views.UsageView(
            account_id=account,
            executed_workflow_count=counted,
            count_started_month=now.month,
            count_started_year=now.year,
        )
    ]


@endpoint(bp, "GET", f"{_BASE}/usage/history", permission=_READ, tag=_TAG)
def get_usage_history(world: World) -> list[views.UsageHistoryView]:
    """Tells how many workflows were started in each of the last twelve months."""
    now, found = world.clock(), []
    for back in range(12):
        year, month = divmod(now.year * 12 + now.month - 1 - back, 12)
        counted = automation(world).instances.usage(f"{year}-{month + 1:02}")
        if counted:
            account = world.settings.account_id
            found.append(
                views.UsageHistoryView(
                    id=f"{year}-{month + 1:02}",
                    account_id=account,
                    executed_workflow_count=counted,
                    month=month + 1,
                    year=year,
                )
            )
    return found


@endpoint(bp, "GET", f"{_BASE}/workflow-secrets", permission=_READ, tag=_TAG)
def list_workflow_secrets(world: World) -> list[views.VaultView]:
    """Lists the secrets by name; their values are never shown."""
    return [views.vault_view(one) for one in automation(world).vault.every("secret")]


@endpoint(bp, "PUT", f"{_BASE}/workflow-secrets/{{name}}", permission=_WRITE, tag=_TAG)
def put_workflow_secret(name: str, body: views.SecretValue, user: CurrentUser, world: World) -> None:
    """Stores a secret, for `{{secret.name}}` in the inputs of HttpRequest. It is never shown again."""
    automation(world).vault.put_secret(_named(name), body.value, world.clock(), user.id)


@endpoint(bp, "DELETE", f"{_BASE}/workflow-secrets/{{name}}", permission=_WRITE, tag=_TAG)
def delete_workflow_secret(name: str, world: World) -> None:
    """Removes a secret: steps that name it fail from now on."""
    automation(world).vault.delete("secret", _named(name))


@endpoint(bp, "GET", f"{_BASE}/workflow-connections", permission=_READ, tag=_TAG)
def list_workflow_connections(world: World) -> list[views.VaultView]:
    """Lists the connections by name; their credentials are never shown."""
    return [views.vault_view(one) for one in automation(world).vault.every("connection")]


@endpoint(bp, "PUT", f"{_BASE}/workflow-connections/{{name}}", permission=_WRITE, tag=_TAG)
def put_workflow_connection(name: str, body: views.ConnectionBody, user: CurrentUser, world: World) -> None:
    """Stores a connection, whose credentials the platform adds to calls and renews."""
    automation(world).vault.put_connection(_named(name), body.root, world.clock(), user.id)


@endpoint(bp, "DELETE", f"{_BASE}/workflow-connections/{{name}}", permission=_WRITE, tag=_TAG)
def delete_workflow_connection(name: str, world: World) -> None:
    """Removes a connection: steps that use it fail from now on."""
    automation(world).vault.delete("connection", _named(name))


def _named(name: str) -> str:
    if not (name.replace("-", "").replace("_", "").isalnum() and name.isascii() and len(name) <= 64):
        raise Invalid("A name has letters, digits, - and _, 64 at most.", field="name")
    return name


def _time(text: str, field: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise Invalid("This timestamp needs a time zone, for instance Z.", field=field)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("This is no ISO 8601 timestamp.", field=field) from error
