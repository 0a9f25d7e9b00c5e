"""Who may only read sees no button that would be refused; a ticket's way through two people's hands."""

import re

from playwright.sync_api import expect

from infra.local.client import until
from tests.browser.conftest import Customer, Visit, open_ticket


def test_an_administrator_reads_tickets_and_takes_none(visit: Visit, customer: Customer) -> None:
    """Administrators get no tickets: no Take, no presence; what they may not do is not offered."""
    customer.writes("Hello?")
    page = visit("administrator", "/inbox?view=all").page
    open_ticket(page, customer.name)
    expect(page.get_by_role("button", name="Take")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("You are:"))).to_have_count(0)


def test_an_agent_sees_no_page_of_the_set_up(visit: Visit) -> None:
    visitor = visit("agent", "/team")
    menu = visitor.page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Inbox")).to_be_visible()
    for place in ("Team", "API keys", "Audit log", "Reports", "Campaigns"):
        expect(menu.get_by_role("link", name=place, exact=True)).to_have_count(0)
    visitor.complaints.clear()  # the page itself was refused, and says so


def test_the_window_closes_while_somebody_types_and_nothing_is_lost(visit: Visit, customer: Customer) -> None:
    """The clock passes the end of the window under the hands of the writer: templates take the field's place, the text is kept."""
    customer.writes("Hello?")
    page = visit("supervisor", "/inbox?view=all").page
    open_ticket(page, customer.name)
    page.get_by_role("textbox", name="Reply").fill("Just a mom")
    page.clock.install()
    page.clock.fast_forward("24:30:00")
    expect(page.get_by_role("combobox", name="Template")).to_be_visible()
    expect(page.get_by_text("The 24-hour reply window is closed.")).to_be_visible()
    kept = page.evaluate("() => Object.values(sessionStorage).join()")
    assert "Just a mom" in kept


def test_a_reply_arrives_live_and_is_answered_transferred_and_resolved(visit: Visit, customer: Customer) -> None:
    """Ten actions: open; take; type, send; e, Resolve for the supervisor after Assign, person, note, Assign."""
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all")
    page = visitor.page
    page.get_by_role("link", name=re.compile(customer.name)).click()  # 1
    thread = page.get_by_role("region", name="Messages")
    customer.writes("Is there a hostel nearby?")
    expect(thread.get_by_text("Is there a hostel nearby?")).to_be_visible()
    page.get_by_role("button", name="Take").first.click()  # 2
    page.get_by_role("textbox", name="Reply").fill("Yes, two streets away.")  # 3
    page.keyboard.press("Control+Enter")  # 4
    expect(thread.get_by_text("Yes, two streets away.")).to_be_visible()
    page.get_by_role("button", name="Assign").click()  # 5
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="A person").click()  # 6
    page.get_by_role("option", name=re.compile("Robin Agent")).click()  # 7
    dialog.get_by_role("button", name="Assign or move").click()  # 8
    expect(page.get_by_role("complementary").get_by_role("combobox", name="Assigned to")).to_have_value("Robin Agent")
    page.get_by_role("button", name="Resolve").click()  # 9
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()  # 10
    expect(thread.get_by_text("resolved the ticket")).to_be_visible()
    assert until("it is on the phone", customer.got) == ["Yes, two streets away."]
