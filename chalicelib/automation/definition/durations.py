"""Durations as definitions write them: .NET's `d.HH:mm:ss`. `"00:02:00"`, `"1.6:30:15"`; a bare `"2"` is days."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(?:(\d{1,5})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,7})?)?")


class NotADuration(ValueError):
    def __init__(self, text: object) -> None:
        super().__init__(f"{text!r} is not a duration (d.HH:mm:ss, or a number of days)")


def parse(text: object) -> timedelta:
    """The duration a text stands for; raises NotADuration."""
    written = str(text).strip() if isinstance(text, str | int) and not isinstance(text, bool) else ""
    if re.fullmatch(r"\d{1,5}", written):
        return timedelta(days=int(written))
    found = _SPAN.fullmatch(written)
    if found is None:
        raise NotADuration(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        raise NotADuration(text)
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def written(duration: timedelta) -> str:
    """`d.HH:mm:ss`"""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{duration.days}.{hours:02}:{minutes:02}:{seconds:02}"
