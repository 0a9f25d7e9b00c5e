"""In whose minute a timer is done."""

from datetime import UTC, datetime, timedelta

from chalicelib.timers.model import Timer, minute_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_timer_is_done_in_the_first_minute_that_begins_when_it_is_due() -> None:
    assert minute_of(NOON + timedelta(minutes=5), NOON) == NOON + timedelta(minutes=5)
    assert minute_of(NOON + timedelta(minutes=5, seconds=1), NOON) == NOON + timedelta(minutes=6)


def test_a_timer_never_goes_into_a_minute_that_has_begun() -> None:
    for due in (NOON - timedelta(days=1), NOON, NOON + timedelta(seconds=30)):
        assert minute_of(due, NOON + timedelta(seconds=40)) == NOON + timedelta(minutes=1)


def test_the_shard_follows_from_the_id() -> None:
    timers = [Timer(id=f"t{n}", kind="k", subject="s", due_at=NOON) for n in range(100)]
    assert {timer.shard for timer in timers} == {0, 1, 2, 3}
