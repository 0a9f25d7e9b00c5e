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


def each(
    event: dict[str, Any], handle: Callable[[Record], None], *, fifo: bool = False, at_once: int = 1
) -> dict[str, Any]:
    """Handles each record; answers Lambda's partial batch response. In a FIFO batch a failure holds back its group.

    `at_once`: so many groups of a FIFO batch side by side, each in its own order. A record mostly waits for other services.
    """
    lines: dict[str, list[Any]] = {}
    for raw in event["Records"]:
        lines.setdefault(_group(raw) if fifo else raw["messageId"], []).append(raw)
    undone = _beside_each_other(lambda line: _undone(line, handle), list(lines.values()), at_once)
    return {"batchItemFailures": [{"itemIdentifier": raw["messageId"]} for line in undone for raw in line]}


def _beside_each_other(work: Callable[[list[Any]], list[Any]], lines: list[list[Any]], at_once: int) -> list[list[Any]]:
    if at_once == 1 or len(lines) == 1:
        return [work(line) for line in lines]
    # Most batches are one record: not worth a part of each cold start.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(at_once, len(lines))) as workers:
        return list(workers.map(work, lines))


def _undone(line: list[Any], handle: Callable[[Record], None]) -> list[Any]:
    """One after the other until one fails; answers that and those behind it."""
    for number, raw in enumerate(line):
        if not _done(raw, _group(raw), handle):
            return line[number:]
    return []


def _group(raw: dict[str, Any]) -> str:
    return str(raw["attributes"].get("MessageGroupId", ""))


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
