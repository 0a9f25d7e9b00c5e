"""A world on moto: real boto3 calls against tables, SQS queues and buckets in process, and a clock that a test moves."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.settings import Settings
from chalicelib.wiring import World, _client, _dynamodb
from tests.support import quick_moto

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUEUES = (
    "inbound",
    "statuses",
    "account",
    "archive",
    "campaign",
    "contacts",
    "bulk",
    "replies",
    "media",
    "sends",
    "events",
    "webhooks",
    "privacy",
    "exports",
)
FIFO = {"inbound", "replies", "webhooks"}


class Clock:
    """Says what it is told."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class OneCallAtATime:
    """A boto3 client whose calls exclude each other: moto is not safe for threads, and between calls they still interleave."""

    _lock = threading.Lock()

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def locked(**arguments: Any) -> Any:
            with self._lock:
                return call(**arguments)

        return locked


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def credentials() -> Iterator[None]:
    """For all tests of the process: boto3's clients, which are slow to make, live as long."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        quick_moto.apply(patch)
        # What other tests of this process made without credentials is made again.
        _client.cache_clear()
        _dynamodb.cache_clear()
        boto3.setup_default_session()
        yield


@pytest.fixture
def world(credentials: None, clock: Clock) -> Iterator[World]:
    with mock_aws():
        made = World(_settings(), clock)
        for table in (made.table, made.ledger):
            table.client = OneCallAtATime(table.client)
        yield made


def _settings() -> Settings:
    dynamodb, sqs, s3 = _client("dynamodb"), _client("sqs"), _client("s3")
    for table in ("main", "ledger"):
        _make_table(dynamodb, table)
    urls = {}
    for queue in QUEUES:
        urls[f"{queue}_queue_url"] = _make_queue(sqs, queue)
    for alone in ("events", "launch"):
        sqs.create_queue(QueueName=f"parley-local-{alone}-dead")
    for bucket in ("media", "archive"):
        s3.create_bucket(Bucket=bucket)
    _client("scheduler").create_schedule_group(Name="parley")
    arn = "arn:aws:iam::123456789012:role/any"
    return Settings(
        main_table="main",
        ledger_table="ledger",
        media_bucket="media",
        archive_bucket="archive",
        schedule_group="parley",
        scheduler_role_arn=arn,
        launch_function_arn="arn:aws:lambda:us-east-1:123456789012:function:launch",
        **urls,
    )


def _make_queue(sqs: Any, name: str) -> str:
    """A queue with its dead-letter queue."""
    fifo, ending = ({"FifoQueue": "true"}, ".fifo") if name in FIFO else ({}, "")
    dead = sqs.create_queue(QueueName=f"{name}-dead{ending}", Attributes=fifo)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})}
    return str(sqs.create_queue(QueueName=name + ending, Attributes={**fifo, **redrive})["QueueUrl"])


def _make_table(dynamodb: Any, name: str) -> None:
    indexes = ("GSI1", "GSI2") if name == "main" else ("GSI1",)
    keys = ["PK", "SK", *(f"{index}{part}" for index in indexes for part in ("PK", "SK"))]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=_schema("PK", "SK"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(f"{index}PK", f"{index}SK"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ],
    )


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
