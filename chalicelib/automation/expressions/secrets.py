"""`{{secret.name}}`: a reference that stays one until the request leaves.

Evaluation leaves a mark made of characters no text contains: the value of a secret is never in an instance's
data, its log or an export, and a customer who types `{{secret.name}}` gets nothing.
"""

import re
from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

_REFERENCE = re.compile(r"secret\.([A-Za-z0-9_-]{1,64})")
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([A-Za-z0-9_-]+){_CLOSE}")


def named_by(source: str) -> str | None:
    """The secret's name when a script is a reference to one."""
    found = _REFERENCE.fullmatch(source)
    return found[1] if found else None


def mark(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def without_marks(value: JsonValue) -> JsonValue:
    """Drops marks that came in with data: only the definition's author can name a secret."""
    cleaned: JsonValue = _strings(value, lambda text: text.replace(_OPEN, "").replace(_CLOSE, ""))
    return cleaned


def shown(value: Any) -> Any:
    """The value for logs: each mark as the reference its author wrote."""
    return _strings(value, lambda text: _MARK.sub(r"{{secret.\1}}", text))


def revealed(text: str, secret: Callable[[str], str]) -> str:
    """The text with each mark replaced by its secret: for the wire only."""
    return _MARK.sub(lambda found: secret(found[1]), text)


def _strings(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value) if _OPEN in value or _CLOSE in value else value
        case dict():
            return {_strings(key, change): _strings(item, change) for key, item in value.items()}
        case list():
            return [_strings(item, change) for item in value]
        case _:
            return value
