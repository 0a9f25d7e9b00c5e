"""The events function: what was stored with a change reaches those who subscribe to it.

The table's stream brings each change at least once and in order. A subscriber that raises brings the whole batch again, so each
must do no harm when called twice.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.automation import triggered
from chalicelib.cloud.table import load
from chalicelib.converse.live.publish import publish
from chalicelib.converse.search.index import index
from chalicelib.events.model import Event
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="events")

Subscriber = Callable[[World, list[Event]], object]

SUBSCRIBERS: tuple[Subscriber, ...] = (publish, index, triggered.on_events)
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
    images = [
        record["dynamodb"]["NewImage"]
        for record in batch["Records"]
        if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["SK"] == {"S": "EVENT"}
    ]
    return [Event.model_validate(load(image)) for image in images]
