"""`HttpRequest`: calls another system. An answer of any status is an answer; only no answer at all is a failure."""

import json
import re
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import Field, JsonValue

from chalicelib.automation.expressions import secrets
from chalicelib.automation.expressions.template import is_computed
from chalicelib.automation.forms import shown
from chalicelib.automation.steps.commands import Call, StepFailed
from chalicelib.automation.steps.step_type import Kind, StepInputs, StepType

MAX_BODY = 256 * 1024
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What the request says about its own connection is ours to say.
_RESERVED = {"host", "content-length", "transfer-encoding", "connection", "expect", "upgrade"}


class Inputs(StepInputs):
    url: Annotated[str, shown("Address", "text")]
    method: Annotated[str, shown("Method", "choice", METHODS)]
    headers: Annotated[dict[str, JsonValue] | None, shown("Headers", "mapping")] = None
    parameters: Annotated[dict[str, JsonValue] | None, shown("Query parameters", "mapping")] = None
    body: Annotated[JsonValue, shown("Body", "json")] = None
    timeout_seconds: Annotated[
        Annotated[float, Field(gt=0, le=30)] | None, shown("Longest wait in seconds", "number")
    ] = 5
    connection: Annotated[str | None, shown("Connection", "connection")] = None
    """Ours: the name of a stored connection whose credentials the platform adds."""


def decide(inputs: Inputs, now: datetime) -> Call:
    method = _method(inputs.method)
    body = None if inputs.body is None else json.dumps(inputs.body, ensure_ascii=False)
    if body is not None and len(body.encode()) > MAX_BODY:
        raise StepFailed(f"The body is larger than {MAX_BODY // 1024} KB.")
    headers = _headers(inputs.headers or {})
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    return Call(
        method=method,
        url=_with_parameters(inputs.url.strip(), inputs.parameters or {}),
        headers=headers,
        body=body,
        timeout_seconds=inputs.timeout_seconds or 5,
        connection=inputs.connection,
    )


def check(inputs: Inputs) -> None:
    """What is sent is often computed; where to and how seldom."""
    if not is_computed(inputs.method):
        _method(inputs.method)
    if not is_computed(inputs.url):
        _with_parameters(inputs.url.strip(), {})
    _headers({name: "" if is_computed(value) else value for name, value in (inputs.headers or {}).items()})


def _method(text: str) -> str:
    method = text.upper()
    if method not in METHODS:
        raise StepFailed(f"Invalid 'method': {text!r}.")
    return method


def _headers(headers: dict[str, JsonValue]) -> dict[str, str]:
    written = {name: _shown(value) for name, value in headers.items() if value is not None}
    for name, value in written.items():
        if not _HEADER.fullmatch(name) or name.lower() in _RESERVED:
            raise StepFailed(f"Invalid header name {name!r}.")
        if "\r" in value or "\n" in value:
            raise StepFailed(f"Invalid header {name!r}: a line break in its value.")
    return {("Content-Type" if name.lower() == "content-type" else name): value for name, value in written.items()}


def _with_parameters(url: str, parameters: dict[str, JsonValue]) -> str:
    if secrets.begins_with_one(url):  # the whole address is a secret: checked when it is known, at the call
        if parameters:
            raise StepFailed("An address that is a secret takes no parameters: they are a part of it.")
        return url
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid or any(ord(character) <= 32 for character in url):
        raise StepFailed("Invalid 'url': it must be an http or https address.")
    given = {name: _shown(value) for name, value in parameters.items() if value is not None}
    query = "&".join(part for part in (parts.query, urlencode(given)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


HTTP_REQUEST = StepType(
    name="HttpRequest",
    kind=Kind.ACT,
    description="Calls another system over HTTP.",
    inputs=Inputs,
    decide=decide,
    outputs=("responseCode", "reasonPhrase", "responseBody"),
    check=check,
)
