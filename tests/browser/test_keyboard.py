"""Everything an agent and a supervisor do all day by keys alone: nothing here touches the mouse or asks an element to do anything.

After each key the focus is looked for: somewhere, in sight, and marked.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, JSHandle, Locator, Page, expect

from tests.browser.pages import Sight
from tests.browser.shop.story import Shop, opened
from tests.browser.shop.visits import window

_FOCUS = """before => {
  const at = document.activeElement;
  // A new page has the focus nowhere; and where a part of the page is gone, the browser's Tab goes on from its place.
  if (at === document.body) return before === at || !before.isConnected ? "" : "nothing has the focus";
  const marked = each => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  // In a text one sees the cursor; what is drawn instead of a field, a label for instance, bears its mark.
  const isText = at.matches("textarea, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=file])");
  const stands = [at, ...(at.labels ?? []), at.nextElementSibling, at.parentElement].filter(Boolean);
  if (!isText && !at.matches("[role=dialog], [role=menu], main, [tabindex='-1']") && !stands.some(marked))
    return `the focus is not marked: ${at.outerHTML.slice(0, 200)}`;
  const box = (at.matches("[type=file], [type=radio], [type=checkbox]") ? at.labels[0] ?? at : at).getBoundingClientRect();
  const isInWindow = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const isSeen = box.width > 0 && box.height > 0 && isInWindow;
  return isSeen ? "" : `the focus is out of sight: ${at.outerHTML.slice(0, 200)}`;
}"""
_HAS_FOCUS = "each => each === document.activeElement || (each.control ?? null) === document.activeElement"
MOST_STOPS = 90


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            before = self.page.evaluate_handle("document.activeElement")
            self.page.keyboard.press(key)
            self.sees_focus(before)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go_to(self, what: Locator, key: str = "Tab") -> None:
        """Tab after Tab, round the page if need be, until it has the focus."""
        for _ in range(MOST_STOPS):
            if what.count() and what.first.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press(key)
            self.sees_focus()
        raise AssertionError(f"not reached in {MOST_STOPS} stops: {what}")

    def use(self, role: str, name: str | re.Pattern[str], key: str = "Enter") -> None:
        self.go_to(self.page.get_by_role(role, name=name))  # type: ignore[arg-type]
        self.press(key)

    def sees_focus(self, before: JSHandle | None = None) -> None:
        """What a key did may take a moment, and where its dialog was opened from has the focus again only then."""
        wrong = ""
        for _ in range(200):
            wrong = self.page.evaluate(_FOCUS, before or self.page.evaluate_handle("document.body"))
            if not wrong:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(wrong)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with opened() as found:
        yield found


Sit = Callable[[str, str], Keys]


@pytest.fixture
def sit(browser: Browser, shop: Shop) -> Iterator[Sit]:
    """Sits down at a window: `sit("alex", "/inbox")`."""
    with ExitStack() as open_windows:

        def down(who: str, path: str) -> Keys:
            here = open_windows.enter_context(window(browser, shop))
            here.show(Sight("any", path, "" if who else "Sign in to Parley", who=who))
            return Keys(here.page)

        yield down


def thread(keys: Keys) -> Locator:
    return keys.page.get_by_role("region", name="Messages")


def test_signing_in(sit: Sit) -> None:
    keys = sit("", "/inbox")
    keys.go_to(keys.page.get_by_label("E-mail address"))
    keys.write("alex@luckyshrub.example")
    keys.go_to(keys.page.get_by_label("Password", exact=True))
    keys.write("Parley-local-1")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("heading", name="Inbox")).to_be_visible()


def test_a_ticket_is_opened_answered_noted_and_answered_from_a_canned_reply(sit: Sit) -> None:
    keys = sit("alex", "/inbox?view=mine")
    expect(keys.page.get_by_role("region", name="Tickets").get_by_role("link").first).to_be_visible()
    keys.press("j")
    expect(keys.page.get_by_role("region", name="Mine").get_by_role("link").first).to_be_focused()
    expect(thread(keys).get_by_text("Of course, on a lead, please.")).to_be_visible()
    keys.press("r")
    expect(keys.page.get_by_role("textbox", name="Reply")).to_be_focused()
    keys.write("See you on Saturday!")
    keys.press("Control+Enter")
    expect(thread(keys).get_by_text("See you on Saturday!")).to_be_visible()
    keys.press("Escape")
    keys.use("tab", "Private note")
    keys.go_to(keys.page.get_by_role("textbox", name="Private note"))
    keys.write("She comes on Saturday.")
    keys.press("Control+Enter")
    expect(thread(keys).get_by_text("She comes on Saturday.")).to_be_visible()
    keys.go_to(keys.page.get_by_role("tab", name="Private note"), "Shift+Tab")
    keys.press("ArrowLeft", "r")
    expect(keys.page.get_by_role("textbox", name="Reply")).to_be_focused()
    keys.write("/hours")
    expect(keys.page.get_by_role("option", name=re.compile("Opening hours"))).to_be_visible()
    keys.press("Enter")
    expect(keys.page.get_by_role("textbox", name="Reply")).to_have_value(re.compile("We are open from 9"))


def test_a_ticket_is_taken_handed_over_and_resolved(sit: Sit) -> None:
    keys = sit("alex", "/inbox?view=unassigned")
    expect(keys.page.get_by_role("region", name="Tickets").get_by_role("link").first).to_be_visible()
    keys.press("j")
    expect(keys.page.get_by_role("region", name="Waiting").get_by_role("link").first).to_be_focused()
    keys.press("j", "k")
    expect(keys.page.get_by_role("button", name="Take").first).to_be_visible()
    keys.press("a")
    expect(keys.page.get_by_role("button", name="Take")).to_have_count(0)
    keys.press("t")
    dialog = keys.page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="A person")).to_be_focused()
    keys.write("Robin")
    keys.press("ArrowDown", "Enter", "Tab")
    keys.write("He speaks Spanish.")
    keys.use("button", "Assign or move")
    expect(dialog).to_have_count(0)


def test_a_ticket_is_moved_to_another_queue_and_one_resolved_with_how_it_ended(sit: Sit, shop: Shop) -> None:
    keys = sit("sam", f"/inbox/{shop.ids['ticket']}?view=all")
    dialog = keys.page.get_by_role("dialog")
    keys.use("button", "Assign")
    expect(dialog.get_by_role("combobox", name="A person")).to_be_focused()
    keys.page.keyboard.press("Escape")
    keys.page.keyboard.press("Escape")
    expect(keys.page.get_by_role("button", name="Assign")).to_be_focused()
    keys.press("t")
    expect(dialog.get_by_role("combobox", name="A person")).to_be_focused()
    keys.go_to(keys.page.get_by_role("radio", name="A person"), "Shift+Tab")
    keys.press("ArrowRight")
    keys.go_to(keys.page.get_by_role("combobox", name="Another queue"))
    keys.write("Europe")
    keys.press("ArrowDown", "Enter")
    keys.use("button", "Assign or move")
    expect(dialog).to_have_count(0)
    keys.press("e")
    expect(dialog.get_by_label("How it ended")).to_be_focused()
    keys.press("ArrowDown", "Enter")
    keys.go_to(dialog.get_by_role("button", name="Resolve"))
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    expect(thread(keys).get_by_text("resolved the ticket")).to_be_visible()


def test_tickets_are_searched_pages_jumped_to_and_the_keys_told(sit: Sit) -> None:
    keys = sit("sam", "/inbox?view=all")
    keys.page.keyboard.press("/")
    keys.sees_focus()
    keys.write("Björn")
    expect(
        keys.page.get_by_role("region", name="Tickets").get_by_role("link", name=re.compile("Mei Ling"))
    ).to_have_count(0)
    keys.press("Control+k")
    expect(keys.page.get_by_role("dialog")).to_be_visible()
    keys.page.keyboard.press("Escape")
    expect(keys.page.get_by_role("dialog")).to_have_count(0)
    keys.press("Control+k")
    keys.write("canned")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("heading", name="Canned replies")).to_be_visible()
    keys.page.keyboard.press("?")
    keys.sees_focus()
    expect(keys.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.page.keyboard.press("Escape")
    expect(keys.page.get_by_role("dialog")).to_have_count(0)
    keys.page.keyboard.press("g")
    keys.page.keyboard.press("p")
    expect(keys.page.get_by_role("heading", name="Reports", exact=True)).to_be_visible()


def test_an_agent_says_that_they_are_away(sit: Sit) -> None:
    keys = sit("alex", "/inbox")
    keys.use("button", re.compile("You are: Available"))
    expect(keys.page.get_by_role("menuitem", name="Away")).to_be_visible()
    keys.go_to(keys.page.get_by_role("menuitem", name="Away"), "ArrowDown")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("button", name=re.compile("You are: Away"))).to_be_focused()


def test_in_a_closed_window_a_template_is_chosen_filled_and_sent(sit: Sit, shop: Shop) -> None:
    keys = sit("sam", f"/inbox/{shop.ids['closed']}?view=all")
    keys.press("a")
    expect(keys.page.get_by_role("button", name="Take")).to_have_count(0)
    keys.go_to(keys.page.get_by_role("combobox", name="Template"))
    keys.write("spring_off")
    keys.press("ArrowDown", "Enter")
    for text in ("Chloé", "WELCOME"):
        keys.press("Tab")
        keys.write(text)
    keys.use("button", "Send")
    expect(thread(keys).get_by_text("Hi Chloé, your voucher is WELCOME.")).to_be_visible()


def test_a_queue_goes_first_by_its_arrow(sit: Sit) -> None:
    keys = sit("sam", "/queues")
    expect(keys.page.get_by_role("list", name="Queues and rules").get_by_role("listitem").first).to_contain_text(
        "Singapore"
    )
    keys.use("button", "Move Europe up")
    expect(keys.page.get_by_role("list", name="Queues and rules").get_by_role("listitem").first).to_contain_text(
        "Europe"
    )


@pytest.mark.parametrize("path", ["/inbox/{ticket}?view=all", "/contacts", "/queues", "/templates/new", "/reports"])
def test_tab_goes_round_a_page_and_is_caught_nowhere(sit: Sit, shop: Shop, path: str) -> None:
    keys = sit("sam", path.format(**shop.ids))
    skip = keys.page.get_by_role("link", name="Skip to the content")
    for _ in range(2):
        for _ in range(MOST_STOPS * 2):
            keys.page.keyboard.press("Tab")
            keys.sees_focus()
            if skip.evaluate(_HAS_FOCUS):
                break
        else:
            raise AssertionError("Tab does not come round")
