"""The settings of the desk: labels with their rules, and two people who change them at once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Call, Customer, Visit
from tests.e2e.conftest import request


@pytest.fixture(autouse=True)
def settings_as_they_were(api: Call, stack: dict[str, Any]) -> Iterator[None]:
    """What a test has set holds for the whole stack."""
    kept = api("GET", "/converse/settings").body
    yield
    version = api("GET", "/converse/settings").body["version"]
    draft = {name: value for name, value in kept.items() if name != "version"}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {stack['api_key']}",
        "If-Match": f'"{version}"',
    }
    assert request("PUT", f"{stack['api_url']}/api/v1/converse/settings", draft, headers).status == 200


def test_a_label_is_set_up_put_on_by_its_word_and_taken_off_by_a_person(visit: Visit, customer: Customer) -> None:
    page = visit("administrator", "/settings").page
    page.get_by_role("button", name="Add a label").click()
    page.get_by_label("Name of label 1").fill("Angry")
    page.get_by_role("combobox", name="When the customer writes one of").fill("lawyer")
    page.keyboard.press("Enter")
    _save(page)
    expect(page.get_by_text("The settings are saved.")).to_be_visible()

    customer.writes("You will hear from my lawyer!")
    boss = visit("supervisor", "/inbox?view=all").page
    row = boss.get_by_role("link", name=re.compile(customer.name)).first  # the side panel has their name as a link, too
    expect(row).to_contain_text("Angry")
    row.click()
    boss.get_by_role("combobox", name="Label").click()
    boss.get_by_role("option", name="No label").click()
    expect(row).not_to_contain_text("Angry")


def test_whoever_saves_second_is_told_and_loses_nothing_by_it(visit: Visit, api: Call) -> None:
    mine, theirs = visit("administrator", "/settings"), visit("administrator", "/settings")
    for visitor, place in ((theirs, "7"), (mine, "9")):
        visitor.page.get_by_label("Tickets at the same time").fill(place)
    _save(theirs.page)
    expect(theirs.page.get_by_text("The settings are saved.")).to_be_visible()
    _save(mine.page)
    expect(mine.page.get_by_role("alert")).to_contain_text("Somebody else has saved the settings")
    expect(mine.page.get_by_label("Tickets at the same time")).to_have_value("9")
    mine.page.get_by_role("button", name="Read theirs").click()
    expect(mine.page.get_by_label("Tickets at the same time")).to_have_value("7")
    assert api("GET", "/converse/settings").body["capacity"] == 7
    mine.complaints.clear()  # Chromium writes a refusal to its console


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_page_has_no_barrier(visit: Visit, width: int, scheme: str) -> None:
    visitor = visit("administrator", "/settings", width=width, scheme=scheme)
    visitor.page.get_by_role("button", name="Add a label").click()
    assert visitor.violations() == []


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save").first.click()
