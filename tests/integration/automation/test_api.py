import json
from pathlib import Path

import pytest

import app as application
from chalicelib.access.permissions import Role
from chalicelib.automation.wired import automation
from chalicelib.http.openapi import document, operations_of
from tests.support.api import Caller

PUBLISHED = Path(__file__).resolve().parents[4] / "shared" / "openapi" / "automation_api.json"
BASE = "/api/v1/accounts/parley"
STEP = {
    "id": "hello",
    "stepType": "ChatAppsMessage",
    "inputs": {"subAccountId": "demo", "user": {"msisdn": "+6591234567"}, "type": "text", "content": {"text": "Hi"}},
}
OPERATIONS = [
    ("get", "/definitions", {"limit", "offset"}, "200"),
    ("post", "/definitions", set(), "201"),
    ("get", "/definitions/{definitionId}", {"limit", "offset"}, "200"),
    ("put", "/definitions/{definitionId}", set(), "200"),
    ("delete", "/definitions/{definitionId}", {"version"}, "202"),
    ("get", "/definitions/{definitionId}/workflows",
     {"limit", "offset", "version", "status", "startTimeFrom", "startTimeTo"}, "200"),
    ("post", "/definitions/{definitionId}/workflows", {"version"}, "201"),
    ("get", "/definitions/{definitionId}/workflows/{workflowId}", {"includeLogs"}, "200"),
    ("patch", "/definitions/{definitionId}/workflows/{workflowId}", set(), "200"),
    ("get", "/definitions/{definitionId}/workflows/{workflowId}/errors", set(), "200"),
    ("post", "/triggers/http_request", {"subAccountId"}, "200"),
    ("get", "/steps/timezones", {"contains"}, "200"),
    ("get", "/steps/functions", set(), "200"),
    ("get", "/usage", set(), "200"),
    ("get", "/usage/history", set(), "200"),
]  # fmt: skip


def definition(*steps, **more):
    return {"trigger": "inbound_chat_apps", "definition": {"name": "Test", "steps": list(steps or [STEP])}, **more}


def create(api, *steps, **more):
    answer = api.post(f"{BASE}/definitions", definition(*steps, **more))
    assert answer.status == 201, answer.text
    return answer.json["id"]


def parameters(operation, path_item, whole):
    listed = [*path_item.get("parameters", []), *operation.get("parameters", [])]
    found = [
        whole["components"]["parameters"][one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in listed
    ]
    return {(one["name"], one["in"]) for one in found}


def test_every_published_operation_is_in_our_document():
    ours = document(operations_of(application.app.routes))
    for method, path, query, status in OPERATIONS:
        operation = ours["paths"]["/api/v1/accounts/{accountId}" + path][method]
        assert {name for name, where in parameters(operation, {}, ours) if where == "query"} >= query
        assert status in operation["responses"]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not here")
def test_the_published_document_is_contained_in_ours():
    theirs, ours = json.loads(PUBLISHED.read_text("utf-8")), document(operations_of(application.app.routes))
    listed = []
    for path, item in theirs["paths"].items():
        for method in item.keys() - {"parameters"}:
            operation, own = item[method], ours["paths"][path][method]
            known = parameters(own, {}, ours) | {("accountId", "path")}
            assert parameters(operation, item, theirs) <= known, (method, path)
            assert set(operation["responses"]) <= set(own["responses"]), (method, path)
            listed.append((method, path.removeprefix("/api/v1/accounts/{accountId}")))
    assert sorted(listed) == sorted((method, path) for method, path, _, _ in OPERATIONS)


def test_a_definition_is_created_listed_and_read(api):
    made = api.post(f"{BASE}/definitions", definition(status="enabled", subAccountId="demo"))
    assert made.status == 201
    assert made.headers["Location"] == f"{BASE}/definitions/{made.json['id']}"
    assert (made.json["version"], made.json["accountId"], made.json["subAccountId"]) == (1, "parley", "demo")
    assert api.get(f"{BASE}/definitions").json == [made.json]
    assert api.get(f"{BASE}/definitions/{made.json['id']}").json == [made.json]


def test_disabled_definitions_are_listed_when_asked_for(api):
    create(api)
    assert api.get(f"{BASE}/definitions").json == []
    assert len(api.get(f"{BASE}/definitions?status=all").json) == 1


def test_who_began_with_an_older_version_does_not_write_over_a_newer_one(api):
    made = create(api)
    changed = {**STEP, "inputs": {**STEP["inputs"], "content": {"text": "Hello"}}}
    mine = {"If-Match": '"1"'}
    assert api.put(f"{BASE}/definitions/{made}", definition(changed), **mine).json["version"] == 2
    refused = api.put(f"{BASE}/definitions/{made}", definition(), **mine)
    assert (refused.status, refused.json["message"].split(".")[0]) == (409, "This definition was changed meanwhile")
    assert api.get(f"{BASE}/definitions/{made}").json[0]["version"] == 2


def test_an_update_is_a_new_version_and_the_history_is_newest_first(api):
    made = create(api)
    changed = {**STEP, "id": "other"}
    assert api.put(f"{BASE}/definitions/{made}", definition(changed)).json["version"] == 2
    assert [one["version"] for one in api.get(f"{BASE}/definitions/{made}").json] == [2, 1]
    assert [one["version"] for one in api.get(f"{BASE}/definitions/{made}?limit=1&offset=1").json] == [1]
    found = api.get(f"{BASE}/definitions/{made}/difference?before=1&after=2").json
    assert (found["added"], found["removed"]) == (["other"], ["hello"])
    assert api.post(f"{BASE}/definitions/{made}/rollback", {"version": 1}).json["definition"]["steps"] == [STEP]


def test_every_mistake_comes_in_one_answer_with_step_and_path(api):
    loop = {**STEP, "nextStepId": "hello"}
    answer = api.post(f"{BASE}/definitions", definition(loop, {"id": "x", "stepType": "Nope"}))
    assert (answer.status, answer.json["code"]) == (400, 5001)
    assert {error["field"] for error in answer.json["errors"]} == {"definition.steps.1.stepType", "definition.steps"}
    unnamed = api.post(f"{BASE}/definitions", {"trigger": "inbound_sms", "definition": {"name": "", "steps": [STEP]}})
    assert (unnamed.status, unnamed.json["message"]) == (400, "Workflow name is required.")


def test_an_id_that_is_no_uuid_and_one_nobody_has_are_told_apart(api):
    nobody = "5870442f-3ddd-4657-b74c-6e17308f5230"
    wrong, missing = (
        api.put(f"{BASE}/definitions/x", definition()),
        api.put(f"{BASE}/definitions/{nobody}", definition()),
    )
    assert (wrong.status, wrong.json["code"], wrong.json["message"]) == (400, 1000, "Invalid definition id.")
    assert (missing.status, missing.json["code"], missing.json["message"]) == (
        404,
        1300,
        f"Definition {nobody} not found.",
    )
    assert api.get(f"{BASE}/definitions/{nobody}").json == []
    assert api.get(f"{BASE}/definitions/{nobody}/workflows").json == []
    nowhere = api.get(f"{BASE}/definitions/{nobody}/workflows/60dbe307fe55d99fc083db61")
    assert (nowhere.status, nowhere.json["code"]) == (404, 1300)
    for path in ("", "/errors"):
        strange = api.get(f"{BASE}/definitions/{nobody}/workflows/x{path}")
        assert (strange.status, strange.json["code"], strange.json["message"]) == (400, 1000, "Invalid workflow id.")


def test_red_tests_keep_a_workflow_from_being_enabled(api):
    tested = definition(status="enabled")
    tested["definition"]["tests"] = [{"name": "greets", "turns": [{"customer": "Hello"}, {"bot": "Good morning"}]}]
    answer = api.post(f"{BASE}/definitions", tested)
    assert (answer.status, answer.json["code"]) == (400, 5002)
    assert "the bot said 'Hi'" in answer.json["message"]
    made = api.post(f"{BASE}/definitions", {**tested, "status": "disabled"}).json["id"]
    assert api.put(f"{BASE}/definitions/{made}/status", {"status": "enabled"}).status == 400


def test_channels_that_are_not_connected_are_imported_and_not_enabled(api):
    sms = {"id": "s", "stepType": "SMS", "inputs": {"subAccountId": "a", "destination": "+65", "text": "Hi"}}
    made = create(api, sms, trigger="inbound_sms")
    answer = api.put(f"{BASE}/definitions/{made}/status", {"status": "enabled"})
    assert answer.status == 400
    assert "channel not connected" in answer.json["message"]


def test_an_export_imports_and_exports_to_the_same_bytes(api):
    made = create(api, subAccountId="demo")
    exported = api.get(f"{BASE}/definitions/{made}/export").text
    again = api.post(f"{BASE}/definitions", exported, content_type="application/json").json["id"]
    assert api.get(f"{BASE}/definitions/{again}/export").text == exported


def test_a_test_run_is_an_instance_that_can_be_read_paused_and_ended(api):
    made = create(api)
    started = api.post(f"{BASE}/definitions/{made}/workflows", {"payload": {"user": {"name": "Ana"}}})
    assert (started.status, started.text) == (201, "")
    where = started.headers["Location"]
    shown = api.get(where).json
    assert (shown["status"], shown["version"], shown["completedAt"]) == ("Runnable", 1, None)
    assert shown["data"]["payload"] == {"user": {"name": "Ana"}}
    [standing] = api.get(f"{where}?includeLogs=true").json["logs"]
    assert (standing["stepName"], standing["status"], standing["completedAt"]) == ("hello", "Running", None)
    for command, status in (("suspend", "Suspended"), ("resume", "Runnable"), ("terminate", "Terminated")):
        assert api.patch(where, {"status": command}).json["status"] == status
    assert api.get(f"{where}?includeLogs=true").json["logs"] == []
    assert api.patch(where, {"status": "resume"}).status == 409
    assert api.get(f"{where}/errors").json[0]["message"] == "Terminated by hand."
    assert api.post(f"{where}/retry", {"step": "hello"}).json["status"] == "Runnable"


def test_instances_are_listed_newest_first_by_status_and_time(api, clock):
    made = create(api)
    for _ in range(3):
        api.post(f"{BASE}/definitions/{made}/workflows", {})
        clock.advance(minutes=1)
    listed = api.get(f"{BASE}/definitions/{made}/workflows").json
    assert [one["startedAt"][14:19] for one in listed] == ["02:00", "01:00", "00:00"]
    assert api.get(f"{BASE}/definitions/{made}/workflows?status=Complete").json == []
    later = api.get(f"{BASE}/definitions/{made}/workflows?startTimeFrom=2026-11-22T12:00:30Z&limit=1&offset=1").json
    assert [one["startedAt"][14:19] for one in later] == ["01:00"]
    for no_time in ("yesterday", "2026-11-22T12:00:30", "9999-12-31T23:59:59-12:00"):
        assert api.get(f"{BASE}/definitions/{made}/workflows?startTimeTo={no_time}").status == 400


def test_an_http_event_starts_the_enabled_definitions_of_its_subaccount(api):
    create(api, trigger="http_request", status="enabled", subAccountId="demo")
    create(api, trigger="http_request", status="enabled")
    create(api, trigger="http_request")
    assert len(api.post(f"{BASE}/triggers/http_request?subAccountId=demo", {"price": 3}).json["workflows"]) == 2
    assert len(api.post(f"{BASE}/triggers/http_request", {"price": 3}).json["workflows"]) == 1
    usage = api.get(f"{BASE}/usage").json
    assert [(one["accountId"], one["executedWorkflowCount"]) for one in usage] == [("parley", 3)]
    assert api.get(f"{BASE}/usage/history").json[0]["month"] == 11


def test_a_deleted_definition_starts_nothing_and_is_removed_by_the_next_run(api, world, clock):
    from chalicelib.inbound.timers import subscribers
    from chalicelib.timers.run import run

    made = create(api, status="enabled")
    instance = api.post(f"{BASE}/definitions/{made}/workflows", {}).headers["Location"]
    assert (api.delete(f"{BASE}/definitions/{made}").status, api.delete(f"{BASE}/definitions/{made}").status) == (
        202,
        404,
    )
    assert api.get(f"{BASE}/definitions?status=all").json == []
    clock.advance(minutes=2)
    run(world.table, subscribers(world), clock, until=clock.now.replace(year=2100))
    assert api.get(f"{BASE}/definitions/{made}").json == []
    assert api.get(instance).status == 404
    assert automation(world).machines.client.list_state_machines()["stateMachines"] == []


def test_many_instances_of_a_deleted_definition_are_ended_a_turn_in_each_run(api, world, clock):
    from chalicelib.inbound.timers import subscribers
    from chalicelib.timers.run import run

    def ended_slowly():
        clock.advance(seconds=1)
        return clock.now

    made = create(api, status="enabled")
    for _ in range(15):
        api.post(f"{BASE}/definitions/{made}/workflows", {})
    api.delete(f"{BASE}/definitions/{made}")
    world.clock = ended_slowly
    left = []
    for _ in range(3):
        clock.advance(minutes=1)
        run(world.table, subscribers(world), clock, until=clock.now.replace(year=2100))
        left.append(len(automation(world).instances.of_version(made, 1, limit=100).items))
    assert (left[0] > 0, left[-1]) == (True, 0)
    assert automation(world).machines.client.list_state_machines()["stateMachines"] == []


def test_the_references_for_scripts_are_there(api):
    assert [one["name"] for one in api.get(f"{BASE}/steps/functions").json][:2] == ["isCountryCode", "stringContains"]
    zones = api.get(f"{BASE}/steps/timezones?contains=singapore").json
    assert zones[0]["id"] == "Singapore Standard Time"
    assert {one["name"] for one in api.get(f"{BASE}/steps/types").json} >= {"Branch", "WaitForReply"}
    assert len(api.get(f"{BASE}/definition-gallery").json) == 6


def test_a_definition_can_be_checked_and_tested_without_storing_it(api):
    found = api.post(f"{BASE}/definition-checks", definition({**STEP, "nextStepId": "gone"})).json
    assert [(one["severity"], one["code"], one["step"]) for one in found] == [("warning", "dangling_target", "hello")]
    tested = definition()
    tested["definition"]["tests"] = [{"name": "greets", "turns": [{"customer": "Hello"}, {"bot": "Hi"}]}]
    [outcome] = api.post(f"{BASE}/definition-tests", tested).json
    assert (outcome["passed"], outcome["transcript"]) == (True, ["customer: Hello", "bot: Hi"])


def test_secrets_and_connections_are_listed_by_name_and_never_shown(api, world):
    assert api.put(f"{BASE}/workflow-secrets/crm", {"value": "s3cr3t"}).status == 204
    connections = {
        "bearer": {"type": "bearer", "token": "t0k3n"},
        "basic": {"type": "basic", "user": "u5er", "password": "pa55"},
        "oauth": {
            "type": "oauth2_client_credentials", "tokenUrl": "https://id.example.com/token", "clientId": "c",
            "clientSecret": "s3cr3t",
        },
        "refresh": {
            "type": "oauth2_refresh_token", "tokenUrl": "https://id.example.com/token", "clientId": "c",
            "refreshToken": "r3fresh",
        },
    }  # fmt: skip
    for name, body in connections.items():
        assert api.put(f"{BASE}/workflow-connections/{name}", body).status == 204
    assert world.secrets.get("workflow/secret/crm") == "s3cr3t"
    listed = api.get(f"{BASE}/workflow-connections")
    assert [(one["name"], one["type"]) for one in listed.json] == [
        ("basic", "basic"), ("bearer", "bearer"), ("oauth", "oauth2_client_credentials"),
        ("refresh", "oauth2_refresh_token"),
    ]  # fmt: skip
    shown = listed.text + api.get(f"{BASE}/workflow-secrets").text
    assert not [one for one in ("s3cr3t", "t0k3n", "u5er", "pa55", "r3fresh") if one in shown]


def test_a_secret_and_a_connection_can_be_deleted_once_and_made_again(api, world):
    for path, body in (("secrets", {"value": "x"}), ("connections", {"type": "bearer", "token": "x"})):
        where = f"{BASE}/workflow-{path}/crm"
        assert [api.put(where, body).status, api.delete(where).status, api.delete(where).status] == [204, 204, 404]
        assert api.get(f"{BASE}/workflow-{path}").json == []
        assert api.put(where, body).status == 204
    assert api.put(f"{BASE}/workflow-connections/crm", {"type": "magic"}).status == 400
    assert api.put(f"{BASE}/workflow-secrets/no%20spaces", {"value": "x"}).status == 400


def test_agents_may_read_and_run_and_not_write(api, world):
    agent = Caller(application.app, world).as_(Role.AGENT)
    assert agent.post(f"{BASE}/definitions", definition()).status == 403
