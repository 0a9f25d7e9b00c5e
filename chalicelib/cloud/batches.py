"""One SQS batch, record by record: what raised comes back from SQS alone, the rest is done.

Powertools has this too, but importing its batch utility brings the models of every AWS event along: a third of a worker's cold
start (`make bench BENCH=imports`).
"""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.dataclass import dataclass

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
    held: set[str] = set()
    failures = []
    for raw in event["Records"]:
        group = raw["attributes"].get("MessageGroupId", "")
        if (fifo and group in held) or not _done(raw, group, handle):
            held.add(group)
            failures.append({"itemIdentifier": raw["messageId"]})
    return {"batchItemFailures": failures}


def _done(raw: dict[str, Any], group: str, handle: Callable[[Record], None]) -> bool:
    tries = int(raw["attributes"].get("ApproximateReceiveCount", 1))
    try:
        handle(Record(body=json.loads(raw["body"]), receipt=raw["receiptHandle"], group=group, tries=tries))
    except BringAgain:
        return False
    except Exception:  # whatever it is, SQS brings this record again and then parks it; the log says why
        log.exception("record failed", message_id=raw["messageId"], tries=tries)
        return False
    return True
