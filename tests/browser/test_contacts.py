"""Contacts, templates and channels: found by their visible labels."""

import secrets

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Visit
from tests.browser.keys import Keys


def spreadsheet(name: str) -> FilePayload:
    """Two people nobody knows, and a row without a usable number."""
    first = secrets.randbelow(9_000) * 1000
    rows = [f"+659{first + n:07},{name} {n},Pune" for n in range(2)]
    content = "\n".join(["Mobile,First Name,City", *rows, "98x,Nobody,Pune"])
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}


def test_an_import_brings_people_in_tells_of_bad_rows_and_is_undone(visit: Visit) -> None:
    """Import, file, Import, and four clicks to look and undo."""
    name = f"Zoe{secrets.token_hex(3)}"
    page = visit("administrator", "/contacts").page
    page.get_by_role("link", name="Import").click()
    page.get_by_label("Choose a file").set_input_files(spreadsheet(name))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("people.csv is imported")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1 row cannot be used")).to_be_visible()
    page.get_by_role("button", name="Undo the import").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="is undone")).to_be_visible(timeout=60_000)


def test_people_are_imported_and_the_import_undone_by_keyboard_alone(visit: Visit) -> None:
    page = visit("administrator", "/contacts").page
    keys = Keys(page)
    keys.use("link", "Import")
    keys.choose("Choose a file", spreadsheet(f"Zoe{secrets.token_hex(3)}"))
    keys.use("button", "Import")
    expect(page.get_by_text("people.csv is imported")).to_be_visible(timeout=60_000)
    keys.use("button", "Undo the import")
    keys.use("button", "Undo the import", within=page.get_by_role("dialog"))
    expect(page.get_by_role("heading", name="is undone")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barrier(visit: Visit, width: int, scheme: str) -> None:
    visitor = visit("administrator", "/channels", width=width, scheme=scheme)
    page = visitor.page
    page.get_by_role("heading", name="Lucky Shrub").first.wait_for()
    found = {"channels": visitor.violations()}
    visitor.open("/templates").get_by_role("button", name="voucher").wait_for()
    found["templates"] = visitor.violations()
    visitor.open("/contacts/groups").get_by_role("heading", name="Groups").wait_for()
    found["groups"] = visitor.violations()
    visitor.open("/contacts").locator("tbody a").first.wait_for()
    found["contacts"] = visitor.violations()
    page.locator("tbody a").first.click()
    page.get_by_role("heading", name="Consent").wait_for()
    found["contact"] = visitor.violations()
    assert {name: each for name, each in found.items() if each} == {}
