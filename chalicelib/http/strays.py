"""Answers that Chalice gives by itself, before any view of ours: brought into the one shape of an error."""

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from chalicelib.cloud.ids import uuid_of
from chalicelib.http.context import current_world
from chalicelib.http.errors import body_of
from chalicelib.http.replies import json_response
from chalicelib.problems import Problem

_SAYINGS = {
    400: "The request cannot be understood.",
    404: "There is nothing at this path.",
    405: "This path does not take this method.",
    415: "The body is of a kind this operation does not read.",
    500: "Something went wrong on our side. Nothing you sent is at fault.",
}
_CODES = {400: "invalid", 404: "not_found", 405: "method_not_allowed", 415: "wrong_content_type", 500: "internal_error"}


def reshape(event: Any, get_response: Callable[[Any], Response]) -> Response:
    """Chalice middleware for HTTP: its own `{Code, Message}` becomes ours."""
    response = get_response(event)
    if response.status_code < 400 or not isinstance(response.body, dict) or set(response.body) != {"Code", "Message"}:
        return response
    world, status = current_world(), response.status_code
    problem = Problem(_SAYINGS.get(status, "The request was refused."), code=_CODES.get(status, "refused"))
    return json_response(body_of(problem, uuid_of(world.new_id()), world.clock()), status, _plain(response.headers))


def _plain(headers: Any) -> dict[str, str | list[str]]:
    return {name: value for name, value in headers.items() if name.lower() != "content-type"}
