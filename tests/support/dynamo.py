"""DynamoDB without a network: botocore signs, serialises and parses as ever, only the socket is ours.

Answers what the send worker asks, after the latency of a table nearby, and counts the calls.
"""

import json
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

from chalicelib.cloud.direct import Direct
from chalicelib.cloud.table import Table


class Socket:
    """Answers each operation; an update answers the state it sets, as the worker wants to see it."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.calls: Counter[str] = Counter()
        self.answers: dict[str, dict[str, Any]] = {}
        """What an operation is answered, whatever it asks."""

    def send(self, request: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        operation = (target if isinstance(target, str) else target.decode()).rsplit(".", 1)[1]
        self.calls[operation] += 1
        time.sleep(self.latency)
        found = self.answers.get(operation) or _answer(operation, json.loads(request.body))
        answer = json.dumps(found).encode()
        headers = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, SimpleNamespace(stream=lambda **_: iter([answer])))


def _answer(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    if operation == "BatchGetItem":
        return {"Responses": {}}
    if operation != "UpdateItem":
        return {}
    values = body.get("ExpressionAttributeValues", {})
    state = next((v for v in values.values() if v.get("S") in {"sending", "accepted"}), {"S": "queued"})
    return {"Attributes": {**body["Key"], "state": state, "attempts": {"N": "1"}}}


def table(socket: Socket, name: str) -> Table:
    """A table whose client talks to the socket."""
    client = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(max_pool_connections=50, parameter_validation=False, user_agent="parley"),
    )
    client._endpoint.http_session = socket  # type: ignore[attr-defined]
    return Table(Direct(client, Credentials("a", "b"), socket), name)
