"""Every route of the product, walked: none forgets who may call it."""

import pytest
from openapi_spec_validator import validate

from app import app
from chalicelib.access.permissions import GRANTS, Permission, Role
from chalicelib.http.openapi import document, operations_of
from chalicelib.http.operations import PUBLIC, Access, Operation
from chalicelib.wiring import World
from tests.support.api import Caller

OPERATIONS = operations_of(app.routes)
GUARDED = [operation for operation in OPERATIONS if operation.permission is not PUBLIC]
PUBLIC_NAMES = {
    "get_health",
    "get_openapi_document",
    "sign_in",
    "choose_password",
    "refresh_session",
    "sign_out",
    "forget_password",
    "reset_password",
    "begin_web_chat",
    "write_in_web_chat",
    "read_web_chat",
    "see_web_chat",
}


def _name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _url(operation: Operation) -> str:
    return operation.path.replace("{", "").replace("}", "")


def test_every_route_is_declared_through_the_endpoint_decorator() -> None:
    views = {(path, method) for path, methods in app.routes.items() for method in methods}
    assert views == {(operation.path, operation.method) for operation in OPERATIONS}


def test_every_route_names_a_permission_and_only_these_are_public() -> None:
    assert all(isinstance(operation.permission, (Permission, Access)) for operation in OPERATIONS)
    assert {operation.name for operation in OPERATIONS if operation.permission is PUBLIC} == PUBLIC_NAMES


def test_every_operation_has_a_summary_and_a_name_of_its_own() -> None:
    described = document(OPERATIONS)["paths"]
    operations = [operation for methods in described.values() for operation in methods.values()]
    assert all(operation["summary"].endswith(".") for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))


def test_the_openapi_document_is_valid() -> None:
    validate(document(OPERATIONS))


def test_the_served_document_is_the_one_of_the_routes(world: World) -> None:
    answer = Caller(app, world).get("/api/v1/openapi.json")
    assert (answer.status, answer.json) == (200, document(OPERATIONS))


def test_without_credentials_every_guarded_route_answers_401(world: World) -> None:
    caller = Caller(app, world)
    assert {_name(op): caller.call(op.method, _url(op)).status for op in GUARDED} == {_name(op): 401 for op in GUARDED}


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_a_role_without_the_permission_gets_403(world: World, role: Role) -> None:
    caller = Caller(app, world).as_(role)
    closed = [op for op in GUARDED if isinstance(op.permission, Permission) and op.permission not in GRANTS[role]]
    assert closed
    assert {_name(op): caller.call(op.method, _url(op)).status for op in closed} == {_name(op): 403 for op in closed}


def test_an_administrator_is_refused_nowhere(world: World) -> None:
    caller = Caller(app, world).as_(Role.ADMINISTRATOR)
    reads = [op for op in GUARDED if op.method == "GET"]
    assert {_name(op) for op in reads if caller.call(op.method, _url(op)).status in {401, 403}} == set()
