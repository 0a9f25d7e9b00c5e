"""The privacy function."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.privacy import service
from chalicelib.wiring import world

bp = Blueprint(__name__)
log = Logger(service="privacy")


@bp.on_sqs_message(queue="privacy", name="privacy", batch_size=1)
def privacy(event: Any) -> dict[str, Any]:
    """SQS privacy: {v, job_id, step}: the next stretch of a job about a person."""
    here = world()

    def handle(record: batches.Record) -> None:
        job = service.work(here, record.body["job_id"], record.body["step"], here.clock() + service.STEP_LASTS)
        if job:
            log.info("privacy", job_id=job.id, kind=job.kind, phase=job.phase, state=job.state, counts=job.counts)

    return batches.each(event.to_dict(), handle)
