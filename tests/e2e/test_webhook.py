"""Meta's webhook on the packaged stack: through the HTTP API, its own function and its own permissions."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from chalicelib.whatsapp.signature import sign
from infra.deploy import outputs
from tests.e2e.conftest import Answer, Json, LocalStack, request
from tests.unit.whatsapp.meta import envelope, message, messages, status, statuses


@pytest.fixture
def post(stack: Json) -> Callable[..., Answer]:
    """Posts a body as Meta does, signed unless told otherwise."""

    def call(body: bytes, signature: str | None = None) -> Answer:
        headers = {"Content-Type": "application/json"}
        headers["X-Hub-Signature-256"] = sign(stack["app_secret"], body) if signature is None else signature
        return request("POST", stack["webhook_url"], body, headers)

    return call


@pytest.fixture
def archived(local_stack: LocalStack) -> Callable[[str], Iterator[bytes]]:
    """The bodies in the archive under a prefix."""
    found = outputs(local_stack.aws.client("cloudformation"), "parley-local")
    s3, bucket = local_stack.aws.client("s3"), found["ArchiveBucketName"]

    def bodies(prefix: str) -> Iterator[bytes]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                yield gzip.decompress(body) if entry["Key"].endswith(".gz") else body

    return bodies


def eventually(check: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not (done := check()) and time.monotonic() < end:
        time.sleep(0.5)
    return done


def test_the_handshake_needs_the_verify_token(stack: Json) -> None:
    for token, code in ((stack["verify_token"], 200), ("guess", 403)):
        query = urlencode({"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token})
        answer = request("GET", f"{stack['webhook_url']}?{query}")
        assert answer.status == code
        assert (answer.body == 1158201444) is (code == 200)


def test_a_bad_signature_is_refused(post: Callable[..., Answer]) -> None:
    assert post(b"{}", signature="sha256=" + "0" * 64).status == 401
    assert post(b"{}", signature="").status == 401


def test_a_genuine_body_that_cannot_be_read_is_acknowledged_and_kept(
    post: Callable[..., Answer], archived: Callable[[str], Iterator[bytes]]
) -> None:
    body = f"not json {uuid4()}".encode()
    assert post(body).status == 200
    assert body in archived("raw/unreadable/")


def test_every_update_of_a_large_body_reaches_its_worker(
    stack: Json, post: Callable[..., Answer], archived: Callable[[str], Iterator[bytes]]
) -> None:
    mark = uuid4().hex
    number = stack["channels"][0]["phone_number_id"]
    metadata = {"phone_number_id": number, "display_phone_number": stack["channels"][0]["display_phone_number"]}
    people = [{"from": f"1650555{n:04}", "from_user_id": None} for n in range(12)]
    inbound = [message(id=f"wamid.{mark}.{n}", timestamp=str(int(time.time())), **who) for n, who in enumerate(people)]
    sent = [status("sent", id=f"wamid.{mark}.s{n}", biz_opaque_callback_data="e2e") for n in range(300)]
    long = message("text", {"body": "x" * 300_000}, id=f"wamid.{mark}.long", timestamp=str(int(time.time())))
    body = envelope(
        messages(*inbound, long, contacts=[], metadata=metadata),
        statuses(*sent, metadata=metadata),
        waba=stack["channels"][0]["waba_id"],
    )
    assert post(json.dumps(body).encode()).status == 200

    def seen(lane: str) -> int:
        return sum(kept.count(b'"id":"wamid.' + mark.encode()) for kept in archived(f"raw/{lane}/"))

    # The long one lies in the archive itself; its worker's batch holds the reference.
    assert eventually(lambda: seen("inbound") >= len(inbound) and seen("statuses") >= len(sent))
    assert any(mark.encode() in kept for kept in archived("oversize/"))
