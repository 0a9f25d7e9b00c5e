"""The privacy function."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.privacy import keeping, service
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="privacy")


@bp.on_sqs_message(queue="privacy", name="privacy", batch_size=1)
def privacy(event: Any) -> dict[str, Any]:
    """SQS privacy: {v, job_id, step}, the next stretch of a job about a person; {v, do: retention, job_id, step} of the job that
    carries out a new setting; {v, do: retention}, each day, by a rule of EventBridge."""
    here = world()

    def handle(record: batches.Record) -> None:
        if record.body.get("do") == "retention":
            _retention(here, record.body)
            return
        job = service.work(here, record.body["job_id"], record.body["step"], here.clock() + service.STEP_LASTS)
        if job:
            log.info("privacy", job_id=job.id, kind=job.kind, phase=job.phase, state=job.state, counts=job.counts)

    return batches.each(event.to_dict(), handle)


def _retention(here: World, body: dict[str, Any]) -> None:
    if "job_id" not in body:
        keeping.every_day(here)
        return
    job = keeping.work(here, body["job_id"], body["step"], here.clock() + keeping.STEP_LASTS)
    if job:
        log.info("retention", job_id=job.id, phase=job.phase, looked_at=job.looked_at, changed=job.changed)
