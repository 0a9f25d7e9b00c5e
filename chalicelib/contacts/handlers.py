"""What AWS calls: the steps of batch jobs on contacts."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.cloud.batches import Record
from chalicelib.contacts import steps
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="contacts")


@bp.on_sqs_message(queue="contacts", name="contacts", batch_size=1)
def contacts(event: Any) -> dict[str, Any]:
    """SQS contacts: {v, job_id, step}."""
    here = world()
    return batches.each(event.to_dict(), lambda record: work(record, here))


def work(record: Record, here: World) -> None:
    """One step of one job."""
    job_id, step = str(record.body["job_id"]), int(record.body["step"])
    log.info("step", job_id=job_id, step=step, tries=record.tries)
    steps.run(here, job_id, step)
