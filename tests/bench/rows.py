"""What a benchmark tells: one figure against the limit it is held to. A ratio has both sides from one run; a count is a count."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table that `make bench` prints."""

    what: str
    figure: float
    limit: float
    at_least: bool = False
    """The limit is a floor, not a ceiling."""
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit
