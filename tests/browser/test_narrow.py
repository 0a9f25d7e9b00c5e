"""Pages on a phone: what one came for is there without scrolling sideways or past something else."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


@pytest.mark.parametrize(("path", "table"), [("/retention", "Retention"), ("/templates", "Templates")])
def test_the_columns_stand_below_each_other_where_there_is_no_room(visit: Visit, path: str, table: str) -> None:
    page = visit("administrator", path, width=390).page
    rows = page.get_by_role("region", name=table, exact=True)
    expect(rows.get_by_role("row").nth(1)).to_be_visible()
    hidden = rows.evaluate("section => section.scrollWidth - section.clientWidth")
    assert hidden == 0


def test_how_many_fit_a_segment_is_in_sight(visit: Visit) -> None:
    page = visit("administrator", "/segments/new", width=390).page
    expect(page.get_by_role("button", name="Count", exact=True)).to_be_in_viewport()


def test_templates_are_listed_first_and_the_chosen_one_is_brought_into_sight(visit: Visit) -> None:
    page = visit("administrator", "/templates", width=390).page
    rows = page.get_by_role("region", name="Templates", exact=True)
    first = rows.get_by_role("button").first
    expect(first).to_be_in_viewport()
    looks = page.get_by_role("region", name="How it looks")
    expect(looks).not_to_be_in_viewport()
    rows.get_by_role("button", name="voucher").click()
    expect(page.get_by_role("heading", name="voucher")).to_be_in_viewport()
    expect(looks).to_be_in_viewport()
