"""What Meta charges for a message, by country and category: the operator's own dated card, else an estimate that comes along."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.conversations.outbound import Purpose
from chalicelib.dataclass import dataclass
from chalicelib.shape import Shape

_FOLDER = Path(__file__).parent
_OTHER = "*"
_ESTIMATED = "estimated: yes"

CHARGED = "regular"
"""The type of what is not free."""
_PRICED_AS = {
    "marketing": Purpose.MARKETING,
    "marketing_lite": Purpose.MARKETING,
    "utility": Purpose.UTILITY,
    "authentication": Purpose.AUTHENTICATION,
    "authentication_international": Purpose.AUTHENTICATION,
    "service": Purpose.SERVICE,
}
"""Meta's pricing categories by the rate that we know of."""

Price = Annotated[Decimal, Field(ge=0, le=10, max_digits=8, decimal_places=6)]


class Market(Shape):
    """The rates of some countries, in US dollars a delivered message."""

    countries: list[str] = Field(min_length=1, max_length=250, description="ISO codes; * for all that are not named.")
    marketing: Price
    utility: Price
    authentication: Price


class PriceCard(Shape):
    """A rate card: every market, `*` among them."""

    markets: list[Market] = Field(min_length=1, max_length=250)

    @model_validator(mode="after")
    def _complete(self) -> "PriceCard":
        named = [country for market in self.markets for country in market.countries]
        if _OTHER not in named:
            raise ValueError("has no market for *, the countries that are not named")
        if len(named) != len(set(named)):
            raise ValueError("names a country twice")
        return self


class OwnPriceCard(PriceCard):
    """A rate card of the operator's own and the day from which it holds."""

    valid_from: date


class PriceCardView(PriceCard):
    """A rate card and where it comes from."""

    valid_from: date
    estimated: bool
    """True for the card that comes with the platform; false for the operator's own."""


@dataclass(frozen=True)
class Card:
    """One rate card. Rates are US dollars a delivered message, by country; `*` for the rest."""

    valid_from: date
    estimated: bool
    rates: Mapping[str, Mapping[Purpose, Decimal]]

    def of(self, country: str, purpose: Purpose) -> Decimal:
        """The rate of one message."""
        return self.rates.get(country, self.rates[_OTHER])[purpose]

    def cost(self, country: str, category: str, kind: str, count: int) -> Decimal | None:
        """What so many delivered messages cost, by the category and type that came with their statuses; None when unknown."""
        if kind != CHARGED:
            return Decimal(0)
        purpose = _PRICED_AS.get(category.replace("-", "_"))
        return self.of(country, purpose) * count if purpose else None


def card_at(table: Table, now: datetime) -> Card:
    """The newest card that is valid at this time: the operator's own, if there is one."""
    view = view_at(table, now)
    rates: dict[str, Mapping[Purpose, Decimal]] = {}
    for market in view.markets:
        by_purpose = {
            Purpose.MARKETING: market.marketing,
            Purpose.UTILITY: market.utility,
            Purpose.AUTHENTICATION: market.authentication,
            Purpose.SERVICE: Decimal(0),  # an answer inside the window costs nothing
        }
        rates |= dict.fromkeys(market.countries, by_purpose)
    return Card(view.valid_from, view.estimated, rates)


def view_at(table: Table, now: datetime) -> PriceCardView:
    """The card in force, with all its markets."""
    today = now.date().isoformat()
    page = table.query(keys.price_card("").pk, between=("0", today), forward=False, limit=1)
    if page.items:
        return PriceCardView(valid_from=page.items[0]["SK"], estimated=False, markets=page.items[0]["markets"])
    days = [date.fromisoformat(path.stem) for path in _FOLDER.glob("*.csv")]
    return _read(max((day for day in days if day <= now.date()), default=min(days)))


def put(table: Table, card: OwnPriceCard) -> PriceCardView:
    """The operator's own card from a day on; one of the same day is replaced."""
    key = keys.price_card(card.valid_from.isoformat())
    # Prices as text: what was written is what is read.
    table.put({"PK": key.pk, "SK": key.sk, **card.model_dump(mode="json", include={"markets"})})
    return PriceCardView(valid_from=card.valid_from, estimated=False, markets=card.markets)


def remove(table: Table, valid_from: date) -> None:
    """Takes an operator's card away; harmless when there is none."""
    table.delete(keys.price_card(valid_from.isoformat()))


@cache
def _read(day: date) -> PriceCardView:
    text = (_FOLDER / f"{day.isoformat()}.csv").read_text(encoding="utf-8").splitlines()
    estimated = any(_ESTIMATED in line for line in text if line.startswith("#"))
    return PriceCardView(valid_from=day, estimated=estimated, markets=_markets(text))


def _markets(lines: Iterable[str]) -> list[Market]:
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [
        Market(
            countries=row["countries"].split(),
            marketing=Decimal(row["marketing"]),
            utility=Decimal(row["utility"]),
            authentication=Decimal(row["authentication"]),
        )
        for row in rows
    ]
