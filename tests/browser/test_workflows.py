"""Workflows in the browser, all by visible labels: brought in from a file, kept while unsaved, and closed to who may only look."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Call, Visit

GALLERY = Path(__file__).parents[2] / "chalicelib" / "automation" / "gallery"


def stored(api: Call, account: str, name: str, key: str = "menu-bot", **more: Any) -> str:
    """A workflow of the gallery, stored under a name of its own."""
    document = json.loads((GALLERY / f"{key}.json").read_text())
    document["definition"]["name"] = name
    made = api("POST", f"/accounts/{account}/definitions", {**document, **more})
    assert made.status == 201, made.body
    return str(made.body["id"])


@pytest.fixture
def account(stack: dict[str, Any]) -> str:
    return str(stack["account_id"])


def test_an_8x8_download_is_imported_with_its_problems_shown(visit: Visit, tmp_path: Path) -> None:
    step = {"id": "answer", "stepType": "branch", "inputs": {}, "outputs": {}, "do": [], "nextStepId": None,
            "selectNextStep": {"nobody": None}}  # fmt: skip
    download = {"definition": {"id": "x", "version": 3, "name": "Moved here", "steps": [step]}, "subAccountId": None,
                "trigger": "inbound_chat_apps", "status": "enabled"}  # fmt: skip
    good, bad = tmp_path / "moved.json", tmp_path / "broken.json"
    good.write_text(json.dumps(download))
    bad.write_text(json.dumps({**download, "definition": {"steps": [{"id": "a", "stepType": "Teleport"}]}}))
    page = visit("administrator", "/workflows").page
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(bad)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Workflow name is required.")
    expect(dialog.get_by_role("button", name="Import")).to_be_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    chooser.set_input_files(good)
    expect(dialog).to_contain_text("There is no step 'nobody'")
    dialog.get_by_role("button", name="Import").click()
    expect(page.get_by_role("textbox", name="Name of the workflow")).to_have_value("Moved here")


def test_what_was_not_saved_survives_a_reload(visit: Visit, api: Call, account: str) -> None:
    made = stored(api, account, "Kept")
    page = visit("administrator", f"/workflows/{made}").page
    page.get_by_role("textbox", name="Name of the workflow").fill("Half a name")
    page.reload()
    expect(page.get_by_text("Changes you had not saved are here again.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name of the workflow")).to_have_value("Half a name")
    page.get_by_role("button", name="Discard them").click()
    expect(page.get_by_role("textbox", name="Name of the workflow")).to_have_value("Kept")


def test_who_may_only_look_can_change_nothing(visit: Visit, api: Call, account: str) -> None:
    made = stored(api, account, "Only to look at")
    page = visit("supervisor", f"/workflows/{made}").page
    expect(page.get_by_role("group", name=re.compile("Send message, menu"))).to_be_visible()
    expect(page.get_by_role("textbox", name="Name of the workflow")).to_be_disabled()
    for name in ("Save", "Send message", "Tidy up", "Undo"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
