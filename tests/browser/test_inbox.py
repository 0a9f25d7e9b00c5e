"""A customer writes, an agent answers: everything found by its visible label, with the simulated WhatsApp of the local stack."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Customer, Visit, open_ticket


def test_a_customer_is_answered_in_five_actions(visit: Visit, customer: Customer) -> None:
    """Find, open, take, type, send; 8x8 Connect needs five, too (docs/portal.md). A note after it, and resolved: two keys."""
    customer.writes("Is *parking* available?")
    page = visit("agent", "/inbox?view=unassigned").page
    open_ticket(page, customer.name)  # 1, 2
    page.get_by_role("button", name="Take").first.click()  # 3
    page.get_by_role("textbox", name="Reply").fill("Yes, free at Gate 2.")  # 4
    page.keyboard.press("Control+Enter")  # 5
    thread = page.get_by_role("region", name="Messages")
    expect(thread.get_by_text("Yes, free at Gate 2.")).to_be_visible()
    expect(thread.get_by_role("img", name=re.compile("Read|Delivered|Sent"))).to_be_visible(timeout=60_000)

    page.get_by_role("tab", name="Private note").click()
    page.get_by_role("textbox", name="Private note").fill("An alumnus.")
    page.keyboard.press("Control+Enter")
    expect(thread.get_by_text("An alumnus.")).to_be_visible()

    page.get_by_role("textbox", name="Private note").blur()
    page.keyboard.press("e")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(
        page.get_by_role("banner").get_by_text("Resolved").or_(thread.get_by_text("resolved the ticket"))
    ).to_be_visible()


def test_what_a_customer_writes_appears_without_a_reload(visit: Visit, customer: Customer) -> None:
    customer.writes("Hello?")
    page = visit("supervisor", "/inbox?view=all").page
    open_ticket(page, customer.name)
    customer.writes("Are you there?")
    expect(page.get_by_role("region", name="Messages").get_by_text("Are you there?")).to_be_visible(timeout=40_000)


def test_a_reply_that_was_typed_survives_a_reload(visit: Visit, customer: Customer) -> None:
    customer.writes("Hello?")
    page = visit("agent", "/inbox?view=unassigned", who=1).page
    open_ticket(page, customer.name)
    page.get_by_role("button", name="Take").first.click()
    page.get_by_role("textbox", name="Reply").fill("Half a sentence")
    page.reload()
    expect(page.get_by_role("textbox", name="Reply")).to_have_value("Half a sentence")


def test_a_ticket_goes_to_a_colleague_with_a_note(visit: Visit, customer: Customer, stack: dict[str, Any]) -> None:
    customer.writes("A question about my invoice")
    page = visit("supervisor", "/inbox?view=all").page
    open_ticket(page, customer.name)
    page.get_by_role("button", name="Assign").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="A person").click()
    page.get_by_role("option", name=re.compile("Alex Agent")).click()
    dialog.get_by_label("Note").fill("Please take over.")
    dialog.get_by_role("button", name="Assign or move").click()
    expect(page.get_by_role("region", name="Messages").get_by_text("Please take over.")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_role("combobox", name="Assigned to")).to_have_value("Alex Agent")


def test_outside_the_window_the_composer_offers_templates(visit: Visit, customer: Customer) -> None:
    """A browser whose clock is 25 hours ahead sees the window closed, as it will be then."""
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all")
    page = visitor.page
    open_ticket(page, customer.name)
    page.clock.install()
    page.clock.fast_forward("25:00:00")
    expect(page.get_by_text("The 24-hour reply window is closed.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Template")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_inbox_has_no_barrier(visit: Visit, customer: Customer, width: int, scheme: str) -> None:
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all", width=width, scheme=scheme)
    visitor.page.get_by_role("region", name="All").get_by_role("link").first.wait_for()
    found = visitor.violations()
    open_ticket(visitor.page, customer.name)
    visitor.page.get_by_role("textbox", name="Reply").wait_for()
    assert found + visitor.violations() == []
