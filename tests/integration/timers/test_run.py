"""The minute's run: late, twice, half-way or not at all for an hour, everything due is done."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from chalicelib.cloud import keys
from chalicelib.timers import store
from chalicelib.timers.model import Timer
from chalicelib.timers.run import Run, Subscriber, run
from chalicelib.wiring import World
from tests.integration.conftest import Clock


@pytest.fixture
def done() -> Counter[str]:
    return Counter()


def _subscribers(done: Counter[str], fails: Mapping[str, int] | None = None) -> dict[str, Subscriber]:
    left = Counter(fails or {})

    def call(timer: Timer) -> None:
        if left[timer.id] > 0:
            left[timer.id] -= 1
            raise RuntimeError("not now")
        done[timer.id] += 1

    return {"test": call}


def _set(world: World, *minutes: float) -> None:
    now = world.clock()
    timers = [Timer(id=f"t{at}", kind="test", subject="s", due_at=now + timedelta(minutes=at)) for at in minutes]
    world.table.transact([store.armed(timer, now) for timer in timers])


def _run(world: World, subscribers: dict[str, Subscriber], seconds: int = 40) -> Run:
    return run(world.table, subscribers, world.clock, until=world.clock() + timedelta(seconds=seconds))


def test_each_timer_is_done_once_and_not_before_its_time(world: World, clock: Clock, done: Counter[str]) -> None:
    _set(world, 1, 2, 2.5)
    _run(world, _subscribers(done))
    for expected in ({"t1": 1}, {"t1": 1, "t2": 1}, {"t1": 1, "t2": 1, "t2.5": 1}):
        clock.advance(minutes=1)
        _run(world, _subscribers(done))
        _run(world, _subscribers(done))
        assert done == expected


def test_minutes_that_were_missed_are_made_up_for(world: World, clock: Clock, done: Counter[str]) -> None:
    _run(world, _subscribers(done))
    _set(world, *range(1, 61, 10))
    clock.advance(minutes=90)
    assert _run(world, _subscribers(done)) == Run(6, finished=True)


def test_a_timer_stored_a_moment_after_its_minute_was_read_is_found(
    world: World, clock: Clock, done: Counter[str]
) -> None:
    clock.advance(seconds=59.9)
    late = Timer(id="late", kind="test", subject="s", due_at=clock())
    operation = store.armed(late, clock())
    clock.advance(seconds=0.2)
    _run(world, _subscribers(done))
    world.table.transact([operation])
    clock.advance(minutes=1)
    _run(world, _subscribers(done))
    assert done == {"late": 1}


def test_one_that_fails_stops_no_other_and_comes_again(world: World, clock: Clock, done: Counter[str]) -> None:
    _set(world, 1, 1.5)
    subscribers = _subscribers(done, {"t1": 2})
    for _ in range(8):
        clock.advance(minutes=1)
        _run(world, subscribers)
    assert done == {"t1": 1, "t1.5": 1}


def test_one_that_always_fails_is_put_aside_and_kept(world: World, clock: Clock, done: Counter[str]) -> None:
    _run(world, _subscribers(done))
    _set(world, 1)
    subscribers = _subscribers(done, {"t1": 1000})
    for _ in range(16):
        clock.advance(days=1)
        _run(world, subscribers)
    assert world.table.get(keys.parked_timer("t1")) is not None
    assert done == {}


def test_a_run_that_stops_in_time_leaves_the_rest_to_the_next(world: World, clock: Clock, done: Counter[str]) -> None:
    _set(world, 1, 1.1, 1.2)
    clock.advance(minutes=2)

    def slow(timer: Timer) -> None:
        done[timer.id] += 1
        clock.advance(seconds=30)

    assert _run(world, {"test": slow}) == Run(2, finished=False)
    assert _run(world, {"test": slow}) == Run(1, finished=True)
    assert set(done.values()) == {1}
