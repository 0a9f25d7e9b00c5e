"""A client generated from 8x8's published document drives our workflows unchanged."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.automation.test_api import STEP, definition
from tests.support.api import Caller
from tests.support.generated import Transport, generate

PUBLISHED = Path(__file__).resolve().parents[4] / "shared" / "openapi" / "automation_api.json"
ACCOUNT = "parley"
NOBODY = "5870442f-3ddd-4657-b74c-6e17308f5230"

pytestmark = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not at hand")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("automation")
    generate(PUBLISHED, folder, "automation_client")
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


@pytest.fixture
def call(generated: Any, api: Caller) -> Any:
    """call("miscellaneous.get_usage"): the generated function; answers status, what it understood, and the headers."""
    made = generated("automation_client.client").AuthenticatedClient
    token = api.headers["Authorization"].removeprefix("Bearer ")
    client = made(base_url="http://parley.test", token=token, httpx_args={"transport": Transport(api)})

    def calling(name: str, /, *path: Any, **arguments: Any) -> Any:
        function = generated(f"automation_client.api.{name}")
        answer = function.sync_detailed(ACCOUNT, *path, client=client, **arguments)
        return answer.status_code.value, answer.parsed, answer.headers

    return calling


@pytest.fixture
def models(generated: Any) -> Any:
    return generated("automation_client.models")


def made(call: Any, models: Any, **more: Any) -> str:
    body = models.DefinitionInput.from_dict(definition(**more))
    status, answer, headers = call("workflow_definition_management.create_definition", body=body)
    assert status == 201
    assert headers["Location"].endswith(answer.id)
    return str(answer.id)


def test_definitions_are_made_listed_changed_and_deleted(call: Any, models: Any) -> None:
    found = made(call, models, status="enabled")
    status, listed, _ = call("workflow_definition_management.get_all_definitions", limit=10, offset=0)
    assert (status, [one.id for one in listed]) == (200, [found])
    body = models.DefinitionInput.from_dict(definition({**STEP, "id": "other"}))
    status, changed, _ = call("workflow_definition_management.update_existing_definition", found, body=body)
    assert (status, changed.version) == (200, 2)
    status, versions, _ = call("workflow_definition_management.get_specific_definition", found)
    assert (status, [one.version for one in versions]) == (200, [2, 1])
    assert call("workflow_definition_management.delete_definitions", found)[0] == 202
    status, problem, _ = call("workflow_definition_management.delete_definitions", NOBODY)
    assert (status, problem.code, problem.message) == (404, 1300, f"Definition {NOBODY} not found.")


def test_instances_are_started_read_and_controlled(call: Any, models: Any) -> None:
    found = made(call, models)
    status, _, headers = call("workflow_definition_management.start_workflow_instance", found, body=_any(models, "x"))
    assert status == 201
    instance = headers["Location"].rpartition("/")[2]
    status, listed, _ = call("workflow_instance_management.get_workflow_instances", found)
    assert (status, [one.workflow_id for one in listed]) == (200, [instance])
    status, read, _ = call("workflow_instance_management.get_instance_status", found, instance, include_logs=True)
    assert (status, read.workflow_id) == (200, instance)
    patch = models.PatchWorkflowInstanceBody.from_dict({"status": "terminate"})
    assert call("workflow_instance_management.patch_workflow_instance", found, instance, body=patch)[0] == 200
    _, after, _ = call("workflow_instance_management.get_instance_status", found, instance)
    assert getattr(after.status, "value", after.status) == "Terminated"
    status, errors, _ = call("workflow_instance_management.get_instance_errors", found, instance)
    assert (status, [one.message for one in errors]) == (200, ["Terminated by hand."])


def test_events_usage_and_references_are_understood(call: Any, models: Any) -> None:
    made(call, models, trigger="http_request", status="enabled")
    assert call("workflow_triggers.http_request_trigger", body=_any(models, "price"))[0] == 200
    status, usage, _ = call("miscellaneous.get_usage")
    assert (status, [one.account_id for one in usage]) == (200, [ACCOUNT])
    assert usage[0].additional_properties["executedWorkflowCount"] == 1
    assert call("miscellaneous.get_usage_history")[0] == 200
    status, zones, _ = call("miscellaneous.get_timezones", contains="singapore")
    assert (status, zones[0].id) == (200, "Singapore Standard Time")


def test_functions_are_written_as_in_the_published_example_which_its_own_schema_does_not_allow(
    call: Any, models: Any, api: Caller
) -> None:
    """The schema calls a parameter's example and default objects; the document's own example has texts and null there."""
    [theirs] = json.loads(PUBLISHED.read_text())["components"]["examples"]["functions"]["value"]
    with pytest.raises(ValueError, match="dictionary update sequence"):
        models.Function.from_dict(theirs)
    ours = api.get(f"/api/v1/accounts/{ACCOUNT}/steps/functions").json
    [same] = [one for one in ours if one["name"] == theirs["name"]]
    same["parameters"] = same["parameters"][: len(theirs["parameters"])]  # ours also takes a time zone
    assert _types(same) == _types(theirs)


def _types(function: dict[str, Any]) -> Any:
    return (
        {name: type(value) for name, value in function.items()},
        [{name: type(value) for name, value in one.items()} for one in function["parameters"]],
    )


def _any(models: Any, name: str) -> Any:
    """A body of any fields: whichever class the generator gave the operation's free object."""
    wanted = "StartWorkflowInstanceBody" if name == "x" else "HttpRequestTriggerBody"
    return getattr(models, wanted).from_dict({name: 3})
