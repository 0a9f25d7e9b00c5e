"""A function known by its name: the room it stands in is loaded when it is first called.

For functions that serve every room but rarely more than one in a call: a cold start pays for that one. A test walks the tables
made of these and finds each.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Later:
    """`Later("chalicelib.converse.due", "ring")(...)` is `due.ring(...)`."""

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself. Raises ImportError, AttributeError."""
        found: Callable[..., Any] = getattr(import_module(self.module), self.name)
        return found
