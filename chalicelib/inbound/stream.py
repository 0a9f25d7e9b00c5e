"""The events function: what was stored with a change reaches those who subscribe to it.

The table's stream brings each change at least once and in order. A subscriber that raises brings the whole batch again, so each
must do no harm when called twice.
"""

from collections.abc import Callable, Mapping
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
    """A subscriber that is called, and its room loaded, only when something has happened that it wants."""

    wants: Callable[[Event], bool]
    function: Later

    def __call__(self, here: World, happened: list[Event]) -> None:
        wanted = [event for event in happened if self.wants(event)]
        if wanted:
            self.function(here, wanted)


_STARTS_WORKFLOWS = frozenset({"message.received", "ticket.resolved", "ticket.reopened", "ticket.set_open"})


def _starts_workflows(event: Event) -> bool:
    return event.type in _STARTS_WORKFLOWS


def _is_inbound(event: Event) -> bool:
    return event.type == "message.received"


def _is_of_a_closed_ticket(event: Event) -> bool:
    return event.topic == "ticket" and event.data.get("status") == "closed"


SUBSCRIBERS: tuple[Subscriber, ...] = (
    publish,
    index,
    count,
    For(_starts_workflows, Later("chalicelib.automation.triggered", "on_events")),
    collect,
    For(_is_inbound, Later("chalicelib.campaigns.replies", "heard")),
    For(_is_inbound, Later("chalicelib.conversations.template_counts", "heard")),
    For(_is_of_a_closed_ticket, Later("chalicelib.converse.tickets.ageing", "closed")),
)
"""Called in this order with all events of a batch."""
GONE: Mapping[str, Later] = {
    "MEDIA": Later("chalicelib.media.service", "forget_objects"),
    "INSTANCE": Later("chalicelib.automation.instances.ending", "forget_objects"),
}
"""What an item has in S3 goes when the item has gone, whoever removed it: DynamoDB at its end (TTL), or we."""


@bp.lambda_function(name="events")
def events(event: Any, context: Any) -> dict[str, Any]:
    """DynamoDB stream of the main table."""
    happened = events_of(event)
    here = world()
    for subscriber in SUBSCRIBERS:
        subscriber(here, happened)
    for kind, its_id in gone_of(event):
        GONE[kind](here, its_id)
    log.info("events", count=len(happened))
    return {"batchItemFailures": []}


def events_of(batch: dict[str, Any]) -> list[Event]:
    """The events that were stored, among all the changes of a batch."""
    found = (_event_of(record["eventName"], record["dynamodb"]) for record in batch["Records"])
    return [event for event in found if event]


def gone_of(batch: dict[str, Any]) -> list[tuple[str, str]]:
    """Which things with objects in S3 were removed: (kind, id)."""
    removed = (record["dynamodb"]["Keys"] for record in batch["Records"] if record["eventName"] == "REMOVE")
    whole = [key["PK"]["S"].split("#", 1) for key in removed if key["SK"]["S"] in {"MEDIA", "STATE"}]
    return [(kind, its_id) for kind, its_id in whole if kind in GONE]


def _event_of(kind: str, change: dict[str, Any]) -> Event | None:
    match kind, change["Keys"]["SK"]["S"]:
        case "INSERT", sk if sk.startswith(keys.EVENT):
            return Event.model_validate(load(change["NewImage"]))
        case "MODIFY", "CAMPAIGN":
            at = datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC)
            return campaigns.event_of(load(change["OldImage"]), load(change["NewImage"]), at)
        case _:
            return None
