"""What the three lanes' workers share: the batch goes into the archive, then each record is handled on its own."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.cloud import batches
from chalicelib.inbound import archive
from chalicelib.inbound.unpack import updates_of
from chalicelib.whatsapp.webhook import Update
from chalicelib.wiring import World

log = Logger(service="inbound")
_CONVERSATIONS = 10
"""At once: all of a batch. One after the other, slow answers of the table could take ten messages past the function's time."""


def work(
    event: Any, lane: str, here: World, take: Callable[[list[Update]], None], *, fifo: bool = False
) -> dict[str, Any]:
    """Answers SQS which records to bring again. `take` is handed all updates of one record, conversations beside each other."""
    whole = event.to_dict()
    archive.keep(here.archive, lane, [record["body"] for record in whole["Records"]], here.clock())

    def handle(record: batches.Record) -> None:
        take(list(updates_of(record.body, here.archive.get)))

    return batches.each(whole, handle, fifo=fifo, at_once=_CONVERSATIONS if fifo else 1)


def work_together(event: Any, lane: str, here: World, take: Callable[[list[Update], bool], None]) -> dict[str, Any]:
    """As `work`, but `take` is handed the updates of all new records at once: what a batch writes once, it pays once.

    A record that comes again, or whose batch failed, is handled on its own: one bad record does not hold up the others, and `take`
    is told (True) that somebody had these updates before, who is gone.
    """
    whole = event.to_dict()
    archive.send(here.queues, here.archive, lane, [record["body"] for record in whole["Records"]], here.clock())
    new = [raw for raw in whole["Records"] if int(raw["attributes"].get("ApproximateReceiveCount", 1)) == 1]
    alone = [raw for raw in whole["Records"] if raw not in new]
    try:
        if new:
            take([each for raw in new for each in updates_of(json.loads(raw["body"]), here.archive.get)], False)
    except Exception:  # whatever it is: the records tell one by one whose fault it was
        log.warning("batch failed", lane=lane, records=len(new), exc_info=True)
        alone = whole["Records"]
    return batches.each({"Records": alone}, lambda record: take(list(updates_of(record.body, here.archive.get)), True))
