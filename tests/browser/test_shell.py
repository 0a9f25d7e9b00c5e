"""Signing in, who sees what, and what every page has in common."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_a_wrong_password_is_told_and_the_address_kept(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.get_by_label("E-mail address").fill("nobody@parley.example")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@parley.example")
    visitor.complaints.clear()  # Chromium writes every 401 to its console


def test_a_link_opens_after_signing_in_and_a_reload_asks_no_password(visit: Visit) -> None:
    page = visit("administrator", "/api-keys").page
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()


def test_who_signs_out_is_out(visit: Visit) -> None:
    page = visit("administrator").page
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Parley")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to Parley")).to_be_visible()


def test_the_menu_has_only_what_a_role_may_open(visit: Visit) -> None:
    menu = visit("supervisor", "/team").page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Team")).to_be_visible()
    expect(menu.get_by_role("link", name="API keys")).to_have_count(0)


def test_everything_in_the_menu_is_reached_by_the_command_bar(visit: Visit) -> None:
    page = visit("administrator", "/team").page
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("textbox").fill("audit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Team")).to_be_visible()


def test_the_question_mark_lists_the_keys(visit: Visit) -> None:
    page = visit("administrator", "/team").page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Search or jump to a page")


def test_the_built_page_has_its_colours(visit: Visit) -> None:
    """Once the build turned light-dark() into undefined variables, which no other check saw."""
    for scheme, wanted in (("light", "rgb(210, 239, 227)"), ("dark", "rgb(13, 59, 46)")):
        place = visit("administrator", "/team", scheme=scheme).page.get_by_role("link", name="Team")
        expect(place).to_have_css("background-color", wanted)


def test_a_made_key_is_shown_once_and_ends_when_revoked(visit: Visit) -> None:
    page = visit("administrator", "/api-keys").page
    page.get_by_role("button", name="Create a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Night import")
    dialog.get_by_role("button", name="Create a key").click()
    expect(dialog.get_by_text(re.compile("^parley_"))).to_be_visible()
    dialog.get_by_role("button", name="I have kept it").click()
    row = page.get_by_role("row", name=re.compile("Night import"))
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row.get_by_text("Revoked")).to_be_visible()


def test_arabic_turns_the_page_round(visit: Visit) -> None:
    page = visit("administrator", "/team").page
    page.get_by_role("button", name=re.compile("Account of")).click()
    page.get_by_role("menuitemradio", name="العربية").click()
    expect(page.get_by_role("heading", name="الفريق")).to_be_visible()
    menu = page.get_by_role("link", name="الفريق").bounding_box()
    assert menu is not None
    assert menu["x"] > 1000


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier(visit: Visit, width: int, scheme: str) -> None:
    visitor = visit("", width=width, scheme=scheme)
    visitor.page.get_by_role("heading", name="Sign in").wait_for()
    found: dict[str, Any] = {"/sign-in": visitor.violations()}
    visitor = visit("administrator", "/team", width=width, scheme=scheme)
    for path in ("/team", "/api-keys", "/audit"):
        visitor.open(path)
        visitor.page.locator("tbody tr").first.wait_for()
        visitor.page.wait_for_load_state("networkidle")
        found[path] = visitor.violations()
    assert {path: list_ for path, list_ in found.items() if list_} == {}
