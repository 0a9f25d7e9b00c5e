"""One SQS batch, record by record: what raised comes back from SQS alone, the rest is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

log = Logger(service="batches")


@dataclass(frozen=True)
class Record:
    """One SQS message in the hands of a worker."""

    body: dict[str, Any]
    receipt: str
    group: str
    tries: int
    """How often SQS has delivered it, this time included."""


class BringAgain(Exception):
    """Not an error: the record is not due yet and SQS shall bring it again."""


def each(event: dict[str, Any], handle: Callable[[Record], None], *, fifo: bool = False) -> dict[str, Any]:
    """Handles each record; answers Lambda's partial batch response. In a FIFO batch a failure holds back its group."""
    processor = SqsFifoPartialProcessor(skip_group_on_error=True) if fifo else BatchProcessor(EventType.SQS)
    # A batch in which nothing succeeded is an answer like any other; raising would only hide which error it was.
    processor.raise_on_entire_batch_failure = False

    def handle_record(record: SQSRecord) -> None:  # the processor passes it by this name
        _logged(record, handle)

    return dict(process_partial_response(event=event, record_handler=handle_record, processor=processor))


def _logged(raw: SQSRecord, handle: Callable[[Record], None]) -> None:
    """The processor answers which records failed and keeps why to itself: the reason belongs in the log."""
    record = _record(raw)
    try:
        handle(record)
    except BringAgain:
        raise
    except Exception:
        log.exception("record failed", message_id=raw.message_id, tries=record.tries)
        raise


def _record(record: SQSRecord) -> Record:
    attributes = record.attributes
    return Record(
        body=record.json_body,
        receipt=record.receipt_handle,
        group=attributes.message_group_id or "",
        tries=int(attributes.approximate_receive_count or 1),
    )
