"""What opens over a page for a moment, row menus and toasts, has no barrier either: wide and narrow, light and dark."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages import SIGHTS, Sight
from tests.browser.shop.story import Shop, opened
from tests.browser.shop.visits import Window, window

WAYS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


OPENED_BY = {
    "inbox-ticket": "^More for this ticket",
    "campaigns": "^More for",
    "contacts": "^You are",
    "contacts-one": "^More for",
    "contacts-groups": "^More for",
    "segments-new": "^Add a condition",
    "workflows": "^More for",
    "workflows-canvas": "^More for this workflow",
    "templates-new": "^Add a button",
    "team": "^More for",
    "webhooks": "^More for",
}
"""The pages that have a menu, and the button that opens it."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with opened() as found:
        yield found


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def here(request: pytest.FixtureRequest, browser: Browser, shop: Shop) -> Iterator[Window]:
    width, scheme = request.param
    with window(browser, shop, width=width, scheme=scheme) as found:
        yield found


def test_no_menu_has_a_barrier(here: Window) -> None:
    found = {}
    for sight in SIGHTS:
        if sight.name in OPENED_BY:
            here.show(sight)
            here.page.get_by_role("button", name=re.compile(OPENED_BY[sight.name])).first.click()
            expect(here.page.get_by_role("menu")).to_be_visible()
            here.is_still()
            found[sight.name] = here.visitor.violations()
    assert found.keys() == OPENED_BY.keys()
    assert {name: each for name, each in found.items() if each} == {}


def test_no_toast_has_a_barrier(here: Window) -> None:
    page = here.page
    here.show(Sight("canned-replies", "/canned-replies", "Opening hours"))
    delete = page.get_by_role("button", name=re.compile("^Delete")).first
    page.route("**/canned-replies/*", lambda route: route.fulfill(status=500, json=_REFUSAL))
    delete.click()
    expect(page.get_by_role("alert").filter(has_text="e-4711")).to_be_visible()
    found = {"refused": here.visitor.violations()}

    page.unroute_all()
    delete.click()
    expect(page.get_by_text(re.compile("is deleted.$"))).to_be_visible()
    found["done"] = here.visitor.violations()
    assert {name: each for name, each in found.items() if each} == {}


_REFUSAL = {"code": 500, "message": "Something went wrong on our side.", "errorId": "e-4711"}
