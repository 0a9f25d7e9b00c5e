"""What is watched, and what is told of it. Pure."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from chalicelib.dataclass import dataclass
from chalicelib.shape import Shape

HOURS = 24
"""How far back errors are counted."""


@dataclass(frozen=True)
class Line:
    """An SQS queue with its dead-letter queue, and the function that reads it."""

    name: str
    function: str
    is_queue: bool = True
    """False: dead letters alone, of what calls a function without a queue. They cannot be sent back."""


LINES = (
    Line("inbound", "inbound"),
    Line("statuses", "statuses"),
    Line("account", "account"),
    Line("archive", "archive"),
    Line("campaign", "campaign"),
    Line("contacts", "contacts"),
    Line("bulk", "send"),
    Line("replies", "reply"),
    Line("sends", "sends"),
    Line("media", "media"),
    Line("webhooks", "webhooks"),
    Line("privacy", "privacy"),
    Line("exports", "exports"),
    Line("events", "events", is_queue=False),
    Line("launch", "launch", is_queue=False),
)
FUNCTIONS = (
    "api", "webhook", "inbound", "statuses", "account", "archive", "campaign", "contacts", "send", "reply", "sends", "media",
    "webhooks", "privacy", "exports", "events", "timers", "launch", "websocket", "trigger", "step",
)  # fmt: skip


class QueueHealth(Shape):
    """One SQS queue, and what it has put aside."""

    name: str
    waiting: int = Field(description="Messages that a worker may take.")
    in_hand: int = Field(description="Messages that a worker has taken.")
    delayed: int
    oldest_seconds: int | None = Field(description="Age of the oldest message; null: nobody has measured it lately.")
    dead_letters: int = Field(description="Messages that failed again and again and were put aside.")
    sends_back: bool = Field(description="Whether its dead letters can be sent back.")


class FunctionHealth(Shape):
    """One Lambda function over the last day, as CloudWatch counted."""

    name: str
    calls: int
    errors: int
    throttles: int


class PlatformHealth(Shape):
    """All queues and functions."""

    at: datetime
    hours: int = Field(description="How far back calls and errors are counted.")
    queues: list[QueueHealth]
    functions: list[FunctionHealth] | None = Field(description="Null: CloudWatch did not answer.")


class DeadLetter(Shape):
    """One message that was put aside."""

    id: str
    sent_at: datetime
    tries: int
    body: str = Field(description="At most 4,000 characters of it.")
    reason: str | None = Field(description="The error in the log of its function; null when the log has none.")


class DeadLetters(Shape):
    """Some of what was put aside; the queue keeps them."""

    items: list[DeadLetter]


class SentBack(Shape):
    """What became of a redrive. With `left` ask again: one call takes a few hundred."""

    moved: int
    left: bool


class ChecklistItem(Shape):
    """One thing to set up."""

    id: str
    done: bool
    count: int = Field(description="How many there are: channels, approved templates …")


class Checklist(Shape):
    """What is left to set up, in the order in which it is done."""

    items: list[ChecklistItem]


def reason_of(entry: Mapping[str, object]) -> str:
    """What a worker's log line says of its failure: the exception's last line."""
    told = str(entry.get("exception") or entry.get("message") or "").strip()
    return told.splitlines()[-1][:500] if told else ""
