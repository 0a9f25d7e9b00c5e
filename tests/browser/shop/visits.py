"""Somebody who looks at the shop's portal: at one width, in one colour scheme, at half past three on that Friday."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocketRoute, expect

from tests.browser.conftest import Visitor
from tests.browser.pages import Sight
from tests.browser.shop.story import NOW, Shop

HEIGHT = 860
_PATIENCE_MS = 60_000
"""For a machine that is busy; nothing here measures time."""
_BUSY = ".mantine-Skeleton-root, .mantine-Loader-root, [aria-busy=true]"


@dataclass
class Window:
    """A browser window that goes from page to page without a reload, unless somebody else sits down at it."""

    shop: Shop
    context: BrowserContext
    page: Page
    who: tuple[str, str] | None = None
    waiting: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.page, self.shop.url)
        # Functions of our own: Playwright cannot hang its mark on a method of a set.
        self.page.on("request", lambda request: self.waiting.add(request))  # noqa: PLW0108
        self.page.on("requestfinished", lambda request: self.waiting.discard(request))  # noqa: PLW0108
        self.page.on("requestfailed", lambda request: self.waiting.discard(request))  # noqa: PLW0108

    def show(self, sight: Sight) -> None:
        """Goes there, and waits until all of it is there."""
        path = sight.path.format(**self.shop.ids)
        if self.who != (sight.who, sight.shop) or sight.fails:
            self._sit_down(sight, path)
        else:
            self.page.keyboard.press("Escape")
            self._go("/nowhere")  # what is open on a page, a dialog for instance, ends with it
            self._go(path)
        self.page.mouse.move(0, 0)
        self.page.get_by_role("banner").or_(self.page.get_by_role("heading", name="Sign in to Parley")).first.wait_for()
        self.is_still()
        sight.do(self.page)
        expect(self.page.get_by_text(sight.there).filter(visible=True).first).to_be_visible(timeout=_PATIENCE_MS)
        self.is_still()

    def is_still(self) -> None:
        """Waits until nothing is asked for, nothing is a placeholder, and nothing moves."""
        quiet = 0
        while quiet < 2:
            self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 25)))")
            quiet = 0 if self.waiting or self.page.locator(_BUSY).count() else quiet + 1

    def _go(self, path: str) -> None:
        self.page.evaluate("path => { history.pushState({}, '', path); scrollTo(0, 0) }", path)

    def _sit_down(self, sight: Sight, path: str) -> None:
        if self.who is None or self.who[1] != sight.shop:
            self.shop.house.restore(self.shop.moments[sight.shop])
        self.who = (sight.who, sight.shop) if not sight.fails else None
        cookie = {"name": "parley_session", "value": sight.who, "url": f"{self.shop.url}/api/v1/auth"}
        self.context.clear_cookies()
        self.page.unroute_all()
        if sight.who:
            self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page.add_init_script(f"localStorage.setItem('parley.has-session', '{'yes' if sight.who else ''}')")
        if sight.fails:
            self.page.route(re.compile(sight.fails), lambda route: route.fulfill(status=500, json=_BROKEN))
        self.page.goto(self.shop.url + path)


_BROKEN = {
    "code": "internal_error",
    "message": "Something went wrong on our side.",
    "errorId": "01M7WNMZS0478000019SDKRARD",
}


@contextmanager
def window(browser: Browser, shop: Shop, *, width: int = 1440, scheme: str = "light") -> Iterator[Window]:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.route_web_socket(re.compile("^wss://live"), _live)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.clock.set_fixed_time(NOW)
    try:
        yield Window(shop, context, page)
    finally:
        context.close()


def _live(socket: WebSocketRoute) -> None:
    """Answers the page's pings, so that its badge says Live."""
    socket.on_message(lambda _: socket.send('{"type": "pong"}'))
