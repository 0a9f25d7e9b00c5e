"""What Meta charged, month by month: counts from its statuses, prices from the dated rate cards."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chalicelib.campaigns import prices
from chalicelib.channels.model import Channel
from chalicelib.cloud.table import Table
from chalicelib.conversations import usage
from chalicelib.shape import Shape


class UsageLine(Shape):
    """How many messages of one kind were delivered, and what Meta charged for them."""

    month: str
    channel_id: str
    country: str
    category: str
    type: str
    messages: int
    cost: Decimal | None
    """US dollars; null where the rate card has no such category."""


class Usage(Shape):
    """The messages of some months."""

    lines: list[UsageLine]
    messages: int
    cost: Decimal
    currency: str = "USD"
    estimated: bool
    """Whether a month was priced by the card that comes with the platform and not by your own."""


def of_months(table: Table, months: list[str], channels: list[Channel]) -> Usage:
    """What these channels' messages came to in these months (2026-11)."""
    lines: list[UsageLine] = []
    estimated = False
    numbers = {channel.phone_number_id: channel.id for channel in channels}
    for month in months:
        counts: Counter[tuple[str, str, str, str]] = Counter()
        for line, count in usage.month(table, month):
            if line.phone_number_id in numbers:
                category = line.category.replace("-", "_")
                counts[numbers[line.phone_number_id], line.country, category, line.type] += count
        card = prices.card_at(table, _end_of(month))
        estimated = estimated or (card.estimated and bool(counts))
        lines += [
            UsageLine(
                month=month, channel_id=channel, country=country, category=category, type=kind, messages=count,
                cost=card.cost(country, category, kind, count),
            )
            for (channel, country, category, kind), count in sorted(counts.items())
        ]  # fmt: skip
    return Usage(
        lines=lines,
        messages=sum(line.messages for line in lines),
        cost=sum((line.cost for line in lines if line.cost), Decimal(0)),
        estimated=estimated,
    )


def _end_of(month: str) -> datetime:
    """Meta changes prices on the first of a month: the card of its last day is the card of the month."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
