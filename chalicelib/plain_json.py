"""JSON that others wrote, made fit for what reads it after us: not too deep for a stack, no halves of characters in it."""

import json
from typing import Any

MAX_DEPTH = 100


def is_shallow(value: Any) -> bool:
    """Whether a JSON value has no more than MAX_DEPTH levels."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for one in level if isinstance(one, list | dict) for inner in _inner(one)]
        if not level:
            return True
    return False


def loads(text: str) -> Any:
    """The value of a JSON text; half an emoji, which nobody can store or send, becomes a question mark. Raises ValueError."""
    value = json.loads(text, parse_constant=_no_json)
    if "\\ud" in text.lower():
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _no_json(constant: str) -> Any:
    raise ValueError(constant)  # NaN and Infinity: Python reads them, nobody else does


def _inner(value: list[Any] | dict[str, Any]) -> list[Any]:
    return value if isinstance(value, list) else list(value.values())
