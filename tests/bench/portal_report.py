"""`make portal-report`: what the portal costs a browser, on the local stack that runs (make run): requests, bytes, long tasks, axe.

Counts, not times: gzip bytes of the scripts up to the first useful inbox, requests and bytes of a page, tasks of the main
thread above 50 ms, barriers found by axe on each page in both colour schemes.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from infra.local.places import Places
from tests.browser.conftest import AXE, QUIET, chromium

PAGES = ("/inbox", "/reports", "/queues", "/canned-replies", "/campaigns", "/team", "/api-keys", "/audit")
MOST_INBOX_JS = 280_000
_WATCH_TASKS = """
window.longTasks = [];
new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(each => each.duration)))
  .observe({type: "longtask", buffered: true});
"""


def main() -> None:
    places = Places.of()
    if not places.stack_file.exists():
        sys.exit("parley: no local stack runs; start one with make run")
    stack = json.loads(places.stack_file.read_text())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=QUIET.split())
        inbox_js = _first_inbox(browser, stack)
        barriers = sum(_pages(browser, stack, scheme) for scheme in ("light", "dark"))
        browser.close()
    print(f"JavaScript to the first useful inbox: {inbox_js / 1000:.0f} kB gzip (at most {MOST_INBOX_JS // 1000})")
    if inbox_js > MOST_INBOX_JS or barriers:
        sys.exit("parley: the portal is over its limits")


def _first_inbox(browser: Browser, stack: dict[str, Any]) -> int:
    """Signs in with an empty cache; what the scripts weigh until tickets can be read."""
    page = browser.new_context(viewport={"width": 1440, "height": 860}).new_page()
    scripts: dict[str, int] = {}

    def weigh(answer: Any) -> None:
        if Path(answer.url.split("?")[0]).suffix == ".js":
            scripts[answer.url] = len(gzip.compress(answer.body(), 9))

    page.on("response", weigh)
    _sign_in(page, stack, "/inbox")
    page.get_by_role("region", name="Tickets").wait_for()
    page.wait_for_load_state("networkidle")
    found = sum(scripts.values())
    page.context.close()
    return found


def _pages(browser: Browser, stack: dict[str, Any], scheme: str) -> int:
    """A line for each page; answers how many barriers there are."""
    context = browser.new_context(viewport={"width": 1440, "height": 860}, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(_WATCH_TASKS)
    _sign_in(page, stack, "/inbox")
    found = 0
    for path in PAGES:
        seen: list[int] = []
        page.on("response", lambda answer, seen=seen: seen.append(int(answer.headers.get("content-length", 0))))
        page.goto(stack["portal_url"] + path)
        page.get_by_role("main").wait_for()
        page.wait_for_load_state("networkidle")
        tasks = [duration for duration in page.evaluate("window.longTasks") if duration > 50]
        page.evaluate(AXE.read_text())
        barriers = page.evaluate(
            "async () => (await axe.run(document)).violations.map(v => v.id + ' x' + v.nodes.length)"
        )
        found += len(barriers)
        told = ", ".join(barriers) or "none"
        print(
            f"{scheme:5} {path:16} {len(seen):3} requests {sum(seen) / 1000:7.0f} kB  {len(tasks)} long tasks  barriers: {told}"
        )
    context.close()
    return found


def _sign_in(page: Page, stack: dict[str, Any], path: str) -> None:
    person = next(user for user in stack["users"] if user["role"] == "administrator")
    page.goto(stack["portal_url"] + path)
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Main").wait_for(state="attached")


if __name__ == "__main__":
    main()
