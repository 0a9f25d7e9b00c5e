"""The variables of a template's text: `{{1}}` or `{{first_name}}`."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def variables(text: str | None) -> tuple[str, ...]:
    """Their names in order of first appearance, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text or "")))


def occurrences(text: str) -> list[str]:
    """Their names as often as they are written."""
    return _VARIABLE.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a variable without one stays as it is."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def without(text: str) -> str:
    """The text with a blank in place of each variable."""
    return _VARIABLE.sub(" ", text)


def at_edge(text: str) -> bool:
    """Whether the text begins or ends with a variable (Meta: 2388299)."""
    bare = text.strip()
    return bool(re.match(_VARIABLE, bare) or re.search(_VARIABLE.pattern + r"$", bare))
