"""Text with `{{Field}}` in it."""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def fields_of(text: str) -> list[str]:
    """The fields a text names, each once."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def fill_text(text: str, values: Mapping[str, str], default: str = "") -> str:
    """The text with every field filled in. A value that itself holds `{{…}}` stays as it is."""
    return _FIELD.sub(lambda match: values.get(match[1], "").strip() or default, text)
