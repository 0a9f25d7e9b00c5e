"""Queues in their order, what they say to a message, and canned replies: set up by a supervisor, used by an agent."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Call, Customer, Visit, open_ticket


def test_queues_are_put_in_order_by_keyboard_and_asked(visit: Visit, api: Call) -> None:
    """Two new queues; the second goes first by its arrow; then the rules are tried."""
    names = [f"Admissions {secrets.token_hex(3)}", f"Fees {secrets.token_hex(3)}"]
    for name in names:
        made = api(
            "POST", "/queues", {"name": name, "conditions": [{"type": "country", "values": ["IN"]}], "enabled": False}
        )
        assert made.status == 201, made.body
    visitor = visit("supervisor", "/queues")
    page = visitor.page
    rows = page.get_by_role("list", name="Queues and rules").get_by_role("listitem")
    expect(rows.filter(has_text=names[1])).to_be_visible()
    page.get_by_role("button", name=f"Move {names[1]} up").press("Enter")
    expect(page.get_by_role("main").get_by_text(re.compile(f"{names[1]} is now number"))).to_be_attached()
    order = rows.all_inner_texts()
    assert [next(i for i, text in enumerate(order) if name in text) for name in reversed(names)] == sorted(
        next(i for i, text in enumerate(order) if name in text) for name in names
    )
    page.get_by_role("button", name="Try it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Country").fill("IN")
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_text("It goes to")).to_be_visible()
    assert visitor.violations() == []
    for queue in api("GET", "/queues").body["items"]:
        if queue["name"] in names:
            api("DELETE", f"/queues/{queue['id']}")


def test_a_canned_reply_is_written_once_and_called_by_a_slash(visit: Visit, customer: Customer) -> None:
    word = f"hours{secrets.token_hex(2)}"
    page = visit("supervisor", "/canned-replies").page
    page.get_by_role("button", name="New reply").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Opening hours")
    dialog.get_by_label("Shortcut").fill(word)
    dialog.get_by_label("Text").fill("We are open from 9 to 17.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name=re.compile(word))).to_be_visible()

    customer.writes("When are you open?")
    page.goto(page.url.replace("/canned-replies", "/inbox?view=all"))
    open_ticket(page, customer.name)
    field = page.get_by_role("textbox", name="Reply")
    field.click()
    field.press_sequentially(f"/{word}")
    expect(page.get_by_role("option", name=re.compile("Opening hours"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("We are open from 9 to 17.")
