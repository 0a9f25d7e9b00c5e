"""Somebody without a mouse: every act is a key."""

import re
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

_FAR = 150
"""More keys than anybody presses to get somewhere on one page."""


class Keys:
    """Presses keys, and nothing else, in a window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # The browser is told to hand its window for files over as long as somebody listens, but not before the next key is pressed.
        page.on("filechooser", lambda _: None)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(
        self, role: Any, name: str | re.Pattern[str], *, within: Locator | None = None, back: bool = False
    ) -> Locator:
        """Walks with Tab until what a person calls this has the focus."""
        wanted = (within or self.page).get_by_role(role, name=name, exact=isinstance(name, str)).first
        return self._walk(wanted, f"{role} {name!r}", "Shift+Tab" if back else "Tab")

    def to_field(self, label: str) -> Locator:
        """Walks to a field that has no role of its own, such as a date's."""
        return self._walk(self.page.get_by_label(label, exact=True), f"the field {label!r}", "Tab")

    def _walk(self, wanted: Locator, called: str, key: str) -> Locator:
        wanted.wait_for(state="attached")  # a radio button is drawn by its label
        for _ in range(_FAR):
            if wanted.evaluate("each => each === document.activeElement"):
                return wanted
            self.press(key)
        raise AssertionError(f"No way by {key} to {called}; the focus is at {self.focus()}")

    def use(self, role: Any, name: str | re.Pattern[str], *, within: Locator | None = None, back: bool = False) -> None:
        """Walks there and presses Enter."""
        self.to(role, name, within=within, back=back)
        self.press("Enter")

    def write(self, name: str, text: str, *, role: Any = "textbox", within: Locator | None = None) -> None:
        """Walks to a field and types over what is in it."""
        self.to(role, name, within=within)
        self.press("Control+a")
        self.type(text)

    def pick(self, name: str, option: str, *, within: Locator | None = None) -> None:
        """Walks to a choice, opens it and goes down to an option."""
        self.to("combobox", name, within=within)
        self.press("ArrowDown")
        wanted = self.page.get_by_role("option", name=option, exact=True)
        expect(wanted).to_be_visible()
        for _ in range(_FAR):
            if wanted.get_attribute("data-combobox-selected") == "true":
                break
            self.press("ArrowDown")
        self.press("Enter")
        expect(wanted).to_be_hidden()

    def item(self, name: str) -> None:
        """Goes down an open menu to an item and takes it."""
        self._walk(self.page.get_by_role("menuitem", name=name, exact=True), f"the menu's {name!r}", "ArrowDown")
        self.press("Enter")

    def choose(self, name: str, file: FilePayload) -> None:
        """Opens the system's own window for files with Enter, and takes one there."""
        self.to("button", name)
        with self.page.expect_file_chooser() as choosing:
            self.press("Enter")
        choosing.value.set_files(file)

    def focus(self) -> str:
        """Where the focus is, for a message."""
        return str(self.page.evaluate("() => (document.activeElement?.outerHTML ?? 'nowhere').slice(0, 300)"))
