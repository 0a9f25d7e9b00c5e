"""A segment is described, counted, kept and sent to."""

import re

import pytest
from playwright.sync_api import expect

from infra.local.client import until
from tests.browser.conftest import Call, Customer, Visit


def test_a_segment_is_counted_before_it_is_kept_and_becomes_a_campaign(
    visit: Visit, api: Call, customer: Customer
) -> None:
    customer.writes("Hello?")
    until("we know them", lambda: customer.name in str(api("GET", "/tickets?limit=200").body["items"]))
    page = visit("supervisor", "/segments").page
    page.get_by_role("link", name="New segment").first.click()
    page.get_by_label("Name", exact=True).fill(f"India {customer.wa_id}")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("menuitem", name="Country is one of").click()
    save, count = page.get_by_role("button", name="Save"), page.get_by_role("region", name="How many are meant")
    expect(save).to_be_disabled()
    expect(count.get_by_role("button", name="Count")).to_be_disabled()
    page.get_by_role("combobox", name="Country is one of").fill("India")
    page.get_by_role("option", name="India", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("menuitem", name="Wrote in the last").click()
    expect(count).to_contain_text("from India · wrote in the last 30 days")
    count.get_by_role("button", name="Count").click()
    expect(count.get_by_role("status")).to_contain_text(re.compile(r"[1-9][0-9]* contacts?"))

    save.click()
    fitting = page.get_by_role("region", name="Who fits now")
    expect(fitting.get_by_role("link", name=customer.name)).to_be_visible()
    page.get_by_role("button", name="Use in a campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on with its fields").click()
    expect(page).to_have_url(re.compile(r"/campaigns/.*/edit\?step=fields"))
    made = page.url.split("/campaigns/")[1].split("/")[0]
    assert api("GET", f"/campaigns/{made}").body["recipients"]["source"] == "contacts"


def test_a_segment_that_is_changed_says_so_and_is_deleted_when_asked(visit: Visit, api: Call) -> None:
    made = api("POST", "/segments", {"name": "Quiet people", "filter": {"silentForDays": 30}}).body
    page = visit("supervisor", f"/segments/{made['id']}").page
    page.get_by_role("textbox", name="Has not written for").fill("60")
    expect(page.get_by_text("Save it to see who fits.")).to_be_visible()
    expect(page.get_by_role("button", name="Use in a campaign")).to_be_disabled()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Quiet people is saved.")).to_be_visible()
    assert api("GET", f"/segments/{made['id']}").body["filter"]["silentForDays"] == 60
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Segments")).to_be_visible()
    assert api("GET", f"/segments/{made['id']}").status == 404


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_have_no_barrier(visit: Visit, api: Call, width: int, scheme: str) -> None:
    everything = {
        "countries": ["IN"],
        "tags": ["vip"],
        "attributes": [{"name": "Plan", "op": "is", "value": "gold"}],
        "wroteWithinDays": 30,
        "mayGetMarketing": True,
    }
    made = api("POST", "/segments", {"name": "Everything", "filter": everything}).body
    visitor = visit("supervisor", f"/segments/{made['id']}", width=width, scheme=scheme)
    expect(visitor.page.get_by_role("heading", name="Who fits now")).to_be_visible()
    assert visitor.violations() == []
    visitor.page.get_by_role("link", name="All segments").click()
    expect(visitor.page.get_by_role("link", name="Everything").first).to_be_visible()
    assert visitor.violations() == []
    api("DELETE", f"/segments/{made['id']}")
