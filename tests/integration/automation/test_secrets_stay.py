"""The value of a secret, of a password and of a token is nowhere but in Secrets Manager: searched for byte by byte."""

import json
import logging

import pytest

from chalicelib.automation import handlers
from chalicelib.automation.instances import runner
from chalicelib.automation.steps.commands import StepFailed
from chalicelib.automation.wired import automation
from chalicelib.egress import Answer
from tests.integration.automation.test_api import BASE, definition

SECRET, PASSWORD, CLIENT, GRANTED, REFRESHED = (
    "s3cr3t-k3y",
    "p4ssw0rd-x",
    "cl13nt-s3cr3t",
    "acc3ss-t0k3n",
    "r3fr3sh-t0k3n",
)
VALUES = (SECRET, PASSWORD, CLIENT, GRANTED, REFRESHED)
HTTP = {"method": "POST", "url": "https://crm.example.com/{{secret.key}}", "headers": {"X-Key": "{{secret.key}}"}}


def call(step_id, following, **more):
    inputs = {**HTTP, "body": {"key": "Key {{secret.key}}"}, "parameters": {"key": "{{secret.key}}"}, **more}
    outputs = {f"{step_id}_said": "{{step.responseBody}}"}
    return {"id": step_id, "stepType": "HttpRequest", "inputs": inputs, "outputs": outputs, "nextStepId": following}


def echo(one):
    if one.url.startswith("https://id."):
        return Answer(200, "OK", {"access_token": GRANTED, "refresh_token": REFRESHED, "expires_in": 3600})
    if ".invalid" in one.url:
        raise StepFailed(f"{one.url} cannot be found.")
    return Answer(
        200, f"Hello {one.headers['Authorization']}", {"url": one.url, "headers": dict(one.headers), "body": one.body}
    )


def stored(world):
    """Everything that is stored: tables, files, machines and what they were started with."""
    found = []
    for table in ("main", "ledger"):
        found.append(json.dumps(world.table.client.scan(TableName=table)["Items"], default=str))
    s3, states = world.client("s3"), world.client("stepfunctions")
    for bucket in s3.list_buckets()["Buckets"]:
        for one in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            found.append(s3.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read().decode(errors="replace"))
    for machine in states.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        found.append(states.describe_state_machine(stateMachineArn=arn)["definition"])
        for one in states.list_executions(stateMachineArn=arn)["executions"]:
            found.append(json.dumps(states.describe_execution(executionArn=one["executionArn"]), default=str))
            history = states.get_execution_history(executionArn=one["executionArn"], includeExecutionData=True)
            found.append(json.dumps(history, default=str))
    return found


def test_no_secret_is_anywhere_but_in_secrets_manager(api, world, caplog, capsys):
    caplog.set_level(logging.DEBUG, logger="step")
    names = {"key": SECRET}
    connections = {
        "basic": {"type": "basic", "user": "ana", "password": PASSWORD},
        "oauth": {
            "type": "oauth2_refresh_token", "tokenUrl": "https://id.example.com/token", "clientId": "me",
            "clientSecret": CLIENT, "refreshToken": "r0-" + REFRESHED,
        },
    }  # fmt: skip
    for name, value in names.items():
        assert api.put(f"{BASE}/workflow-secrets/{name}", {"value": value}).status < 300
    for name, one in connections.items():
        assert api.put(f"{BASE}/workflow-connections/{name}", one).status < 300
    automation(world).vault.connections.fetch = echo

    steps = [
        call("basic", "oauth", connection="basic"),
        call("oauth", "away", connection="oauth"),
        {**call("away", "pause"), "inputs": {**HTTP, "url": "https://{{secret.key}}.invalid/"}, "onError": {"nextStepId": "pause"}},
        {"id": "pause", "stepType": "Wait", "inputs": {"duration": "01:00:00"}},
    ]  # fmt: skip
    made = api.post(f"{BASE}/definitions", definition(*steps, trigger="http_request", status="enabled"))
    assert made.status == 201, made.text
    path = f"{BASE}/definitions/{made.json['id']}"
    started = api.post(f"{path}/workflows", {"payload": {"a": 1}})
    instance_id = started.headers["Location"].rpartition("/")[2]
    room = automation(world)
    for _ in range(3):
        instance = room.instances.find(instance_id)
        if instance.branches["0"].kind != "act":
            break
        state = runner.starting_state(instance, "0")
        handlers.step({"step": state.next, "phase": "run", "state": state.json_input(), "execution": "e"}, None)

    seen = [
        *stored(world),
        *(api.get(one).text for one in (
            path, f"{path}/workflows/{instance_id}?includeLogs=true", f"{path}/workflows/{instance_id}/errors", f"{path}/export",
            f"{BASE}/workflow-secrets", f"{BASE}/workflow-connections",
        )),
        caplog.text,
        *capsys.readouterr(),
    ]  # fmt: skip
    log = api.get(f"{path}/workflows/{instance_id}?includeLogs=true").json["logs"]
    assert [one["stepName"] for one in log] == ["basic", "oauth", "away", "pause"]
    assert log[0]["outputs"]["responseBody"]["headers"]["X-Key"] == "{{secret.key}}"
    for value in VALUES:
        assert [text[max(text.find(value) - 200, 0) :][:300] for text in seen if value in text] == []


@pytest.fixture(autouse=True)
def here(world, monkeypatch):
    monkeypatch.setattr(handlers, "world", lambda: world)
