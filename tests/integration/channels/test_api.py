"""Connecting a number, and what people may see and set of it."""

import json
from contextlib import AbstractContextManager
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.whatsapp.http import HttpRequest, HttpResponse, HttpStream
from chalicelib.wiring import World
from tests.fakes import meta_error
from tests.support.api import Caller

NUMBER = {
    "id": "1", "display_phone_number": "+65 6000 0000", "verified_name": "Shop", "quality_rating": "GREEN",
    "throughput": {"level": "HIGH"}, "whatsapp_business_manager_messaging_limit": "TIER_10K",
}  # fmt: skip
TEMPLATES = [
    {"id": "7", "name": "offer", "language": "en", "status": "APPROVED", "category": "MARKETING",
     "components": [{"type": "BODY", "text": "Half price today"}]},
    {"id": "8", "name": "receipt", "language": "de", "status": "PAUSED", "category": "UTILITY", "components": []},
]  # fmt: skip


class Account:
    """Meta's answers about one account; `refuse` makes it know nothing."""

    def __init__(self) -> None:
        self.refuse = False
        self.subscribed = False

    def send(self, request: HttpRequest) -> HttpResponse:
        path = request.url.split("?")[0].rsplit("/v23.0/")[-1]
        if self.refuse:
            return meta_error(100)
        answers: dict[str, Any] = {
            "1": NUMBER,
            "2/message_templates": {"data": TEMPLATES},
            "2/subscribed_apps": {"success": True},
        }
        self.subscribed = self.subscribed or path == "2/subscribed_apps"
        return HttpResponse(200, {}, json.dumps(answers[path]).encode())

    def stream(self, request: HttpRequest) -> AbstractContextManager[HttpStream]:
        raise NotImplementedError


@pytest.fixture
def account(world: World) -> Account:
    meta = Account()
    world.transport = meta  # type: ignore[misc]
    return meta


@pytest.fixture
def api(world: World, account: Account) -> Caller:
    caller = Caller(app, world).as_(Role.ADMINISTRATOR)
    assert caller.post("/api/v1/subaccounts", {"id": "acme", "name": "Acme"}).status == 201
    return caller


DRAFT = {"subaccountId": "acme", "name": "Shop", "phoneNumberId": "1", "wabaId": "2", "accessToken": "secret"}


def test_connecting_reads_the_number_subscribes_and_takes_over_the_templates(api: Caller, account: Account) -> None:
    made = api.post("/api/v1/channels", DRAFT)
    assert made.status == 201
    channel = made.json
    assert (channel["quality"], channel["tier"], channel["throughputMps"]) == ("GREEN", "TIER_10K", 1000)
    listed = api.get(f"/api/v1/templates?channelId={channel['id']}").json["items"]
    assert [(each["name"], each["status"]) for each in listed] == [("offer", "APPROVED"), ("receipt", "PAUSED")]
    assert account.subscribed
    assert "secret" not in api.get("/api/v1/channels").text


def test_a_number_that_meta_does_not_show_is_refused_and_nothing_is_kept(api: Caller, account: Account) -> None:
    account.refuse = True
    answer = api.post("/api/v1/channels", DRAFT)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "phoneNumberId")
    assert api.get("/api/v1/channels").json["items"] == []


def test_one_number_is_one_channel(api: Caller) -> None:
    api.post("/api/v1/channels", DRAFT)
    assert api.post("/api/v1/channels", DRAFT).status == 409


def test_without_a_token_for_the_account_the_error_names_the_field(api: Caller) -> None:
    draft = {name: value for name, value in DRAFT.items() if name != "accessToken"}
    answer = api.post("/api/v1/channels", draft)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "accessToken")


def test_an_unknown_subaccount_is_named(api: Caller) -> None:
    answer = api.post("/api/v1/channels", {**DRAFT, "subaccountId": "nobody"})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "subaccountId")


def test_templates_are_found_by_word_status_and_language(api: Caller) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json["id"]
    for query, names in (("search=PRICE", ["offer"]), ("status=paused", ["receipt"]), ("language=fr", [])):
        found = api.get(f"/api/v1/templates?channelId={channel}&{query}").json["items"]
        assert [each["name"] for each in found] == names


def test_a_person_sets_the_speed_and_lifts_a_stop_but_not_the_quality(api: Caller) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json["id"]
    changed = api.patch(f"/api/v1/channels/{channel}", {"throughputMps": 20})
    assert (changed.status, changed.json["throughputMps"]) == (200, 20)
    refused = api.patch(f"/api/v1/channels/{channel}", {"quality": "GREEN"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "quality")


def test_what_is_not_there_is_404(api: Caller) -> None:
    channel = api.post("/api/v1/channels", DRAFT).json["id"]
    for path in (
        "/api/v1/channels/nope",
        f"/api/v1/channels/{channel}/templates/nope/en",
        "/api/v1/templates?channelId=x",
    ):
        assert api.get(path).status == 404
    unnamed = api.get("/api/v1/templates?channelId=")
    assert (unnamed.status, unnamed.json["errors"][0]["field"]) == (400, "channelId")
