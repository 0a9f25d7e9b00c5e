"""Campaigns without a mouse: every task of their pages, with keys alone."""

import re
import secrets
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import Call, Visit
from tests.browser.keys import Keys
from tests.browser.test_campaigns import VOUCHER, spreadsheet


def test_a_campaign_is_planned_changed_and_cancelled_by_keyboard_alone(visit: Visit) -> None:
    name = f"Keys {secrets.token_hex(3)}"
    day = datetime.now(UTC) + timedelta(days=3)
    page = visit("supervisor", "/campaigns").page
    keys = Keys(page)
    keys.use("link", "New campaign")
    keys.write("Name", name)
    keys.press("Enter")
    keys.choose("Choose a file", spreadsheet(3, broken=1))
    keys.pick("Field of column First Name", "Leave out")
    keys.use("button", "Continue")
    expect(page.get_by_text("1 row cannot be used")).to_be_visible(timeout=60_000)
    keys.use("button", "Show these rows")
    expect(page.get_by_role("region", name="Rows that cannot be used")).to_contain_text("98x0")
    keys.use("button", "Continue")
    keys.write("Search templates", "voucher")
    keys.use("button", VOUCHER)
    keys.pick("Text {{1}}: filled with", "The same for everybody")
    keys.write("Text {{1}}: text", "friend")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    keys.use("button", "Next person")
    expect(page.get_by_text("Row 2 of 4")).to_be_visible()
    keys.use("button", "Continue")

    keys.to("radio", "As soon as I send it")
    keys.press("ArrowDown")
    keys.to_field("Date and time")
    keys.type(f"{day:%m%d%Y}")  # the browser's own field, in its own language: American
    keys.press("ArrowRight")
    keys.type("0930A")
    keys.write("Time zone", "Singapore", role="combobox")
    keys.press("ArrowDown", "Enter")
    keys.to("radio", "At any hour")
    keys.press("ArrowDown")
    keys.to("checkbox", "Sunday")
    keys.press("Space")
    keys.to("radio", "As fast as the number can")
    keys.press("ArrowDown")
    keys.write("Messages", "50")
    keys.use("button", "Continue")
    expect(page.get_by_text("50 / minute")).to_be_visible()
    keys.use("button", "Schedule it")
    goes_out = page.get_by_text(re.compile(r"Goes out .* 0?9:30( AM)? \(Asia/Singapore\)"))
    expect(goes_out).to_be_visible()

    keys.use("link", "Change it")
    expect(page.get_by_label("Date and time")).to_have_value(f"{day:%Y-%m-%d}T09:30")
    expect(page.get_by_role("checkbox", name="Sunday")).not_to_be_checked()
    keys.use("button", "Continue")
    keys.use("button", "Schedule it")
    expect(goes_out).to_be_visible()
    keys.use("button", "Cancel the campaign")
    keys.use("button", "Cancel the campaign", within=page.get_by_role("dialog"))
    expect(page.get_by_text("The campaign is cancelled.")).to_be_visible()


def test_a_campaign_is_sent_and_its_report_read_by_keyboard_alone(visit: Visit, sim: Call) -> None:
    mine = f"6591{secrets.randbelow(10**6):06}"
    page = visit("supervisor", "/campaigns").page
    keys = Keys(page)
    keys.use("link", "New campaign")
    keys.write("Name", f"Sent by keys {mine}")
    keys.press("Enter")
    keys.to("radio", "From a spreadsheet")
    keys.press("ArrowRight", "ArrowRight")
    keys.write("Phone numbers", f"+65{secrets.randbelow(10**4):04}\n+{mine}")
    keys.use("button", "Continue")
    keys.use("button", "Continue", within=page.get_by_role("region", name="Map fields"))
    keys.write("Search templates", "voucher")
    keys.use("button", VOUCHER)
    for place in ("Text {{1}}: text", "Text {{2}}: text"):
        keys.write(place, "SAVE")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    keys.use("button", "Continue")
    keys.use("button", "Continue")
    keys.write("Your number", f"+{mine}")
    keys.use("button", "Send the test")
    expect(page.get_by_text(f"Sent to +{mine}")).to_be_visible()
    keys.use("button", "Send to 1 person")
    keys.use("button", re.compile("^Show the people: Delivered"))
    expect(page.get_by_role("region", name="People").get_by_role("row")).to_have_count(2, timeout=60_000)
    keys.use("link", "All campaigns")
    keys.write("Search by name", mine)
    row = page.get_by_role("row", name=re.compile(mine))
    keys.use("button", re.compile("^More for"), within=row)
    keys.item("Make a copy")
    expect(page.get_by_text("A copy is ready as a draft.")).to_be_visible()
    assert len(sim("GET", f"/messages?wa_id={mine}").body["messages"]) == 2
