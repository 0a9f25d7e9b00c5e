"""What a reading found, counted: the cards a person sees after "Process contacts"."""

from collections import Counter
from dataclasses import field

from chalicelib.campaigns.reasons import SKIPS_IN_FILE
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.dataclass import dataclass
from chalicelib.shape import Shape


class Summary(Shape):
    """total = valid + duplicates + invalid. `destinations` counts the valid ones by ISO country, "unknown" included."""

    total: int
    valid: int
    duplicates: int
    invalid: int
    invalid_by_reason: dict[str, int]
    destinations: dict[str, int]
    user_ids: int
    """How many of the valid ones are known by their BSUID only."""


@dataclass
class Tally:
    """Counts rows as they pass."""

    reasons: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    user_ids: int = 0

    def add(self, row: Row) -> None:
        """One more row."""
        self.reasons[row.reason] += 1
        if not row.reason:
            self.countries[row.country or "unknown"] += 1
            self.user_ids += row.is_bsuid

    def summary(self) -> Summary:
        """The counts so far."""
        invalid = {reason: count for reason, count in self.reasons.items() if reason in SKIPS_IN_FILE}
        return Summary(
            total=self.reasons.total(),
            valid=self.reasons[""],
            duplicates=self.reasons["duplicate"],
            invalid=sum(invalid.values()),
            invalid_by_reason=dict(sorted(invalid.items())),
            destinations=dict(self.countries.most_common()),
            user_ids=self.user_ids,
        )
