"""Business hours count only the time in which somebody is at work."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.channels.hours import ALWAYS, BusinessHours, after, is_open

WEEKDAYS = BusinessHours(
    time_zone="Asia/Singapore",
    shifts=tuple({"day": day, "opens": "09:00", "closes": "18:00"} for day in range(5)),  # type: ignore[arg-type]
    closed_on=(date(2026, 11, 24),),
)
MONDAY_0830 = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


def test_without_shifts_a_queue_is_always_open() -> None:
    assert is_open(ALWAYS, MONDAY_0830)
    assert after(ALWAYS, MONDAY_0830, timedelta(hours=3)) == MONDAY_0830 + timedelta(hours=3)


def test_a_queue_opens_and_closes_by_its_own_clock() -> None:
    opens = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    closes = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert [is_open(WEEKDAYS, at) for at in (MONDAY_0830, opens, closes)] == [False, True, False]


def test_time_runs_only_while_the_queue_is_open() -> None:
    assert after(WEEKDAYS, MONDAY_0830, timedelta(hours=1)) == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_time_goes_on_after_the_night_and_the_holiday() -> None:
    wednesday = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert after(WEEKDAYS, MONDAY_0830, timedelta(hours=10)) == wednesday


def test_a_day_with_a_changed_clock_has_its_own_length() -> None:
    berlin = BusinessHours(time_zone="Europe/Berlin", shifts=({"day": 6, "opens": "00:00", "closes": "24:00"},))  # type: ignore[arg-type]
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert after(berlin, midnight, timedelta(hours=25)) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("shift", [{"opens": "18:00", "closes": "09:00"}, {"opens": "09:00", "closes": "09:00"}])
def test_a_shift_ends_after_it_begins(shift: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        BusinessHours(shifts=({"day": 0, **shift},))  # type: ignore[arg-type]


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="IANA"):
        BusinessHours(time_zone="Mars/Olympus")
