"""Templates are checked before Meta sees them, submitted with their samples, copied, changed and deleted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.whatsapp.http import AnswerLost, HttpRequest, HttpResponse, HttpStream
from chalicelib.wiring import World
from tests.fakes import meta_error
from tests.support.api import Caller
from tests.support.media import form, png

BASE = "/api/v1/channels/main/templates"
BODY = {"type": "BODY", "text": "Hi {{1}}, your order is on its way.", "example": {"body_text": [["Ann"]]}}
DRAFT: dict[str, Any] = {"name": "on_its_way", "language": "en", "category": "UTILITY", "components": [BODY]}


@dataclass
class Account:
    """Meta's side of templates: `calls` has what it was asked, `refuses` a code or an exception it answers with."""

    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    refuses: int | Exception | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        path = request.url.partition("?")[0].rsplit("/v23.0/")[-1]
        if path.startswith("upload:"):
            self.uploads.append(b"".join(request.body))  # type: ignore[arg-type]
            return answer({"h": f"4::handle{len(self.uploads)}"})
        if isinstance(self.refuses, Exception):
            raise self.refuses
        if self.refuses and request.method != "GET":
            return meta_error(self.refuses)
        body = json.loads(request.body) if isinstance(request.body, bytes) else None
        self.calls.append((request.method, path, body))
        if path == "200/subscribed_apps":
            return answer({"data": [{"whatsapp_business_api_data": {"id": "77", "name": "Ours"}}]})
        if path == "77/uploads":
            return answer({"id": "upload:1"})
        if path == "200/message_templates" and request.method == "POST":
            return answer({"id": "9001", "status": "PENDING", "category": "UTILITY"})
        return answer({"success": True})

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        raise NotImplementedError
        yield

    @property
    def submitted(self) -> list[Any]:
        return [body for method, path, body in self.calls if (method, path) == ("POST", "200/message_templates")]


def answer(body: Any) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(body).encode())


@pytest.fixture
def account(world: World) -> Account:
    meta = Account()
    world.transport = meta  # type: ignore[misc]
    world.secrets.put("token/200", "secret")
    channel = Channel(
        id="main", subaccount_id="shop", name="Shop", created_at=world.clock(),
        phone_number_id="100", display_phone_number="+65 8000 0000", waba_id="200",
    )  # fmt: skip
    channels.create(world.table, channel)
    return meta


@pytest.fixture
def api(world: World, account: Account) -> Caller:
    return Caller(app, world).as_(Role.ADMINISTRATOR)


def fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json["errors"]]


def uploaded(api: Caller) -> str:
    body, headers = form("roof.png", png())
    return str(api.call("POST", "/api/v1/media", body, headers=headers).json["id"])


def test_a_template_is_submitted_and_kept_at_once(api: Caller, account: Account) -> None:
    made = api.post(BASE, {**DRAFT, "messageSendTtlSeconds": 600})
    assert (made.status, made.json["template"]["status"]) == (201, "PENDING")
    assert account.submitted == [{**DRAFT, "message_send_ttl_seconds": 600}]
    kept = api.get(f"{BASE}/on_its_way/en").json
    assert (kept["id"], kept["messageSendTtlSeconds"], kept["components"]) == ("9001", 600, [BODY])


def test_a_template_is_checked_while_it_is_written_and_meta_hears_nothing(api: Caller, account: Account) -> None:
    told = api.post("/api/v1/template-checks", {**DRAFT, "name": "", "components": [{**BODY, "text": "Hi {{1}}"}]})
    assert told.status == 200
    assert {(each["field"], each["warning"]) for each in told.json["problems"]} == {
        ("name", False),
        ("components.0.text", False),
        ("components.0.text", True),
    }
    assert api.post("/api/v1/template-checks", DRAFT).json == {"problems": []}
    assert account.calls == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"components": [{**BODY, "text": "{{1}} is your order"}]}, "components.0.text"),
        ({"components": [{**BODY, "text": "Your order is {{1}}"}]}, "components.0.text"),
        ({"components": [{**BODY, "text": "Hi {{2}}, it is on its way."}]}, "components.0.text"),
        ({"components": [{"type": "BODY", "text": "Hi {{1}}, it is on its way."}]}, "components.0.example.body_text"),
        ({"components": [{**BODY, "text": "x" * 1025}]}, "components.0.text"),
        ({"components": [BODY, {"type": "FOOTER", "text": "y" * 61}]}, "components.1.text"),
        ({"components": [BODY, {"type": "HEADER", "format": "IMAGE"}]}, "components.1.example.header_handle"),
        ({"components": [BODY, {"type": "BUTTONS", "buttons": []}]}, "components.1.buttons"),
        ({"components": [BODY, {"type": "JUMBLE"}]}, "components.1.type"),
        ({"components": [{**BODY, "txet": "x"}]}, "components.0.txet"),
        ({"name": "On Its Way"}, "name"),
        ({"language": "english"}, "language"),
        ({"category": "SPAM"}, "category"),
        ({"messageSendTtlSeconds": 1}, "messageSendTtlSeconds"),
    ],
)
def test_what_meta_would_refuse_is_named_by_its_field_and_nothing_is_submitted(
    api: Caller, account: Account, change: dict[str, Any], field: str
) -> None:
    refused = api.post(BASE, DRAFT | change)
    assert refused.status == 400, refused.text
    assert field in fields(refused)
    assert account.calls == []


def test_a_sample_that_is_a_file_of_ours_is_uploaded_to_our_app(api: Caller, account: Account) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [uploaded(api)]}}
    assert api.post(BASE, {**DRAFT, "components": [header, BODY]}).status == 201
    assert account.uploads == [png()]
    assert account.submitted[0]["components"][0]["example"] == {"header_handle": ["4::handle1"]}
    assert api.get("/api/v1/channels/main").json["appId"] == "77"


def test_a_sample_of_the_wrong_kind_or_unknown_is_named_and_nothing_is_uploaded(api: Caller, account: Account) -> None:
    for form_, media_id in (("VIDEO", uploaded(api)), ("IMAGE", "01KAXYZ0123456789ABCDEFGHJ")):
        header = {"type": "HEADER", "format": form_, "example": {"header_handle": [media_id]}}
        refused = api.post(BASE, {**DRAFT, "components": [header, BODY]})
        assert (refused.status, fields(refused)) == (400, ["components.0.example.header_handle.0"])
    assert account.uploads == []
    assert account.submitted == []


def test_a_name_that_is_taken_is_said_before_meta_is_asked(api: Caller, account: Account) -> None:
    api.post(BASE, DRAFT)
    assert api.post(BASE, DRAFT).status == 409
    assert len(account.submitted) == 1


def test_what_meta_refuses_or_loses_keeps_nothing(api: Caller, account: Account) -> None:
    account.refuses = 100
    assert api.post(BASE, DRAFT).status == 400
    account.refuses = AnswerLost("cut")
    assert api.post(BASE, DRAFT).status == 503
    assert api.get(f"{BASE}/on_its_way/en").status == 404


def test_a_copy_goes_with_the_samples_that_the_original_was_made_with(api: Caller, account: Account) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [uploaded(api)]}}
    api.post(BASE, {**DRAFT, "components": [header, BODY]})
    made = api.post(f"{BASE}/on_its_way/en/duplicate", {"name": "copy"})
    assert (made.status, made.json["template"]["name"]) == (201, "copy")
    assert account.uploads == [png(), png()]
    again = api.post(f"{BASE}/copy/en/duplicate", {"name": "copy_of_copy"})
    assert again.status == 201


def test_samples_are_known_after_a_sync_and_a_change(api: Caller, account: Account, world: World) -> None:
    first, second = uploaded(api), uploaded(api)
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [first]}}
    api.post(BASE, {**DRAFT, "components": [header, BODY]})
    listed = {"id": "9001", "name": "on_its_way", "language": "en", "status": "APPROVED", "category": "UTILITY",
              "components": [{**header, "example": {"header_handle": ["https://meta.example/x.png"]}}, BODY]}  # fmt: skip
    client = SimpleNamespace(templates=lambda *_, **__: SimpleNamespace(items=[listed], after=None))
    templates.sync(world.table, client, "200", world.clock())
    assert templates.get(world.table, "200", "on_its_way", "en").samples == (first,)
    other = {**header, "example": {"header_handle": [second]}}
    assert api.patch(f"{BASE}/on_its_way/en", {"components": [other, BODY]}).status == 200
    assert templates.get(world.table, "200", "on_its_way", "en").samples == (second,)


def test_a_copy_of_a_template_that_was_made_elsewhere_needs_its_samples(
    api: Caller, account: Account, world: World
) -> None:
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::elsewhere"]}}
    assert api.post(BASE, {**DRAFT, "components": [header, BODY]}).status == 201
    refused = api.post(f"{BASE}/on_its_way/en/duplicate", {"name": "copy"})
    assert (refused.status, fields(refused)) == (400, ["sampleMediaIds"])
    made = api.post(f"{BASE}/on_its_way/en/duplicate", {"name": "copy", "sampleMediaIds": [uploaded(api)]})
    assert (made.status, made.json["template"]["name"], made.json["template"]["language"]) == (201, "copy", "en")
    assert account.submitted[1]["components"][1] == BODY


def test_a_life_time_is_changed_alone_and_its_limits_are_the_categorys(api: Caller, account: Account) -> None:
    api.post(BASE, DRAFT)
    changed = api.patch(f"{BASE}/on_its_way/en", {"messageSendTtlSeconds": 3600})
    assert (changed.status, changed.json["template"]["messageSendTtlSeconds"]) == (200, 3600)
    assert account.calls[-1] == ("POST", "9001", {"message_send_ttl_seconds": 3600})
    refused = api.patch(f"{BASE}/on_its_way/en", {"messageSendTtlSeconds": 43_201})
    assert (refused.status, fields(refused)) == (400, ["messageSendTtlSeconds"])
    assert api.patch(f"{BASE}/on_its_way/en", {}).status == 400


def test_deleting_names_who_uses_it_and_is_harmless_twice_at_meta(api: Caller, account: Account, world: World) -> None:
    api.post(BASE, DRAFT)
    campaign(world, "c1", "sending")
    campaign(world, "c2", "completed")
    used = api.get(f"{BASE}/on_its_way/en/usage").json
    assert {user["id"]: user["unfinished"] for user in used["campaigns"]} == {"c1": True, "c2": False}
    refused = api.delete(f"{BASE}/on_its_way/en")
    assert refused.status == 409
    assert "Campaign c1" in refused.json["message"]
    account.refuses = 100  # gone at Meta already
    assert api.delete(f"{BASE}/on_its_way/en?force=true").status == 204
    assert api.get(f"{BASE}/on_its_way/en").status == 404
    assert api.delete(f"{BASE}/on_its_way/en").status == 404


def test_an_enabled_workflow_that_names_the_template_uses_it(api: Caller, world: World) -> None:
    inputs = {"subAccountId": "shop", "user": {"msisdn": "+6591234567"}, "template": "on_its_way", "language": "en"}
    step = {"id": "tell", "stepType": "SendTemplate", "inputs": {**inputs, "variables": {"1": "Ann"}}}
    document = json.dumps({"trigger": "inbound_chat_apps", "definition": {"name": "Tell", "steps": [step]}})
    stamp = "2026-11-22T12:00:00.000Z"
    head, version = keys.definition("w1"), keys.definition_version("w1", 1)
    listed = {"id": "w1", "version": 1, "status": "enabled", "name": "Tell", "trigger": "inbound_chat_apps"}
    world.table.put({"PK": head.pk, "SK": head.sk, **listed, "created_at": stamp})
    stored = {"definition_id": "w1", "version": 1, "document": document, "machine_arn": "arn", "created_at": stamp}
    world.table.put({"PK": version.pk, "SK": version.sk, **stored})
    (user,) = api.get(f"{BASE}/on_its_way/en/usage").json["workflows"]
    assert (user["id"], user["name"], user["unfinished"]) == ("w1", "Tell", True)
    assert api.get(f"{BASE}/on_its_way/de/usage").json["workflows"] == []


def test_performance_is_the_sum_of_all_its_campaigns_runs(api: Caller, account: Account, world: World) -> None:
    api.post(BASE, DRAFT)
    campaign(world, "c1", "completed", {"read": 2, "delivered": 3, "failed": 1, "reason:meta_131026": 1, "replied": 1})
    campaign(world, "c2", "sending", {"sent": 4, "skipped": 1, "reason:opted_out": 1})
    seen = api.get(f"{BASE}/on_its_way/en/performance").json
    assert {name: seen[name] for name in ("campaigns", "runs", "sent", "delivered", "read", "replied", "failed")} == {
        "campaigns": 2, "runs": 2, "sent": 9, "delivered": 5, "read": 2, "replied": 1, "failed": 1,
    }  # fmt: skip
    assert [(each["reason"], each["count"]) for each in seen["failedByReason"]] == [("meta_131026", 1)]


def test_performance_counts_what_agents_workflows_and_programs_send_too(
    api: Caller, account: Account, world: World
) -> None:
    api.post(BASE, DRAFT)
    campaign(world, "c1", "completed", {"read": 2, "failed": 1, "reason:meta_131026": 1})
    key = keys.template_counts("main", "on_its_way", "en", 3)
    single = {"sent": 3, "delivered": 2, "replied": 1, "reason:meta_131026": 2, "reason:opted_out": 5}
    world.table.put({"PK": key.pk, "SK": key.sk, **single})
    seen = api.get(f"{BASE}/on_its_way/en/performance").json
    assert {name: seen[name] for name in ("sent", "delivered", "read", "replied", "failed")} == {
        "sent": 5, "delivered": 4, "read": 2, "replied": 1, "failed": 3,
    }  # fmt: skip


def campaign(world: World, campaign_id: str, state: str, counts: dict[str, int] | None = None) -> None:
    now = world.clock()
    key, listed = keys.campaign(campaign_id), keys.campaigns_by_birth(now, campaign_id)
    stamp = "2026-11-22T12:00:00.000Z"
    world.table.put(
        {
            "PK": key.pk, "SK": key.sk, "GSI1PK": listed.pk, "GSI1SK": listed.sk, "id": campaign_id,
            "subaccount_id": "shop", "channel_id": "main", "name": f"Campaign {campaign_id}", "state": state,
            "created_at": stamp, "updated_at": stamp, "created_by": "a", "run_id": f"{campaign_id}r",
            "runs": [f"{campaign_id}r"], "message": {"type": "template", "name": "on_its_way", "language": "en"},
        }
    )  # fmt: skip
    run = keys.run(f"{campaign_id}r")
    world.ledger.put(
        {
            "PK": run.pk, "SK": run.sk, "id": f"{campaign_id}r", "campaign_id": campaign_id, "number": 1,
            "audience": 10, "created_at": stamp, "kind": "first",
        }
    )  # fmt: skip
    totals = keys.run_counts(f"{campaign_id}r")
    world.ledger.put({"PK": totals.pk, "SK": totals.sk, **(counts or {})})
