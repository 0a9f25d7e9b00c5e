"""8x8's Contacts API: one contact."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.wiring import World
from tests.integration.contacts.conftest import BASE
from tests.support.api import Caller

Make = Callable[..., Any]
CONTACTS = f"{BASE}/contacts"


def test_a_contact_is_created_as_8x8_shows_it(api: Caller) -> None:
    wish = {
        "firstName": "John", "lastName": "Black", "externalId": "7688", "country": "us",
        "addresses": {"msisdn": "16511112222", "email": "John@Example.com"}, "customAttributes": {"company": "Mine"},
    }  # fmt: skip
    answer = api.post(CONTACTS, wish)
    made = answer.json
    assert answer.status == 201
    assert isinstance(made["id"], int)
    assert {name: made[name] for name in ("firstName", "lastName", "externalId", "country", "addresses", "groups")} == {
        "firstName": "John", "lastName": "Black", "externalId": "7688", "country": "US", "groups": [],
        "addresses": {"msisdn": "16511112222", "email": "John@Example.com"},
    }  # fmt: skip
    assert api.get(f"{CONTACTS}/{made['id']}").json == made


def test_the_same_address_again_is_merged_and_answers_200(api: Caller, make: Make) -> None:
    first = make(msisdn="6591234567", firstName="Mei", customAttributes={"vip": True})
    again = api.post(
        CONTACTS,
        {
            "addresses": {"msisdn": "+65 91234567".replace(" ", ""), "lineId": "mei"},
            "lastName": "Lim",
            "customAttributes": {"x": 1},
        },
    )
    assert (again.status, again.json["id"]) == (200, first["id"])
    assert (again.json["firstName"], again.json["lastName"]) == ("Mei", "Lim")
    assert again.json["customAttributes"] == {"vip": True, "x": 1}
    assert again.json["addresses"] == {"msisdn": "6591234567", "lineId": "mei"}


def test_saying_the_same_again_writes_nothing(make: Make) -> None:
    assert make(msisdn="6591234567", firstName="Mei") == make(msisdn="6591234567", firstName="Mei")


def test_addresses_of_two_contacts_are_refused_with_both_ids(api: Caller, make: Make) -> None:
    one, two = make(msisdn="6591234567"), make(email="mei@example.com")
    answer = api.post(CONTACTS, {"addresses": {"msisdn": "6591234567", "email": "MEI@example.com"}})
    assert (answer.status, answer.json["code"]) == (409, "addresses_of_several")
    assert str(one["id"]) in answer.json["message"]
    assert str(two["id"]) in answer.json["message"]


def test_a_national_number_needs_its_country(api: Caller) -> None:
    national = {"addresses": {"msisdn": "91234567"}, "country": "SG"}
    assert api.post(CONTACTS, national).json["addresses"]["msisdn"] == "6591234567"
    unknown = api.post(CONTACTS, {"addresses": {"msisdn": "9123456"}})
    assert (unknown.status, unknown.json["code"], unknown.json["errors"][0]["field"]) == (400, 1002, "addresses.msisdn")


def test_the_country_follows_from_the_number(make: Make) -> None:
    assert make(msisdn="+6591234567")["country"] == "SG"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "addresses"),
        ({"addresses": {}}, "addresses"),
        ({"addresses": {"msisdn": "abc"}}, "addresses.msisdn"),
        ({"addresses": {"fax": "1"}}, "addresses.fax"),
        ({"addresses": {"email": "nobody"}}, "addresses.email"),
        ({"addresses": {"lineId": "x" * 129}}, "addresses.lineId"),
        ({"addresses": {"lineId": "a#b"}}, "addresses.lineId"),
        ({"addresses": {"msisdn": "6591234567"}, "firstName": "x" * 201}, "firstName"),
        ({"addresses": {"msisdn": "6591234567"}, "country": "Singapore"}, "country"),
        (
            {"addresses": {"msisdn": "6591234567"}, "customAttributes": {str(i): 1 for i in range(51)}},
            "customAttributes",
        ),
        ({"addresses": {"msisdn": "6591234567"}, "groups": [{"id": 1}] * 11}, "groups"),
    ],
)
def test_a_wrong_contact_names_the_field(api: Caller, wish: Any, field: str) -> None:
    answer = api.post(CONTACTS, wish)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_a_contact_in_an_unknown_group_is_refused_whole(api: Caller) -> None:
    answer = api.post(CONTACTS, {"addresses": {"msisdn": "6591234567"}, "groups": [{"id": 5}]})
    assert (answer.status, answer.json["code"]) == (404, "group_unknown")
    assert api.get(CONTACTS).json["totalCount"] == 0


def test_a_patch_changes_what_it_names(api: Caller, make: Make) -> None:
    url = f"{CONTACTS}/{make(msisdn='6591234567', firstName='Jon')['id']}"
    changed = api.patch(
        url,
        [
            {"op": "replace", "path": "/firstName", "value": "John"},
            {"op": "add", "path": "/addresses/lineId", "value": "line"},
            {"op": "remove", "path": "/addresses/msisdn"},
            {"op": "add", "path": "/customAttributes/Department", "value": "Sales"},
        ],
    )
    assert changed.status == 200
    assert (changed.json["firstName"], changed.json["addresses"]) == ("John", {"lineId": "line"})
    assert changed.json["customAttributes"] == {"Department": "Sales"}
    assert (changed.json["version"], changed.headers["ETag"]) == (2, '"2"')


def test_a_freed_number_is_somebody_else_s_next(api: Caller, make: Make) -> None:
    first = make(msisdn="6591234567", email="a@example.com")
    api.patch(f"{CONTACTS}/{first['id']}", [{"op": "remove", "path": "/addresses/msisdn"}])
    assert make(msisdn="6591234567")["id"] != first["id"]


def test_a_patch_cannot_take_another_contact_s_address(api: Caller, make: Make) -> None:
    one, two = make(msisdn="6591234567"), make(msisdn="6598765432")
    step = [{"op": "replace", "path": "/addresses/msisdn", "value": "6591234567"}]
    answer = api.patch(f"{CONTACTS}/{two['id']}", step)
    assert (answer.status, answer.json["code"], str(one["id"]) in answer.json["message"]) == (
        409,
        "address_taken",
        True,
    )


@pytest.mark.parametrize(
    "steps",
    [
        [{"op": "remove", "path": "/addresses/msisdn"}],
        [{"op": "add", "path": "/colour", "value": "red"}],
        [{"op": "replace", "path": "/firstName", "value": 5}],
        [{"op": "jump", "path": "/firstName"}],
        [{"op": "replace", "path": "/nowhere/deep", "value": "x"}],
    ],
)
def test_a_wrong_patch_changes_nothing(api: Caller, make: Make, steps: Any) -> None:
    made = make(msisdn="6591234567", firstName="Mei")
    assert api.patch(f"{CONTACTS}/{made['id']}", steps).status == 400
    assert api.get(f"{CONTACTS}/{made['id']}").json == made


def test_a_patch_meant_for_an_older_version_is_refused(api: Caller, make: Make) -> None:
    url = f"{CONTACTS}/{make(msisdn='6591234567')['id']}"
    api.patch(url, [{"op": "add", "path": "/firstName", "value": "Mei"}])
    late = api.patch(url, [{"op": "add", "path": "/firstName", "value": "May"}], if_match='"1"')
    assert (late.status, late.json["code"]) == (409, "contact_changed")


def test_a_deleted_contact_is_gone_and_deleting_it_again_is_fine(api: Caller, make: Make, group: Make) -> None:
    made = make(msisdn="6591234567", groups=[group("A")["id"]])
    url = f"{CONTACTS}/{made['id']}"
    assert [api.delete(url).status, api.delete(url).status, api.get(url).status] == [204, 204, 404]
    found = api.get(CONTACTS).json
    assert (found["items"], found["totalCount"]) == ([], 0)
    assert api.get(f"{BASE}/groups").json["items"][0]["contacts"] == 0


def test_what_somebody_said_no_to_outlives_the_record(api: Caller, make: Make, world: World) -> None:
    made = make(msisdn="6591234567")
    url = f"{CONTACTS}/{made['id']}"
    said = {"category": "marketing", "allowed": False, "text": "STOP"}
    assert api.post(f"{url}/consent", said).json["optedOut"] == ["marketing"]
    api.delete(url)
    assert identity.opted_out(world.table, Identities(phone="+6591234567")) == {"marketing"}
    assert make(msisdn="6591234567")["optedOut"] == ["marketing"]


def test_merging_keeps_both_ways_to_the_person(api: Caller, make: Make, group: Make, world: World) -> None:
    one, two = group("One")["id"], group("Two")["id"]
    kept = make(msisdn="6591234567", firstName="Mei", groups=[one])
    other = make(msisdn="6598765432", email="mei@example.com", lastName="Lim", groups=[one, two])
    merged = api.post(f"{CONTACTS}/{kept['id']}/merge", {"contactId": other["id"]})
    assert merged.status == 200
    assert (merged.json["firstName"], merged.json["lastName"]) == ("Mei", "Lim")
    assert merged.json["addresses"] == {"msisdn": "6591234567", "email": "mei@example.com"}
    assert [(each["name"], each["contacts"]) for each in merged.json["groups"]] == [("One", 1), ("Two", 1)]
    gone = api.get(f"{CONTACTS}/{other['id']}")
    assert (gone.status, str(kept["id"]) in gone.json["message"]) == (404, True)
    assert identity.owners(world.table, Identities(phone="+6598765432")) == [str(kept["id"])]
    assert api.get(CONTACTS).json["totalCount"] == 1


def test_a_contact_is_not_merged_with_itself(api: Caller, make: Make) -> None:
    made = make(msisdn="6591234567")
    assert api.post(f"{CONTACTS}/{made['id']}/merge", {"contactId": made["id"]}).status == 400


def test_the_history_tells_changes_and_decisions_newest_first(api: Caller, make: Make, clock: Any) -> None:
    url = f"{CONTACTS}/{make(msisdn='6591234567')['id']}"
    clock.advance(seconds=1)
    api.patch(url, [{"op": "add", "path": "/firstName", "value": "Mei"}])
    clock.advance(seconds=1)
    api.post(f"{url}/consent", {"category": "all", "allowed": False, "text": "leave me alone"})
    found = api.get(f"{url}/history").json
    assert [(entry["kind"], entry.get("fields"), entry.get("text")) for entry in found] == [
        ("consent", [], "leave me alone"),
        ("change", ["first_name", "name"], None),
    ]
