"""Eight processes of the inbound function on one table, nothing between them but the table's conditions."""

import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table, load
from chalicelib.inbound import lanes
from infra.package import ROOT
from tests.faults.conftest import Stormed
from tests.integration.conftest import START, _make_table

PROCESSES, CUSTOMERS, MESSAGES, TIMES = 8, 50, 20, 3


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A table and a bucket in an AWS emulator of the test's own; answers what a process needs to find them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PARLEY_"))}
    account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    own = {"GATEWAY_PORT": port, "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "TMPDIR": str(tmp_path)}
    quiet = {"LOG_LEVEL": "ERROR", "STATE_DIR": str(tmp_path), "S3_DATA_DIR": str(tmp_path / "s3")}
    url = f"http://127.0.0.1:{port}"
    emulator = subprocess.Popen(
        [sys.executable, "-m", "ministack"], env={**kept, **account, **own, **quiet}, cwd=tmp_path
    )
    try:
        _answers(f"{url}/_ministack/health")
        _client("dynamodb", url)
        _make_table(_client("dynamodb", url), "main")
        _client("s3", url).create_bucket(Bucket="archive")
        named = {"PARLEY_MAIN_TABLE": "main", "PARLEY_ARCHIVE_BUCKET": "archive", "AWS_ENDPOINT_URL": url}
        yield {**kept, **account, **named, "POWERTOOLS_LOG_LEVEL": "ERROR"}
    finally:
        emulator.terminate()
        emulator.wait(20)


def test_eight_processes_take_fifty_customers_with_twenty_messages_each_three_times_shuffled(
    aws: dict[str, str], tmp_path: Path, stormed: Stormed
) -> None:
    table = Table(_client("dynamodb", aws["AWS_ENDPOINT_URL"]), "main")
    number = {"phone_number_id": "1", "display_phone_number": "+6560000000", "waba_id": "2"}
    channels.create(table, Channel(id="ch1", subaccount_id="acme", name="Shop", created_at=START, **number))
    bodies = [_webhook(customer, message) for customer in range(CUSTOMERS) for message in range(MESSAGES)] * TIMES
    random.Random(7).shuffle(bodies)
    workers = []
    for n in range(PROCESSES):
        share = tmp_path / f"share{n}.json"
        share.write_text(json.dumps(bodies[n::PROCESSES]))
        command = [sys.executable, "-m", "tests.faults.inbound_worker", str(share)]
        workers.append(subprocess.Popen(command, env=aws, cwd=ROOT, stdout=subprocess.DEVNULL))
    assert [worker.wait() for worker in workers] == [0] * PROCESSES

    items = _everything(table)
    states = [item for item in items if item["SK"] == "STATE" and item["PK"].startswith("CONVERSATION#")]
    tickets = {item["id"]: item for item in items if item["SK"] == "TICKET"}
    stormed(
        "Each webhook three times, shuffled, eight processes on one table",
        webhooks=len(bodies), messages=CUSTOMERS * MESSAGES, conversations=len(states), tickets=len(tickets),
    )  # fmt: skip
    assert len(states) == CUSTOMERS
    assert len([item for item in items if item["SK"] == "CONTACT"]) == CUSTOMERS
    assert len(tickets) == CUSTOMERS
    for state in states:
        log = sorted(
            (item for item in items if item["PK"] == state["PK"] and item["SK"].startswith("MESSAGE#")),
            key=lambda item: item["SK"],
        )
        assert [item["preview"] for item in log] == [f"Message {n}" for n in range(MESSAGES)]
        assert {item["ticket_id"] for item in log} == {state["ticket_id"]}
        assert tickets[state["ticket_id"]]["message_count"] == MESSAGES
        assert state["unread"] == MESSAGES
        assert not any(item.get("acts") for item in log)


def _webhook(customer: int, n: int) -> str:
    """One webhook as the webhook function queues it."""
    at = int(time.time()) - 3600 + n
    message = {
        "from": f"6591{customer:06}", "id": f"wamid.{customer}.{n}", "type": "text",
        "text": {"body": f"Message {n}"}, "timestamp": str(at),
    }  # fmt: skip
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    body = {"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]}
    (queued,) = lanes.split(body, at * 1000).inbound
    return queued.body


def _everything(table: Table) -> list[dict[str, Any]]:
    pages = table.client.get_paginator("scan").paginate(TableName="main", ConsistentRead=True)
    return [load(raw) for page in pages for raw in page["Items"] if raw["PK"]["S"] != keys.feed_head("account").pk]


def _client(service: str, url: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


def _answers(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the emulator does not answer")
