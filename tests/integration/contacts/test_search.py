"""Finding contacts without ever reading the whole table."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.wiring import World
from tests.integration.contacts.conftest import BASE
from tests.support.api import Caller

Make = Callable[..., Any]


def _found(api: Caller, query: str) -> list[str]:
    return [each["firstName"] for each in api.get(f"{BASE}/contacts?{query}").json["items"]]


@pytest.fixture
def people(make: Make) -> None:
    make(msisdn="6591234567", firstName="Mei", lastName="Lim", email="mei@example.com")
    make(msisdn="6591299999", firstName="Meilin", lastName="Tan")
    make(msisdn="16511112222", firstName="John", lastName="O'Mei", bsuid="US.13491208655302741918")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("mei", ["John", "Meilin", "Mei"]),
        ("Mei L", ["Mei"]),
        ("lim mei", ["Mei"]),
        ("+65912", ["Meilin", "Mei"]),
        ("651111", []),
        ("1 (651) 111", ["John"]),
        ("4567", ["Mei"]),
        ("MEI@exam", ["Mei"]),
        ("us.13491208655302741918", ["John"]),
        ("nobody", []),
        ("%", []),
        ("m", []),
    ],
)
def test_a_search_finds_by_words_addresses_and_endings(api: Caller, query: str, names: list[str]) -> None:
    assert _found(api, f"query={quote(query)}") == names


@pytest.mark.usefixtures("people")
def test_a_list_can_be_of_one_country(api: Caller) -> None:
    listed = api.get(f"{BASE}/contacts?country=sg").json
    assert ([each["firstName"] for each in listed["items"]], listed["totalFiltered"]) == (["Meilin", "Mei"], 2)
    assert listed["totalCount"] == 3


@pytest.mark.usefixtures("people")
def test_a_changed_name_is_found_and_the_old_one_is_not(api: Caller) -> None:
    john = api.get(f"{BASE}/contacts?query=john").json["items"][0]["id"]
    api.patch(f"{BASE}/contacts/{john}", [{"op": "replace", "path": "/firstName", "value": "Ivan"}])
    assert (_found(api, "query=john"), _found(api, "query=ivan")) == ([], ["Ivan"])


class Counting:
    """Counts the queries that go to DynamoDB."""

    def __init__(self, client: Any) -> None:
        self.client, self.queries = client, 0

    def __getattr__(self, name: str) -> Any:
        if name == "query":
            self.queries += 1
        return getattr(self.client, name)


def test_going_through_a_group_costs_one_query_a_page(api: Caller, make: Make, group: Make, world: World) -> None:
    vip = group("VIP")["id"]
    ids = [make(msisdn=f"65912345{number:02d}", groups=[vip])["id"] for number in range(25)]
    counting = Counting(world.table.client)
    world.table.client = counting
    pages = []
    for offset in range(3):
        counting.queries = 0
        page = api.get(f"{BASE}/contacts?groupId={vip}&limit=10&offset={offset}").json
        pages.append((counting.queries, len(page["items"]), page["hasNextPage"], page["totalPages"]))
        ids = [each for each in ids if each not in {item["id"] for item in page["items"]}]
    assert pages == [(1, 10, True, 3), (2, 10, True, 3), (2, 5, False, 3)]
    assert ids == []


def test_a_jump_ahead_finds_its_page_too(api: Caller, make: Make) -> None:
    made = [make(msisdn=f"65912345{number:02d}")["id"] for number in range(7)]
    page = api.get(f"{BASE}/contacts?limit=2&offset=2").json
    assert [each["id"] for each in page["items"]] == [made[2], made[1]]
    assert api.get(f"{BASE}/contacts?limit=2&offset=9").json["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", "country=xyz", "groupId=x", "foo=1"])
def test_a_wrong_query_is_refused(api: Caller, query: str) -> None:
    assert api.get(f"{BASE}/contacts?{query}").status == 400
