"""What tests/support/bill.py plays its campaign on: AWS in process, with the tables as infra/resources declares them."""

import heapq
import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import yaml
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from infra.bill.units import Index
from tests.support.campaigns import Clock

ROOT = Path(__file__).parents[2]


class Raw:
    """moto's clients, uncounted, with the tables as infra/resources declares them."""

    def __init__(self) -> None:
        known = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.dynamodb, self.s3 = boto3.client("dynamodb", **known), boto3.client("s3", **known)
        self.secrets, self.scheduler = boto3.client("secretsmanager", **known), boto3.client("scheduler", **known)
        self.queues: Any = None
        self.indexes: dict[str, dict[str, Index]] = {}
        declared = yaml.safe_load((ROOT / "infra/resources/tables.yaml").read_text())["Resources"]
        for name, logical_id in (("main", "MainTable"), ("ledger", "LedgerTable")):
            properties = declared[logical_id]["Properties"]
            wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
            self.dynamodb.create_table(TableName=name, **{key: properties[key] for key in wanted})
            self.indexes[name] = {each["IndexName"]: _index(each) for each in properties["GlobalSecondaryIndexes"]}
        for bucket in ("media", "archive"):
            self.s3.create_bucket(Bucket=bucket)


def peek(table: str, key: Any) -> Any:
    """The item as moto keeps it: a thousandth of the time of a call."""
    tables = dynamodb_backends["123456789012"]["us-east-1"].tables
    item = tables[table].get_item(DynamoType(key["PK"]), DynamoType(key["SK"]))
    return {name: value.to_regular_json() for name, value in item.attrs.items()} if item else None


def _index(declared: dict[str, Any]) -> Index:
    partition, sort = (each["AttributeName"] for each in declared["KeySchema"])
    return Index(partition, sort, whole=declared["Projection"]["ProjectionType"] == "ALL")


class Sqs:
    """SQS queues on the run's clock, behind the one call we make."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._order = clock, itertools.count()
        self._waiting: dict[str, list[tuple[datetime, int, str]]] = {}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        name = request["QueueUrl"].rsplit("/", 1)[-1]
        for entry in request["Entries"]:
            due = self._clock() + timedelta(seconds=entry.get("DelaySeconds", 0))
            heapq.heappush(self._waiting.setdefault(name, []), (due, next(self._order), entry["MessageBody"]))
        return {}

    def head(self, *queues: str) -> datetime | None:
        return min((self._waiting[queue][0][0] for queue in queues if self._waiting.get(queue)), default=None)

    def pop(self, *queues: str) -> tuple[datetime, str, str]:
        (due, _, body), queue = min((self._waiting[each][0], each) for each in queues if self._waiting.get(each))
        heapq.heappop(self._waiting[queue])
        return due, queue, body

    def take(self, queue: str) -> list[str]:
        found = [body for _, _, body in sorted(self._waiting.get(queue, []))]
        self._waiting[queue] = []
        return found


class Socket:
    """The open page of the person who looks on."""

    def post_to_connection(self, **_: Any) -> dict[str, Any]:
        return {}
