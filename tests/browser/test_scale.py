"""However many tickets and messages there are: a few dozen rows in the page, one request a page of a list."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route, expect

from tests.browser.conftest import Call, Customer, Visit, open_ticket

TICKETS, MESSAGES, MOST_ROWS = 100_000, 10_000, 60


def test_a_hundred_thousand_tickets_are_a_few_dozen_rows(visit: Visit, customer: Customer, api: Call) -> None:
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all")
    page = visitor.page
    expect(page.get_by_role("link", name=re.compile(customer.name))).to_be_visible()
    one = api("GET", "/tickets?limit=1").body["items"][0]
    page.route(re.compile(r"/api/v1/tickets\?"), lambda route: _answer(route, TICKETS, lambda n: _ticket(one, n)))
    visitor.asked.clear()
    page.get_by_text(re.compile(r"^Waiting \d")).click()
    rows = page.get_by_role("region", name="Waiting").get_by_role("link")
    expect(rows.first).to_be_visible()
    for _ in range(6):
        page.get_by_role("region", name="Waiting").evaluate("box => box.scrollBy(0, 3000)")
        page.wait_for_timeout(150)
        assert rows.count() <= MOST_ROWS
    asked = [each for each in visitor.asked if each.startswith("GET /api/v1/tickets?")]
    assert len(asked) > 1
    assert len(asked) == len(set(asked))


def test_ten_thousand_messages_are_a_few_dozen_bubbles(visit: Visit, customer: Customer, api: Call) -> None:
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all")
    page = visitor.page
    expect(page.get_by_role("link", name=re.compile(customer.name))).to_be_visible()
    ticket = api("GET", "/tickets?limit=1").body["items"][0]
    one = api("GET", f"/tickets/{ticket['id']}/messages").body["items"][0]
    page.route(
        re.compile(r"/messages\?"),
        lambda route: _answer(
            route, MESSAGES, lambda n: one | {"id": f"m{n}", "position": f"p{n}", "wamid": f"w{n}"}, one
        ),
    )
    visitor.asked.clear()
    open_ticket(page, customer.name)
    bubbles = page.get_by_role("region", name="Messages").get_by_test_id("message")
    expect(bubbles.first).to_be_visible()
    for _ in range(6):
        page.get_by_role("region", name="Messages").evaluate("box => box.scrollBy(0, -2500)")
        page.wait_for_timeout(150)
        assert 0 < bubbles.count() <= MOST_ROWS
    asked = [each for each in visitor.asked if "/messages?" in each and "next=" in each]
    assert asked
    assert len(asked) == len(set(asked))


def _answer(route: Route, total: int, made: Any, extra: Any = None) -> None:
    query = parse_qs(urlsplit(route.request.url).query)
    start = int(query.get("next", ["0"])[0])
    end = min(start + 50, total)
    body: dict[str, Any] = {"items": [made(n) for n in range(start, end)], "next": str(end) if end < total else None}
    if extra is not None:
        body["window"] = {"open": True, "closesAt": None}
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def _ticket(one: dict[str, Any], number: int) -> dict[str, Any]:
    contact = one["contact"] | {"name": f"Customer {number}"}
    return one | {"id": f"T{TICKETS - number:08}", "contact": contact, "agentId": "", "status": "new"}
