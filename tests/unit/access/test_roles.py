"""Role by route: who may call what, against a table of our own. Every route is walked for each role.

The table says it once more, on purpose apart from the code: a permission given or taken by mistake fails here.
"""

import re
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import GRANTS, Permission, Role, permissions_of
from chalicelib.http.openapi import operations_of
from chalicelib.http.operations import PUBLIC, SIGNED_IN, Operation
from tests.support.api import Caller
from tests.support.desk import desk

EVERYBODY = [
    "agents:read", "canned-replies:read", "channels:read", "contacts:read", "contacts:write", "media:read",
    "media:write", "messages:read", "queues:read", "settings:read", "templates:read", "tickets:read",
    "tickets:write",
]  # fmt: skip
SUPERVISORS_TOO = [
    "agents:write", "campaigns:read", "campaigns:send", "campaigns:write", "canned-replies:write",
    "contacts:delete", "contacts:import", "exports:write", "logs:read", "messages:send", "queues:write",
    "reports:read", "templates:write", "tickets:assign", "tickets:read-all", "tickets:write-all", "users:read",
    "workflows:read", "workflows:run",
]  # fmt: skip
ADMINISTRATORS_ONLY = [
    "api-keys:read", "api-keys:write", "audit:read", "campaigns:approve", "channels:write", "contacts:erase",
    "settings:write", "subaccounts:write", "users:write", "webhooks:read", "webhooks:write", "workflows:write",
]  # fmt: skip
DECIDED = {
    **{name: frozenset(Role) for name in EVERYBODY},
    **{name: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}) for name in SUPERVISORS_TOO},
    **{name: frozenset({Role.ADMINISTRATOR}) for name in ADMINISTRATORS_ONLY},
}
OPERATIONS = {f"{each.method} {each.path}": each for each in operations_of(app.routes)}


def _has_permission(operation: Operation) -> bool:
    return operation.permission not in {PUBLIC, SIGNED_IN}


def test_each_permission_is_with_exactly_the_roles_that_were_decided() -> None:
    held = {permission.value: {role for role in Role if permission in GRANTS[role]} for permission in Permission}
    assert {name: roles for name, roles in held.items() if name in DECIDED} == DECIDED
    assert all(roles == {Role.ADMINISTRATOR} for name, roles in held.items() if name not in DECIDED)


@pytest.mark.parametrize("role", Role)
def test_every_route_refuses_a_role_without_its_permission(role: Role) -> None:
    api: Any = Caller(app, desk().world).as_(role)
    for route, operation in OPERATIONS.items():
        allowed = DECIDED.get(str(getattr(operation.permission, "value", "")), {Role.ADMINISTRATOR})
        if not _has_permission(operation) or role in allowed:
            continue
        path = re.sub(r"{\w+}", "x", operation.path.replace("{accountId}", "parley"))
        refused = api.call(operation.method, path)
        assert (route, refused.status, refused.json["code"]) == (route, 403, "forbidden")


def test_without_credentials_only_signing_in_and_what_describes_the_service_answers() -> None:
    public = {
        each.path.removeprefix("/api/v1/").partition("/")[0]
        for each in OPERATIONS.values()
        if each.permission is PUBLIC
    }
    assert public <= {"auth", "health", "openapi.json", "webchat"}


def test_a_privilege_given_to_one_person_opens_its_routes_and_no_other() -> None:
    more = permissions_of(Role.AGENT, frozenset({Permission.REPORTS_READ})) - permissions_of(Role.AGENT)
    assert more == {Permission.REPORTS_READ}
    api: Any = Caller(app, desk().world).as_(Role.AGENT, extra=more)
    assert api.get("/api/v1/reports/desk?since=2026-11-22&until=2026-11-22").status == 200
    assert api.get("/api/v1/users").status == 403
