"""The exports function."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.logs import exporting
from chalicelib.wiring import world

bp = Blueprint(__name__)
log = Logger(service="exports")

TRIES = 5
"""maxReceiveCount of the SQS queue: infra/resources/queues.yaml."""


@bp.on_sqs_message(queue="exports", name="exports", batch_size=1)
def exports(event: Any) -> dict[str, Any]:
    """SQS exports: {v, export_id, step}: the next file of an export."""
    here = world()

    def handle(record: batches.Record) -> None:
        try:
            export = exporting.work(
                here, record.body["export_id"], record.body["step"], here.clock() + exporting.STEP_LASTS
            )
        except Exception:
            if record.tries >= TRIES:
                exporting.give_up(here, record.body["export_id"])
            raise
        if export:
            log.info("export", export_id=export.id, state=export.state, rows=export.rows)

    return batches.each(event.to_dict(), handle)
