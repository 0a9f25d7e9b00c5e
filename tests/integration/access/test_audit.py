"""What is changed over the API leaves a line: who, what, on which thing, and how it ended; a killed process loses none."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from app import app
from chalicelib.access import store
from chalicelib.access.permissions import Role
from chalicelib.egress import Answer
from chalicelib.http import noting
from chalicelib.wiring import World
from tests.support.api import Caller


def _lines(api: Caller) -> list[tuple[str, str]]:
    items = api.get("/api/v1/audit").json["items"]
    return [(each["action"], each["target"]) for each in items if not each["action"].startswith("api-key")]


def test_a_setting_that_is_changed_leaves_who_and_what(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    rules = {"approval": True, "frequencyCap": None}
    assert api.put("/api/v1/campaign-rules/acme", rules).status == 200
    assert _lines(api) == [("set_campaign_rules", "acme")]
    assert api.get("/api/v1/audit").json["items"][0]["actorName"] == "test administrator"


def test_what_is_refused_or_only_read_leaves_nothing(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    assert api.put("/api/v1/campaign-rules/acme", {"height": 3}).status == 400
    assert api.post("/api/v1/segment-counts", {}).status == 200
    assert _lines(api) == []


def test_a_group_that_is_deleted_is_named_by_its_id(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    group = api.post("/api/v1/accounts/parley/groups", {"name": "VIP"}).json["id"]
    assert api.delete(f"/api/v1/accounts/parley/groups/{group}").status in {200, 204}
    assert _lines(api) == [("delete_group", str(group)), ("create_group", str(group))]


class _Endpoint:
    """Another company's system, which takes everything."""

    def addresses(self, parts: object) -> list[str]:
        return ["203.0.113.9"]

    def fetch(self, request: object) -> Answer:
        return Answer(200, "", None)


def _routes_with_lines(api: Caller) -> Iterator[tuple[str, str]]:
    """Calls them; the route's name and the action that its line has."""

    def made(path: str, body: object) -> str:
        answer = api.post(path, body)
        assert answer.status in {201, 202}, answer.text
        return str(answer.json.get("id"))

    def done(method: str, path: str, body: object = None) -> None:
        answer = api.call(method, path, body)
        assert answer.status in {200, 201, 202, 204}, answer.text

    user = f"/api/v1/users/{made('/api/v1/users', {'email': 'mei@example.com', 'name': 'Mei', 'role': 'agent'})}"
    yield "invite_user", "user.invited"
    done("PATCH", user, {"role": "supervisor"})
    yield "change_user", "user.changed"
    done("POST", f"{user}/invitation")
    yield "repeat_invitation", "repeat_invitation"
    key = made("/api/v1/api-keys", {"name": "CRM", "role": "agent"})
    yield "create_api_key", "api-key.created"
    done("DELETE", f"/api/v1/api-keys/{key}")
    yield "revoke_api_key", "api-key.revoked"
    contact = made("/api/v1/accounts/parley/contacts", {"firstName": "Ana", "addresses": {"msisdn": "+6591234567"}})
    done("POST", f"/api/v1/contacts/{contact}/export")
    yield "export_person", "person.export"
    done("POST", f"/api/v1/contacts/{contact}/erase")
    yield "erase_person", "person.erase"
    made("/api/v1/message-log-exports", {})
    yield "export_message_log", "message-log.export"
    done("PUT", "/api/v1/retention", {"messages": 400})
    yield "set_retention", "retention.set"
    done("POST", "/api/v1/health/queues/campaign/redrive")
    yield "redrive_dead_letters", "queue.redriven"
    draft = {"name": "CRM", "url": "https://crm.example.com/", "events": ["message.received"]}
    webhook = f"/api/v1/webhooks/{made('/api/v1/webhooks', draft)}"
    yield "create_webhook", "webhook.created"
    done("PATCH", webhook, {"name": "ERP"})
    yield "change_webhook", "webhook.changed"
    done("POST", f"{webhook}/secret")
    yield "rotate_webhook_secret", "webhook.secret-rotated"
    done("POST", f"{webhook}/test")
    yield "test_webhook", "test_webhook"
    done("POST", f"{webhook}/replay", {"ids": ["x"]})
    yield "replay_deliveries", "replay_deliveries"
    done("DELETE", webhook)
    yield "delete_webhook", "webhook.deleted"


def test_routes_that_store_their_line_with_the_change_do(world: World) -> None:
    world.egress = _Endpoint()  # type: ignore[misc, assignment]
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    called, before = set(), len(_every_line(api))
    for route, action in _routes_with_lines(api):
        lines = _every_line(api)
        assert (route, lines[0], len(lines)) == (route, (action, "done"), before + 1)
        called.add(route)
        before += 1
    assert called >= noting.WITH_THE_CHANGE


def _every_line(api: Caller) -> list[tuple[str, str]]:
    return [(each["action"], each["outcome"]) for each in api.get("/api/v1/audit?limit=100").json["items"]]


def test_an_invitation_that_is_sent_again_names_whom(world: World) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    user = api.post("/api/v1/users", {"email": "mei@example.com", "name": "Mei", "role": "agent"}).json["id"]
    assert api.post(f"/api/v1/users/{user}/invitation").status == 204
    assert _lines(api)[0] == ("repeat_invitation", user)


class Killed(BaseException):
    """The process ends here: nothing that follows runs."""


def _outcomes(api: Caller) -> list[tuple[str, str]]:
    items = api.get("/api/v1/audit").json["items"]
    return [(each["action"], each["outcome"]) for each in items if not each["action"].startswith("api-key")]


def test_a_process_that_is_killed_after_the_change_leaves_its_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    with monkeypatch.context() as patch:
        patch.setattr(noting.store, "audit_settle", _dies)
        with pytest.raises(Killed):
            api.post("/api/v1/accounts/parley/groups", {"name": "VIP"})
    assert [each["name"] for each in api.get("/api/v1/accounts/parley/groups").json["items"]] == ["VIP"]
    assert _outcomes(api) == [("create_group", "attempted")]


def test_every_write_of_a_change_is_cut_off_and_none_goes_without_its_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    place, survived = 0, False
    while not survived:
        name, place = f"VIP {place}", place + 1
        with monkeypatch.context() as patch:
            _dies_after(patch, world, place)
            with suppress(Killed):
                survived = api.post("/api/v1/accounts/parley/groups", {"name": name}).status < 300
    groups = [each["name"] for each in api.get("/api/v1/accounts/parley/groups").json["items"]]
    lines = _outcomes(api)
    assert place > 3
    assert len(lines) >= len(groups)
    assert lines[0] == ("create_group", "done")
    assert ("create_group", "attempted") in lines


def test_a_line_that_cannot_be_written_means_that_nothing_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    with monkeypatch.context() as patch:
        patch.setattr(noting.store, "audit_attempt", _fails)
        assert api.post("/api/v1/accounts/parley/groups", {"name": "VIP"}).status == 500
    assert api.get("/api/v1/accounts/parley/groups").json["items"] == []


def test_what_the_platform_refuses_is_told_as_refused_and_what_breaks_as_attempted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    assert api.delete("/api/v1/accounts/parley/groups/99").status == 404
    assert _outcomes(api) == [("delete_group", "refused")]
    with monkeypatch.context() as patch:
        patch.setattr(type(world.table), "transact", _fails)
        assert api.post("/api/v1/accounts/parley/groups", {"name": "VIP"}).status == 500
    assert _outcomes(api)[0] == ("create_group", "attempted")


def test_a_person_whom_cognito_has_invited_when_the_process_dies_is_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Caller(app, world).as_(Role.ADMINISTRATOR)
    world.directory = _Cognito()  # type: ignore[misc, assignment]
    draft = {"email": "mei@example.com", "name": "Mei", "role": "agent"}
    with monkeypatch.context() as patch:
        patch.setattr(store, "put_user", _dies)
        with pytest.raises(Killed):
            api.post("/api/v1/users", draft)
    assert _outcomes(api) == [("user.invited", "attempted")]
    assert api.post("/api/v1/users", draft).status == 201
    assert ("user.invited", "done") in _outcomes(api)


class _Cognito:
    """Knows nobody, takes anybody."""

    def find(self, email: str) -> None:
        return None

    def invite(self, email: str, *, password: str | None = None) -> str:
        return "u1"


def _dies(*args: object, **options: object) -> None:
    raise Killed


def _fails(*args: object, **options: object) -> None:
    raise RuntimeError("DynamoDB is away")


def _dies_after(patch: pytest.MonkeyPatch, world: World, calls: int) -> None:
    """The process is killed right after its so-manieth write."""
    left = [calls]
    for name in ("put", "update", "transact", "delete", "write_many"):
        write = getattr(type(world.table), name)

        def cut(*args: object, _write: object = write, **options: object) -> object:
            answer = _write(*args, **options)  # type: ignore[operator]
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            return answer

        patch.setattr(type(world.table), name, cut)
