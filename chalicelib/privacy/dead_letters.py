"""Dead-letter queues: what lies there may name a person, and lies there for two weeks."""

import base64
import gzip
import json
import zlib
from typing import Any

from chalicelib.privacy.model import Person
from chalicelib.wiring import World

_MOST_READS = 100
_HIDDEN_SECONDS = 60
"""What is not the person's comes back after so long."""
QUEUES = (
    "inbound", "statuses", "account", "archive", "campaign", "contacts", "bulk", "replies", "sends", "media", "webhooks", "privacy",
    "exports",
)  # fmt: skip


def forget(world: World, person: Person) -> int:
    """Deletes the dead letters that name the person: how many."""
    client, found = world.queues.client, 0
    for queue in QUEUES:
        url = _dead_letters_of(client, world.queues.urls(queue))
        for _ in range(_MOST_READS if url else 0):
            letters = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS, WaitTimeSeconds=0
            ).get("Messages", [])
            for letter in letters:
                if person.is_named_in(_text_of(queue, letter["Body"])):
                    client.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
                    found += 1
            if not letters:
                break
    return found


def _text_of(queue: str, body: str) -> str:
    """What a letter says. What was on its way into the raw archive is packed; what cannot be unpacked is taken as it is."""
    if queue != "archive":
        return body
    try:
        return gzip.decompress(base64.b64decode(json.loads(body)["lines"])).decode()
    except (KeyError, ValueError, OSError, EOFError, zlib.error):
        return body


def _dead_letters_of(client: Any, url: str) -> str:
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    policy = answer.get("Attributes", {}).get("RedrivePolicy")
    if not policy:
        return ""
    name = json.loads(policy)["deadLetterTargetArn"].rsplit(":", 1)[1]
    return str(client.get_queue_url(QueueName=name)["QueueUrl"])
