"""8x8's Contacts API: groups, and the blacklist that acts at once."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.contacts import groups, identity
from chalicelib.contacts.model import Identities
from chalicelib.wiring import World
from tests.integration.contacts.conftest import BASE
from tests.support.api import Caller

Make = Callable[..., Any]
GROUPS = f"{BASE}/groups"
MEI = Identities(phone="+6591234567")


def test_a_group_is_created_changed_and_deleted(api: Caller, group: Make) -> None:
    made = group("VIP", description="The best")
    url = f"{GROUPS}/{made['id']}"
    changed = api.patch(url, [{"op": "replace", "path": "/name", "value": "Gold"}])
    assert (changed.status, changed.json["name"], changed.json["version"]) == (200, "Gold", 2)
    assert api.get(url).json == changed.json
    assert [api.delete(url).status, api.get(url).status, api.delete(url).status] == [204, 404, 404]
    assert group("gold")["contacts"] == 0


@pytest.mark.parametrize("name", ["VIP", "vip"])
def test_a_name_is_taken_whatever_its_case(api: Caller, group: Make, name: str) -> None:
    group("VIP")
    answer = api.post(GROUPS, {"name": name})
    assert (answer.status, answer.json["code"]) == (409, 5003)
    other = group("Other")
    renamed = api.patch(f"{GROUPS}/{other['id']}", [{"op": "replace", "path": "/name", "value": name}])
    assert (renamed.status, renamed.json["code"]) == (409, 5003)


def test_groups_are_found_by_a_part_of_their_name(api: Caller, group: Make) -> None:
    for name in ("General", "Gold", "Silver"):
        group(name)
    found = api.get(f"{GROUPS}?name=g&limit=1&offset=1").json
    assert [each["name"] for each in found["items"]] == ["Gold"]
    assert (found["page"], found["totalPages"], found["totalCount"], found["totalFiltered"]) == (2, 2, 3, 2)
    assert (found["hasPreviousPage"], found["hasNextPage"]) == (True, False)


def test_members_join_and_leave_and_are_counted_once(api: Caller, make: Make, group: Make) -> None:
    vip = group("VIP")["id"]
    ids = [make(msisdn=f"659123456{number}")["id"] for number in range(3)]
    url = f"{GROUPS}/{vip}/contacts"
    assert api.post(url, {"contacts": [*ids, ids[0], 99]}).json["contacts"] == 3
    again = api.post(url, {"contacts": ids})
    assert (again.status, again.json["contacts"]) == (201, 3)
    assert api.delete(url, {"contacts": ids[:1]}).json["contacts"] == 2
    assert api.delete(url, {"contacts": ids[:1]}).json["contacts"] == 2
    listed = api.get(f"{BASE}/contacts?groupId={vip}").json
    assert ([each["id"] for each in listed["items"]], listed["totalFiltered"]) == (ids[1:], 2)


def test_many_members_join_in_parts(api: Caller, make: Make, group: Make, world: World) -> None:
    vip = group("VIP")["id"]
    ids = [make(msisdn=f"65912345{number:02d}")["id"] for number in range(60)]
    assert api.post(f"{GROUPS}/{vip}/contacts", {"contacts": ids}).json["contacts"] == 60
    assert [int(contact.id) for contact in groups.members(world.table, str(vip))] == ids
    assert api.delete(f"{GROUPS}/{vip}").status == 204
    assert api.get(f"{BASE}/contacts/{ids[0]}").json["groups"] == []


def test_an_unknown_group_takes_nobody(api: Caller, make: Make) -> None:
    answer = api.post(f"{GROUPS}/5/contacts", {"contacts": [make(msisdn="6591234567")["id"]]})
    assert (answer.status, answer.json["code"]) == (404, "group_unknown")


def test_a_blacklist_acts_with_the_next_send_in_both_directions(
    api: Caller, make: Make, group: Make, world: World
) -> None:
    made, nobody = make(msisdn="6591234567"), group("Do not disturb")
    api.post(f"{GROUPS}/{nobody['id']}/contacts", {"contacts": [made["id"]]})
    assert identity.opted_out(world.table, MEI) == set()
    url = f"{GROUPS}/{nobody['id']}"
    api.patch(url, [{"op": "replace", "path": "/isblacklist", "value": "true"}])
    assert identity.opted_out(world.table, MEI) == {"all"}
    api.patch(url, [{"op": "replace", "path": "/isBlacklist", "value": False}])
    assert identity.opted_out(world.table, MEI) == set()


def test_a_number_is_blacklisted_whether_or_not_it_is_known(api: Caller, make: Make, world: World) -> None:
    made = make(msisdn="6591234567")
    known = api.post(f"{BASE}/contacts/blacklist/6591234567")
    unknown = api.post(f"{BASE}/contacts/blacklist/+6598765432", '"asked by phone"')
    assert (known.status, known.json["id"], unknown.status) == (200, made["id"], 200)
    for phone in ("+6591234567", "+6598765432"):
        assert identity.opted_out(world.table, Identities(phone=phone)) == {"all"}
    listed = api.get(GROUPS).json["items"]
    assert [(each["name"], each["isBlacklist"], each["contacts"]) for each in listed] == [("Blacklist", True, 2)]
    api.delete(f"{GROUPS}/{listed[0]['id']}/contacts", {"contacts": [made["id"]]})
    assert identity.opted_out(world.table, MEI) == set()


def test_what_is_no_number_is_not_blacklisted(api: Caller) -> None:
    answer = api.post(f"{BASE}/contacts/blacklist/12")
    assert (answer.status, answer.json["code"]) == (400, 1002)


def test_a_group_that_something_needs_is_not_deleted(api: Caller, group: Make, world: World) -> None:
    made = group("VIP")
    groups.note_use(world.table, str(made["id"]), "campaign 7", uses=True)
    refused = api.delete(f"{GROUPS}/{made['id']}")
    assert (refused.status, refused.json["code"]) == (409, "group_in_use")
    groups.note_use(world.table, str(made["id"]), "campaign 7", uses=False)
    assert api.delete(f"{GROUPS}/{made['id']}").status == 204


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a", "x": 1}, "x"),
    ],
)
def test_a_wrong_group_names_the_field(api: Caller, wish: Any, field: str) -> None:
    answer = api.post(GROUPS, wish)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)
