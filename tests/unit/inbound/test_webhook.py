import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from chalicelib.cloud.queues import QueueMessage
from chalicelib.inbound.webhook import handle
from chalicelib.whatsapp.signature import sign
from tests.unit.whatsapp.meta import change, envelope, message, messages, status, statuses

SECRET, TOKEN = "test-app-secret", "test-verify-token"


@dataclass
class FakeWorld:
    """Keeps what reaches SQS and S3; `broken` names the SQS queue or bucket that fails."""

    broken: str = ""
    sent: dict[str, list[QueueMessage]] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=lambda: {"app-secret": SECRET, "verify-token": TOKEN})

    queues = archive = secrets = property(lambda self: self)

    def clock(self):
        return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def get(self, name):
        return self.kept[name]

    def send_all(self, queue, messages):
        if queue == self.broken:
            raise ConnectionError(queue)
        self.sent.setdefault(queue, []).extend(messages)

    def put(self, key, body, content_type):
        if self.broken == "archive":
            raise ConnectionError(key)
        self.stored[key] = body

    @property
    def untouched(self):
        return not self.sent and not self.stored


def get(**query):
    return {
        "requestContext": {"http": {"method": "GET"}},
        "queryStringParameters": {f"hub.{name}": value for name, value in query.items()} or None,
    }


def post(body, signature=None, /, **event):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", "x-hub-signature-256": signature or sign(SECRET, raw)}
    return {
        "requestContext": {"http": {"method": "POST"}},
        "headers": headers,
        "body": raw.decode("utf-8", "replace"),
        "isBase64Encoded": False,
    } | event


MIXED = envelope(
    messages(message(), message(id="wamid.2")), statuses(status(), status("read")), change("account_alerts", {"a": 1})
)


def test_the_handshake_answers_the_challenge_as_it_came():
    answer = handle(get(mode="subscribe", challenge="1158201444", verify_token=TOKEN), FakeWorld())
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")
    assert answer["headers"]["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"mode": "subscribe", "challenge": "1", "verify_token": "guess"}, 403),
        ({"mode": "subscribe", "challenge": "1", "verify_token": ""}, 403),
        ({"mode": "subscribe", "challenge": "1"}, 403),
        ({"mode": "unsubscribe", "challenge": "1", "verify_token": TOKEN}, 403),
        ({"mode": "subscribe", "verify_token": TOKEN}, 400),
        ({}, 403),
    ],
)
def test_any_other_handshake_is_refused(query, code):
    answer = handle(get(**query), FakeWorld())
    assert answer["statusCode"] == code
    assert TOKEN not in answer["body"]


def test_an_empty_verify_token_opens_nothing():
    world = FakeWorld(kept={"verify-token": ""})
    assert handle(get(mode="subscribe", challenge="1", verify_token=""), world)["statusCode"] == 403


def test_every_update_is_queued_in_its_lane_before_the_answer():
    world = FakeWorld()
    assert handle(post(MIXED), world)["statusCode"] == 200
    assert {lane: len(sent) for lane, sent in world.sent.items()} == {"inbound": 2, "statuses": 1, "account": 1}
    assert world.stored == {}


def test_a_base64_body_is_the_same():
    plain, coded = FakeWorld(), FakeWorld()
    raw = json.dumps(MIXED).encode()
    handle(post(raw), plain)
    handle(post(raw, body=base64.b64encode(raw).decode(), isBase64Encoded=True), coded)
    assert plain.sent == coded.sent


RAW = json.dumps(MIXED).encode()


@pytest.mark.parametrize(
    "event",
    [
        post(RAW, "sha256=" + "0" * 64),
        post(RAW, sign("other", RAW)),
        post(RAW, sign(SECRET, RAW)[7:]),
        post(RAW, headers={}),
        post(RAW, body=RAW.decode() + " "),
        post(RAW, body="%%%", isBase64Encoded=True),
        post(RAW, body=None),
    ],
)
def test_a_bad_or_missing_signature_touches_nothing(event):
    world = FakeWorld()
    assert handle(event, world)["statusCode"] == 401
    assert world.untouched


@pytest.mark.parametrize("body", [b"not json", b"[]", b"", b'{"entry": 5}', "\ud83d".encode("utf-8", "replace")])
def test_a_genuine_body_that_is_no_envelope_is_archived_and_answered_200(body):
    world = FakeWorld()
    assert handle(post(body), world)["statusCode"] == 200
    assert list(world.stored.values()) == [body]
    assert world.sent == {}


def test_a_partly_readable_body_is_archived_whole_and_its_readable_part_queued():
    world = FakeWorld()
    body = envelope(messages(message(), {"no": "id"}))
    assert handle(post(body), world)["statusCode"] == 200
    assert list(world.stored.values()) == [json.dumps(body).encode()]
    assert len(world.sent["inbound"]) == 1


def test_half_an_emoji_reaches_the_queue_as_something_that_can_be_stored():
    world = FakeWorld()
    handle(post(envelope(messages(message("text", {"body": "cut \ud83d"})))), world)
    value = json.loads(world.sent["inbound"][0].body)["entry"][0]["changes"][0]["value"]
    assert value["messages"][0]["text"]["body"] == "cut \ufffd"


def test_the_same_unreadable_body_twice_is_one_object():
    world = FakeWorld()
    for _ in range(2):
        handle(post(b"not json"), world)
    assert len(world.stored) == 1


@pytest.mark.parametrize("broken", ["inbound", "statuses", "account"])
def test_without_a_safe_place_for_an_update_there_is_no_200(broken):
    with pytest.raises(ConnectionError):
        handle(post(MIXED), FakeWorld(broken=broken))


def test_an_unreadable_body_that_cannot_be_archived_is_not_acknowledged_either():
    with pytest.raises(ConnectionError):
        handle(post(b"not json"), FakeWorld(broken="archive"))


def test_what_is_too_large_for_sqs_is_stored_first():
    world = FakeWorld()
    handle(post(envelope(messages(message("text", {"body": "x" * 300_000})))), world)
    (key,) = world.stored
    assert key in world.sent["inbound"][0].body
    with pytest.raises(ConnectionError):
        handle(post(envelope(messages(message("text", {"body": "x" * 300_000})))), FakeWorld(broken="archive"))


def test_a_thousand_messages_keep_the_order_of_each_conversation():
    world = FakeWorld()
    many = [message(id=f"wamid.{n}", **{"from": str(n % 7), "from_user_id": f"US.{n % 7}"}) for n in range(1000)]
    handle(post(envelope(messages(*many))), world)
    numbers = {}
    for sent in world.sent["inbound"]:
        value = json.loads(sent.body)["entry"][0]["changes"][0]["value"]
        numbers.setdefault(sent.group, []).append(int(value["messages"][0]["id"][6:]))
    assert sum(map(len, numbers.values())) == 1000
    assert all(sequence == sorted(sequence) for sequence in numbers.values())


def test_other_methods_are_refused():
    assert handle({"requestContext": {"http": {"method": "PUT"}}}, FakeWorld())["statusCode"] == 405


def test_the_log_has_no_body(caplog):
    handle(post(RAW, "sha256=0"), FakeWorld())
    handle(post(b"secret words"), FakeWorld())
    facts = [json.loads(record.getMessage())["fact"] for record in caplog.records]
    assert facts == ["webhook.refused", "webhook.unreadable"]
    assert "secret words" not in caplog.text
