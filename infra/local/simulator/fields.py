"""Graph's `fields=a,b{c,d}` and its paged lists."""

import base64
import re
from collections.abc import Iterable
from typing import Any

from .errors import GraphError


def asked(query: dict[str, str]) -> list[str]:
    """The names at the outer level, in order; nothing when none were asked for."""
    text, before = query.get("fields", ""), None
    while text != before:
        text, before = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", text), text
    return [name.partition(".")[0].strip() for name in text.split(",") if name.strip()]


def choose(everything: dict[str, Any], names: list[str], defaults: Iterable[str], kind: str) -> dict[str, Any]:
    """The fields asked for, else the defaults; `id` always comes, what has no value never does."""
    wanted = names or list(defaults)
    if unknown := [name for name in wanted if name not in everything]:
        sentence = f"Tried accessing nonexisting field ({unknown[0]}) on node type ({kind})"
        raise GraphError(100, message=f"(#100) {sentence}")
    return {name: everything[name] for name in [*wanted, "id"] if everything[name] is not None}


def page(items: list[dict[str, Any]], query: dict[str, str], url: str, kept: str = "") -> dict[str, Any]:
    """One page of a list with Graph's cursors; `next` is there only when there is more."""
    try:
        size = max(1, min(1_000, int(query.get("limit", "25"))))
    except ValueError:
        raise GraphError(100, message="(#100) Param limit must be an integer.") from None
    start = _position(query["after"]) + 1 if query.get("after") else 0
    if query.get("before"):
        start = max(0, _position(query["before"]) - size)
    chunk = items[start : start + size]
    answer: dict[str, Any] = {"data": chunk}
    more = kept and kept + "&"
    if chunk:
        last = start + len(chunk) - 1
        answer["paging"] = {"cursors": {"before": _cursor(start), "after": _cursor(last)}}
        if last + 1 < len(items):
            answer["paging"]["next"] = f"{url}?{more}limit={size}&after={_cursor(last)}"
        if start > 0:
            answer["paging"]["previous"] = f"{url}?{more}limit={size}&before={_cursor(start)}"
    return answer


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return int(text.removeprefix("at:"))
    except ValueError:
        raise GraphError(131059) from None
