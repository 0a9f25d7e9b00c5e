"""Webhooks out on the packaged stack: a receiver that is down for two minutes gets everything afterwards, in order and once."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from infra.local.client import until
from tests.e2e.conftest import Answer, LocalStack

Json = dict[str, Any]
Call = Callable[..., Answer]
CUSTOMERS = ("6591117701", "6591117702", "6591117703")
DOWN_SECONDS = 120


class Receiver(ThreadingHTTPServer):
    """The customer's own system. It verifies what it gets, and while it is down it is not there at all."""

    secret = ""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Post)
        self.taken: list[Json] = []


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        told = Verifier(self.server.secret).verify(body, dict(self.headers.items()))
        self.server.taken.append(told)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address(local_stack: LocalStack) -> tuple[str, int]:
    return "127.0.0.1", local_stack.port_base + 3


@pytest.fixture
def webhook(api: Call, address: tuple[str, int]) -> Iterator[Json]:
    draft = {"name": "e2e", "url": f"http://{address[0]}:{address[1]}/hooks", "events": ["message.received"]}
    made = api("POST", "/webhooks", draft)
    assert made.status == 201, made.body
    yield made.body
    assert api("DELETE", f"/webhooks/{made.body['id']}").status == 204


def test_a_receiver_that_is_down_for_two_minutes_gets_everything_afterwards(
    stack: Json, api: Call, sim: Call, webhook: Json, address: tuple[str, int]
) -> None:
    number = stack["channels"][0]["phone_number_id"]
    for place in range(4):
        for customer in CUSTOMERS:
            text = {"phone_number_id": number, "type": "text", "text": {"body": f"e2e {place}"}}
            assert sim("POST", f"/customers/{customer}/messages", text).status == 200
        time.sleep(DOWN_SECONDS / 4)
    failing = api("GET", f"/webhooks/{webhook['id']}").body["health"]
    assert failing["state"] == "failing"
    with Receiver(address) as receiver:
        receiver.secret = webhook["secret"]
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        until("everything is told", lambda: len(_of_mine(receiver)) >= 12, seconds=300, pause=1)
        receiver.shutdown()
    for customer in CUSTOMERS:
        told = [text for phone, text in _of_mine(receiver) if phone == f"+{customer}"]
        assert told == [f"e2e {place}" for place in range(4)]
    ids = [body["id"] for body in receiver.taken]
    assert len(ids) == len(set(ids))
    log = api("GET", f"/webhooks/{webhook['id']}/deliveries?limit=200").body["items"]
    assert {each["state"] for each in log} == {"delivered"}
    print(json.dumps({"told": len(ids), "failing since": failing["failingSince"]}))


def test_a_webhook_into_our_own_network_is_refused(api: Call) -> None:
    answer = api("POST", "/webhooks", {"name": "x", "url": "http://127.0.0.1:1/", "events": ["*"]})
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "url")


def _of_mine(receiver: Receiver) -> list[tuple[str, str]]:
    """(phone, text) of this test's messages, in the order they came."""
    told = [(body["data"]["contact"]["phone"], body["data"]["message"]["text"]) for body in receiver.taken]
    return [(phone, text) for phone, text in told if phone.removeprefix("+") in CUSTOMERS]
