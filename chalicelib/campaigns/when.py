"""When a campaign is to go out: at once, or at a local time in a time zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.campaigns.delivery import TimeZone
from chalicelib.problems import Invalid
from chalicelib.shape import Shape

_FURTHEST = timedelta(days=365)


class When(Shape):
    """At once, or at a local time in a time zone."""

    at: datetime | None = Field(default=None, description="Local time without an offset, or a time with one.")
    time_zone: TimeZone = Field(default="UTC", description="Of a time without an offset: Asia/Singapore.")


def moment(when: When, now: datetime, *, field: str = "at") -> datetime | None:
    """The moment it names; None is at once. Raises Invalid for one that has passed or is too far away."""
    if when.at is None:
        return None
    at = when.at if when.at.tzinfo else when.at.replace(tzinfo=ZoneInfo(when.time_zone))
    if at <= now:
        raise Invalid("The time has passed already.", field=field, code="time_passed")
    if at > now + _FURTHEST:
        raise Invalid("A campaign can be scheduled a year ahead at most.", field=field, code="too_far")
    return at
