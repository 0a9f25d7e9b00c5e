"""The built portal in Chromium, on the same local stack the end-to-end tests use. PARLEY_CHROMIUM names a browser of one's own."""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, expect

from tests.e2e.conftest import Answer, api, local_stack, sim, stack

__all__ = ["api", "local_stack", "sim", "stack"]

AXE = Path(__file__).parents[2] / "portal" / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Chromium of the machine."""
    return {"executable_path": chromium(), "args": QUIET.split()}


def chromium() -> str:
    """The browser to use."""
    found = os.environ.get("PARLEY_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail("The browser tests need Chromium: install it (Debian, Ubuntu: apt install chromium).")
    return found


# The emulator starts a function in seconds when the machine is busy; nothing here measures time.
expect.set_options(timeout=20_000)


class Visitor:
    """Somebody at a browser window."""

    def __init__(self, page: Page, portal_url: str) -> None:
        self.page, self.portal_url = page, portal_url
        self.complaints: list[str] = []
        self.asked: list[str] = []
        """What the page asked of the API: `GET /api/v1/tickets?view=mine`."""
        self.pushed: list[str] = []
        """What came on its WebSocket."""
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self.pushed.append(str(frame))))

    def open(self, path: str) -> Page:
        """Goes to a page of the portal."""
        self.page.goto(self.portal_url + path)
        return self.page

    def sign_in(self, email: str, password: str, path: str = "/") -> Page:
        """Opens a page and signs in on the way."""
        page = self.open(path)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("main").wait_for()
        page.get_by_role("banner").wait_for()
        return page

    def is_live(self) -> None:
        """Waits until changes are pushed to this window."""
        expect(self.page.get_by_role("banner").get_by_role("status")).to_have_text("Live", timeout=60_000)

    def _note(self, request: Request) -> None:
        found = re.search(r"/api/v1/.*", request.url)
        if found:
            self.asked.append(f"{request.method} {found[0]}")

    def violations(self, *rules: str) -> list[str]:
        """What axe finds wrong with the open page: WCAG 2.2 A and AA, and its best practices; or by these rules alone."""
        # A tooltip under the pointer is read with what it describes; axe takes it for a stray part of the page.
        self.page.mouse.move(0, 0)
        self.page.get_by_role("tooltip").first.wait_for(state="detached")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        only = {"runOnly": list(rules)} if rules else {}
        found = self.page.evaluate("how => axe.run(document, how)", {"resultTypes": ["violations"], **only})
        return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


class Hands:
    """What a person does, by what they see, and counted: a click, a text typed, a key pressed, a file chosen."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, role: Any, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """A click; what a person sees last, a dialog for instance, goes first."""
        self.count += 1
        (within or self.page).get_by_role(role, name=name).first.click(timeout=60_000)

    def fill(self, label: str, text: str, within: Locator | None = None) -> None:
        self.count += 1
        (within or self.page).get_by_label(label, exact=True).first.fill(text)

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def choose(self, label: str, file: FilePayload) -> None:
        self.count += 1
        self.page.get_by_label(label).set_input_files(file)


Visit = Callable[..., Visitor]
Call = Callable[..., Answer]


@pytest.fixture
def visit(browser: Browser, stack: dict[str, Any]) -> Iterator[Visit]:
    """Opens a window: `visit("agent", "/inbox", width=390, scheme="dark")`; without a role nobody is signed in.

    No window may have written an error to its console when the test ends.
    """
    opened: list[Visitor] = []

    def window(
        role: str = "",
        path: str = "/",
        *,
        width: int = 1440,
        scheme: str = "light",
        who: int = 0,
        language: str = "",
        before: Callable[[Visitor], None] = lambda visitor: None,
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 860},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        if language:
            context.add_init_script(f"localStorage.setItem('parley.language', '{language}')")
        visitor = Visitor(context.new_page(), stack["portal_url"])
        opened.append(visitor)
        before(visitor)
        if role:
            person = [user for user in stack["users"] if user["role"] == role][who]
            visitor.sign_in(person["email"], person["password"], path)
        else:
            visitor.open(path)
        return visitor

    yield window
    complaints = [text for visitor in opened for text in visitor.complaints]
    for visitor in opened:
        visitor.page.context.close()
    assert complaints == []


class Customer:
    """A person with a phone."""

    def __init__(self, sim: Call, wa_id: str, name: str, number: str) -> None:
        self.sim, self.wa_id, self.name, self.number = sim, wa_id, name, number

    def writes(self, text: str) -> None:
        self.sends({"type": "text", "text": {"body": text}})

    def sends(self, message: dict[str, Any]) -> None:
        self.sim("POST", f"/customers/{self.wa_id}/messages", {"phone_number_id": self.number, **message})

    def got(self) -> list[str]:
        """The texts that arrived on the phone."""
        chat = self.sim("GET", f"/messages?wa_id={self.wa_id}").body["messages"]
        return [each["text"]["body"] for each in chat if each["type"] == "text"]


@pytest.fixture
def new_customer(stack: dict[str, Any], sim: Call, api: Call) -> Iterator[Callable[[], Customer]]:
    """Makes people who have not written before; their tickets are closed in the end, so that the agents' hands stay free."""
    made: set[str] = set()

    def make() -> Customer:
        wa_id = f"9198{secrets.randbelow(10**8):08}"
        found = Customer(sim, wa_id, f"Asha {wa_id[-4:]}", stack["channels"][0]["phone_number_id"])
        sim("PUT", f"/customers/{wa_id}", {"name": found.name})
        made.add(found.name)
        return found

    yield make
    for ticket in api("GET", "/tickets?limit=200").body["items"]:
        if ticket["contact"]["name"] in made and ticket["status"] != "closed":
            api("POST", f"/tickets/{ticket['id']}/close", {})


@pytest.fixture
def customer(new_customer: Callable[[], Customer]) -> Customer:
    """Somebody who has not written before."""
    return new_customer()


def open_ticket(page: Page, name: str) -> None:
    """Finds a customer's ticket in the list and opens it."""
    page.get_by_label("Search tickets").fill(name)
    page.get_by_role("link", name=re.compile(name)).click()
    expect(page.get_by_role("region", name=f"Conversation with {name}")).to_be_visible()


def sign_in_again(page: Page) -> None:
    """The session has ended while the page was in use: a dialog over it asks for the password alone."""
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    page.unroute("**/api/v1/**")
    dialog.get_by_label("Password", exact=True).fill("Parley-local-1")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
