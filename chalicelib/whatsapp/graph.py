"""The Graph API as pure functions: arguments → HttpRequest, HttpResponse → result. No sockets here.

GraphError
├── CallRefused   Meta answered with an error: `.error` is a MetaError, `.body` the whole answer
└── CallFailed    no usable answer; `.sent` says whether Meta may have acted on it
"""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.dataclass import dataclass
from chalicelib.whatsapp import errors
from chalicelib.whatsapp.errors import MetaError
from chalicelib.whatsapp.http import HttpRequest, HttpResponse


class GraphError(Exception):
    """A call other than a send did not do what it should."""


class CallRefused(GraphError):
    def __init__(self, error: MetaError, body: Mapping[str, Any]) -> None:
        super().__init__(f"Meta refused: {error.code} {error.rule.meaning}: {error.details or error.message}")
        self.error, self.body = error, body


class CallFailed(GraphError):
    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason, self.sent = reason, sent


@dataclass(frozen=True)
class Endpoint:
    """Where the Graph API is and who asks. `version` such as "v23.0"."""

    base_url: str
    version: str
    token: str = field(repr=False)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> HttpRequest:
        """A call with a JSON body, or none. Query values that are None are left out."""
        headers = self.headers()
        if body is None:
            return HttpRequest(method, self.url(path, query), headers)
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return HttpRequest(method, self.url(path, query), headers | {"Content-Type": "application/json"}, content)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def url(self, path: str, query: Mapping[str, Any] | None = None) -> str:
        """`path` is quoted here, slash and colon kept (`upload:...` is a path too)."""
        given = {key: _query_text(value) for key, value in (query or {}).items() if value is not None}
        suffix = "?" + urlencode(given) if given else ""
        return f"{self.base_url.rstrip('/')}/{self.version}/{quote(path, safe='/:=?&_-')}{suffix}"


def result(response: HttpResponse) -> dict[str, Any]:
    """The JSON of a good answer. Raises CallRefused, or CallFailed when it cannot be read."""
    body = decoded(response)
    if response.status == 200 and isinstance(body, dict) and "error" not in body:
        return body
    if refused(response.status, body):
        raise CallRefused(
            errors.from_response(response.status, body, response.headers), body if isinstance(body, dict) else {}
        )
    raise CallFailed(f"unreadable answer, HTTP {response.status}", sent=True)


def refused(status: int, body: Any) -> bool:
    """Whether Meta certainly did not do it: Graph's own error, or any answer below 500 that is not a success.

    A bare 5xx comes from a machine in front of Meta's own, which may have passed the request on.
    """
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        return True
    return 300 <= status < 500


def decoded(response: HttpResponse) -> Any:
    """The answer's JSON, or None when it is not JSON."""
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, dict) else str(value)
