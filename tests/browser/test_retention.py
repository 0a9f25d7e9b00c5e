"""How long things are kept is set on a page of its own, which asks before anything is kept for a shorter time."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Call, Visit


def test_messages_are_kept_as_long_as_somebody_says_and_for_good_again(visit: Visit, api: Call) -> None:
    page = visit("administrator", "/retention").page
    page.get_by_label("Keep Messages until deleted").uncheck()
    page.get_by_label("Days that Messages are kept").fill("29")
    expect(page.get_by_text("Between 30 and 3650 days")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_label("Days that Messages are kept").fill("365")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Keep less").click()
    expect(page.get_by_text("Saved. What is there already follows")).to_be_visible()
    assert _days(api, "messages") == 365
    expect(page.get_by_role("status").filter(has_text="The last change")).to_be_visible()
    page.get_by_label("Keep Messages until deleted").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. What is there already follows").nth(1)).to_be_visible()
    assert _days(api, "messages") is None


def _days(api: Call, name: str) -> int | None:
    return next(each["days"] for each in api("GET", "/retention").body["classes"] if each["name"] == name)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_page_has_no_barrier(visit: Visit, width: int, scheme: str) -> None:
    visitor = visit("administrator", "/retention", width=width, scheme=scheme)
    expect(visitor.page.get_by_text("Closed tickets", exact=True)).to_be_visible()
    assert visitor.violations() == []
