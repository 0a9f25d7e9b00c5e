"""What was filled into one call must not come back: not in the answer, which goes into data and logs, nor in an error."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from chalicelib.automation.expressions.secrets import each_text

SHORTEST = 4
"""A shorter value is in every text: hiding it would hide nothing and break the rest."""


class Hidden:
    """The values filled in so far, in the forms in which another system may repeat them."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def note(self, value: str, shown: str) -> str:
        """Remembers a value that is about to leave, and how a log shows it. Answers the value."""
        for form in _forms(value):
            if len(form) >= SHORTEST:
                self._shown.setdefault(form, shown)
        return value

    def hide(self, value: Any) -> Any:
        """The JSON value with references in place of what was filled in."""
        return each_text(value, self._text) if self._shown else value

    def _text(self, text: str) -> str:
        for form in sorted(self._shown, key=len, reverse=True):
            text = text.replace(form, self._shown[form])
        return text


def _forms(value: str) -> Iterator[str]:
    yield from (value, value.strip(), quote(value, safe=""), quote_plus(value))
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
