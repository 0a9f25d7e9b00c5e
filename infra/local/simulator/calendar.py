"""A small calendar for the booking workflow: free times of the next days, and bookings. In memory."""

from datetime import UTC, date, datetime, time, timedelta

from aiohttp import web

from .world import World

_HOURS_UTC = (2, 6)  # 10:00 and 14:00 in Singapore
_DAYS = 3


class Calendar:
    """`GET /_calendar/slots?from=2026-01-05` and `POST /_calendar/bookings {slot, name, phone}`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._booked: dict[str, dict[str, str]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_calendar/slots", self.slots),
            web.get("/_calendar/bookings", self.bookings),
            web.post("/_calendar/bookings", self.book),
        ]

    async def slots(self, request: web.Request) -> web.Response:
        """Two times a day of the three days after the one asked for, without those that are booked."""
        try:
            first = date.fromisoformat(request.query.get("from", ""))
        except ValueError:
            return web.json_response({"error": "from must be a date"}, status=400)
        return web.json_response({"slots": [slot for slot in _times(first) if slot["id"] not in self._booked]})

    async def bookings(self, _request: web.Request) -> web.Response:
        return web.json_response({"bookings": [{"slot": slot, **who} for slot, who in self._booked.items()]})

    async def book(self, request: web.Request) -> web.Response:
        """201, or 409 when somebody was faster. The same booking again is the same booking."""
        asked = await request.json()
        slot, who = str(asked.get("slot", "")), {key: str(asked.get(key, "")) for key in ("name", "phone")}
        try:
            datetime.fromisoformat(slot)
        except ValueError:
            return web.json_response({"error": "there is no such time"}, status=400)
        if self._booked.setdefault(slot, who) != who:
            return web.json_response({"error": "taken"}, status=409)
        return web.json_response({"id": f"booking-{list(self._booked).index(slot) + 1}", "slot": slot}, status=201)


def _times(first: date) -> list[dict[str, str]]:
    starts = [
        datetime.combine(first + timedelta(days=day), time(hour), UTC)
        for day in range(1, _DAYS + 1)
        for hour in _HOURS_UTC
    ]
    return [{"id": start.isoformat(), "start": start.isoformat()} for start in starts]
