"""Business hours: is somebody at work, and when have so many working minutes gone by. Pure; times in are aware."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from chalicelib.shape import Shape

# Longer than any sequence of holidays; a calendar without a single open hour must not make us search for ever.
_DAYS_AHEAD = 370


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("this is no IANA time zone, for example Asia/Singapore") from None
    return name


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class Shift(Shape):
    """Open from one time of day to another; `day` 0 is Monday."""

    day: int = Field(ge=0, le=6)
    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _forward(self) -> "Shift":
        if self.closes <= self.opens:
            raise ValueError("a shift ends after it begins; split one that goes past midnight in two")
        return self


class BusinessHours(Shape):
    """When a queue or a channel is served. Without shifts it always is."""

    time_zone: TimeZone = "UTC"
    shifts: tuple[Shift, ...] = Field(default=(), max_length=42)
    closed_on: tuple[date, ...] = Field(default=(), max_length=366, description="Holidays.")


# Constructed and not parsed, here and in other modules: a cold start must not build a validator for a constant.
ALWAYS = BusinessHours.model_construct()


def is_open(hours: BusinessHours, now: datetime) -> bool:
    """Whether the queue is served at this time."""
    if not hours.shifts:
        return True
    local = now.astimezone(ZoneInfo(hours.time_zone))
    return any(opens <= now < closes for opens, closes in _periods(hours, local.date()))


def after(hours: BusinessHours, start: datetime, length: timedelta) -> datetime:
    """When `length` of open time has gone by since `start`."""
    if not hours.shifts:
        return start + length
    day = start.astimezone(ZoneInfo(hours.time_zone)).date()
    for offset in range(_DAYS_AHEAD):
        for opens, closes in _periods(hours, day + timedelta(days=offset)):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if begins + length <= closes:
                return begins + length
            length -= closes - begins
    return start + timedelta(days=_DAYS_AHEAD)


def _periods(hours: BusinessHours, day: date) -> list[tuple[datetime, datetime]]:
    if day in hours.closed_on:
        return []
    shifts = sorted((shift for shift in hours.shifts if shift.day == day.weekday()), key=lambda shift: shift.opens)
    return [(_at(hours, day, shift.opens), _at(hours, day, shift.closes)) for shift in shifts]


def _at(hours: BusinessHours, day: date, clock: str) -> datetime:
    """In UTC: Python subtracts two times of one zone by their clocks, which is wrong on the two days when clocks change."""
    zone = ZoneInfo(hours.time_zone)
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), zone).astimezone(UTC)
