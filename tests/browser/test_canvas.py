"""The canvas by mouse, and as text: dragged, wired, put on lines, copied, undone, tidied, written as JSON."""

import json
import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Call, Visit
from tests.browser.test_workflows import account, stored

__all__ = ["account"]


def opened(visit: Visit, api: Call, account: str, role: str = "administrator") -> Page:
    made = stored(api, account, f"Canvas {secrets.token_hex(3)}")
    page = visit(role, f"/workflows/{made}").page
    page.get_by_role("group", name=re.compile("^Wait for reply, choice")).wait_for()
    return page


def node(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=re.compile(name))


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def apart(one: Locator, other: Locator) -> tuple[float, float]:
    """From one's corner to the other's: that the canvas itself moves makes no difference."""
    a, b = one.bounding_box(), other.bounding_box()
    assert a
    assert b
    return b["x"] - a["x"], b["y"] - a["y"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=6)
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def test_a_step_is_dragged_from_the_palette_wired_and_moved(visit: Visit, api: Call, account: str) -> None:
    page = visit("administrator", "/workflows/new").page
    canvas = page.get_by_role("region", name="Canvas")
    page.get_by_role("button", name="Send message").drag_to(canvas, target_position={"x": 520, "y": 420})
    first = node(page, "^Send message, message")
    expect(first).to_be_visible()
    page.get_by_role("button", name="Wait for reply").drag_to(canvas, target_position={"x": 760, "y": 620})
    second = node(page, "^Wait for reply, answer")
    expect(second).to_be_visible()
    expect(node(page, "^From message to answer")).to_have_count(0)
    drag(
        page, middle(first.locator(".react-flow__handle.source")), middle(second.locator(".react-flow__handle.target"))
    )
    expect(node(page, "^From message to answer")).to_have_count(1)
    page.get_by_role("button", name="Show everything").click()
    before = apart(first, second)
    start = middle(second)
    drag(page, start, (start[0] - 60, start[1] - 120))
    page.wait_for_timeout(500)
    assert apart(first, second) == pytest.approx((before[0] - 60, before[1] - 120), abs=16)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(300)
    assert apart(first, second) == pytest.approx(before, abs=4)
    page.get_by_role("button", name="Undo").click()
    expect(node(page, "^From message to answer")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(node(page, "^From message to answer")).to_have_count(1)


def test_a_step_is_dropped_on_a_line(visit: Visit, api: Call, account: str) -> None:
    page = opened(visit, api, account)
    plus = page.get_by_role("button", name=re.compile("^Put a step here: menu → choice"))
    page.get_by_role("button", name="HTTP request").drag_to(plus)
    expect(node(page, "^From menu to request")).to_have_count(1)
    expect(node(page, "^From request to choice")).to_have_count(1)
    expect(node(page, "^From menu to choice")).to_have_count(0)


def test_steps_are_copied_to_another_workflow(visit: Visit, api: Call, account: str) -> None:
    page = opened(visit, api, account)
    node(page, "^Send message, hours").click()
    node(page, "^Send message, nobody").click(modifiers=["Shift"])
    page.keyboard.press("Control+c")
    page.goto(page.url.split("/workflows/")[0] + "/workflows/new")
    page.get_by_text("What happens first?").wait_for()
    page.keyboard.press("Control+v")
    expect(node(page, "^Send message, ")).to_have_count(2)


def test_tidying_up_lays_every_step_beside_the_others_and_the_overview_shows_them(
    visit: Visit, api: Call, account: str
) -> None:
    page = opened(visit, api, account)
    boxes = page.locator(".react-flow__node")
    box = node(page, "^Send message, hours")
    drag(page, middle(box), middle(node(page, "^Wait for reply, choice")))
    page.get_by_role("button", name="Tidy up").click()
    page.wait_for_timeout(1_500)  # laid out in a worker, then drawn
    found = [each.bounding_box() for each in boxes.all()]
    free = [
        a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"] or a["y"] + a["height"] <= b["y"]
        or b["y"] + b["height"] <= a["y"]
        for i, a in enumerate(found) for b in found[i + 1 :] if a and b
    ]  # fmt: skip
    assert all(free)
    expect(page.get_by_role("img", name="Overview").locator("rect")).to_have_count(len(found))


def test_the_definition_is_written_as_json_both_ways(visit: Visit, api: Call, account: str) -> None:
    page = opened(visit, api, account)
    page.get_by_role("button", name="JSON").click()
    text = page.get_by_role("textbox", name="The whole definition")
    document = json.loads(text.input_value())
    hours = next(each for each in document["definition"]["steps"] if each["id"] == "hours")
    hours["inputs"]["content"]["text"] = "Always open."
    text.fill(json.dumps(document))
    expect(node(page, "^Send message, hours")).to_contain_text("Always open.")
    text.fill(json.dumps(document)[:-1])
    expect(page.get_by_text("Not JSON yet")).to_be_visible()
    expect(node(page, "^Send message, hours")).to_contain_text("Always open.")
    page.get_by_role("button", name="Undo").click()
    expect(node(page, "^Send message, hours")).not_to_contain_text("Always open.")
    page.get_by_role("button", name="Redo").click()
    node(page, "^Send message, hours").click()
    page.get_by_role("textbox", name="Message", exact=True).fill("Open on Mondays.")
    page.get_by_role("button", name="JSON").click()
    expect(text).to_have_value(re.compile("Open on Mondays."))


def test_a_condition_is_made_by_form_and_wrong_ones_are_told_on_the_step(visit: Visit, api: Call, account: str) -> None:
    page = opened(visit, api, account)
    step = node(page, "^Wait for reply, choice")
    step.click()
    page.get_by_role("button", name="Add a condition").click()
    kinds = page.get_by_role("combobox", name="Condition")
    kinds.last.click()
    page.get_by_role("option", name="Country of a number").click()
    page.get_by_role("combobox", name="Country", exact=True).last.fill("Singapore")
    page.get_by_role("option", name="Singapore").click()
    expect(step).to_contain_text("from Singapore")
    kinds.last.click()
    page.get_by_role("option", name="Day of the week").click()
    expect(step).to_contain_text("on ")
    kinds.last.click()
    page.get_by_role("option", name="Custom script").click()
    page.get_by_role("textbox", name="Script").last.fill("data.payload.(")
    expect(step.get_by_role("img", name="Error")).to_be_visible()


def test_the_simulator_answers_calls_by_hand_shows_data_and_lights_the_path(
    visit: Visit, api: Call, account: str
) -> None:
    made = stored(api, account, f"Booking {secrets.token_hex(3)}", "appointment-booking")
    page = visit("administrator", f"/workflows/{made}").page
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("textbox", name="Write as the customer").fill("appointment")
    page.keyboard.press("Enter")
    simulator = page.get_by_role("region", name="Simulator")
    expect(simulator.get_by_text("The workflow calls")).to_be_visible()
    simulator.get_by_label("and this JSON").fill('{"slots": [{"id": "s1", "start": "2026-01-06T02:00:00Z"}]}')
    simulator.get_by_role("button", name="Answer", exact=True).click()
    expect(simulator.get_by_text("The workflow calls")).to_have_count(0)
    expect(simulator.get_by_role("button", name="Tue 6 Jan, 10:00")).to_be_enabled()
    expect(page.get_by_role("img", name="Done")).to_have_count(2)
    simulator.get_by_text("Data", exact=True).click()
    simulator.get_by_role("list", name="Steps that ran").get_by_role("button").first.click()
    expect(simulator.get_by_text("Input", exact=True)).to_be_visible()
    expect(simulator).to_contain_text("2026-01-06T02:00:00Z")
    simulator.get_by_role("button", name="Take back").click()
    simulator.get_by_text("Phone", exact=True).click()
    expect(simulator.get_by_text("The workflow calls")).to_be_visible()
    simulator.get_by_role("button", name="No answer").click()
    expect(simulator.get_by_text("→ timeout")).to_be_visible()
