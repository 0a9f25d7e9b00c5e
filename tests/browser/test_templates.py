"""A template from nothing to Meta's review: its rules are told while one writes, and what was typed stays."""

import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Call, Visit


def test_a_template_is_written_checked_and_submitted(visit: Visit, api: Call) -> None:
    name = f"order_{secrets.token_hex(3)}"
    visitor = visit("supervisor", "/templates")
    page = visitor.page
    page.get_by_role("link", name="New template").click()
    page.get_by_label("Name", exact=True).fill(name.replace("_", " ").capitalize())
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    message = page.get_by_role("region", name="Message")
    message.get_by_label("Text", exact=True).fill("Your order arrives on ")
    message.get_by_role("button", name="Add a variable").click()
    expect(message.get_by_text("The text begins or ends with a variable")).to_be_visible()
    message.get_by_label("Text", exact=True).fill("Your order arrives on {{1}}, we hope you will enjoy it.")
    message.get_by_label("Sample for {{1}}").fill("Monday")
    expect(page.get_by_role("region", name="How it looks")).to_contain_text("Your order arrives on Monday")

    buttons = page.get_by_role("region", name="Buttons")
    buttons.get_by_role("button", name="Add a button").click()
    page.get_by_role("menuitem", name="Open a web page").click()
    buttons.get_by_label("Text of the button").fill("Track it")
    buttons.get_by_label("Address").fill("shop.example")
    expect(buttons.get_by_text("begins with https://")).to_be_visible()
    assert visitor.violations() == []

    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    page.get_by_role("region", name="Buttons").get_by_label("Address").fill("https://shop.example/")
    expect(page.get_by_text("It fits Meta's rules.")).to_be_visible()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_text("How it does").click()
    expect(page.get_by_text("Nobody has sent it yet.")).to_be_visible()

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text(f"{name} is deleted.")).to_be_visible()


def test_what_is_missing_is_told_when_one_submits(visit: Visit) -> None:
    visitor = visit("supervisor", "/templates/new", width=390, scheme="dark")
    page = visitor.page
    page.wait_for_load_state("networkidle")  # the rules are known, so nothing is sent that they forbid
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("alert").filter(has_text="left to mend")).to_be_visible()
    assert visitor.violations() == []
    assert [each for each in visitor.asked if each == "POST /api/v1/templates"] == []
