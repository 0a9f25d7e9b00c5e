"""Setting up webhooks: what is refused, what is shown once, who may see what."""

import pytest

from chalicelib.access.permissions import Role
from chalicelib.egress import Egress
from chalicelib.webhooks import catalogue
from tests.integration.webhooks.conftest import URL, Studio

DRAFT = {"name": "CRM", "url": URL, "events": ["message.received"]}


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9000/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.8/hook",
     "http://localhost/", "https://user:secret@example.com/", "http://crm.example.com:99999/"],
)  # fmt: skip
def test_an_address_in_our_own_network_is_refused_and_names_the_field(studio: Studio, url: str) -> None:
    studio.world.egress = Egress(resolver=lambda host, _: ["127.0.0.1"] if host == "localhost" else [host])  # type: ignore[misc]
    answer = studio.api.post("/api/v1/webhooks", {**DRAFT, "url": url})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "url")
    assert studio.api.get("/api/v1/webhooks").json["items"] == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"events": ["message.eaten"]}, "body"), ({"events": []}, "events"), ({"subaccountId": "nowhere"}, "subaccountId"),
        ({"format": "8x8", "events": ["ticket.*"]}, "body"), ({"url": "ftp://example.com"}, "url"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(studio: Studio, values: dict[str, object], field: str) -> None:
    answer = studio.api.post("/api/v1/webhooks", {**DRAFT, **values})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_the_secret_is_shown_once_and_never_again(studio: Studio) -> None:
    made = studio.listens(authorization="Bearer of-theirs")
    assert made["secret"].startswith("whsec_")
    read = studio.api.get(f"/api/v1/webhooks/{made['id']}")
    assert made["secret"] not in read.text
    assert "of-theirs" not in read.text
    items = str(studio.world.table.client.scan(TableName="main")["Items"])
    assert made["secret"] not in items
    assert "of-theirs" not in items


def test_the_test_button_posts_at_once_and_tells_what_came_back(studio: Studio) -> None:
    webhook = studio.listens(authorization="Bearer of-theirs")["id"]
    answer = studio.api.post(f"/api/v1/webhooks/{webhook}/test").json
    assert (answer["delivered"], answer["status"], answer["error"]) == (True, 200, "")
    assert studio.receiver.taken[0]["type"] == "webhook.test"
    assert studio.receiver.asked[0].headers["Authorization"] == "Bearer of-theirs"
    studio.receiver.answer = lambda *_: None
    answer = studio.api.post(f"/api/v1/webhooks/{webhook}/test").json
    assert (answer["delivered"], answer["status"]) == (False, None)
    assert "does not answer" in answer["error"]


def test_an_endpoint_that_fails_shows_it_and_so_does_what_waits(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    studio.receiver.answer = lambda *_: 503
    studio.writes()
    studio.work()
    health = studio.api.get(f"/api/v1/webhooks/{webhook}").json["health"]
    assert (health["state"], health["failingSince"]) == ("failing", "2026-11-22T12:00:00Z")
    [waiting] = studio.api.get(f"/api/v1/webhooks/{webhook}/deliveries?state=waiting").json["items"]
    assert (waiting["type"], waiting["tries"], waiting["lastStatus"]) == ("message.received", 1, 503)
    studio.receiver.answer = lambda *_: 200
    studio.minutes(3)
    assert studio.api.get(f"/api/v1/webhooks/{webhook}").json["health"]["state"] == "ok"
    [done] = studio.api.get(f"/api/v1/webhooks/{webhook}/deliveries").json["items"]
    assert (done["state"], done["tries"]) == ("delivered", 2)


def test_everything_of_a_time_is_replayed_page_by_page(studio: Studio) -> None:
    webhook = studio.listens(events=["contact.opted_out"])["id"]
    for number in range(3):
        studio.happens(number, "once")
    studio.deliver()
    studio.clock.advance(minutes=1)
    answer = studio.api.post(f"/api/v1/webhooks/{webhook}/replay", {"since": "2026-11-22T00:00:00Z"})
    assert answer.json == {"count": 3, "next": None}
    studio.deliver()
    assert len(studio.receiver.taken) == 6
    assert len(set(studio.receiver.ids())) == 3


def test_a_change_over_a_version_that_is_gone_is_refused(studio: Studio) -> None:
    webhook = studio.listens()["id"]
    assert studio.api.patch(f"/api/v1/webhooks/{webhook}", {"name": "New"}, if_match='"1"').json["version"] == 2
    assert studio.api.patch(f"/api/v1/webhooks/{webhook}", {"name": "Newer"}, if_match='"1"').status == 409


def test_who_may_enter_one_subaccount_sees_and_makes_webhooks_of_that_one_only(studio: Studio) -> None:
    everybodys = studio.listens()["id"]
    theirs = studio.api.as_(Role.ADMINISTRATOR, subaccounts=("acme",))
    assert theirs.post("/api/v1/webhooks", DRAFT).status == 400
    own = theirs.post("/api/v1/webhooks", {**DRAFT, "subaccountId": "acme"}).json["id"]
    assert [each["id"] for each in theirs.get("/api/v1/webhooks").json["items"]] == [own]
    assert theirs.get(f"/api/v1/webhooks/{everybodys}").status == 404
    assert studio.api.as_(Role.AGENT).get("/api/v1/webhooks").status == 403


def test_changes_are_in_the_audit_log_without_secrets(studio: Studio) -> None:
    made = studio.listens()
    studio.api.post(f"/api/v1/webhooks/{made['id']}/secret")
    studio.api.delete(f"/api/v1/webhooks/{made['id']}")
    actions = [entry["action"] for entry in studio.api.get("/api/v1/audit").json["items"]]
    assert actions[:3] == ["webhook.deleted", "webhook.secret-rotated", "webhook.created"]


def test_every_event_of_the_catalogue_is_listed(studio: Studio) -> None:
    listed = studio.api.get("/api/v1/webhook-events").json["items"]
    assert {each["name"] for each in listed} == set(catalogue.CATALOGUE)
