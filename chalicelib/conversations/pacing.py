"""How fast a phone number sends: a timeline of slots per number and lane, leased in slices from DynamoDB.

Meta counts what a number sends and receives together, and refuses above its limit (130429). So campaigns get the limit less a
reserve, evenly spaced, and replies have half of that reserve for themselves; the rest is for inbound messages. The spacing is
GCRA: a lane's next free time moves on by one interval per message, so it cannot give out more than its rate however many
workers ask.

A message is called out in its slot and not some time after: `wait` returns a little ahead of it, so that consent is read and the
claim written meanwhile, `meet` at the slot itself, right before the call. A slot that is not used within its life is lost and its
message needs another: workers that were held up, however many, cannot send their past slots in a burst, and in any one second a
lane sends at most rate x (1 + SLOT_LIFE).
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from boto3.dynamodb.conditions import Attr

from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, utc_now
from chalicelib.cloud.table import ConditionFailed, Table, Update
from chalicelib.dataclass import dataclass

SLOT_LIFE = 0.1
"""Seconds after its time in which a slot may still be used."""
_AHEAD_SECONDS, _AHEAD_SLOTS = 0.15, 2
"""What comes between `wait` and `meet` may take so long without moving the call; less on a fast lane, or turns would run out."""
_SLICE_SECONDS = 0.25
_SLICE_MOST = 50
_SECOND = 1_000_000


class Lane(StrEnum):
    """Who asks for a slot."""

    CAMPAIGN = "campaign"
    REPLY = "reply"


def rate(channel: Channel, lane: Lane) -> float:
    """Messages a second of this lane."""
    reserve = channel.throughput_mps * channel.reserve_share
    return channel.throughput_mps - reserve if lane is Lane.CAMPAIGN else reserve / 2


@dataclass
class Pacer:
    """Hands out slots. One per process; its threads share what it has leased."""

    table: Table
    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep
    _slots: dict[tuple[str, Lane], deque[int]] = field(default_factory=dict)
    _seen: dict[tuple[str, Lane], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, channel: Channel, lane: Lane, remaining: int = 1) -> int:
        """Returns a little before the slot in which the caller may send one message, which is answered.

        `remaining`: how many it will still ask for, this one included; more are not leased, they would be lost.
        """
        early = min(_AHEAD_SECONDS, _AHEAD_SLOTS / rate(channel, lane)) * _SECOND
        while True:
            slot = self._next(channel, lane, remaining)
            self._sleep_until(slot - early)
            if not self._is_past(slot):
                return slot

    def meet(self, slot: int) -> bool:
        """Returns at the slot's time: True. False when that is past its life and the message needs another."""
        self._sleep_until(slot)
        return not self._is_past(slot)

    def slow(self, channel: Channel, lane: Lane, seconds: float) -> None:
        """No slot of this lane before `seconds` from now: Meta said we are too fast."""
        with self._lock:
            self._slots.pop((channel.phone_number_id, lane), None)
            until = _micros(self.clock()) + int(seconds * _SECOND)
            self._seen[channel.phone_number_id, lane] = until
            self.table.update(Update(keys.rate_lane(channel.phone_number_id, lane), set={"next": until}))

    def _sleep_until(self, micros: float) -> None:
        ahead = micros - _micros(self.clock())
        if ahead > 0:
            self.sleep(ahead / _SECOND)

    def _is_past(self, slot: int) -> bool:
        return _micros(self.clock()) > slot + SLOT_LIFE * _SECOND

    def _next(self, channel: Channel, lane: Lane, remaining: int) -> int:
        with self._lock:
            held = self._slots.setdefault((channel.phone_number_id, lane), deque())
            while held and self._is_past(held[0]):
                held.popleft()
            if not held:
                held.extend(self._lease(channel, lane, remaining))
            return held.popleft()

    def _lease(self, channel: Channel, lane: Lane, remaining: int) -> list[int]:
        if lane is Lane.REPLY:
            # A reply takes whichever lane is free first: while no campaign runs, that is the whole number. Both keep their rate.
            return self._advance(channel, min(Lane, key=lambda each: self._read(channel, each) or 0), 1)
        slice_size = min(max(1, round(rate(channel, lane) * _SLICE_SECONDS)), _SLICE_MOST)
        return self._advance(channel, lane, max(1, min(slice_size, remaining)))

    def _advance(self, channel: Channel, lane: Lane, count: int) -> list[int]:
        """Moves the lane's next free time on by `count` intervals and answers the slots passed over."""
        key, interval = keys.rate_lane(channel.phone_number_id, lane), _SECOND / rate(channel, lane)
        seen = self._seen.get((channel.phone_number_id, lane))
        while True:
            start = max(seen or 0, _micros(self.clock()))
            after = start + round(count * interval)
            unchanged = Attr("next").eq(seen) if seen is not None else Attr("next").not_exists()
            try:
                self.table.update(Update(key, set={"next": after}, condition=unchanged))
            except ConditionFailed:
                seen = self._read(channel, lane)
                continue
            self._seen[channel.phone_number_id, lane] = after
            return [start + round(i * interval) for i in range(count)]

    def _read(self, channel: Channel, lane: Lane) -> int | None:
        item = self.table.get(keys.rate_lane(channel.phone_number_id, lane))
        return int(item["next"]) if item else None


def _micros(at: datetime) -> int:
    return round(at.timestamp() * _SECOND)
