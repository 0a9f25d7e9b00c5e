"""Every page of the portal as a visitor can come to see it, and what else opens on it: dialogs, menus, nothing there, an error.

Pictures, axe and the keyboard all walk this one list; `routes()` reads the portal's router, so that no page is forgotten.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

FEATURES = Path(__file__).parents[2] / "portal" / "src" / "features"
_ROUTE = re.compile(r"const (\w+) = createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*path: \"([^\"]+)\"")


def _nothing(page: Page) -> None:
    """What there is to see is there by itself."""


@dataclass(frozen=True)
class Sight:
    """Something to look at. `there` is a text that shows when it is complete; `do` opens what is not open at once."""

    name: str
    path: str
    there: str
    route: str = ""
    """The route of the router that `path` comes to; empty when it is the path itself."""
    who: str = "ada"
    shop: str = "told"
    do: Callable[[Page], object] = _nothing
    fails: str = ""
    """Requests that the server answers with an error: a pattern of their address."""

    @property
    def is_page(self) -> bool:
        """Whether it is a page as one comes to it; the rest is drawn wide and light, and narrow and dark."""
        return not self.fails and self.shop == "told" and self.do is _nothing

    @property
    def shows(self) -> str:
        return self.route or self.path.split("?")[0]


def routes() -> list[str]:
    """The paths of all routes, as the router has them: `/inbox/$ticketId`."""
    found = []
    for file in sorted(FEATURES.glob("*/routes.tsx")):
        text = file.read_text()
        made = {name: (parent, path) for name, parent, path in _ROUTE.findall(text)}
        assert len(made) == text.count("createRoute("), f"{file}: a route that pages.py cannot read"
        for parent, path in made.values():
            above = made[parent][1] if parent in made else ""
            found.append(f"{above}/{path.strip('/')}".rstrip("/"))
    return found


def _button(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=re.compile(name)).first.click()


def _hand_over(page: Page) -> None:
    """By its button, or on a narrow screen by the menu."""
    if page.get_by_role("button", name="Assign").count():
        page.get_by_role("button", name="Assign").click()
    else:
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Assign or move").click()


TICKET = "/inbox/{ticket}?view=all"

# fmt: off
SIGHTS = [
    # Somebody who is not signed in.
    Sight("sign-in", "/inbox", "Sign in to Parley", who=""),
    Sight("sign-in-forgotten", "/inbox", "Choose a new password", who="", do=_button("Forgot")),
    # What a supervisor works with.
    Sight("inbox", "/inbox?view=all", "Mei Ling Tan", who="sam"),
    Sight("inbox-ticket", TICKET, "Of course, on a lead, please.", "/inbox/$ticketId", who="sam"),
    Sight("inbox-assign", TICKET, "A person", "/inbox/$ticketId", who="sam", do=_hand_over),
    Sight("inbox-resolve", TICKET, "How it ended", "/inbox/$ticketId", who="sam", do=_button("^Resolve")),
    Sight("inbox-window-closed", "/inbox/{closed}?view=all", "The 24-hour reply window is closed.", "/inbox/$ticketId", who="sam"),
    Sight("inbox-nothing-found", "/inbox?view=all&q=nobodyatall", "Nothing fits", who="sam"),
    Sight("campaigns", "/campaigns", "Spring cleaning of the greenhouse", who="sam"),
    Sight("campaigns-new", "/campaigns/new", "New campaign", who="sam"),
    *(
        Sight(f"campaigns-edit-{step}", "/campaigns/{draft}/edit?step=" + step, there, "/campaigns/$campaignId/edit", who="sam")
        for step, there in (
            ("channel", "Winter bulbs"), ("recipients", "winter.csv"), ("fields", "1 row cannot be used"),
            ("message", "spring_offer"), ("delivery", "Delivery"), ("review", "people get it"),
        )
    ),
    Sight("campaigns-report", "/campaigns/{campaign}", "How far it came", "/campaigns/$campaignId", who="sam"),
    Sight("contacts", "/contacts", "Mei Ling", who="sam"),
    Sight("contacts-one", "/contacts/{contact}", "Record an opt-out", "/contacts/$contactId", who="sam"),
    Sight("contacts-new", "/contacts", "New contact", who="sam", do=_button("New contact|Add")),
    Sight("contacts-groups", "/contacts/groups", "Regulars", who="sam"),
    Sight("contacts-import", "/contacts/import", "Import contacts", who="sam"),
    Sight("segments", "/segments", "Singapore, silent for a month", who="sam"),
    Sight("segments-new", "/segments/new", "Add a condition", who="sam"),
    Sight("segments-one", "/segments/{segment}", "Who fits now", "/segments/$segmentId", who="sam"),
    Sight("reports", "/reports", "Tickets by queue", who="sam"),
    # What an administrator sets up.
    Sight("workflows", "/workflows", "Menu"),
    Sight("workflows-gallery", "/workflows", "Where to begin", do=_button("New workflow")),
    Sight("workflows-new", "/workflows/new", "Trigger"),
    Sight("workflows-canvas", "/workflows/{definition}", "Trigger", "/workflows/$definitionId"),
    Sight("workflows-tests", "/workflows/{definition}?tab=tests", "tests pass", "/workflows/$definitionId"),
    Sight("workflows-versions", "/workflows/{definition}?tab=versions", "Nothing differs", "/workflows/$definitionId"),
    Sight("workflows-runs", "/workflows/{definition}?tab=runs", "Nobody yet", "/workflows/$definitionId"),
    Sight("queues", "/queues", "Singapore"),
    Sight("queues-new", "/queues", "Which tickets it takes", do=_button("New queue")),
    Sight("queues-try", "/queues", "Country", do=_button("Try it")),
    Sight("canned-replies", "/canned-replies", "Opening hours"),
    Sight("canned-replies-new", "/canned-replies", "Shortcut", do=_button("New reply")),
    Sight("templates", "/templates", "order_update"),
    Sight("templates-new", "/templates/new", "New template"),
    Sight("channels", "/channels", "Lucky Shrub Singapore"),
    Sight("channels-connect", "/channels", "Connect a number", do=_button("Connect")),
    Sight("team", "/team", "Nia Newcomer"),
    Sight("team-invite", "/team", "Name", do=_button("Invite")),
    Sight("webhooks", "/webhooks", "CRM"),
    Sight("webhooks-new", "/webhooks", "Address", do=_button("New webhook|Add")),
    Sight("api-keys", "/api-keys", "Night import"),
    Sight("api-keys-new", "/api-keys", "Name", do=_button("Create a key")),
    Sight("audit", "/audit", "Audit log"),
    Sight("settings", "/settings", "Settings"),
    Sight("retention", "/retention", "Retention"),
    Sight("health", "/health", "Set up"),
    Sight("no-such-page", "/no/such/page", "There is no such page"),
    # The shell.
    Sight("shell-commands", "/team", "Go to", do=lambda page: page.keyboard.press("Control+k")),
    Sight("shell-keys", "/team", "Keyboard shortcuts", do=lambda page: page.keyboard.press("?")),
    Sight("shell-account", "/team", "Sign out", do=_button("Account of")),
    # Nothing there yet.
    *(
        Sight(f"{name}-empty", path, there, route=path, shop="empty")
        for name, path, there in (
            ("inbox", "/inbox?view=all", "0 tickets"),
            ("campaigns", "/campaigns", "New campaign"),
            ("contacts", "/contacts", "Import"),
            ("segments", "/segments", "Segments"),
            ("workflows", "/workflows", "New workflow"),
            ("templates", "/templates", "Templates"),
            ("reports", "/reports", "Reports"),
            ("canned-replies", "/canned-replies", "New reply"),
            ("webhooks", "/webhooks", "Webhooks"),
        )
    ),
    # A server that does not manage.
    *(
        Sight(f"{name}-broken", path, "Something went wrong on our side", route=path, fails=fails)
        for name, path, fails in (
            ("inbox", "/inbox?view=all", r"/api/v1/tickets\?"), ("campaigns", "/campaigns", r"/api/v1/campaigns"),
            ("contacts", "/contacts", r"/api/v1/accounts/\w+/contacts\b"), ("workflows", "/workflows", r"/definitions"),
        )
    ),
]
# fmt: on
