"""SQS behind two functions. A message body is JSON with a version, `{"v": 1, ...}`: deploys overlap."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.settings import Settings

# SQS takes 10 messages and, all together, 1 MiB since 2025; the older 256 KiB still holds for Lambda's polling batches.
BATCH_MESSAGES = 10
BATCH_BYTES = 256 * 1024
_TRIES = 3


class QueueRefused(Exception):
    """SQS did not take some messages, several times in a row. What was taken stays taken: consumers dedupe."""

    def __init__(self, queue: str, failed: int) -> None:
        super().__init__(f"SQS queue {queue} refused {failed} messages")
        self.queue, self.failed = queue, failed


@dataclass(frozen=True)
class QueueMessage:
    """One message. `group` and `deduplication_id` are for FIFO queues, `delay_seconds` (0..900) for standard ones."""

    body: str
    group: str = ""
    deduplication_id: str = ""
    delay_seconds: int = 0


@dataclass(frozen=True)
class Queues:
    """The SQS queues of the stack by short name: inbound, statuses, account, campaign, bulk, replies, events."""

    client: Any
    urls: Callable[[str], str] = field(repr=False)

    def send(self, queue: str, body: dict[str, Any], **options: Any) -> None:
        """Sends one JSON message; options as QueueMessage's. Raises QueueRefused."""
        self.send_all(queue, [QueueMessage(json.dumps(body, separators=(",", ":")), **options)])

    def send_all(self, queue: str, messages: Iterable[QueueMessage]) -> None:
        """Sends all messages in as few requests as fit. Raises QueueRefused when some were not taken."""
        url = self.urls(queue)
        for batch in _batches(messages):
            pending = {str(i): _entry(str(i), message) for i, message in enumerate(batch)}
            for _ in range(_TRIES):
                answer = self.client.send_message_batch(QueueUrl=url, Entries=list(pending.values()))
                pending = {failed["Id"]: pending[failed["Id"]] for failed in answer.get("Failed", [])}
                if not pending:
                    break
            if pending:
                raise QueueRefused(queue, len(pending))

    def return_after(self, queue: str, receipt: str, seconds: int) -> None:
        """Makes a received message visible again after `seconds` (0..43200): a FIFO queue has no delay per message."""
        self.client.change_message_visibility(
            QueueUrl=self.urls(queue), ReceiptHandle=receipt, VisibilityTimeout=min(seconds, 43_200)
        )


def reads_failures_alone(client: Any) -> Any:
    """The boto3 client, no longer making a dozen objects of each answer that says what went well."""
    client.meta.events.register("before-parse.sqs.SendMessageBatch", _leave_failures)
    return client


def _leave_failures(response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] == 200:
        failed = json.loads(response_dict["body"]).get("Failed")
        response_dict["body"] = json.dumps({"Failed": failed}).encode() if failed else b"{}"


def urls_of(settings: Settings) -> Callable[[str], str]:
    """The address of an SQS queue by its short name."""
    return lambda queue: str(getattr(settings, f"{queue}_queue_url"))


def _entry(entry_id: str, message: QueueMessage) -> dict[str, Any]:
    entry: dict[str, Any] = {"Id": entry_id, "MessageBody": message.body}
    if message.group:
        entry["MessageGroupId"] = message.group
    if message.deduplication_id:
        entry["MessageDeduplicationId"] = message.deduplication_id
    if message.delay_seconds:
        entry["DelaySeconds"] = message.delay_seconds
    return entry


def _batches(messages: Iterable[QueueMessage]) -> Iterator[list[QueueMessage]]:
    batch: list[QueueMessage] = []
    size = 0
    for message in messages:
        length = len(message.body) if message.body.isascii() else len(message.body.encode())
        if batch and (len(batch) == BATCH_MESSAGES or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch
