"""`{{secret.name}}`: a reference that stays one until the request leaves.

Evaluation leaves a mark made of characters no text contains: the value of a secret is never in an instance's
data, its log or an export, and a customer who types `{{secret.name}}` gets nothing.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

_REFERENCE = re.compile(r"secret\.([A-Za-z0-9_-]{1,64})")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([A-Za-z0-9_-]+){_CLOSE}")
_QUOTED_MARK = re.compile(f"{quote(_OPEN)}([A-Za-z0-9_-]+){quote(_CLOSE)}")
_SHOWN = r"{{secret.\1}}"
_IN_A_URL = "%!*'();:@&=+$,/?#[]~-._"


def named_by(source: str) -> str | None:
    """The secret's name when a script is a reference to one."""
    found = _REFERENCE.fullmatch(source)
    return found[1] if found else None


def mark(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def begins_with_one(text: str) -> bool:
    """Whether a secret stands at the beginning of the text."""
    return _MARK.match(text) is not None


def without_marks(value: JsonValue) -> JsonValue:
    """Drops marks that came in with data: only the definition's author can name a secret."""
    cleaned: JsonValue = each_text(value, lambda text: text.replace(_OPEN, "").replace(_CLOSE, ""))
    return cleaned


def shown(value: Any) -> Any:
    """The value for logs: each mark as the reference its author wrote."""
    return each_text(value, lambda text: _QUOTED_MARK.sub(_SHOWN, _MARK.sub(_SHOWN, text)))


def revealed(text: str, secret: Callable[[str], str]) -> str:
    """The text with each mark replaced by its secret: for the wire only."""
    return _MARK.sub(lambda found: secret(found[1]), text)


def revealed_in_url(url: str, secret: Callable[[str], str]) -> str:
    """The address with its secrets: written by its author they may be a part of it, as a parameter's value they are one value."""
    whole = _QUOTED_MARK.sub(lambda found: quote(secret(found[1]), safe=""), url)
    return revealed(whole, lambda name: quote(secret(name), safe=_IN_A_URL))


def each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON value with every text in it changed, keys too."""
    match value:
        case str():
            return change(value)
        case dict():
            return {each_text(key, change): each_text(item, change) for key, item in value.items()}
        case list():
            return [each_text(item, change) for item in value]
        case _:
            return value
