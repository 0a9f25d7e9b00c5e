"""From a request to a view's arguments. Everything wrong in it ends here, with the name of the field."""

import math
import re
from typing import Any
from urllib.parse import unquote

import pydantic_core
from chalice.app import Request
from pydantic import TypeAdapter, ValidationError

from chalicelib.http.errors import invalid
from chalicelib.http.forms import Form, parse
from chalicelib.http.operations import Operation
from chalicelib.problems import Invalid, NotFound, TooLarge, WrongContentType

# What stands in a path becomes part of a DynamoDB key: `#` is our separator there, and a key has a size.
_PATH_VALUE = re.compile(r"[^\x00-\x1f\x7f#\ud800-\udfff]{1,256}")
_PATH_NUMBER = re.compile(r"[0-9]{1,16}")
_IF_MATCH = re.compile(r'(?:W/)?"?(\d{1,15})"?')

# What DynamoDB can hold (Developer Guide, "Supported data types"): 32 levels, our own envelope included; 38 digits.
_DEEPEST = 24
_LARGEST = 10**38
_MOST_FLOAT, _LEAST_FLOAT = 9e125, 1e-130


def read_path(operation: Operation, given: dict[str, str]) -> dict[str, str | int]:
    """The path's values by argument name. A value that can be no id of ours is simply not found."""
    found: dict[str, str | int] = {}
    for wire, name in operation.path_names.items():
        value = unquote(given[wire], errors="surrogateescape")
        is_number = name in operation.path_numbers
        if not (_PATH_NUMBER if is_number else _PATH_VALUE).fullmatch(value):
            raise NotFound(f"There is nothing under this {wire}.")
        found[name] = int(value) if is_number else value
    return found


def read_query(operation: Operation, request: Request) -> Any:
    """The query's model."""
    given: dict[str, list[str]] = (request.to_original_event() or {}).get("multiValueQueryStringParameters") or {}
    if operation.query is None or operation.query_model is None:
        if given:
            raise Invalid("This operation takes no query parameters.", field=next(iter(given)))
        return None
    several = {
        field.alias or name
        for name, field in operation.query_model.model_fields.items()
        if "list" in str(field.annotation) or "tuple" in str(field.annotation)
    }
    values: dict[str, Any] = {}
    for name, all_given in given.items():
        if name not in several and len(all_given) > 1:
            raise Invalid("This parameter may be given only once.", field=name)
        values[name] = all_given if name in several else all_given[0]
    try:
        return operation.query.validate_python(values, by_alias=True, by_name=False)
    except ValidationError as error:
        raise invalid(error, "query") from error


def read_body(operation: Operation, request: Request) -> Any:
    """The body: a model out of JSON, a form, or the bytes."""
    raw = _bytes(request)
    if len(raw) > operation.max_bytes:
        raise TooLarge(f"The body has {len(raw):,} bytes; this operation takes {operation.max_bytes:,}.")
    if not raw:
        if operation.body_required:
            raise Invalid("The request has no body.", field="body")
        return None
    content_type = str(request.headers.get("content-type") or "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in {"", *operation.consumes}:
        shown = media_type[:100] if media_type.isprintable() else "unreadable"
        raise WrongContentType(f"The body is {shown}; this operation reads {' or '.join(operation.consumes)}.")
    if operation.body_type is Form:
        return parse(raw, content_type)
    return _parsed(operation.body, raw) if operation.body else raw


def read_if_match(request: Request) -> int | None:
    """The version in If-Match, None when it is absent or `*`."""
    given = str(request.headers.get("if-match") or "").strip()
    if given in {"", "*"}:
        return None
    found = _IF_MATCH.fullmatch(given)
    if not found:
        raise Invalid('If-Match takes the ETag of an earlier answer, for example "3".', field="If-Match")
    return int(found[1])


def _bytes(request: Request) -> bytes:
    try:
        raw = request.raw_body
    except (ValueError, UnicodeError) as error:
        raise Invalid("The body cannot be decoded.", field="body") from error
    return raw if isinstance(raw, bytes) else raw.encode()


def _parsed(adapter: TypeAdapter[Any], raw: bytes) -> Any:
    try:
        _check_storable(pydantic_core.from_json(raw, allow_inf_nan=False))
        return adapter.validate_json(raw, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise invalid(error, "body") from error
    except ValueError as error:
        raise Invalid(f"The body is not JSON: {error}.", field="body") from error


def _check_storable(value: Any, path: tuple[str, ...] = ()) -> None:
    """Refuses at the border what no table could hold."""
    if len(path) > _DEEPEST:
        raise Invalid(f"The body is nested more than {_DEEPEST} levels deep.", field=".".join(path))
    match value:
        case dict():
            for name, inner in value.items():
                _check_storable(inner, (*path, name))
        case list():
            for position, inner in enumerate(value):
                _check_storable(inner, (*path, str(position)))
        case int() if abs(value) >= _LARGEST:
            raise Invalid("This number is too large.", field=".".join(path))
        case float() if not math.isfinite(value) or abs(value) > _MOST_FLOAT or 0 < abs(value) < _LEAST_FLOAT:
            raise Invalid("This number is out of range.", field=".".join(path))
