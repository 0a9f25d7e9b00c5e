"""Every route, asked for what nobody has and with values nobody means: an answer in the one shape, never a 500."""

from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.http.openapi import document, operations_of
from chalicelib.webchat import service as webchat
from chalicelib.wiring import World
from tests.support.api import Caller

PATHS: dict[str, dict[str, dict[str, Any]]] = document(operations_of(app.routes))["paths"]
IDS = ("x", "%00", "a%2Fb", "%F0%9F%98%80", "x" * 300, "%ED%A0%80", "..", "-1", "a:b")
VALUES = (
    "", "x", "-1", "999999999999999999999", "%C2%B2", "%00", "%ED%A0%80", "a" * 5000, "eyJhIjoxfQ", "bnVsbA", "true",
    "2026-13-01", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00%2B14:00", "0001-01-01",
)  # fmt: skip
BODIES = (b"", b"null", b"[]", b"1", b"{", b"\xff\xfe", b"[" * 5000, b'{"a":' * 3000, b'{"a": "\\ud800"}')
OURS = {"code", "message", "errorId", "timestamp"}


@pytest.fixture
def api(world: World) -> Caller:
    world.secrets.put(webchat.KEY, "k" * 32)
    return Caller(app, world).as_(Role.ADMINISTRATOR)


def asked(path: str, operation: dict[str, Any]) -> Iterator[tuple[str, bytes | None]]:
    """Addresses and bodies: one thing wrong at a time."""
    parameters = operation.get("parameters", [])
    path = path.replace("{accountId}", "parley")
    names = [one["name"] for one in parameters if one["in"] == "path" and one["name"] != "accountId"]

    def filled(value: str) -> str:
        found = path
        for name in names:
            found = found.replace(f"{{{name}}}", value)
        return found

    for value in IDS if names else ():
        yield filled(value), None
    for parameter in parameters:
        if parameter["in"] == "query":
            yield from ((f"{filled('x')}?{parameter['name']}={value}", None) for value in VALUES)
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        yield from ((filled("x"), body) for body in BODIES)


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_asked_the_answer_is_one_to_act_on(path: str, api: Caller) -> None:
    for method, operation in PATHS[path].items():
        for url, body in asked(path, operation):
            answer = api.call(method.upper(), url, body, headers={"Content-Type": "application/json"})
            assert answer.status < 500, f"{method} {url[:200]} {(body or b'')[:50]!r}: {answer.text}"
            assert answer.status < 400 or set(answer.json) >= OURS
