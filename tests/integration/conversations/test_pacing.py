"""A number sends at its rate and never above its limit, whoever and however many ask."""

from collections import deque
from datetime import timedelta

import pytest

from chalicelib.channels.model import Channel
from chalicelib.conversations.pacing import Lane, Pacer, rate
from chalicelib.wiring import World
from tests.integration.conftest import Clock


def channel(mps: int) -> Channel:
    return Channel(
        id="c", subaccount_id="s", name="n", created_at="2026-01-01T00:00:00Z",
        phone_number_id="1", display_phone_number="+1", waba_id="2", throughput_mps=mps,
    )  # fmt: skip


def pacer(world: World, clock: Clock) -> Pacer:
    return Pacer(world.table, clock, lambda seconds: clock.advance(seconds=seconds))


def most_in_one_second(times: list[float]) -> int:
    recent: deque[float] = deque()
    most = 0
    for at in sorted(times):
        recent.append(at)
        while recent[0] <= at - 1:
            recent.popleft()
        most = max(most, len(recent))
    return most


@pytest.mark.parametrize("mps", [20, 80, 1000])
def test_a_campaign_uses_its_share_and_no_second_has_more_than_the_limit(world: World, clock: Clock, mps: int) -> None:
    paced, number, times = pacer(world, clock), channel(mps), []
    started = clock.now
    for left in range(400, 0, -1):
        paced.wait(number, Lane.CAMPAIGN, left)
        times.append(clock.now.timestamp())
    seconds = (clock.now - started).total_seconds()
    assert 400 / seconds / rate(number, Lane.CAMPAIGN) >= 0.95
    assert most_in_one_second(times) <= mps


def test_two_workers_share_the_rate(world: World, clock: Clock) -> None:
    number, workers, times = channel(80), [pacer(world, clock), pacer(world, clock)], []
    for i in range(200):
        workers[i % 2].wait(number, Lane.CAMPAIGN, 100)
        times.append(clock.now.timestamp())
    assert most_in_one_second(times) <= 80


def test_slots_that_a_held_up_worker_missed_are_lost_and_not_sent_in_a_burst(world: World, clock: Clock) -> None:
    paced, number, times = pacer(world, clock), channel(80), []
    for left in range(100, 0, -1):
        paced.wait(number, Lane.CAMPAIGN, left)
        if left % 10 == 0:
            clock.advance(seconds=0.9)
        times.append(clock.now.timestamp())
    assert most_in_one_second(times) <= 80


def test_calls_that_were_held_up_after_their_slot_go_out_spaced_again_whatever_worker_they_are_of(
    world: World, clock: Clock
) -> None:
    workers, number, times = [pacer(world, clock), pacer(world, clock)], channel(20), []
    waiting = [(worker, worker.wait(number, Lane.CAMPAIGN, 8 - n)) for n in range(8) for worker in workers]
    clock.advance(seconds=1)  # sixteen claims came back from DynamoDB at once
    for worker, slot in waiting:
        while not worker.meet(slot):
            slot = worker.wait(number, Lane.CAMPAIGN)  # noqa: PLW2901 - as the way out does
        times.append(clock.now.timestamp())
    assert len(times) == 16
    assert most_in_one_second(times) <= 20


def test_what_comes_between_the_wait_and_the_call_does_not_move_the_call(world: World, clock: Clock) -> None:
    paced, number = pacer(world, clock), channel(20)
    for took in (0.0, 0.05, 0.1):
        slot = paced.wait(number, Lane.CAMPAIGN, 1)
        clock.advance(seconds=took)
        assert paced.meet(slot)
        assert clock.now.timestamp() == pytest.approx(slot / 1e6)


def test_replies_have_their_own_lane_while_a_campaign_runs(world: World, clock: Clock) -> None:
    paced, number = pacer(world, clock), channel(80)
    for _ in range(20):
        paced.wait(number, Lane.CAMPAIGN, 1000)
    before = clock.now
    paced.wait(number, Lane.REPLY)
    assert clock.now - before <= timedelta(seconds=1 / rate(number, Lane.REPLY))


def test_replies_alone_use_the_whole_number(world: World, clock: Clock) -> None:
    paced, number = pacer(world, clock), channel(80)
    before = clock.now
    for _ in range(100):
        paced.wait(number, Lane.REPLY)
    assert 100 / (clock.now - before).total_seconds() >= 0.8 * 80


def test_after_a_refusal_for_speed_nothing_leaves_for_the_pause(world: World, clock: Clock) -> None:
    paced, number = pacer(world, clock), channel(80)
    paced.wait(number, Lane.CAMPAIGN, 10)
    before = clock.now
    paced.slow(number, Lane.CAMPAIGN, 5)
    assert paced.meet(paced.wait(number, Lane.CAMPAIGN, 10))
    assert clock.now - before >= timedelta(seconds=5)
