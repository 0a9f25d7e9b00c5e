"""The world a request acts in: the process's own, or the one a test set."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib import wiring
from chalicelib.wiring import World

_world: ContextVar[World | None] = ContextVar("world", default=None)


def current_world() -> World:
    """The world of this request."""
    return _world.get() or wiring.world()


@contextmanager
def acting_in(world: World) -> Iterator[None]:
    """Requests answered inside act in this world."""
    token = _world.set(world)
    try:
        yield
    finally:
        _world.reset(token)
