"""The dated price table, and which of its lines each call of ours is billed by. A call that has no line has no price: Unpriced."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("aws-us-east-1.csv")


class Unpriced(Exception):
    """AWS was asked for something that the price table does not know: the bill would be too small."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has no price: add it to infra/bill")
        self.what = what


CALLS: Mapping[str, str] = {
    "sqs.send_message_batch": "sqs.standard",
    "sqs.change_message_visibility": "sqs.standard",
    "s3.put_object": "s3.put",
    "s3.copy_object": "s3.put",
    "s3.list_objects_v2": "s3.put",
    "s3.get_object": "s3.get",
    "s3.head_object": "s3.get",
    "s3.delete_object": "free",
    "s3.generate_presigned_post": "free",  # a signature of our own
    "s3.generate_presigned_url": "free",
    "secretsmanager.get_secret_value": "secrets.call",
    "scheduler.create_schedule": "scheduler.call",
    "scheduler.delete_schedule": "free",
    "states.start_execution": "states.transition",
    "apigatewaymanagementapi.post_to_connection": "websocket.message",
}
"""Calls that are billed one by one; DynamoDB's are billed by size (units.py)."""


def item_of(call: str) -> str:
    """The line of the table that a call (`s3.put_object`) is billed by. Raises Unpriced."""
    try:
        return CALLS[call]
    except KeyError:
        raise Unpriced(call) from None


@cache
def prices() -> dict[str, float]:
    """US dollars for one of each item."""
    with TABLE.open(encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("#")]
    return {row["item"]: float(row["usd"]) / float(row["per"]) for row in csv.DictReader(lines)}


def dated() -> str:
    """The day the table was true."""
    return TABLE.read_text(encoding="utf-8").split("As of ", 1)[1][:10]


def total(counts: Mapping[str, float]) -> float:
    """What so many of each item cost. Raises Unpriced."""
    return sum(cost for _, cost in lines(counts))


def lines(counts: Mapping[str, float]) -> list[tuple[str, float]]:
    """(item, US dollars), the dearest first. Raises Unpriced."""
    known = prices()
    if unknown := sorted(counts.keys() - known.keys()):
        raise Unpriced(unknown[0])
    return sorted(((item, n * known[item]) for item, n in counts.items()), key=lambda pair: -pair[1])
