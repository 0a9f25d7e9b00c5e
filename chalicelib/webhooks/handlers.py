"""The webhooks function."""

from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from chalice import Blueprint

from chalicelib.cloud import batches
from chalicelib.webhooks.delivering import Courier, deliver
from chalicelib.webhooks.service import sender
from chalicelib.webhooks.waking import wake
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="webhooks")

LASTS = timedelta(seconds=40)
"""Nothing new is begun after so long; the function's timeout leaves 20 s for what is under way."""


@bp.on_sqs_message(queue="webhooks.fifo", name="webhooks", batch_size=10)
def webhooks(event: Any) -> dict[str, Any]:
    """SQS webhooks.fifo: {v, webhook_id}: something waits."""
    here = world()
    until, seen = here.clock() + LASTS, set[str]()

    def handle(record: batches.Record) -> None:
        webhook_id = record.body["webhook_id"]
        if webhook_id not in seen:  # ten wake-ups of one webhook are one
            work(here, webhook_id, until)
            seen.add(webhook_id)

    return batches.each(event.to_dict(), handle, fifo=True)


def work(here: World, webhook_id: str, until: datetime) -> None:
    """Sees to one webhook."""
    report = deliver(webhook_id, Courier(here.table, here.clock, sender(here)), until)
    log.info("webhook", webhook_id=webhook_id, delivered=report.delivered, parked=report.parked,
             waiting_lanes=report.waiting_lanes, paused=report.paused, left=report.left)  # fmt: skip
    if report.left:
        wake(here.queues, [webhook_id], here.new_id())
