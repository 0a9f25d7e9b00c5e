"""The simulator's own time: real time plus what was advanced by hand, so a day passes in a moment."""

import time
from collections.abc import Callable


class Clock:
    def __init__(self, offset: float = 0.0, real: Callable[[], float] = time.time) -> None:
        self.offset = offset
        self._real = real

    def now(self) -> float:
        return self._real() + self.offset

    def advance(self, seconds: float) -> float:
        self.offset += seconds
        return self.now()

    def seconds_until(self, moment: float) -> float:
        """Real seconds to wait for a moment of the simulator's time."""
        return max(0.0, moment - self.now())
