"""The webhook's CPU: against a bare handler (HMAC, one SQS message), and a full POST against a single update.

botocore serialises and signs on both sides; only the socket is replaced. Ratios, both sides in one run:
`python -m tests.bench webhook`.
"""

import hmac
import json
import os
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

from chalicelib.cloud.secrets import Secrets
from chalicelib.inbound.webhook import handle, settle
from chalicelib.settings import Settings
from chalicelib.whatsapp.signature import sign
from chalicelib.wiring import World
from tests.bench.rows import Row
from tests.unit.whatsapp.meta import envelope, message, messages, status, statuses

os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
SECRET = "test-app-secret"
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/"
PRICING = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}


class NoSocket:
    """Answers SQS's JSON as the service does, without a network and at next to no cost."""

    def __init__(self) -> None:
        self._answers = {0: _answer_of({"MessageId": "m", "MD5OfMessageBody": "0" * 32})}
        for count in range(1, 11):
            done = [{"Id": str(n), "MessageId": "m", "MD5OfMessageBody": "0" * 32} for n in range(count)]
            self._answers[count] = _answer_of({"Successful": done, "Failed": []})

    def send(self, request: Any) -> AWSResponse:
        answer = self._answers[request.body.count(b'{"Id": ')]
        return AWSResponse(request.url, 200, _HEADERS, SimpleNamespace(stream=lambda **_: iter([answer])))


_HEADERS = {"content-type": "application/x-amz-json-1.0"}


def _answer_of(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def without_socket(client: Any) -> Any:
    client._endpoint.http_session = NoSocket()
    return client


def plain_client() -> Any:
    """What `boto3.client("sqs")` gives anybody."""
    return without_socket(boto3.client("sqs"))


def our_world() -> World:
    """The world of the deployed function, but for the sockets."""
    queues = {name: QUEUE + name for name in ("statuses_queue_url", "account_queue_url")}
    world = World(Settings(inbound_queue_url=QUEUE + "inbound.fifo", **queues))
    without_socket(world.queues.client)
    world.secrets = Secrets(SimpleNamespace(get_secret_value=lambda **_: {"SecretString": SECRET}), "p/")
    return world


def post(payload: Any) -> dict[str, Any]:
    body = json.dumps(payload, separators=(",", ":"))
    headers = {"content-type": "application/json", "x-hub-signature-256": sign(SECRET, body.encode())}
    context = {"http": {"method": "POST", "path": "/webhook"}}
    return {"version": "2.0", "requestContext": context, "headers": headers, "body": body, "isBase64Encoded": False}


def bare(event: dict[str, Any], client: Any) -> dict[str, Any]:
    """What one could not do without."""
    body = event["body"].encode()
    expected = "sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    if not hmac.compare_digest(expected, event["headers"]["x-hub-signature-256"]):
        return {"statusCode": 401}
    client.send_message(QueueUrl=QUEUE + "statuses", MessageBody=event["body"])
    return {"statusCode": 200}


def many_statuses(count: int) -> dict[str, Any]:
    return post(envelope(statuses(*(status("sent", id=f"wamid.HBgL{n:06}", pricing=PRICING) for n in range(count)))))


def many_messages(count: int) -> dict[str, Any]:
    each = [
        message(id=f"wamid.HBgL{n:06}", **{"from": f"1650{n:07}", "from_user_id": f"US.{n:017}"}) for n in range(count)
    ]
    people = [{"profile": {"name": "Kerry"}, "wa_id": f"1650{n:07}", "user_id": f"US.{n:017}"} for n in range(count)]
    return post(envelope(messages(*each, contacts=people)))


def cpu(*sides: tuple[Callable[[], Any], int], rounds: int = 40) -> list[float]:
    """CPU milliseconds of one call of each side: its best of many rounds in which the sides take turns.

    The best, because whatever else a machine does only ever adds; the rounds are of like length, so that each side has the
    same chance of a quiet one.
    """
    taken: list[list[float]] = [[] for _ in sides]
    for side, times in sides:
        for _ in range(max(1, times // 10)):
            side()
    for _ in range(rounds):
        for (side, times), kept in zip(sides, taken, strict=True):
            start = time.process_time()
            for _ in range(times):
                side()
            kept.append((time.process_time() - start) / times * 1000)
    return [min(kept) for kept in taken]


def measure() -> list[Row]:
    """One status against the bare handler, and full bodies against single updates."""
    client, here = plain_client(), our_world()
    settle(here)
    one, thousand = many_statuses(1), many_statuses(1000)
    one_in, thousand_in = many_messages(1), many_messages(1000)
    plain, single, packed, single_in, full_in = cpu(
        (lambda: bare(one, client), 100),
        (lambda: handle(one, here), 100),
        (lambda: handle(thousand, here), 5),
        (lambda: handle(one_in, here), 100),
        (lambda: handle(thousand_in, here), 1),
    )
    return [
        Row("webhook CPU: one status / bare handler", single / plain, 1.5, note=f"{single:.2f} ms"),
        Row("webhook CPU: 1,000 statuses / one", packed / single, 40),
        Row("webhook CPU: 1,000 inbound messages / one", full_in / single_in, 150),
    ]
