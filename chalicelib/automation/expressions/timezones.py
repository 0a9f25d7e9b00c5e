"""Time zones by Windows id, as existing workflows name them, and by IANA id."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tzlocal.windows_tz import tz_win, win_tz

from chalicelib.dataclass import dataclass


class UnknownTimeZone(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"Unknown time zone: {name}")


@dataclass(frozen=True)
class TimeZone:
    id: str
    name: str


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of a Windows or an IANA id."""
    iana = _WINDOWS.get(name.lower()) or _iana_ids().get(name.lower())
    if iana is None:
        raise UnknownTimeZone(name)
    try:
        return ZoneInfo(iana)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZone(name) from error


def list_zones(now: datetime, contains: str = "") -> list[TimeZone]:
    """Windows zones first, then IANA ones, whose id or cities contain a text (not case sensitive)."""
    cities: dict[str, set[str]] = defaultdict(set)
    for iana, windows in tz_win.items():
        cities[windows].add(_city(iana))
    windows_zones = [_described(name, cities[name] | {_city(win_tz[name])}, now) for name in sorted(win_tz)]
    iana_zones = [_described(name, {_city(name)}, now) for name in sorted(_iana_ids().values())]
    wanted = contains.lower()
    return [one for one in windows_zones + iana_zones if wanted in one.id.lower() or wanted in one.name.lower()]


def _described(name: str, cities: set[str], now: datetime) -> TimeZone:
    local = now.astimezone(zone(name))
    standard = (local.utcoffset() or timedelta()) - (local.dst() or timedelta())
    minutes = int(standard.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return TimeZone(name, f"{', '.join(sorted(cities))} (UTC{sign}{hours:02}:{rest:02})")


def _city(iana: str) -> str:
    return iana.rsplit("/", 1)[-1].replace("_", " ")


@cache
def _iana_ids() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if name not in ("localtime", "posixrules", "Factory")}


_WINDOWS = {name.lower(): iana for name, iana in win_tz.items()}
