"""One process of the inbound function: calls the handler with its records until none is left to bring again, as SQS does."""

import json
import sys
from pathlib import Path

from chalicelib.inbound.message_lane import inbound

_BATCH, _MOST = 10, 400


def main() -> None:
    bodies = json.loads(Path(sys.argv[1]).read_text())
    waiting = [(f"{sys.argv[1]}.{place}", body) for place, body in enumerate(bodies)]
    for _ in range(_MOST):
        if not waiting:
            return
        again = []
        for start in range(0, len(waiting), _BATCH):
            again += _call(waiting[start : start + _BATCH])
        waiting = again
    raise SystemExit(f"{len(waiting)} records were never taken")


def _call(batch: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The records of the batch that are to be brought again."""
    records = [
        {
            "messageId": message_id,
            "receiptHandle": "r",
            "body": body,
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": message_id},
        }
        for message_id, body in batch
    ]
    failed = {each["itemIdentifier"] for each in inbound({"Records": records}, None)["batchItemFailures"]}
    return [each for each in batch if each[0] in failed]


if __name__ == "__main__":
    main()
