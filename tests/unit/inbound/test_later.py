"""The tables of functions that are named and not imported: each exists, and takes what it is given."""

import inspect

import pytest

from chalicelib.inbound.later import Later
from chalicelib.inbound.stream import SUBSCRIBERS, For
from chalicelib.inbound.timers import DUE
from chalicelib.timers import kinds


def test_every_kind_of_timer_is_served():
    assert set(DUE) == {value for name, value in vars(kinds).items() if name.isupper()}


@pytest.mark.parametrize("kind", DUE)
def test_what_is_called_for_a_timer_exists_and_takes_it_and_the_world(kind):
    assert list(inspect.signature(DUE[kind].function).parameters) == ["timer", "world"]


def test_what_the_stream_calls_only_at_need_exists_and_takes_the_world_and_the_events():
    found = [one.function for one in SUBSCRIBERS if isinstance(one, For)]
    assert found
    for each in found:
        assert list(inspect.signature(each.function).parameters) == ["world", "events"]


def test_a_named_function_is_called_as_if_it_were_imported():
    assert Later("operator", "add")(2, 3) == 5
