"""News arrives by push; without it the page asks; nothing typed is lost when the network or the session ends."""

import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Call, Customer, Visit, Visitor, open_ticket, sign_in_again


def test_two_agents_see_each_others_changes_by_push(visit: Visit, customer: Customer) -> None:
    """Robin's window reads what a push names, no list, and asks no more often than it was told to."""
    alex = visit("agent", "/inbox?view=unassigned", who=0)
    robin = visit("agent", "/inbox?view=unassigned", who=1)
    for each in (alex, robin):
        each.is_live()
        expect(
            each.page.get_by_role("region", name="Tickets").get_by_text(re.compile("ticket|waiting"))
        ).not_to_have_count(0)
    robin.asked.clear()
    robin.pushed.clear()

    customer.writes("Hello?")
    theirs = robin.page.get_by_role("link", name=re.compile(customer.name))
    expect(theirs).to_be_visible()
    alex.page.get_by_role("link", name=re.compile(customer.name)).click()
    alex.page.get_by_role("button", name="Take").first.click()
    expect(theirs).to_have_count(0)

    assert [each for each in robin.asked if each.startswith("GET /api/v1/tickets?")] == []
    hints = [each for each in robin.pushed if '"changes"' in each]
    assert 0 < len(_reads(robin)) <= len(hints) + 1  # one more: the look once a minute may fall into the test


def test_a_window_without_a_socket_polls_and_says_so(visit: Visit, customer: Customer) -> None:
    visitor = visit("supervisor", "/inbox?view=all", before=_no_socket)
    badge = visitor.page.get_by_role("banner").get_by_role("status")
    expect(badge).to_have_text("Polling")
    customer.writes("Hello?")
    expect(visitor.page.get_by_role("link", name=re.compile(customer.name))).to_be_visible()
    assert visitor.pushed == []
    visitor.complaints.clear()  # Chromium writes every refused socket to its console


def test_a_window_that_lost_the_network_catches_up(visit: Visit, customer: Customer) -> None:
    customer.writes("Hello?")
    visitor = visit("supervisor", "/inbox?view=all")
    visitor.is_live()
    open_ticket(visitor.page, customer.name)
    visitor.page.context.set_offline(True)
    expect(visitor.page.get_by_role("banner").get_by_role("status")).to_have_text("Offline")
    customer.writes("Are you there?")
    visitor.page.context.set_offline(False)
    expect(visitor.page.get_by_role("region", name="Messages").get_by_text("Are you there?")).to_be_visible()
    visitor.complaints.clear()


def test_a_refused_act_is_taken_back_in_sight(visit: Visit, customer: Customer) -> None:
    """Alex takes a ticket that somebody was faster to take: the window shows it, and says why."""
    customer.writes("Hello?")
    visitor = visit("agent", "/inbox?view=unassigned")
    page = visitor.page
    open_ticket(page, customer.name)
    refusal = {
        "code": "conflict",
        "message": "Robin has just taken it.",
        "errorId": "e1",
        "timestamp": "2026-01-01T00:00:00Z",
    }
    page.route("**/claim", lambda route: route.fulfill(status=409, json=refusal))
    page.get_by_role("button", name="Take").first.click()
    expect(page.get_by_role("alert").get_by_text("Robin has just taken it.")).to_be_visible()
    expect(page.get_by_role("button", name="Take").first).to_be_visible()
    visitor.complaints.clear()


def test_who_leaves_a_ticket_in_one_of_two_windows_is_still_seen_by_the_other(
    visit: Visit, customer: Customer, api: Call
) -> None:
    customer.writes("Are you there?")
    first, second = (visit("supervisor", "/inbox?view=all").page for _ in range(2))
    open_ticket(first, customer.name)
    with second.expect_response("**/tickets/*/presence", timeout=60_000):
        open_ticket(second, customer.name)
    ticket_id = second.url.split("/inbox/")[1].split("?")[0]

    with second.expect_response("**/tickets/*/presence", timeout=60_000):
        second.get_by_role("link", name="Contacts").click()
    (seen,) = api("GET", f"/tickets/{ticket_id}/presence").body["people"]
    assert seen["state"] == "viewing"


def test_two_people_on_one_ticket_see_each_other_and_do_not_answer_twice(visit: Visit, customer: Customer) -> None:
    customer.writes("Is parking available?")
    alex, boss = visit("agent", "/inbox?view=unassigned"), visit("supervisor", "/inbox?view=all")
    for each in (alex, boss):
        each.is_live()
    open_ticket(alex.page, customer.name)
    alex.page.get_by_role("button", name="Take").first.click()
    mine, theirs = alex.page.get_by_role("textbox", name="Reply"), boss.page.get_by_role("textbox", name="Reply")
    mine.fill("Yes, at Gate 2.")
    row = boss.page.get_by_role("link", name=re.compile(customer.name))
    expect(row).to_contain_text("is typing a reply")
    open_ticket(boss.page, customer.name)
    expect(alex.page.get_by_text("is viewing this ticket")).to_be_visible()
    theirs.press_sequentially("Yes.")
    expect(alex.page.get_by_role("main").get_by_text("is typing a reply").last).to_be_visible()

    mine.press("Control+Enter")
    dialog = alex.page.get_by_role("dialog", name=re.compile("is typing a reply"))
    dialog.get_by_role("button", name="Look first").click()
    mine.press_sequentially(" Second floor.")
    expect(
        boss.page.get_by_role("region", name=re.compile("Conversation with")).get_by_text("is typing a reply")
    ).to_be_visible()
    theirs.press("Control+Enter")
    boss.page.get_by_role("dialog", name=re.compile("is typing a reply")).get_by_role(
        "button", name="Send mine"
    ).click()
    expect(alex.page.get_by_role("region", name="Messages").get_by_text("Yes.", exact=True)).to_be_visible()
    mine.press("Control+Enter")
    alex.page.get_by_role("dialog", name=re.compile("has answered meanwhile")).get_by_role(
        "button", name="Send mine"
    ).click()
    expect(mine).to_have_value("")
    expect(
        boss.page.get_by_role("region", name="Messages").get_by_text("Yes, at Gate 2. Second floor.")
    ).to_be_visible()

    alex.open("/inbox?view=mine")
    expect(boss.page.get_by_text("this ticket", exact=False)).to_have_count(0)


def test_a_session_that_ends_while_typing_loses_nothing(visit: Visit, customer: Customer) -> None:
    """The page finds out by itself; the dialog asks for the password alone; then the reply that was typed is sent."""
    customer.writes("Is parking available?")
    visitor = visit("agent", "/inbox?view=unassigned", who=1)
    page = visitor.page
    open_ticket(page, customer.name)
    page.get_by_role("button", name="Take").first.click()
    expect(page.get_by_role("region", name="Messages").get_by_text("took the ticket")).to_be_visible()
    page.get_by_role("textbox", name="Reply").fill("Yes, at Gate 2.")
    page.route("**/api/v1/**", _session_ended)
    customer.writes("Hello?")
    sign_in_again(page)
    page.get_by_role("button", name="Send").click()
    thread = page.get_by_role("region", name="Messages")
    expect(thread.get_by_text("Hello?")).to_be_visible()
    expect(thread.get_by_role("img", name=re.compile("Sent|Delivered|Read"))).to_be_visible()
    assert customer.got() == ["Yes, at Gate 2."]
    visitor.complaints.clear()


def _reads(visitor: Visitor) -> list[str]:
    return [each for each in visitor.asked if each.startswith("GET /api/v1/changes")]


def _no_socket(visitor: Visitor) -> None:
    def refuse(socket: WebSocketRoute) -> None:
        socket.close()

    visitor.page.route_web_socket(re.compile("^ws://"), refuse)


def _session_ended(route: object) -> None:
    body = {"code": "unauthorized", "message": "Sign in.", "errorId": "e1", "timestamp": "2026-01-01T00:00:00Z"}
    route.fulfill(status=401, json=body)  # type: ignore[attr-defined]
