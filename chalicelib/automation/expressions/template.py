"""Finds the scripts in a string: `"Hi {{ data.name }}!"` is the text `Hi `, a script, and the text `!`."""

from collections.abc import Iterator
from functools import lru_cache

from chalicelib.dataclass import dataclass

OPEN, CLOSE = "{{", "}}"


@dataclass(frozen=True)
class Script:
    source: str


class UnclosedScript(ValueError):
    """A `{{` without its `}}`."""


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Script, ...]:
    """The parts of a string in order, or raises UnclosedScript."""
    parts: list[str | Script] = []
    at = 0
    while (opening := text.find(OPEN, at)) >= 0:
        closing = _closing(text, opening + 2)
        if text[at:opening]:
            parts.append(text[at:opening])
        parts.append(Script(text[opening + 2 : closing].strip()))
        at = closing + 2
    if text[at:] or not parts:
        parts.append(text[at:])
    return tuple(parts)


def is_computed(value: object) -> bool:
    """Whether a value is known only when a script has run."""
    return any(OPEN in text for _, text in strings_in(value))


def is_script(text: str) -> bool:
    """Whether the string is one script and nothing else: its value then keeps its type."""
    parts = parse(text)
    return len(parts) == 1 and isinstance(parts[0], Script)


def scripts_in(text: str) -> list[str]:
    return [part.source for part in parse(text) if isinstance(part, Script)]


def strings_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string anywhere inside a JSON value, with its JSON pointer."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from strings_in(item, f"{path}/{key}")
        case list() | tuple():
            for index, item in enumerate(value):
                yield from strings_in(item, f"{path}/{index}")
        case _:
            pass


def _closing(text: str, start: int) -> int:
    """Where the script ends: the first `}}` outside strings and outside braces of the script's own."""
    depth, at = 0, start
    while at < len(text):
        character = text[at]
        if character in "'\"`":
            at = _after_string(text, at)
            continue
        if character == "{":
            depth += 1
        elif character == "}":
            if depth == 0 and text.startswith(CLOSE, at):
                return at
            depth = max(depth - 1, 0)
        at += 1
    # An apostrophe in a regular expression or a comment: the plain reading is the best one left.
    if (plain := text.find(CLOSE, start)) >= 0:
        return plain
    raise UnclosedScript(text[start - 2 : start + 40])


def _after_string(text: str, start: int) -> int:
    at = start + 1
    while at < len(text) and text[at] != text[start]:
        at += 2 if text[at] == "\\" else 1
    return at + 1
