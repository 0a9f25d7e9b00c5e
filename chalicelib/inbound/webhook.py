"""Meta's webhook: verify, split, queue, answer. Three statuses come for every message sent, so it is its own lean
function and imports nothing it does not need.

200 means that every update is safely in SQS or S3. Anything that fails on the way rises: API Gateway answers 500,
Meta sends the same body again, and what had been queued already is deduplicated by the workers.
"""

import gc
import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from chalice.app import Blueprint

from chalicelib.cloud.queues import QueueMessage
from chalicelib.inbound import lanes
from chalicelib.whatsapp import body, signature

bp = Blueprint(__name__)
log = logging.getLogger("webhook")

_HEADERS = {"content-type": "text/plain", "x-content-type-options": "nosniff"}


class Queues(Protocol):
    def send_all(self, queue: str, messages: Sequence[QueueMessage]) -> None: ...


class Archive(Protocol):
    def put(self, key: str, body: bytes, content_type: str) -> None: ...


class Secrets(Protocol):
    def get(self, name: str) -> str: ...


class World(Protocol):
    """What the webhook needs of the world."""

    @property
    def queues(self) -> Queues: ...
    @property
    def archive(self) -> Archive: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


@bp.lambda_function(name="webhook")
def webhook(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The Lambda entry."""
    return handle(event, _ready())


@cache
def _ready() -> World:
    """The process's world, with its clients made."""
    from chalicelib.wiring import world

    made = world()
    settle(made)
    return made


def settle(world: World) -> None:
    """Takes what start-up has made out of the garbage collector's rounds: a large body would set off a walk over all of it."""
    _ = world.queues
    gc.freeze()


def handle(event: dict[str, Any], world: World) -> dict[str, Any]:
    """Answers one event of an API Gateway HTTP API (payload format 2.0)."""
    method = event["requestContext"]["http"]["method"]
    if method == "GET":
        return _verify(event.get("queryStringParameters") or {}, world)
    return _receive(event, world) if method == "POST" else _answer(405, "method not allowed")


def _verify(query: dict[str, str], world: World) -> dict[str, Any]:
    """The handshake when the webhook's address is saved at Meta."""
    token, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
    expected = world.secrets.get("verify-token")
    genuine = bool(expected) and hmac.compare_digest(token.encode(), expected.encode())
    if query.get("hub.mode") != "subscribe" or not genuine:
        return _answer(403, "wrong verify token")
    return _answer(200, challenge) if challenge else _answer(400, "hub.challenge is missing")


def _receive(event: dict[str, Any], world: World) -> dict[str, Any]:
    try:
        raw = signature.raw_body(event)
    except ValueError:
        return _answer(401, "wrong signature")
    header = event.get("headers", {}).get("x-hub-signature-256")
    if not signature.is_genuine(world.secrets.get("app-secret"), raw, header):
        log.warning('{"fact":"webhook.refused","bytes":%d}', len(raw))
        return _answer(401, "wrong signature")
    now = world.clock()
    found = lanes.split(_decoded(raw), int(now.timestamp() * 1000))
    for key, envelope in found.parked.items():
        world.archive.put(key, envelope, "application/json")
    if found.unreadable:
        _keep(raw, found.unreadable, now, world.archive)
    # One call after the other, a hundred for a full body of messages: that is rare, and Meta waits longer than the second it
    # takes. Two threads would take a tenth more CPU for each message.
    for lane, messages in (("inbound", found.inbound), ("statuses", found.statuses), ("account", found.account)):
        if messages:
            world.queues.send_all(lane, messages)
    return _answer(200, "")


def _decoded(raw: bytes) -> Any:
    """The body's JSON; None, which is no envelope, when it is not JSON."""
    try:
        return body.decode(raw)
    except ValueError:
        return None


def _keep(raw: bytes, parts: int, now: datetime, archive: Archive) -> None:
    """A genuine body that we could not read whole; the same one again is the same object."""
    key = f"raw/unreadable/{now:%Y/%m/%d}/{hashlib.sha256(raw).hexdigest()}.json"
    archive.put(key, raw, "application/json")
    log.warning('{"fact":"webhook.unreadable","parts":%d,"key":"%s"}', parts, key)


def _answer(status: int, text: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": _HEADERS, "body": text}
