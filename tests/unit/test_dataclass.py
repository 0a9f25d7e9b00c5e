"""Ours does what the library's does: every case is asked of both."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pytest

from chalicelib import dataclass as ours


def classes(dataclass: Callable[..., Any]) -> dict[str, type[Any]]:
    @dataclass(frozen=True)
    class Point:
        """Two numbers."""

        x: int
        y: int = 0
        note: str = dataclasses.field(default="", repr=False, compare=False)

        @cached_property
        def length(self) -> int:
            return self.x + self.y

    @dataclass(frozen=True)
    class Far(Point):
        z: int = 0

    @dataclass
    class Basket:
        """Filled one by one."""

        things: list[int] = dataclasses.field(default_factory=list)
        total: int = 0

        def __post_init__(self) -> None:
            self.total = self.total or sum(self.things)

    @dataclass(frozen=True)
    class Nothing:
        """Says only that it happened."""

    @dataclass(frozen=True)
    class Stubborn:
        value: int

        def __eq__(self, other: object) -> bool:
            return False

        def __repr__(self) -> str:
            return "stubborn"

        __hash__ = object.__hash__

    return {made.__name__: made for made in (Point, Far, Basket, Nothing, Stubborn)}


BOTH = (classes(dataclasses.dataclass), classes(ours.dataclass))


@pytest.mark.parametrize(
    "case",
    [
        lambda c: repr(c["Point"](1, note="x")).rpartition("<locals>.")[2],
        lambda c: repr(c["Far"](1, 2, z=3)).rpartition("<locals>.")[2],
        lambda c: repr([c["Nothing"](), c["Stubborn"](1)])[-20:],
        lambda c: c["Point"](1, 2, "a") == c["Point"](1, 2, "b"),
        lambda c: c["Point"](1, 2) == c["Point"](2, 1),
        lambda c: c["Point"](1) == c["Far"](1),
        lambda c: c["Nothing"]() == c["Nothing"](),
        lambda c: c["Stubborn"](1) == c["Stubborn"](1),
        lambda c: hash(c["Point"](1, 2, "a")) == hash(c["Point"](1, 2, "b")),
        lambda c: c["Basket"].__hash__,
        lambda c: c["Basket"]([1, 2]).total,
        lambda c: c["Basket"]().things is c["Basket"]().things,
        lambda c: dataclasses.asdict(c["Far"](1, z=2)),
        lambda c: dataclasses.asdict(dataclasses.replace(c["Point"](1, 2), y=5)),
        lambda c: copy.deepcopy(c["Point"](1, 2)) == c["Point"](1, 2),
        lambda c: (c["Point"](3).length, c["Point"].__match_args__, c["Far"].__doc__ is not None),
        lambda c: [f.name for f in dataclasses.fields(c["Far"])],
    ],
)
def test_it_makes_what_the_library_makes(case):
    theirs, own = (case(made) for made in BOTH)
    assert own == theirs


@pytest.mark.parametrize(
    "case",
    [
        lambda c: c["Point"](),
        lambda c: c["Point"](1, 2, "", 4),
        lambda c: c["Point"](1, w=2),
        lambda c: hash(c["Basket"]()),
        lambda c: setattr(c["Point"](1), "x", 2),
        lambda c: setattr(c["Far"](1), "new", 2),
        lambda c: delattr(c["Point"](1), "x"),
    ],
)
def test_it_refuses_what_the_library_refuses(case):
    refusals = []
    for made in BOTH:
        with pytest.raises((TypeError, AttributeError)) as refused:
            case(made)
        refusals.append((refused.type, str(refused.value)))
    assert refusals[1] == refusals[0]


@ours.dataclass(frozen=True)
class Kept:
    value: int


def test_a_value_survives_pickling():
    assert pickle.loads(pickle.dumps(Kept(1))) == Kept(1)


def test_what_it_does_not_know_it_refuses():
    with pytest.raises(TypeError):
        ours.dataclass(slots=True)
