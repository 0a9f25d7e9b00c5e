"""The one decorator of every route: authenticate, read, call, answer; every exception becomes an answer of one shape."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint, Request, Response

from chalicelib.access.authentication import authenticate, credential_of
from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud.ids import uuid_of
from chalicelib.http import noting
from chalicelib.http.context import current_world
from chalicelib.http.errors import body_of, problem_of, status_of
from chalicelib.http.operations import JSON, PUBLIC, SIGNED_IN, Access, Operation, describe
from chalicelib.http.replies import json_response, to_response
from chalicelib.http.requests import read_body, read_if_match, read_path, read_query
from chalicelib.problems import Forbidden, NotFound, Problem, Unauthorized
from chalicelib.wiring import World

logger = Logger(service="api")

View = Callable[..., Any]


def endpoint(
    bp: Blueprint,
    method: str,
    path: str,
    *,
    permission: Permission | Access,
    status: int = 200,
    other_statuses: tuple[int, ...] = (),
    tag: str = "",
    consumes: tuple[str, ...] = JSON,
    max_bytes: int = 1_000_000,
    omit_none: bool = False,
) -> Callable[[View], View]:
    """Makes a function the view of one route. The function stays callable as it is.

    Its signature says what it needs: path values by name (`{contactId}` → `contact_id: str`), `body` (a model, a list of
    models, `bytes`, `Form`; optional when annotated `| None`), `query` (a model), `user: CurrentUser`, `world: World`,
    `if_match: int | None` (the version in If-Match) and `request: Request`. `{accountId}` is checked and need not be taken.
    A path value annotated `int` is a whole number. `omit_none` leaves absent values out of the answer instead of sending null.
    It returns a model, a list, a `Page[Model]`, a `Reply[Model]` with a status of its own, or None (204).
    """

    def decorate(function: View) -> View:
        operation = describe(
            function,
            method,
            path,
            permission,
            status=status,
            other_statuses=other_statuses,
            tag=tag,
            consumes=consumes,
            max_bytes=max_bytes,
            omit_none=omit_none,
        )

        def view(**given: str) -> Response:
            return answer(operation, bp.current_request, given)

        view.operation = operation  # type: ignore[attr-defined]
        # No content types for Chalice to check: its refusal has another shape, ours is in read_body.
        bp.route(path, methods=[method], name=f"{function.__module__}.{operation.name}", content_types=[])(view)
        return function

    return decorate


def answer(operation: Operation, request: Request, given: dict[str, str]) -> Response:
    """The answer to one request, whatever happens."""
    world = current_world()
    try:
        user = _admitted(operation, request, world)
        arguments = _arguments(operation, request, given, user, world)
        result = noting.noted(operation, user, given, world, lambda: operation.function(**arguments))
        return to_response(result, operation.result, operation.status, omit_none=operation.omit_none)
    except Exception as error:  # the border: whatever it is becomes an answer, and our own mistakes a log line
        return refuse(error, operation.name, world)


def refuse(error: Exception, operation: str, world: World) -> Response:
    """The answer to a request that failed, with an id that finds its log line."""
    error_id = uuid_of(world.new_id())
    problem = problem_of(error)
    if problem is None:
        logger.error("unexpected error", exc_info=error, extra={"error_id": error_id, "operation": operation})
        problem = Problem("Something went wrong on our side. Nothing you sent is at fault.", code="internal_error")
        return json_response(body_of(problem, error_id, world.clock()), 500)
    status = status_of(problem)
    logger.info(
        "refused",
        extra={"error_id": error_id, "operation": operation, "status": status, "code": problem.problem_code},
    )
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}, 503: {"Retry-After": "1"}}.get(status)
    return json_response(body_of(problem, error_id, world.clock()), status, headers)


def _admitted(operation: Operation, request: Request, world: World) -> CurrentUser | None:
    if operation.permission is PUBLIC:
        return None
    credential = credential_of(request.headers)
    if not credential:
        raise Unauthorized("Send an access token or an API key: Authorization: Bearer …")
    user = authenticate(credential, world)
    if operation.permission is not SIGNED_IN and operation.permission not in user.permissions:
        raise Forbidden(f"This needs the permission {operation.permission.value}, which {user.name} does not have.")
    return user


def _arguments(
    operation: Operation, request: Request, given: dict[str, str], user: CurrentUser | None, world: World
) -> dict[str, Any]:
    path = read_path(operation, given)
    if path.get("account_id", world.settings.account_id) != world.settings.account_id:
        raise NotFound("There is no such account here.")
    found: dict[str, Any] = {
        **path,
        "user": user,
        "world": world,
        "request": request,
        "query": read_query(operation, request),
    }
    if "if_match" in operation.arguments:
        found["if_match"] = read_if_match(request)
    if "body" in operation.arguments:
        found["body"] = read_body(operation, request)
    return {name: value for name, value in found.items() if name in operation.arguments}
