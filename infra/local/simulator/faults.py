"""Knobs that make the network and Meta behave badly, on purpose and repeatably."""

import random
from typing import Annotated, Any

from pydantic import Field

from .config import Millis, Share
from .records import Record


class Faults(Record):
    latency_ms: Millis = 0
    latency_jitter_ms: Millis = 0
    # The share of sends answered with error_code instead of being looked at.
    error_rate: Share = 0.0
    error_code: Annotated[int, Field(ge=0, le=999_999_999)] = 131000
    # The share of sends that are accepted, and the connection cut before the answer.
    lost_response_rate: Share = 0.0
    # A yes or no, or the share of webhook POSTs that are sent twice / whose updates are mixed up.
    duplicate_webhooks: bool | Share = False
    shuffle_webhooks: bool | Share = False
    webhook_delay_ms: Millis = 0
    drop_status_rate: Share = 0.0
    # Overrides the throughput of every number.
    throughput_mps: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    # At most this many statuses in one POST, as Meta batches them.
    batch_statuses: Annotated[int, Field(ge=1, le=1_000)] = 50
    seed: int | None = None


class Dice:
    """The faults' own random numbers: the same seed throws the same faults."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self._random = random.Random(faults.seed if faults.seed is not None else seed)  # noqa: S311

    def hits(self, share: float | bool) -> bool:
        return float(share) > 0 and self._random.random() < float(share)

    def latency(self, faults: Faults) -> float:
        """Seconds to wait before answering."""
        return max(0.0, faults.latency_ms + self._random.uniform(-1, 1) * faults.latency_jitter_ms) / 1000

    def shuffle(self, items: list[Any]) -> None:
        self._random.shuffle(items)

    def delay(self) -> float:
        """Seconds by which a doubled or shuffled POST comes late."""
        return self._random.uniform(0.05, 1.0)
