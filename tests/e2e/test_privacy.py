"""A person is erased on the packaged stack, and then every byte of it is searched: tables, buckets, queues, logs, executions."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from infra.local import demo_data
from infra.local.client import until
from tests.e2e.conftest import Answer, LocalStack, request
from tests.support.media import form
from tests.support.unpacked import unpacked

Json = dict[str, Any]
Call = Callable[..., Answer]
DIGITS, OTHER = "6591996601", "6591996602"
NAME = "Rumpelstilzchen"
BASE = "/accounts/parley"


def test_after_an_erasure_a_byte_search_of_the_stack_finds_nothing_and_the_opt_out_holds(
    local_stack: LocalStack, stack: Json, api: Call, sim: Call
) -> None:
    contact, bsuid = _known(stack, api, sim)
    before = {where.split(" ")[0] for where in _traces(local_stack, (DIGITS, NAME, bsuid))}
    assert {"dynamodb", "s3"} <= before, before
    job = api("POST", f"/contacts/{contact}/erase").body["id"]
    until("the person is forgotten", lambda: api("GET", f"/privacy-jobs/{job}").body["state"] == "done", seconds=300)
    until("no queue holds them", lambda: not _traces(local_stack, (DIGITS, NAME, bsuid)), seconds=60, pause=3)
    _no_marketing_after_an_import(stack, api)


def _known(stack: Json, api: Call, sim: Call) -> tuple[str, str]:
    """The person writes, is in contacts, in an import, an export and a message of ours; then they say STOP."""
    number = stack["channels"][0]["phone_number_id"]
    assert sim("PUT", f"/customers/{DIGITS}", {"name": NAME, "online": True}).status == 200
    _writes(sim, number, f"I am {NAME}, call +{DIGITS}")
    contact = until("the person is a contact", lambda: _contact(api))
    _imported(api, stack, f"Mobile,First Name\n+{DIGITS},{NAME}\n+{OTHER},Other\n")
    channel = stack["channels"][0]["id"]
    sent = {
        "channelId": channel,
        "to": {"phone": f"+{DIGITS}"},
        "message": {"type": "text", "text": {"body": f"Hi {NAME}"}},
    }
    assert api("POST", "/messages", sent).status == 202
    export = api("POST", "/message-log-exports", {"phone": f"+{DIGITS}"}).body["id"]
    done = until("the log is exported", lambda: _done(api, f"/message-log-exports/{export}"))
    assert done["rows"] >= 1
    _writes(sim, number, "STOP")
    until("they have opted out", lambda: api("GET", f"{BASE}/contacts/{contact}").body["optedOut"])
    bsuid = api("GET", f"{BASE}/contacts/{contact}").body["addresses"].get("bsuid", "")
    return contact, bsuid or DIGITS


def _writes(sim: Call, number: str, text: str) -> None:
    told = {"phone_number_id": number, "type": "text", "text": {"body": text}}
    assert sim("POST", f"/customers/{DIGITS}/messages", told).status == 200


def _contact(api: Call) -> str:
    items = api("GET", f"{BASE}/contacts?query={DIGITS}").body["items"]
    return str(items[0]["id"]) if items else ""


def _imported(api: Call, stack: Json, content: str) -> None:
    body, headers = form("people.csv", content.encode(), "text/csv")
    url = f"{stack['api_url']}/api/v1{BASE}/contacts/batches/createContacts"
    begun = request("POST", url, body, {**headers, "Authorization": f"Bearer {stack['api_key']}"})
    assert begun.status == 202, begun.body
    job = begun.body["id"]
    until("the import is done", lambda: api("GET", f"{BASE}/batches/{job}").body["status"] == "completed")


def _done(api: Call, path: str) -> Json | None:
    found = api("GET", path).body
    return found if found["state"] == "done" else None


def _no_marketing_after_an_import(stack: Json, api: Call) -> None:
    _imported(api, stack, f"Mobile,First Name\n+{DIGITS},Again\n")
    sent = {
        "channelId": stack["channels"][0]["id"],
        "to": {"phone": f"+{DIGITS}"},
        "message": {"type": "template", "template": _offer()},
    }
    made = api("POST", "/messages", sent).body
    refused = until(
        "the message is refused",
        lambda: (found := api("GET", f"/messages/{made['id']}").body)["state"] in {"failed", "rejected"} and found,
    )
    assert "opted" in json.dumps(refused), refused


def _offer() -> Json:
    values = [{"type": "text", "text": "Mei"}, {"type": "text", "text": "SAVE25"}]
    return {
        "name": demo_data.TEMPLATE,
        "language": {"code": demo_data.LANGUAGE},
        "components": [{"type": "body", "parameters": values}],
    }


# --- every byte ---


def _traces(local_stack: LocalStack, marks: tuple[str, ...]) -> list[str]:
    wanted = [mark.casefold() for mark in marks]
    return [f"{where} {mark}" for where, text in _everything(local_stack) for mark in wanted if mark in text.casefold()]


def _everything(local_stack: LocalStack) -> Iterator[tuple[str, str]]:
    aws = local_stack.aws
    yield from _tables(aws.client("dynamodb"))
    yield from _objects(aws.client("s3"))
    yield from _letters(aws.client("sqs"))
    yield from _executions(aws.client("stepfunctions"))
    yield from _logs(aws.client("logs"))
    for log in (local_stack.folder / "logs").glob("*.log"):
        if log.stem != "simulator":  # WhatsApp's own side is not ours to forget
            yield f"log {log.name}", log.read_text(errors="replace")


def _tables(client: Any) -> Iterator[tuple[str, str]]:
    for table in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield (
                    f"dynamodb {table}/{item['PK']['S']}/{item['SK']['S']}",
                    json.dumps(item, ensure_ascii=False, default=str),
                )


def _objects(client: Any) -> Iterator[tuple[str, str]]:
    for bucket in client.list_buckets()["Buckets"]:
        if "artefacts" in bucket["Name"]:
            continue
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for entry in page.get("Contents", []):
                content = client.get_object(Bucket=bucket["Name"], Key=entry["Key"])["Body"].read()
                yield f"s3 {bucket['Name']}/{entry['Key']}", entry["Key"] + unpacked(content)


def _letters(client: Any) -> Iterator[tuple[str, str]]:
    """What lies in queues, working ones and dead-letter ones, without taking it from their workers for long."""
    for url in client.list_queues().get("QueueUrls", []):
        found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1, WaitTimeSeconds=0)
        for letter in found.get("Messages", []):
            yield f"sqs {url.rsplit('/', 1)[1]}", letter["Body"]


def _executions(client: Any) -> Iterator[tuple[str, str]]:
    for machine in client.list_state_machines()["stateMachines"]:
        for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            history = client.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)
            yield f"states {execution['name']}", json.dumps(history, default=str)


def _logs(client: Any) -> Iterator[tuple[str, str]]:
    for group in client.describe_log_groups()["logGroups"]:
        for stream in client.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]:
            told = client.get_log_events(logGroupName=group["logGroupName"], logStreamName=stream["logStreamName"])
            yield f"logs {group['logGroupName']}", "\n".join(event["message"] for event in told["events"])
