"""The ways into the portal besides a known password: a first one of one's own, a forgotten one, and a server in trouble."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit


def test_who_was_invited_chooses_a_password_on_the_way_in(visit: Visit, stack: dict[str, Any]) -> None:
    """The temporary password goes by e-mail, which no test receives: Cognito's challenge is played, the rest is real."""
    person = next(user for user in stack["users"] if user["role"] == "agent")
    visitor = visit("", "/inbox?view=unassigned")
    page = visitor.page
    page.route("**/auth/sign-in", lambda route: route.fulfill(json=_challenge()))
    _fill_in(page, person["email"], "Temporary-1")
    expect(page.get_by_role("heading", name="Welcome to Parley")).to_be_visible()
    page.unroute("**/auth/sign-in")

    sent: list[Any] = []

    def choose(route: Route) -> None:
        sent.append(route.request.post_data_json)
        known = {"email": person["email"], "password": person["password"]}
        url = route.request.url.replace("new-password", "sign-in")
        route.fulfill(response=route.fetch(url=url, post_data=known))

    page.route("**/auth/new-password", choose)
    page.get_by_label("New password").fill("Chosen-by-me-12")
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    assert page.url.endswith("/inbox?view=unassigned")
    assert sent == [{"email": person["email"], "session": "challenge-1", "password": "Chosen-by-me-12"}]


def test_a_forgotten_password_is_reset_and_a_wrong_code_keeps_what_was_typed(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.get_by_role("button", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill("nobody@parley.example")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_text("If nobody@parley.example has an account, a code is on its way there.")).to_be_visible()
    page.get_by_label("Code from the e-mail").fill("123456")
    page.get_by_label("New password").fill("Chosen-by-me-12")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Code from the e-mail")).to_have_value("123456")

    page.route("**/auth/reset-password", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your new password is set. Sign in with it.")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@parley.example")
    visitor.complaints.clear()  # Chromium writes a refusal to its console


def test_a_server_in_trouble_says_so_with_the_id_of_the_error(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    trouble = {
        "code": "internal",
        "message": "Something went wrong here.",
        "errorId": "e-1",
        "timestamp": "2026-01-01T00:00:00Z",
    }
    page.route("**/auth/sign-in", lambda route: route.fulfill(status=500, json=trouble))
    _fill_in(page, "nobody@parley.example", "Whatever-123")
    expect(page.get_by_role("alert")).to_have_text("Something went wrong here. (e-1)")
    page.unroute("**/auth/sign-in")
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    visitor.complaints.clear()


def _fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def _challenge() -> dict[str, Any]:
    return {"accessToken": None, "expiresInSeconds": None, "newPasswordSession": "challenge-1"}
