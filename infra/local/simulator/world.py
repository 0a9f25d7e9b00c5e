"""Everything one running simulator holds: memory, clock, temper, and who wants to hear of news."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from .clock import Clock
from .config import Config
from .faults import Dice, Faults
from .limits import Throughput
from .records import Number, Record, Waba
from .store import Store


class Saved(Record):
    """Odds and ends that must survive a restart."""

    clock_offset: float = 0.0
    # Callback URLs that answered the verification handshake with their verify token.
    verified: dict[str, str] = Field(default_factory=dict)


class World:
    def __init__(self, folder: Path, config: Config | None = None, clock: Clock | None = None) -> None:
        self.store = Store(folder)
        self.config = config or self.store.get(Config, "config") or Config()
        self.faults = self.store.get(Faults, "faults") or Faults()
        self.saved = self.store.get(Saved, "saved") or Saved()
        self.clock = clock or Clock(self.saved.clock_offset)
        self.dice = Dice(self.faults, self.config.seed)
        self.throughput = Throughput()
        # Called after something was put on the agenda, and after something a phone page would show.
        self.wake: Callable[[], None] = _nothing
        self.notify: Callable[[str], None] = _ignore
        self.base_url = ""

    def now(self) -> float:
        return self.clock.now()

    def set_config(self, config: Config) -> None:
        self.config = config
        self.store.put("config", config)

    def set_faults(self, faults: Faults) -> None:
        self.faults = faults
        self.dice = Dice(faults, self.config.seed)
        self.store.put("faults", faults)

    def save(self) -> None:
        self.saved.clock_offset = self.clock.offset
        self.store.put("saved", self.saved)

    def schedule(self, *jobs: tuple[float, str, dict[str, Any]]) -> None:
        self.store.add_jobs(jobs)
        self.wake()

    def waba_of(self, number: Number) -> Waba:
        return self.store.waba(number.waba_id) or Waba(id=number.waba_id)

    def throughput_of(self, number: Number) -> int:
        return self.faults.throughput_mps or (20 if number.coexistence else number.throughput)

    def count_message(self, number: Number) -> None:
        """One message of the number's throughput, whichever way it went."""
        in_second = self.throughput.count(number.id, self.now())
        self.store.highest(f"mps:{number.id}", in_second)


def _nothing() -> None:
    pass


def _ignore(_wa_id: str) -> None:
    pass
