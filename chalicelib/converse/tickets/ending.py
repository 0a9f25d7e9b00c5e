"""Words that end a ticket when they are all a customer writes. Pure."""

import re
from collections.abc import Iterable


def says(text: str, words: Iterable[str]) -> bool:
    """Whether the whole text is one of the words, whatever the case, punctuation and signs around it.

    >>> says("Thank you!! 🙏", ["thanks", "thank you"])
    True
    >>> says("Thanks, but it is still broken", ["thanks"])
    False
    """
    said = _plain(text)
    return bool(said) and any(said == _plain(word) for word in words)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"^[\W_]+|[\W_]+$", "", text.casefold()).split())
