"""What a campaign's wizard keeps, whom it takes, in which hours and how often: all by visible labels."""

import base64
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Call, Visit, sign_in_again
from tests.browser.test_campaigns import VOUCHER, spreadsheet, start, up_to_message

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
REFUSED = (
    '{"code":500,"message":"Something went wrong on our side.","errorId":"e-4711","timestamp":"2026-01-01T00:00:00Z"}'
)


def up_to_delivery(page: Page, name: str) -> None:
    up_to_message(page, name, spreadsheet(2))
    page.get_by_role("button", name=VOUCHER).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("As soon as I send it")).to_be_visible()


@pytest.fixture
def capped(stack: dict[str, Any], api: Call) -> Iterator[str]:
    """The subaccount of the demo's number; what a test demands of its campaigns is taken back."""
    subaccount = str(stack["channels"][0]["subaccount_id"])
    yield subaccount
    assert api("PUT", f"/campaign-rules/{subaccount}", {}).status == 200


def test_single_contacts_are_searched_for_and_picked(visit: Visit, api: Call, stack: dict[str, Any]) -> None:
    word = f"Zora{secrets.token_hex(3)}"
    for n in range(3):
        person = {
            "firstName": word,
            "lastName": f"No{n}",
            "addresses": {"msisdn": f"+6591{secrets.randbelow(10**6):06}"},
        }
        assert api("POST", f"/accounts/{stack['account_id']}/contacts", person).status == 201
    page = visit("supervisor", "/campaigns").page
    start(page, f"For {word}")
    page.get_by_text("From your contacts").click()
    search = page.get_by_role("combobox", name="Single people")
    for n in (0, 2):
        search.fill(word)
        page.get_by_role("option", name=re.compile(f"{word} No{n} · \\+6591")).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Continue").click()
    summary = page.get_by_role("region", name="Map fields")
    expect(summary.get_by_text("Can be sent to").locator("xpath=..")).to_contain_text("2", timeout=60_000)


def test_hours_of_the_recipient_are_kept_as_one_goes_and_hold_who_is_outside(visit: Visit, api: Call) -> None:
    """Nobody presses Continue: leaving the step is enough."""
    page = visit("supervisor", "/campaigns").page
    up_to_delivery(page, f"By day {secrets.token_hex(3)}")
    page.get_by_role("radio", name="Only in some hours of the recipient's own day").click()
    for day in ("Saturday", "Sunday"):
        page.get_by_role("checkbox", name=day).uncheck()
    page.get_by_label("From", exact=True).fill("10:00")
    page.get_by_label("Until", exact=True).fill("10:10")
    expect(page.get_by_text("At least half an hour after the start.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    page.get_by_label("Until", exact=True).fill("16:30")
    page.get_by_role("button", name="Message").click()
    expect(page.get_by_role("button", name="Choose another")).to_be_visible()
    campaign_id = page.url.split("/campaigns/")[1].split("/")[0]
    page.reload()
    page.get_by_role("button", name="Delivery").click()
    expect(page.get_by_label("Until", exact=True)).to_have_value("16:30")
    expect(page.get_by_role("checkbox", name="Sunday")).not_to_be_checked()
    kept = api("GET", f"/campaigns/{campaign_id}").body["delivery"]
    assert (kept["start"], kept["end"], kept["days"]) == ("10:00:00", "16:30:00", [1, 2, 3, 4, 5])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("10:00 to 16:30 of their day")).to_be_visible()


def test_the_time_of_a_draft_is_there_again_after_a_reload(visit: Visit) -> None:
    page = visit("supervisor", "/campaigns").page
    name = f"Someday {secrets.token_hex(3)}"
    up_to_delivery(page, name)
    at = f"{datetime.now(UTC) + timedelta(days=4):%Y-%m-%d}T09:00"
    page.get_by_role("radio", name="At a time").click()
    page.get_by_label("Date and time").fill(at)
    page.get_by_role("combobox", name="Time zone", exact=True).fill("Singapore")
    page.get_by_role("option", name="Asia/Singapore").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Schedule it")).to_be_enabled()
    page.goto(page.url.split("?")[0])
    expect(page.get_by_role("button", name="Schedule it")).to_be_enabled()
    page.get_by_role("button", name="Delivery", exact=True).click()
    expect(page.get_by_label("Date and time")).to_have_value(at)
    page.get_by_role("link", name="Campaigns").click()
    expect(page.get_by_role("row", name=re.compile(name))).to_contain_text("Meant for")


def test_what_is_scheduled_is_changed_and_cancelled_from_the_list(visit: Visit) -> None:
    page = visit("supervisor", "/campaigns").page
    name = f"Later {secrets.token_hex(3)}"
    up_to_delivery(page, name)
    day = datetime.now(UTC) + timedelta(days=4)
    page.get_by_role("radio", name="At a time").click()
    page.get_by_label("Date and time").fill(f"{day:%Y-%m-%d}T09:00")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Schedule it").click()
    expect(page.get_by_text(re.compile("Goes out"))).to_be_visible()
    page.get_by_role("link", name="All campaigns").click()
    row = page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("Scheduled")
    row.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name="Change it").click()
    expect(page.get_by_text("It is scheduled. As soon as you change something")).to_be_visible()
    expect(page.get_by_label("Date and time")).to_have_value(f"{day:%Y-%m-%d}T09:00")
    page.get_by_label("Date and time").fill(f"{day:%Y-%m-%d}T11:00")
    expect(page.get_by_text("It is scheduled.")).to_have_count(0)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Schedule it").click()
    expect(page.get_by_text(re.compile(r"Goes out .*11:00"))).to_be_visible()
    page.get_by_role("link", name="All campaigns").click()
    row.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name="Cancel the campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the campaign").click()
    expect(row).to_contain_text("Cancelled")


def test_how_often_one_person_hears_from_us_is_one_rule_that_skips(visit: Visit, api: Call, capped: str) -> None:
    people = spreadsheet(2)
    once = visit("administrator", "/campaigns").page
    up_to_message(once, "The first", people)
    once.get_by_role("button", name=VOUCHER).click()
    expect(once.get_by_text("Saved", exact=True)).to_be_visible()
    once.get_by_role("button", name="Review").click()
    once.get_by_role("button", name="Send to 2 people").click()
    expect(once.get_by_text("Completed")).to_be_visible(timeout=90_000)

    page = visit("administrator", "/campaigns").page
    up_to_message(page, "The second", people)
    page.get_by_role("button", name=VOUCHER).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Change how often one person hears from you").click()
    page.get_by_label("Messages at most").fill("1")
    page.get_by_label("Within days").fill("7")
    page.get_by_role("button", name="Use this rule").click()
    expect(page.get_by_text("At most 1 campaign messages in 7 days")).to_be_visible()
    assert api("GET", f"/campaign-rules/{capped}").body["frequencyCap"] == {"messages": 1, "days": 7}
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 people get nothing")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Show these rows").click()
    expect(page.get_by_role("region", name="Who gets nothing")).to_contain_text("frequency cap")
    expect(page.get_by_role("button", name="Send to 0 people")).to_be_disabled()


def test_a_picture_is_uploaded_and_sent(visit: Visit) -> None:
    page = visit("supervisor", "/campaigns").page
    up_to_message(page, "With a picture", spreadsheet(1))
    page.get_by_label("Search templates").fill("spring sale")
    page.get_by_role("button", name=re.compile("^spring_sale")).click()
    page.get_by_role("combobox", name="Text {{2}}: filled with").click()
    page.get_by_role("option", name="Voucher").click()
    page.get_by_role("combobox", name=re.compile("^Picture.*filled with")).click()
    page.get_by_role("option", name="A file I upload").click()
    page.locator("input[type=file]").set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": DOT})
    expect(page.get_by_text("dot.png")).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=60_000)
    page.reload()
    expect(page.get_by_text("dot.png")).to_be_visible()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Send to 1 person").click()
    page.get_by_role("button", name=re.compile("^Show the people: Delivered")).click(timeout=90_000)
    expect(page.get_by_role("region", name="Messages over time").get_by_role("img")).to_be_visible()


def test_numbers_being_typed_survive_a_reload(visit: Visit) -> None:
    page = visit("supervisor", "/campaigns").page
    start(page, "Typing")
    page.get_by_text("Type or paste numbers").click()
    page.get_by_label("Phone numbers").fill("+6592000001\n+6592000002")
    page.reload()
    page.get_by_text("Type or paste numbers").click()
    expect(page.get_by_label("Phone numbers")).to_have_value("+6592000001\n+6592000002")


def test_a_session_that_ends_in_the_wizard_loses_nothing(visit: Visit) -> None:
    visitor = visit("supervisor", "/campaigns")
    page = visitor.page
    up_to_message(page, "Interrupted", spreadsheet(2))
    page.get_by_text("Free text", exact=True).click()
    ended = {"code": "unauthorized", "message": "Sign in.", "errorId": "e1", "timestamp": "2026-01-01T00:00:00Z"}
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json=ended))
    page.get_by_label("Text", exact=True).fill("Dear {{FirstName}}, we moved to Gate 2.")
    sign_in_again(page)
    expect(page.get_by_label("Text", exact=True)).to_have_value("Dear {{FirstName}}, we moved to Gate 2.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("As soon as I send it")).to_be_visible()
    visitor.complaints.clear()


@pytest.mark.parametrize("source", ["typed", "contacts"])
def test_a_refusal_while_recipients_are_taken_is_told_and_the_second_try_goes_on(
    visit: Visit, api: Call, stack: dict[str, Any], source: str
) -> None:
    name = f"Refused{secrets.token_hex(3)}"
    person = {"firstName": name, "addresses": {"msisdn": f"+6591{secrets.randbelow(10**6):06}"}}
    assert api("POST", f"/accounts/{stack['account_id']}/contacts", person).status == 201
    visitor = visit("supervisor", "/campaigns")
    page = visitor.page
    start(page, name)
    if source == "typed":
        page.get_by_text("Type or paste numbers").click()
        page.get_by_label("Phone numbers").fill("+6592000001")
    else:
        page.get_by_text("From your contacts").click()
        page.get_by_role("combobox", name="Single people").fill(name)
        page.get_by_role("option", name=re.compile(name)).click()
        page.keyboard.press("Escape")
    page.route(f"**/recipients/{source}", _refuse)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").filter(has_text="e-4711")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Can be sent to")).to_be_visible(timeout=60_000)
    visitor.complaints.clear()


@pytest.mark.parametrize("button", ["Pause", "Resume", "Cancel the campaign", "Make a copy"])
def test_every_button_of_a_report_tells_what_the_server_refused(visit: Visit, api: Call, button: str) -> None:
    """A slow campaign, so that there is time to press them."""
    visitor = visit("supervisor", "/campaigns")
    page = visitor.page
    up_to_delivery(page, f"Slow {secrets.token_hex(3)}")
    page.get_by_role("radio", name="Slower, so that your team can answer").click()
    page.get_by_label("Messages", exact=True).fill("1")
    page.get_by_role("combobox", name="Per").click()
    page.get_by_role("option", name="hour").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send to 2 people").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=60_000)
    if button == "Resume":
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.route(
        "**/campaigns/*/*", lambda route: _refuse(route) if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name=button).click()
    if button == "Cancel the campaign":
        page.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(page.get_by_role("alert").filter(has_text="e-4711")).to_be_visible()
    page.unroute_all()
    campaign_id = page.url.split("/campaigns/")[1].split("?")[0]
    assert api("POST", f"/campaigns/{campaign_id}/cancel", {}).status == 200
    visitor.complaints.clear()


def _refuse(route: Route) -> None:
    route.fulfill(status=500, content_type="application/json", body=REFUSED)
