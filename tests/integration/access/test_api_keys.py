"""Keys of machines."""

from datetime import timedelta

import pytest

from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.wiring import World
from tests.integration.conftest import Clock
from tests.support.api import Caller

DRAFT = {"name": "Shop", "role": "supervisor"}


def test_a_key_opens_what_its_role_may(api: Caller, admin: Caller) -> None:
    made = admin.post("/api/v1/api-keys", DRAFT)
    assert made.status == 201
    machine = api.with_credential(made.json["key"])
    me = machine.get("/api/v1/me").json
    assert (me["kind"], me["name"], me["role"]) == ("machine", "Shop", "supervisor")
    assert machine.get("/api/v1/api-keys").status == 403


def test_a_key_may_come_in_its_own_header(api: Caller, admin: Caller) -> None:
    key = admin.post("/api/v1/api-keys", DRAFT).json["key"]
    assert Caller(api.app, api.world, {"X-API-Key": key}).get("/api/v1/me").status == 200


def test_the_secret_is_shown_once_and_stored_nowhere(world: World, admin: Caller) -> None:
    made = admin.post("/api/v1/api-keys", DRAFT).json
    secret = made["key"].split("_", 2)[2]
    assert "key" not in admin.get(f"/api/v1/api-keys/{made['id']}").json
    assert secret not in str(list(world.table.query_all(keys.api_key("").pk)))


def test_a_revoked_key_opens_nothing_from_the_next_request_on(api: Caller, admin: Caller) -> None:
    made = admin.post("/api/v1/api-keys", DRAFT).json
    url = f"/api/v1/api-keys/{made['id']}"
    assert [admin.delete(url).status, admin.delete(url).status] == [204, 204]
    assert api.with_credential(made["key"]).get("/api/v1/me").status == 401
    assert admin.get(url).json["revokedAt"] is not None


def test_a_key_ends_by_itself(api: Caller, admin: Caller, clock: Clock) -> None:
    ends = (clock.now + timedelta(hours=1)).isoformat()
    key = admin.post("/api/v1/api-keys", DRAFT | {"expiresAt": ends}).json["key"]
    assert api.with_credential(key).get("/api/v1/me").status == 200
    clock.advance(hours=1)
    assert api.with_credential(key).get("/api/v1/me").status == 401


@pytest.mark.parametrize("ends", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00", "tomorrow"])
def test_an_end_that_is_no_future_time_is_refused(admin: Caller, ends: str) -> None:
    answer = admin.post("/api/v1/api-keys", DRAFT | {"expiresAt": ends})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "expiresAt")


def test_the_last_use_is_noted_now_and_then_and_not_each_time(api: Caller, admin: Caller, clock: Clock) -> None:
    made = admin.post("/api/v1/api-keys", DRAFT).json
    machine, seen = api.with_credential(made["key"]), []
    for _ in range(3):
        machine.get("/api/v1/me")
        seen.append(admin.get(f"/api/v1/api-keys/{made['id']}").json["lastUsedAt"])
        clock.advance(minutes=6)
    assert [seen[0] == seen[1], seen[1] < seen[2]] == [True, True]


def test_a_key_cannot_make_a_stronger_key(api: Caller) -> None:
    weak = api.as_(Role.AGENT, extra=frozenset({"api-keys:write"}))  # type: ignore[arg-type]
    answer = weak.post("/api/v1/api-keys", DRAFT)
    assert (answer.status, answer.json["code"]) == (403, "grants_too_much")


@pytest.mark.parametrize(
    "credential", ["parley_", "parley_aaaaaaaaaaaaaaaa_" + "A" * 43, "x" * 9000, "é", "\x00", "parley_a#b_c"]
)
def test_a_made_up_credential_is_401_in_our_shape(api: Caller, credential: str) -> None:
    answer = api.with_credential(credential).get("/api/v1/api-keys")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert set(answer.json) == {"code", "message", "errorId", "timestamp"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "token"])
def test_a_header_without_a_credential_is_401(api: Caller, header: str) -> None:
    assert Caller(api.app, api.world, {"Authorization": header}).get("/api/v1/me").status == 401


def test_every_change_is_in_the_audit_log_newest_first(admin: Caller, clock: Clock) -> None:
    made = admin.post("/api/v1/api-keys", DRAFT).json
    clock.advance(seconds=1)
    admin.delete(f"/api/v1/api-keys/{made['id']}")
    first = admin.get("/api/v1/audit?limit=1").json
    assert [(entry["action"], entry["target"]) for entry in first["items"]] == [("api-key.revoked", made["id"])]
    second = admin.get(f"/api/v1/audit?limit=1&next={first['next']}").json
    assert [(entry["action"], entry["detail"]) for entry in second["items"]] == [
        ("api-key.created", {"name": "Shop", "role": "supervisor"})
    ]
    assert made["key"] not in str(first) + str(second)
