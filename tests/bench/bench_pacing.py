"""How much of its share a number really uses, in a clock of its own, with every DynamoDB request counted."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.channels.model import Channel
from chalicelib.cloud.table import Table
from chalicelib.conversations.pacing import Lane, Pacer, rate
from tests.bench.rows import Row

RECIPIENTS = 1_000
LATENCY = timedelta(milliseconds=5)


@dataclass
class Clock:
    """Moves when somebody sleeps or calls DynamoDB."""

    now: datetime = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class OneItem:
    """DynamoDB with one item: takes a write, after a while, and counts it."""

    clock: Clock
    requests: int = 0
    item: dict[str, Any] = field(default_factory=dict)

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.requests += 1
        self.clock.now += LATENCY
        self.item = {"next": request["ExpressionAttributeValues"][":u0"]}
        return {"Attributes": self.item}


def measure() -> list[Row]:
    """A campaign of 1,000 recipients at Meta's two speeds."""
    rows = []
    for mps in (80, 1000):
        clock = Clock()
        dynamodb = OneItem(clock)
        pacer = Pacer(Table(dynamodb, "main"), clock, clock.sleep)
        channel = Channel(
            id="c", subaccount_id="s", name="n", created_at=clock.now,
            phone_number_id="1", display_phone_number="+1", waba_id="2", throughput_mps=mps,
        )  # fmt: skip
        started, times = clock.now, []
        for left in range(RECIPIENTS, 0, -1):
            pacer.wait(channel, Lane.CAMPAIGN, left)
            times.append(clock.now)
        share = rate(channel, Lane.CAMPAIGN)
        efficiency = RECIPIENTS / (clock.now - started).total_seconds() / share
        rows += [
            Row(f"pacing at {mps}/s: 1,000 recipients, part of limit − reserve used", efficiency, 0.95, at_least=True),
            Row(f"pacing at {mps}/s: most messages in any one second", most_in_one_second(times), mps),
            Row(f"pacing at {mps}/s: DynamoDB writes per message", dynamodb.requests / RECIPIENTS, 0.1),
        ]
    return rows


def most_in_one_second(times: list[datetime]) -> int:
    """Over every window of one second, not only the calendar's."""
    recent: deque[datetime] = deque()
    most = 0
    for at in times:
        recent.append(at)
        while recent[0] <= at - timedelta(seconds=1):
            recent.popleft()
        most = max(most, len(recent))
    return most
