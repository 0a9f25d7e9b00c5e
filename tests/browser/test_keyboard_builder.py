"""Workflows without a mouse: drawn, changed, tried, tested, enabled and watched with keys alone."""

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Call, Visit
from tests.browser.keys import Keys
from tests.browser.test_workflows import account, stored

__all__ = ["account"]

STEPS = re.compile("^(Send message|Wait for reply|Branch|Hand over|Wait), ")


def steps(page: Page) -> Locator:
    return page.get_by_role("group", name=STEPS)


def test_a_menu_bot_is_drawn_tried_and_enabled_by_keyboard_alone(visit: Visit) -> None:
    word = f"keys{secrets.token_hex(3)}"
    page = visit("administrator", "/workflows").page
    keys = Keys(page)
    keys.use("button", "New workflow")
    keys.use("link", re.compile("^From nothing"))
    keys.write("Name of the workflow", f"Keys {word}")
    keys.use("group", "Trigger")
    keys.pick("Starts with", "Keyword")
    keys.to("combobox", "Words")
    keys.type(word)
    keys.press("Enter")
    keys.use("button", "Send message")
    keys.pick("Kind of message", "Buttons")
    keys.write("Message", "What would you like to know?")
    keys.write("Button 1", "Opening hours")
    keys.use("button", "Add a button")
    keys.write("Button 2", "Prices")
    keys.use("button", "Wait for reply")
    keys.use("button", "Branch")
    keys.use("button", "One way for each button")
    for text in ("From Monday to Friday.", "A room is 40 a night."):
        keys.use("group", re.compile("^Branch, branch"))
        keys.use("button", "Send message")
        keys.write("Message", text)
    keys.use("group", re.compile("^Branch, branch"))
    keys.use("button", "Hand over")
    expect(steps(page)).to_have_count(6)

    keys.use("button", "Try it")
    keys.write("Write as the customer", word)
    keys.press("Enter")
    chat = page.get_by_role("log", name="Chat")
    keys.use("button", "Prices", within=chat)
    expect(chat.get_by_text("A room is 40 a night.")).to_be_visible()
    keys.use("button", "Keep this as a test")
    keys.write("Name of the test", "somebody asks for the prices", within=page.get_by_role("dialog"))
    keys.press("Enter")
    keys.to("switch", "Enabled")
    keys.press("Space")
    expect(page.get_by_text(re.compile("Version 1 of .* is live"))).to_be_visible()
    keys.use("link", "Tests")
    expect(page.get_by_text("somebody asks for the prices")).to_be_visible()
    keys.use("link", "Runs")
    expect(page.get_by_text("Nobody yet")).to_be_visible()
    keys.use("link", "All workflows")
    expect(page.get_by_role("row", name=re.compile(word))).to_contain_text("Enabled")


def test_steps_are_moved_connected_inserted_copied_and_removed_by_keyboard_alone(
    visit: Visit, api: Call, account: str
) -> None:
    made = stored(api, account, f"Keys {secrets.token_hex(3)}")
    page = visit("administrator", f"/workflows/{made}").page
    keys = Keys(page)
    hours = page.get_by_role("group", name=re.compile("^Send message, hours"))
    hours.wait_for()
    count = steps(page).count()

    # Moved: the arrow keys, and undo.
    keys.use("group", re.compile("^Send message, hours"))
    before = place(hours)
    keys.to("group", re.compile("^Send message, hours"))
    keys.press("ArrowDown", "ArrowDown")
    page.wait_for_function(
        "y => document.querySelector('[data-id=hours]').getBoundingClientRect().y > y + 4", arg=before[1]
    )
    keys.press("Control+z")

    # Connected: where a way leads is a choice of its own.
    keys.use("group", re.compile("^Send message, hours"))
    keys.write("Next goes to", "New: Wait", role="combobox")
    expect(page.get_by_role("option", name="New: Wait", exact=True)).to_be_visible()
    keys.press("ArrowDown", "Enter")
    expect(steps(page)).to_have_count(count + 1)
    keys.use("button", "Undo")
    expect(steps(page)).to_have_count(count)

    # Inserted on a line.
    keys.use("button", re.compile("^Put a step here: Trigger → "))
    keys.type("opt in")
    keys.press("Enter")
    inserted = page.get_by_role("group", name=re.compile("^Opt in, "))
    expect(inserted).to_have_count(1)
    expect(page.get_by_role("group", name=re.compile("^From Trigger to opt_in"))).to_have_count(1)

    # Removed, and brought back.
    keys.to("group", re.compile("^Opt in, "))
    keys.press("Delete")
    expect(inserted).to_have_count(0)
    keys.use("button", "Undo")
    expect(inserted).to_have_count(1)

    # Copied, tidied, found, looked at as JSON.
    keys.use("group", re.compile("^Opt in, "))
    keys.to("group", re.compile("^Opt in, "))
    keys.press("Control+c", "Control+v")
    expect(inserted).to_have_count(2)
    keys.use("button", "Tidy up")
    keys.press("Control+f")
    expect(page.get_by_placeholder("Find a step")).to_be_focused()
    keys.type("nobody")
    keys.press("Enter")
    expect(page.get_by_role("region", name="Step nobody")).to_be_visible()
    keys.use("button", "JSON")
    keys.to("textbox", "The whole definition")
    keys.press("Control+s")
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    keys.use("link", "Versions")
    expect(page.get_by_text("2 added")).to_be_visible()
    keys.use("button", re.compile("^Version 1"))
    keys.use("button", "Go back to this version")
    keys.use("button", "Go back to this version", within=page.get_by_role("dialog"))
    expect(page.get_by_text("Version 3", exact=True).first).to_be_visible()


def place(step: Locator) -> tuple[float, float]:
    box = step.bounding_box()
    assert box
    return box["x"], box["y"]


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_line_is_cut_by_keyboard_alone(visit: Visit, api: Call, account: str, key: str) -> None:
    made = stored(api, account, f"Cut {secrets.token_hex(3)}")
    page = visit("administrator", f"/workflows/{made}").page
    keys = Keys(page)
    line = re.compile("^From menu to choice")
    keys.use("group", line)
    keys.press(key)
    expect(page.get_by_role("group", name=line)).to_have_count(0)
