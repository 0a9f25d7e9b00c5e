"""A function's policy held against what its code calls: `with acting_as("launch"):` every call of AWS that
.chalice/policies/launch.json does not allow is refused, as on AWS. moto takes all."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

POLICIES = Path(__file__).parents[2] / ".chalice" / "policies"
# How the test world's things are called in the template.
_NAMES = {"main": "MainTable", "ledger": "LedgerTable", "media": "MediaBucket", "archive": "ArchiveBucket"}
_VERBS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
# Operations whose permission has another name.
_ACTIONS = {
    "s3:HeadObject": "s3:GetObject", "s3:CopyObject": "s3:PutObject", "s3:ListObjectsV2": "s3:ListBucket",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "sqs:SendMessageBatch": "sqs:SendMessage", "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}  # fmt: skip


class AccessDenied(AssertionError):
    """The policy does not allow what the code does."""


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    """What is called inside is called by this function."""
    allowed = _allowed(function)
    call = BaseClient._make_api_call

    def checked(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        service = client.meta.service_model.signing_name
        for action, resource in _asked(service, operation, given):
            if not any(action == known and fnmatchcase(resource, pattern) for known, pattern in allowed):
                raise AccessDenied(f"{function} may not {action} on {resource}")
        return call(client, operation, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", checked)
        yield


def _allowed(function: str) -> set[tuple[str, str]]:
    """(action, pattern of a resource), in the words of `_asked`."""
    statements = json.loads((POLICIES / f"{function}.json").read_text())["Statement"]
    return {
        (action, _pattern(resource))
        for each in statements
        for action in each["Action"]
        for resource in each["Resource"]
    }


def _pattern(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": [name, _]}:
            return str(name)
        case {"Fn::Sub": text}:
            return re.sub(
                r"\$\{.*?\}", "*", re.sub(r"^\$\{(\w+)\.Arn\}", r"\1", re.sub(r"^arn:.*AccountId\}:", "", text))
            )
        case _:
            return str(resource)


def _asked(service: str, operation: str, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a call asks for: (action, resource)."""
    action = _ACTIONS.get(f"{service}:{operation}", f"{service}:{operation}")
    match service:
        case "dynamodb":
            yield from _of_tables(operation, given)
        case "s3":
            key = given.get("Key")
            yield action, _NAMES[given["Bucket"]] + (f"/{key}" if key else "")
        case "sqs":
            name = (given.get("QueueUrl") or given["QueueName"]).rsplit("/", 1)[-1].removesuffix(".fifo")
            yield (
                action,
                f"{name.removesuffix('-dead').capitalize()}{'DeadLetters' if name.endswith('-dead') else 'Queue'}",
            )
        case "secretsmanager":
            yield action, f"secret:{given.get('SecretId') or given['Name']}-a1b2c3"
        case "states":
            arn = given.get("stateMachineArn") or given.get("executionArn")
            yield action, arn.split(":", 5)[-1] if arn else "*"
        case _:
            raise AccessDenied(f"{service}:{operation}: these tests know no permission for it")


def _of_tables(operation: str, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for each in given["TransactItems"]:
            for verb, inner in each.items():
                yield f"dynamodb:{_VERBS[verb]}", _NAMES[inner["TableName"]]
        return
    index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
    for name in [given["TableName"]] if "TableName" in given else given["RequestItems"]:
        yield f"dynamodb:{operation}", _NAMES[name] + index
