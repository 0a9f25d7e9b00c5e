"""Segments over the API: counted before use, kept, listed page by page."""

from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.campaigns import ledger
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import CHUNK, Campaign, State
from chalicelib.campaigns.recipients import contacts
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


# --- by a campaign's outcome ---


def _campaign(world: World) -> None:
    """Six recipients: read, delivered and answered, failed, failed and then delivered by the second run, queued, a stranger."""
    campaigns.create(
        world.table,
        Campaign(
            id="c1", subaccount_id="acme", channel_id="ch1", name="Sale", state=State.COMPLETED, created_at=world.clock(),
            created_by="u", updated_at=world.clock(), run_id="r2", runs=("r1", "r2"),
        ),
    )  # fmt: skip
    states = ("read", "delivered", "failed", "failed", "queued", "delivered")
    phones = [f"+65912345{n:02d}" for n in range(4)] + ["+4915123454", "+6599999999"]
    rows = [_row(world, "r1", n, phone, state) for n, (phone, state) in enumerate(zip(phones, states, strict=True))]
    rows[1]["replied_at"] = "2026-11-22T12:00:00.000Z"
    world.ledger.write_many([*rows, _row(world, "r2", 3 * CHUNK, phones[3], "delivered")])


def _row(world: World, run: str, number: int, to: str, state: str) -> dict[str, Any]:
    """Every row in another partition of the ledger."""
    row = number * CHUNK if run == "r1" else number
    made = ledger.new_row(run, row, line=2, to=to, country="SG", reason="", client_id="", at=world.clock())
    return made | {"state": state}


@pytest.mark.parametrize(
    ("outcome", "who"),
    [
        ("received", ["00", "01", "03"]),
        ("read", ["00"]),
        ("not-read", ["01", "03"]),
        ("replied", ["01"]),
        ("not-replied", ["00", "03"]),
        ("failed", ["02"]),
    ],
)
def test_a_campaigns_outcome_makes_a_segment_that_is_counted_first(
    api: Caller, world: World, outcome: str, who: list[str]
) -> None:
    _campaign(world)
    wanted = {"campaign": {"campaignId": "c1", "outcome": outcome}}
    counted = api.post("/api/v1/segment-counts", wanted).json
    assert (counted["count"], counted["complete"]) == (len(who), True)
    made = api.post("/api/v1/segments", {"name": "Again", "filter": wanted}).json
    seen, token = [], ""
    while True:
        page = api.get(f"/api/v1/segments/{made['id']}/contacts?limit=2{token}").json
        seen += [each["addresses"]["msisdn"][-2:] for each in page["items"]]
        if not page.get("next"):
            break
        token = f"&next={page['next']}"
    assert sorted(seen) == who


def test_an_outcome_goes_together_with_everything_else(api: Caller, world: World) -> None:
    _campaign(world)
    wanted = {"campaign": {"campaignId": "c1", "outcome": "received"}}
    assert api.post("/api/v1/segment-counts", {**wanted, "countries": ["DE"]}).json["count"] == 0
    both = api.post("/api/v1/segment-counts", {**wanted, "countries": ["SG"]}).json
    assert (both["count"], both["sentence"]) == (3, "from SG; received campaign c1")


def test_who_fits_an_outcome_are_recipients_of_the_next_campaign(api: Caller, world: World) -> None:
    _campaign(world)
    wanted = {"campaign": {"campaignId": "c1", "outcome": "not-read"}}
    made = api.post("/api/v1/segments", {"name": "Again", "filter": wanted}).json
    chosen = contacts.Choice(segment_ids=(made["id"],))
    records = contacts.records(world.table, world.ledger, chosen, world.clock())
    assert sorted(cells[0][-2:] for _, cells in records) == ["01", "03"]


def test_a_campaign_that_is_not_there_or_not_for_the_caller_is_refused(api: Caller, world: World) -> None:
    _campaign(world)
    for campaign_id, caller in (("nope", api), ("c1", api.as_(Role.ADMINISTRATOR, subaccounts=("other",)))):
        wanted = {"campaign": {"campaignId": campaign_id, "outcome": "read"}}
        for answer in (
            caller.post("/api/v1/segment-counts", wanted),
            caller.post("/api/v1/segments", {"name": "x", "filter": wanted}),
        ):
            assert (answer.status, answer.json["errors"][0]["field"]) == (400, "campaign.campaignId")
    assert api.post("/api/v1/segment-counts", {"campaign": {"campaignId": "c1", "outcome": "x"}}).status == 400
