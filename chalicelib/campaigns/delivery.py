"""When a recipient may be written to: between two hours of their own day, on some days of their own week.

Where a person lives is told by their number. A number that may be in several zones is written to only while it is allowed in all
of them; where that never happens (a country as wide as the day is long) the middle zone decides.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, field_validator, model_validator

from chalicelib.shape import Shape

MARGIN = timedelta(minutes=2)
"""Nothing is begun so shortly before the end: it may wait for its turn."""
_UNKNOWN = "Etc/Unknown"
_DAYS_AHEAD = 8


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no time zone, such as Asia/Singapore")
    return value


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
"""The name of a time zone: Asia/Singapore."""


class Delivery(Shape):
    """The hours and days of the recipient in which messages may go."""

    start: time = Field(description="Local time of the recipient: 09:00.")
    end: time = Field(description="Local time of the recipient, after start: 20:00.")
    days: tuple[int, ...] = Field(
        default=(1, 2, 3, 4, 5, 6, 7), min_length=1, max_length=7, description="1 is Monday, 7 Sunday."
    )
    time_zone: TimeZone = Field(default="UTC", description="Of recipients whose number does not tell theirs.")

    @field_validator("days")
    @classmethod
    def _of_the_week(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= day <= 7 for day in value):
            raise ValueError("has a day that is none from 1 (Monday) to 7 (Sunday)")
        return tuple(sorted(set(value)))

    @model_validator(mode="after")
    def _long_enough(self) -> "Delivery":
        if self.start.tzinfo or self.end.tzinfo:
            raise ValueError("start and end are times of the recipient's own zone, without an offset")
        day = date(2026, 1, 1)
        if datetime.combine(day, self.end) - datetime.combine(day, self.start) < timedelta(minutes=30):
            raise ValueError("end must be at least half an hour after start")
        return self


def opens_at(to: str, delivery: Delivery, now: datetime) -> datetime | None:
    """When this recipient may next be written to; None when they may now."""
    minute = now.replace(second=0, microsecond=0)
    opening = _opening(zones_of(to) or (delivery.time_zone,), delivery, minute)
    return None if opening <= now else opening


@lru_cache(maxsize=4096)
def zones_of(to: str) -> tuple[str, ...]:
    """The time zones this number may be in; none when it does not tell. A user id tells its country."""
    import phonenumbers
    from phonenumbers import timezone  # its data is large, and most campaigns need none of it

    mobile = phonenumbers.PhoneNumberType.MOBILE
    number = phonenumbers.parse(to) if to.startswith("+") else phonenumbers.example_number_for_type(to[:2], mobile)
    found = timezone.time_zones_for_number(number) if number else ()
    return tuple(zone for zone in found if zone != _UNKNOWN and zone in available_timezones())


@lru_cache(maxsize=4096)
def _opening(zones: tuple[str, ...], delivery: Delivery, now: datetime) -> datetime:
    """The first moment from now on at which it is open in all zones."""
    moments = sorted({now, *(moment for zone in zones for moment in _starts(zone, delivery, now))})
    for moment in moments:
        if moment >= now and all(_is_open(zone, delivery, moment) for zone in zones):
            return moment
    ordered = sorted(zones, key=lambda zone: now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta())
    return _opening((ordered[len(ordered) // 2],), delivery, now)


def _starts(zone: str, delivery: Delivery, now: datetime) -> Iterator[datetime]:
    today = now.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_DAYS_AHEAD):
        local = datetime.combine(today + timedelta(days=ahead), delivery.start, ZoneInfo(zone))
        yield local.astimezone(UTC)


def _is_open(zone: str, delivery: Delivery, moment: datetime) -> bool:
    local, last = (each.astimezone(ZoneInfo(zone)) for each in (moment, moment + MARGIN))
    same_day = local.date() == last.date() and local.isoweekday() in delivery.days
    return same_day and delivery.start <= local.time() and last.time() < delivery.end
