"""A workflow drawn from nothing, tried, enabled, run by the phone page and watched in the run viewer: all in one browser."""

import re
import secrets
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Call, Hands, Visit
from tests.browser.test_workflows import draw_a_menu_bot


def phone(page: Page, stack: dict[str, Any], sim: Call, name: str) -> Page:
    """The phone page of somebody new, in a window of its own, with the chat of the demo's number open."""
    wa_id = f"9198{secrets.randbelow(10**8):08}"
    sim("PUT", f"/customers/{wa_id}", {"name": name})
    theirs = page.context.new_page()
    theirs.goto(f"{stack['simulator_url']}/phone#{wa_id}/{stack['channels'][0]['phone_number_id']}")
    return theirs


def say(theirs: Page, text: str) -> None:
    theirs.get_by_role("textbox", name="Message").fill(text)
    theirs.get_by_role("textbox", name="Message").press("Enter")


def test_a_workflow_drawn_from_nothing_is_run_by_the_phone_page_and_watched(
    visit: Visit, stack: dict[str, Any], sim: Call
) -> None:
    word = f"menu{secrets.token_hex(3)}"
    page = visit("administrator", "/workflows").page
    draw_a_menu_bot(Hands(page), word)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("textbox", name="Write as the customer").fill(word)
    page.keyboard.press("Enter")
    page.get_by_role("log", name="Chat").get_by_role("button", name="Prices").click()
    expect(page.get_by_role("log", name="Chat").get_by_text("A room is 40 a night.")).to_be_visible()
    page.get_by_role("switch", name="Enabled").click()
    expect(page.get_by_text(re.compile("Version 1 of .* is live"))).to_be_visible(timeout=60_000)

    name = f"Asha {word}"
    theirs = phone(page, stack, sim, name)
    chat = theirs.get_by_role("log", name="Conversation")
    say(theirs, word)
    expect(chat.get_by_role("button", name="Prices")).to_be_visible(timeout=90_000)

    # Watched while it waits: where it stands, and nothing after that yet.
    page.get_by_role("link", name="Runs").click()
    run = page.get_by_role("list", name="Runs").get_by_role("button", name=re.compile(name))
    expect(run).to_contain_text("Running", timeout=30_000)
    run.click()
    steps = page.get_by_role("complementary", name="Steps")
    expect(steps.get_by_role("button", name=re.compile("^answer.*Waiting"))).to_be_visible()
    expect(steps.get_by_role("button", name=re.compile("^branch"))).to_have_count(0)

    chat.get_by_role("button", name="Prices").click()
    expect(chat.get_by_text("A room is 40 a night.")).to_be_visible(timeout=90_000)

    # It follows by itself. Each step: how it went, when and how long, with what, and what came of it.
    expect(page.get_by_role("region", name="The way it went")).to_contain_text("Complete", timeout=60_000)
    lines = steps.get_by_role("list").get_by_role("button")
    took = r"\d+ ms|\d+\.\d s|\d+ min"
    expect(lines).to_have_text(
        [
            re.compile(rf"^messageDone\d+ \w+ \d+, \d\d:\d\d · ({took})$"),
            re.compile(rf"^answerDone.* · ({took})$"),
            re.compile(rf"^branchDone.* · ({took})$"),
            re.compile(rf"^message\w+Done.* · ({took})$"),
        ]
    )
    lines.nth(0).click()
    expect(steps).to_contain_text("What would you like to know?")
    lines.nth(1).click()
    expect(steps).to_contain_text('"Prices"')
    done = page.get_by_role("group").filter(has=page.get_by_role("img", name="Done"))
    expect(done).to_have_count(4)

    # A second one takes another way; everybody together are numbers on the lines.
    other = phone(page, stack, sim, f"Bo {word}")
    say(other, word)
    expect(other.get_by_role("log", name="Conversation").get_by_role("button", name="Opening hours")).to_be_visible(
        timeout=90_000
    )
    other.get_by_role("log", name="Conversation").get_by_role("button", name="Opening hours").click()
    expect(other.get_by_text("From Monday to Friday, 9:00 to 18:00.")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="All runs").click()
    everybody = page.get_by_role("region", name="Where everybody went")
    expect(everybody.get_by_text("2 runs", exact=True)).to_be_visible(timeout=60_000)
    expect(everybody.get_by_role("img", name="message → answer: 2 times")).to_be_visible()
    expect(everybody.get_by_role("img", name=re.compile("^branch → message.*: once"))).to_have_count(2)
