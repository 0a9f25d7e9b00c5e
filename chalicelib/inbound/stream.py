"""The events function: what was stored with a change reaches those who subscribe to it.

The table's stream brings each change at least once and in order. A subscriber that raises brings the whole batch again, so each
must do no harm when called twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.campaigns import happened as campaigns
from chalicelib.cloud import keys
from chalicelib.cloud.table import load
from chalicelib.converse.live.publish import publish
from chalicelib.converse.reports.counters import count
from chalicelib.converse.search.index import index
from chalicelib.dataclass import dataclass
from chalicelib.events.model import Event
from chalicelib.inbound.later import Later
from chalicelib.webhooks.collecting import collect
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="events")

Subscriber = Callable[[World, list[Event]], object]


@dataclass(frozen=True)
class For:
    """A subscriber that is called, and its room loaded, only when one of these has happened."""

    types: frozenset[str]
    function: Later

    def __call__(self, here: World, happened: list[Event]) -> None:
        wanted = [event for event in happened if event.type in self.types]
        if wanted:
            self.function(here, wanted)


_START_WORKFLOWS = frozenset({"message.received", "ticket.resolved", "ticket.reopened", "ticket.set_open"})

SUBSCRIBERS: tuple[Subscriber, ...] = (
    publish,
    index,
    count,
    For(_START_WORKFLOWS, Later("chalicelib.automation.triggered", "on_events")),
    collect,
    For(frozenset({"message.received"}), Later("chalicelib.campaigns.replies", "heard")),
    For(frozenset({"message.received"}), Later("chalicelib.conversations.template_counts", "heard")),
)
"""Called in this order with all events of a batch."""


@bp.lambda_function(name="events")
def events(event: Any, context: Any) -> dict[str, Any]:
    """DynamoDB stream of the main table."""
    happened = events_of(event)
    here = world()
    for subscriber in SUBSCRIBERS:
        subscriber(here, happened)
    log.info("events", count=len(happened))
    return {"batchItemFailures": []}


def events_of(batch: dict[str, Any]) -> list[Event]:
    """The events that were stored, among all the changes of a batch."""
    found = (_event_of(record["eventName"], record["dynamodb"]) for record in batch["Records"])
    return [event for event in found if event]


def _event_of(kind: str, change: dict[str, Any]) -> Event | None:
    match kind, change["Keys"]["SK"]["S"]:
        case "INSERT", sk if sk.startswith(keys.EVENT):
            return Event.model_validate(load(change["NewImage"]))
        case "MODIFY", "CAMPAIGN":
            at = datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC)
            return campaigns.event_of(load(change["OldImage"]), load(change["NewImage"]), at)
        case _:
            return None
