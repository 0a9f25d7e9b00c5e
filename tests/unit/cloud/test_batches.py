"""One SQS batch in a worker's hands."""

import json
import threading
from typing import Any

from chalicelib.cloud import batches
from chalicelib.cloud.batches import Record


def fifo(*names: str) -> dict[str, Any]:
    """Records named after their group and their place in it."""
    return {
        "Records": [
            {
                "messageId": name, "receiptHandle": name, "body": json.dumps({"name": name}),
                "attributes": {"MessageGroupId": name[0], "ApproximateReceiveCount": "1"},
            }
            for name in names
        ]
    }  # fmt: skip


def failures(answer: dict[str, Any]) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_groups_go_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)
    answer = batches.each(fifo("a1", "b1", "c1"), lambda record: together.wait() and None, fifo=True, at_once=3)
    assert failures(answer) == []


def test_each_group_keeps_its_order_and_a_failure_holds_back_its_own_alone() -> None:
    done: list[str] = []

    def handle(record: Record) -> None:
        if record.body["name"] == "b2":
            raise ValueError
        done.append(record.body["name"])

    answer = batches.each(fifo("a1", "b1", "a2", "b2", "b3", "a3", "c1"), handle, fifo=True, at_once=2)
    assert failures(answer) == ["b2", "b3"]
    assert [name for name in done if name[0] == "a"] == ["a1", "a2", "a3"]
    assert sorted(done) == ["a1", "a2", "a3", "b1", "c1"]


def test_without_order_a_failure_holds_back_nothing() -> None:
    def handle(record: Record) -> None:
        if record.body["name"] == "a1":
            raise batches.BringAgain

    assert failures(batches.each(fifo("a1", "a2", "a3"), handle)) == ["a1"]
