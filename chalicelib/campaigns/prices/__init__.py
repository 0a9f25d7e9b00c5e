"""What Meta charges for a message, by country and category, from dated files: an estimate before the send."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from chalicelib.conversations.outbound import Purpose

_FOLDER = Path(__file__).parent
_OTHER = "*"


@dataclass(frozen=True)
class Card:
    """One rate card. Rates are US dollars a delivered message, by country; `*` for the rest."""

    valid_from: date
    rates: Mapping[str, Mapping[Purpose, Decimal]]

    def of(self, country: str, purpose: Purpose) -> Decimal:
        """The rate of one message."""
        return self.rates.get(country, self.rates[_OTHER])[purpose]


def card_at(now: datetime) -> Card:
    """The newest card that is valid at this time."""
    days = sorted(date.fromisoformat(path.stem) for path in _FOLDER.glob("*.csv"))
    return _read(max(day for day in days if day <= now.date()))


@cache
def _read(day: date) -> Card:
    text = (_FOLDER / f"{day.isoformat()}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rates: dict[str, Mapping[Purpose, Decimal]] = {}
    for row in csv.DictReader(lines):
        by_purpose = {
            Purpose.MARKETING: Decimal(row["marketing"]),
            Purpose.UTILITY: Decimal(row["utility"]),
            Purpose.AUTHENTICATION: Decimal(row["authentication"]),
            Purpose.SERVICE: Decimal(row["utility"]),
        }
        rates |= dict.fromkeys(row["countries"].split(), by_purpose)
    return Card(day, rates)
