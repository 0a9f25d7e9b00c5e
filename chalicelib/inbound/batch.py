"""What the three lanes' workers share: the batch goes into the archive, then each record is handled on its own."""

from collections.abc import Callable
from typing import Any

from chalicelib.cloud import batches
from chalicelib.inbound import archive
from chalicelib.inbound.unpack import updates_of
from chalicelib.whatsapp.webhook import Update
from chalicelib.wiring import World


def work(
    event: Any, lane: str, here: World, take: Callable[[list[Update]], None], *, fifo: bool = False
) -> dict[str, Any]:
    """Answers SQS which records to bring again. `take` is handed all updates of one record."""
    whole = event.to_dict()
    archive.keep(here.archive, lane, [record["body"] for record in whole["Records"]], here.clock())
    return batches.each(whole, lambda record: take(list(updates_of(record.body, here.archive.get))), fifo=fifo)
