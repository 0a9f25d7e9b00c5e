"""The media function: what takes longer than a request, from SQS."""

from typing import Any

from aws_lambda_powertools import Logger
from chalice.app import Blueprint

from chalicelib.cloud import batches
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.egress import NoAnswer
from chalicelib.media import checking, fetching
from chalicelib.media.model import quarantine_key
from chalicelib.whatsapp.client import GraphError, MediaDamaged
from chalicelib.wiring import World, world

bp = Blueprint(__name__)
log = Logger(service="media")

MOST_TRIES = 8
"""The SQS queue's maxReceiveCount."""
ADDRESS_TRIES = 3


@bp.on_sqs_message(queue="media", name="media", batch_size=1)
def media(event: Any) -> dict[str, Any]:
    """SQS media: {v, do: check | fetch, media_id}, or a scanner's verdict. One at a time: a file may have 100 MB."""
    here = world()
    return batches.each(event.to_dict(), lambda record: work(record, here))


def work(record: Record, here: World) -> None:
    """One job."""
    match record.body:
        case {"do": "check", "media_id": str(media_id)}:
            found = checking.settle(here, media_id)
            log.info("checked", media_id=media_id, state=found.state if found else "gone")
        case {"do": "fetch", "media_id": str(media_id)}:
            _fetch(media_id, record, here)
        case {"detail-type": "GuardDuty Malware Protection Object Scan Result", "detail": dict(detail)}:
            _verdict(detail, here)
        case _:
            raise ValueError("no such job")


def _verdict(detail: dict[str, Any], here: World) -> None:
    """What the scanner cannot look at (locked, too large, no rights) is not let in either: the log says why."""
    key, result = str(detail["s3ObjectDetails"]["objectKey"]), detail["scanResultDetails"]
    media_id, status = key.removeprefix(quarantine_key("")), str(result["scanResultStatus"])
    if media_id == key:
        return  # another part of the bucket
    threats = ", ".join(str(each.get("name")) for each in result.get("threats") or [])
    words = (
        f"a scanner found {threats}" if status == "THREATS_FOUND" else f"the scanner could not look at it ({status})"
    )
    found = checking.scanned(here, media_id, clean=status == "NO_THREATS_FOUND", words=words)
    log.info("scanned", media_id=media_id, verdict=status, state=found.state if found else "gone")


def _fetch(media_id: str, record: Record, here: World) -> None:
    """Tried again after 20 s, 40 s, … three quarters of an hour; then a person sends the dead letter back. An address is given up
    sooner: a campaign waits for what lies there."""
    try:
        found = fetching.fetch(here, media_id, last=record.tries >= ADDRESS_TRIES)
    except (GraphError, MediaDamaged, NoAnswer) as problem:
        log.warning("not fetched", media_id=media_id, tries=record.tries, reason=type(problem).__name__)
        if record.tries >= MOST_TRIES:
            fetching.could_not(here, media_id, str(problem))
            raise
        here.queues.return_after("media", record.receipt, 10 * 2**record.tries)
        raise BringAgain from problem
    log.info("fetched", media_id=media_id, state=found.state if found else "gone")
