"""The short way to DynamoDB: signed as botocore signs, and whatever is not a plain answer goes by boto3's client."""

import json
import socket
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.cloud.direct import Direct, session, signed
from tests.unit.egress.test_egress import serving

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REQUEST = {"TableName": "t", "Key": {"PK": {"S": "a"}, "SK": {"S": "b"}}}


class Client:
    """boto3's client, as far as it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        events = SimpleNamespace(emit=lambda *_, **__: [])
        self.meta = SimpleNamespace(
            endpoint_url="https://dynamodb.eu-west-1.amazonaws.com", region_name="eu-west-1", events=events
        )

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return {"Item": {"from": {"S": "boto3"}}}

    update_item = batch_get_item = get_item

    def query(self, **request: Any) -> str:
        return "query by boto3"


class Http:
    """Answers the one thing it is told to."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        self.sent: list[Any] = []

    def send(self, request: Any) -> Any:
        self.sent.append(request)
        if isinstance(self.body, Exception):
            raise self.body
        return SimpleNamespace(status_code=self.status, content=json.dumps(self.body).encode())


def direct(status: int, body: Any) -> tuple[Direct, Client, Http]:
    client, http = Client(), Http(status, body)
    return Direct(client, Credentials("AKID", "secret"), http), client, http


def test_a_body_does_not_wait_for_the_headers_to_be_acknowledged(monkeypatch):
    seen = []

    class Watched(socket.socket):
        def connect(self, *given):
            super().connect(*given)
            seen.append(self.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with serving(answer=(200, {}, b"{}")) as (server, _):
        monkeypatch.setattr(socket, "socket", Watched)
        url = f"http://127.0.0.1:{server.server_port}/answer"
        request = AWSRequest("POST", url, data=b"{}", headers={}).prepare()
        assert session(1).send(request).status_code == 200
    assert [bool(one) for one in seen] == [True]


@pytest.mark.parametrize("token", [None, "session-token"])
def test_a_request_is_signed_as_botocore_signs_it(token):
    credentials, body = Credentials("AKID", "secret", token), b'{"TableName": "t"}'
    host, target = "dynamodb.eu-west-1.amazonaws.com", "DynamoDB_20120810.GetItem"

    ours = signed(credentials.get_frozen_credentials(), "eu-west-1", host, target, body, NOW)

    request = AWSRequest(
        "POST",
        f"https://{host}/",
        headers={k: v for k, v in ours.items() if k in {"content-type", "x-amz-target"}},
        data=body,
    )
    request.context["timestamp"] = ours["x-amz-date"]
    theirs = SigV4Auth(credentials, "dynamodb", "eu-west-1")
    request.headers["x-amz-date"] = ours["x-amz-date"]
    if token:
        request.headers["x-amz-security-token"] = token
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert ours["authorization"].rpartition("Signature=")[2] == signature


def test_an_answer_comes_by_the_short_way_alone():
    short, client, http = direct(200, {"Item": {"PK": {"S": "a"}}})
    assert short.get_item(**REQUEST) == {"Item": {"PK": {"S": "a"}}}
    assert json.loads(http.sent[0].body) == REQUEST
    assert client.asked == []


def test_a_condition_that_does_not_hold_is_an_answer():
    short, client, _ = direct(
        400, {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
    )
    with pytest.raises(ClientError) as refused:
        short.update_item(**REQUEST)
    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert client.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}),
        (400, {"__type": "com.amazon.coral.service#ExpiredTokenException"}),
        (503, {}),
        (0, EndpointConnectionError(endpoint_url="https://dynamodb")),
    ],
)
def test_what_is_no_plain_answer_is_asked_again_by_boto3(status, body):
    short, client, _ = direct(status, body)
    assert short.batch_get_item(**REQUEST) == {"Item": {"from": {"S": "boto3"}}}
    assert client.asked == [REQUEST]


def test_other_operations_are_boto3s():
    short, _, _ = direct(200, {})
    assert short.query() == "query by boto3"
