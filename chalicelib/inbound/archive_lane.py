"""The lane of what goes into the raw archive: what a batch of statuses was made of, gathered for ten seconds."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.inbound import archive
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="inbound")


# A batch of a thousand is some hundred kilobytes; Lambda hands over at most 6 MB.
@bp.on_sqs_message(queue="archive", name="archive", batch_size=1000, maximum_batching_window_in_seconds=10)
def archive_batches(event: Any) -> dict[str, Any]:
    """SQS archive: {v, place, lines}, the packed lines of one batch. All go into one object of the hour."""
    return take_batch(event, world())


def take_batch(event: Any, here: World) -> dict[str, Any]:
    """One batch of the lane; where it fails each record is tried alone, so that a bad one holds up no other."""
    whole = event.to_dict()
    try:
        archive.gather(here.archive, [json.loads(raw["body"]) for raw in whole["Records"]])
    except Exception:  # whatever it is: the records tell one by one whose fault it was
        log.warning("batch failed", lane="archive", records=len(whole["Records"]), exc_info=True)
        return batches.each(whole, lambda record: archive.gather(here.archive, [record.body]))
    return {"batchItemFailures": []}
