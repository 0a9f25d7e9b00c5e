"""People: invited, given a role, taken out again."""

import pytest

from chalicelib.access import users
from chalicelib.access.model import CurrentUser, UserChange, UserDraft
from chalicelib.access.permissions import Role, permissions_of
from chalicelib.wiring import World
from tests.support.api import ROOT, Caller

DRAFT = {"email": "mei@example.com", "name": "Mei", "role": "agent"}


def _as_person(api: Caller, user_id: str) -> Caller:
    return api.with_credential(f"token-of:{user_id}")


def test_an_invited_person_signs_in_and_is_who_they_are(api: Caller, admin: Caller) -> None:
    made = admin.post("/api/v1/users", DRAFT)
    assert (made.status, made.json["state"], made.json["role"]) == (201, "invited", "agent")
    me = _as_person(api, made.json["id"]).get("/api/v1/me")
    assert (me.status, me.json["kind"], me.json["email"], me.json["role"]) == (
        200,
        "person",
        "mei@example.com",
        "agent",
    )
    assert admin.get(f"/api/v1/users/{made.json['id']}").json["state"] == "active"


def test_the_same_address_is_invited_once(admin: Caller) -> None:
    admin.post("/api/v1/users", DRAFT)
    again = admin.post("/api/v1/users", DRAFT | {"email": "MEI@example.com"})
    assert (again.status, again.json["code"]) == (409, "email_taken")


def test_an_invitation_that_stopped_half_way_is_completed(world: World, admin: Caller) -> None:
    user_id = world.directory.invite("mei@example.com")
    assert admin.post("/api/v1/users", DRAFT).json["id"] == user_id


def test_a_new_role_acts_from_the_next_request_on(api: Caller, admin: Caller) -> None:
    user_id = admin.post("/api/v1/users", DRAFT).json["id"]
    person = _as_person(api, user_id)
    assert person.get("/api/v1/users").status == 403
    changed = admin.patch(f"/api/v1/users/{user_id}", {"role": "supervisor"})
    assert (changed.status, changed.json["version"]) == (200, 2)
    assert person.get("/api/v1/users").status == 200


def test_a_disabled_person_is_out_at_once_and_can_come_back(api: Caller, admin: Caller) -> None:
    user_id = admin.post("/api/v1/users", DRAFT).json["id"]
    assert admin.patch(f"/api/v1/users/{user_id}", {"enabled": False}).json["state"] == "disabled"
    assert _as_person(api, user_id).get("/api/v1/me").status == 401
    admin.patch(f"/api/v1/users/{user_id}", {"enabled": True})
    assert _as_person(api, user_id).get("/api/v1/me").status == 200


def test_a_change_meant_for_an_older_version_is_refused(admin: Caller) -> None:
    url = f"/api/v1/users/{admin.post('/api/v1/users', DRAFT).json['id']}"
    etag = admin.get(url).headers["ETag"]
    assert admin.patch(url, {"name": "Mei Lin"}, if_match=etag).status == 200
    late = admin.patch(url, {"name": "May"}, if_match=etag)
    assert (late.status, late.json["code"], admin.get(url).json["name"]) == (409, "changed_meanwhile", "Mei Lin")


def test_the_last_administrator_stays(admin: Caller) -> None:
    one = admin.post("/api/v1/users", DRAFT | {"role": "administrator"}).json["id"]
    refused = admin.patch(f"/api/v1/users/{one}", {"enabled": False})
    assert (refused.status, refused.json["code"]) == (409, "last_administrator")
    admin.post("/api/v1/users", DRAFT | {"email": "li@example.com", "role": "administrator"})
    assert admin.patch(f"/api/v1/users/{one}", {"role": "agent"}).status == 200


def test_nobody_gives_more_than_they_have(world: World) -> None:
    boss = CurrentUser(
        id="x",
        kind="person",
        name="X",
        role=Role.SUPERVISOR,
        permissions=permissions_of(Role.SUPERVISOR),
        subaccounts=("a",),
    )
    with pytest.raises(users.GrantsTooMuch):
        users.invite(
            world, boss, UserDraft(email="a@example.com", name="A", role=Role.ADMINISTRATOR, subaccounts=("a",))
        )
    with pytest.raises(users.GrantsTooMuch):
        users.invite(world, boss, UserDraft(email="a@example.com", name="A", role=Role.AGENT))
    assert users.invite(world, boss, UserDraft(email="a@example.com", name="A", role=Role.AGENT, subaccounts=("a",)))


def test_taking_a_right_away_needs_no_right_to_give_it(world: World) -> None:
    made = users.invite(world, ROOT, UserDraft(email="a@example.com", name="A", role=Role.SUPERVISOR))
    changed = users.change(world, ROOT, made.id, UserChange(role=Role.AGENT))
    assert changed.role is Role.AGENT


def test_the_invitation_is_repeated_until_the_first_sign_in(api: Caller, admin: Caller) -> None:
    user_id = admin.post("/api/v1/users", DRAFT).json["id"]
    assert admin.post(f"/api/v1/users/{user_id}/invitation").status == 204
    _as_person(api, user_id).get("/api/v1/me")
    assert admin.post(f"/api/v1/users/{user_id}/invitation").status == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"role": "king"}, "role"),
        ({"name": " "}, "name"),
        ({"subaccounts": ["a#b"]}, "subaccounts.0"),
    ],
)
def test_a_wrong_invitation_names_the_field(admin: Caller, change: dict[str, object], field: str) -> None:
    answer = admin.post("/api/v1/users", DRAFT | change)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


@pytest.mark.parametrize("url", ["/api/v1/users/nobody", "/api/v1/api-keys/nothing"])
def test_an_unknown_id_is_not_found(admin: Caller, url: str) -> None:
    assert admin.get(url).status == 404


def test_somebody_cognito_knows_and_we_do_not_is_refused(api: Caller) -> None:
    assert _as_person(api, "stranger").get("/api/v1/me").status == 401


def test_agents_and_supervisors_take_seats_and_the_disabled_leave_theirs(admin: Caller) -> None:
    settings = admin.put("/api/v1/converse/settings", {"seats": 1}, if_match='"0"')
    assert settings.status == 200
    first = admin.post("/api/v1/users", DRAFT).json["id"]
    other = DRAFT | {"email": "ben@example.com"}
    refused = admin.post("/api/v1/users", other | {"role": "supervisor"})
    assert (refused.status, refused.json["code"]) == (409, "seats_taken")
    root = admin.post("/api/v1/users", other | {"role": "administrator"}).json["id"]
    assert admin.patch(f"/api/v1/users/{root}", {"role": "agent"}).json["code"] == "seats_taken"
    admin.patch(f"/api/v1/users/{first}", {"enabled": False})
    third = {**other, "email": "cy@example.com", "role": "supervisor"}
    assert admin.post("/api/v1/users", third).status == 201
    assert admin.patch(f"/api/v1/users/{first}", {"enabled": True}).json["code"] == "seats_taken"
