"""Calls the API in process with the event API Gateway would send, in a world of the test's own."""

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice import Chalice

from chalicelib.access import api_keys
from chalicelib.access.model import ApiKeyDraft, CurrentUser
from chalicelib.access.permissions import Permission, Role, permissions_of
from chalicelib.http.context import acting_in
from chalicelib.wiring import World

ROOT = CurrentUser(
    id="root", kind="person", name="Root", role=Role.ADMINISTRATOR, permissions=permissions_of(Role.ADMINISTRATOR)
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Caller:
    """A client of `app` in `world`. `as_(role)` makes one with an API key of that role."""

    def __init__(self, app: Chalice, world: World, headers: dict[str, str] | None = None) -> None:
        self.app, self.world, self.headers = app, world, headers or {}

    def as_(self, role: Role, *, extra: frozenset[Permission] = frozenset(), subaccounts: Any = None) -> "Caller":
        draft = ApiKeyDraft(name=f"test {role}", role=role, permissions=extra, subaccounts=subaccounts)
        return self.with_credential(api_keys.create(self.world, ROOT, draft).key)

    def with_credential(self, credential: str) -> "Caller":
        return Caller(self.app, self.world, {"Authorization": f"Bearer {credential}"})

    def get(self, url: str, **headers: str) -> Answer:
        return self.call("GET", url, headers=headers)

    def post(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", url, body, headers=headers)

    def put(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PUT", url, body, headers=headers)

    def patch(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PATCH", url, body, headers=headers)

    def delete(self, url: str, body: Any = None, **headers: str) -> Answer:
        return self.call("DELETE", url, body, headers=headers)

    def call(
        self, method: str, url: str, body: Any = None, *, headers: dict[str, str] | None = None, binary: bool = False
    ) -> Answer:
        """`body` is sent as it is when text or bytes, else as JSON; keyword headers are written `if_match`."""
        event = self._event(method, url, body, headers or {}, binary)
        with acting_in(self.world):
            answer = self.app(event, None)
        json.dumps(answer)  # Lambda would refuse what JSON cannot say
        return Answer(answer["statusCode"], {**answer["headers"], **answer["multiValueHeaders"]}, answer["body"])

    def _event(self, method: str, url: str, body: Any, headers: dict[str, str], binary: bool) -> dict[str, Any]:
        parts = urlsplit(url)
        pattern, values = _match(self.app, parts.path)
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        if isinstance(body, bytes):
            body, binary = base64.b64encode(body).decode(), True
        query = parse_qs(parts.query, keep_blank_values=True)
        return {
            "resource": pattern,
            "path": parts.path,
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": {name: given[-1] for name, given in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": values or None,
            "stageVariables": None,
            "requestContext": {"resourcePath": pattern, "httpMethod": method, "identity": {"sourceIp": "203.0.113.7"}},
            "body": body,
            "isBase64Encoded": binary,
        }


def _match(app: Chalice, path: str) -> tuple[str, dict[str, str]]:
    """The route API Gateway would choose: words before variables. Raises LookupError: such a request never reaches us."""
    for pattern in sorted(app.routes, key=lambda pattern: (pattern.count("{"), pattern)):
        if found := _expression(pattern).fullmatch(path):
            return pattern, found.groupdict()
    raise LookupError(f"API Gateway knows no path {path}")


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern)))
