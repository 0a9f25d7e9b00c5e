"""The media function: what takes longer than a request, from SQS."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.cloud.batches import Record
from chalicelib.media import checking
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="media")


@bp.on_sqs_message(queue="media", name="media", batch_size=1)
def media(event: Any) -> dict[str, Any]:
    """SQS media: {v, do: check, media_id}. One at a time: a file may have 100 MB."""
    here = world()
    return batches.each(event.to_dict(), lambda record: work(record, here))


def work(record: Record, here: World) -> None:
    """One job."""
    match record.body:
        case {"do": "check", "media_id": str(media_id)}:
            found = checking.settle(here, media_id)
            log.info("checked", media_id=media_id, state=found.state if found else "gone")
        case _:
            raise ValueError("no such job")
