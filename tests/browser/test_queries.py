"""One question a list, however many things stand in it: asked of the real API, counted in the browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Call, Customer, Visit, Visitor

LISTS = {
    "/inbox?view=all": "/tickets?",
    "/campaigns": "/campaigns?",
    "/contacts": "/contacts?",
    "/contacts/groups": "/groups?",
    "/segments": "/segments",
    "/workflows": "/definitions",
    "/queues": "/queues",
    "/canned-replies": "/canned-replies",
    "/templates": "/templates?",
    "/channels": "/channels",
    "/team": "/users",
    "/webhooks": "/webhooks",
    "/api-keys": "/api-keys",
    "/audit": "/audit",
}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_asks_for_its_list_once_and_for_nothing_twice(visit: Visit, path: str) -> None:
    role = "supervisor" if path.startswith("/inbox") else "administrator"
    asked = _asked(visit(role, path))
    lists = [each for each in asked if LISTS[path] in each and not re.search(r"/tickets/|/queues/|/users/", each)]
    assert len(lists) == 1, asked
    assert len(asked) == len(set(asked)), asked


def test_more_tickets_ask_no_more(visit: Visit, new_customer: Callable[[], Customer]) -> None:
    new_customer().writes("Hello?")
    before = _asked(visit("supervisor", "/inbox?view=all"))
    people = [new_customer() for _ in range(8)]
    for each in people:
        each.writes("Hello?")
    early = visit("supervisor", "/inbox?view=all")
    for each in people:
        expect(early.page.get_by_role("link", name=re.compile(each.name))).to_be_visible()
    _settled(early)
    assert sorted(_asked(visit("supervisor", "/inbox?view=all"))) == sorted(before)


def test_more_contacts_ask_no_more(visit: Visit, api: Call, stack: dict[str, Any]) -> None:
    before = _asked(visit("administrator", "/contacts"))
    for number in range(12):
        draft = {"firstName": f"Number {number}", "addresses": {"msisdn": f"+9197{number:08}"}}
        assert api("POST", f"/accounts/{stack['account_id']}/contacts", draft).status in {201, 409}
    assert sorted(_asked(visit("administrator", "/contacts"))) == sorted(before)


def _settled(visitor: Visitor) -> None:
    """Waits until no news come any more: a ticket that changes is read, once a change."""
    count = -1
    while count != len(visitor.asked):
        count = len(visitor.asked)
        visitor.page.wait_for_timeout(3_000)


def _asked(visitor: Visitor) -> list[str]:
    """What a page asks of the API while it opens, without the live updates, which go on as long as it is open."""
    expect(visitor.page.get_by_role("main").locator("[aria-busy=true], .mantine-Skeleton-root")).to_have_count(0)
    visitor.page.wait_for_load_state("networkidle")
    return [each for each in visitor.asked if not re.search(r"/(changes|live|me|session)\b", each)]
