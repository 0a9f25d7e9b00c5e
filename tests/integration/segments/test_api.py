"""Segments over the API: counted before use, kept, listed page by page."""

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.wiring import World
from tests.support.api import Caller

BASE = "/api/v1/accounts/parley/contacts"


@pytest.fixture
def api(world: World) -> Caller:
    for number in range(6):
        phone = f"+65912345{number:02d}" if number < 4 else f"+491512345{number:02d}"
        identity.resolve(world.table, Identities(phone=phone), now=world.clock(), new_id=world.new_id)
    return Caller(app, world).as_(Role.ADMINISTRATOR)


def test_a_filter_is_counted_before_it_is_kept(api: Caller) -> None:
    answer = api.post("/api/v1/segment-counts", {"countries": ["SG"]})
    assert (answer.status, answer.json) == (
        200, {"count": 4, "lookedAt": 4, "complete": True, "sentence": "from SG"},
    )  # fmt: skip
    assert api.post("/api/v1/segment-counts", {"wroteWithinDays": 7}).json["count"] == 0
    assert api.post("/api/v1/segment-counts", {}).json["count"] == 6


def test_a_segment_is_kept_changed_listed_by_pages_and_forgotten(api: Caller) -> None:
    made = api.post("/api/v1/segments", {"name": "Singapore", "filter": {"countries": ["SG"]}})
    assert (made.status, made.json["sentence"]) == (201, "from SG")
    where = f"/api/v1/segments/{made.json['id']}"
    seen, token = [], ""
    while True:
        page = api.get(f"{where}/contacts?limit=3{token}").json
        seen += [each["id"] for each in page["items"]]
        if not page.get("next"):
            break
        token = f"&next={page['next']}"
    assert len(seen) == len(set(seen)) == 4
    assert api.put(where, {"name": "Germany", "filter": {"countries": ["DE"]}}).json["sentence"] == "from DE"
    assert len(api.get(f"{where}/contacts").json["items"]) == 2
    assert api.delete(where).status == 204
    assert api.get(where).status == 404


def test_a_filter_that_cannot_be_names_its_field(api: Caller) -> None:
    answer = api.post("/api/v1/segment-counts", {"countries": ["Singapore"]})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "countries.0")
    assert api.post("/api/v1/segment-counts", {"height": 3}).status == 400
