from collections.abc import Iterator

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule. A `warning` is what Meta may refuse; everything else it will."""

    path: str
    message: str
    warning: bool = False


def longer(text: str, most: int, path: str) -> Iterator[Problem]:
    """A problem when the text is empty or too long."""
    if not text.strip():
        yield Problem(path, "is empty")
    elif len(text) > most:
        yield Problem(path, f"at most {most} characters, this one has {len(text)}")
