"""The SQS queues of the stage: how long they are, what they have put aside, and sending that back.

SQS can move dead letters itself (StartMessageMoveTask), but says neither whether it has ended well nor anything at all on the
local emulator. Receiving, sending and deleting is the same in both places; after a crash between the last two a message is there
twice, which everything that reads a queue bears.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.health.model import LINES, DeadLetter, Line, QueueHealth, SentBack
from chalicelib.problems import Conflict, NotFound
from chalicelib.wiring import World

_MOST_BATCHES = 50
"""Of ten: one call has 29 seconds."""
_HIDDEN_SECONDS = 60
"""Two people who send back at once do not take the same letters."""
_BODY_SHOWN = 4_000
_WAITING, _IN_HAND, _DELAYED = (f"ApproximateNumberOfMessages{each}" for each in ("", "NotVisible", "Delayed"))


class QueueUnknown(NotFound):
    """No such queue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no queue {name}.")
        self.name = name


class NothingToSendBackTo(Conflict):
    """The letters did not come from a queue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The dead letters of {name} did not come from a queue: they cannot be sent back.")
        self.name = name


def line(name: str) -> Line:
    """The line of this name. Raises QueueUnknown."""
    found = next((each for each in LINES if each.name == name), None)
    if found is None:
        raise QueueUnknown(name)
    return found


def health(world: World, of: Line, ages: Mapping[str, int]) -> QueueHealth:
    """How long a queue and its dead-letter queue are. `ages`: of the oldest message, by the queue's name on AWS."""
    url = world.queues.urls(of.name) if of.is_queue else ""
    told = _attributes(world, url) if url else {}
    dead = _attributes(world, _dead_url(world, of, told))
    return QueueHealth(
        name=of.name,
        waiting=int(told.get(_WAITING, 0)),
        in_hand=int(told.get(_IN_HAND, 0)),
        delayed=int(told.get(_DELAYED, 0)),
        oldest_seconds=ages.get(aws_name(url)) if url else None,
        dead_letters=int(dead[_WAITING]) + int(dead[_IN_HAND]),
        sends_back=of.is_queue,
    )


def peek(world: World, of: Line) -> list[DeadLetter]:
    """Up to ten dead letters; they stay where they are."""
    found = _receive(world, dead_url(world, of), hidden_seconds=0)
    letters = {each["MessageId"]: _letter(each) for each in found}
    return sorted(letters.values(), key=lambda letter: letter.sent_at)


def send_back(world: World, of: Line) -> SentBack:
    """Moves dead letters to the queue they came from, at most a few hundred. Raises NothingToSendBackTo."""
    if not of.is_queue:
        raise NothingToSendBackTo(of.name)
    client, source, target = world.queues.client, dead_url(world, of), world.queues.urls(of.name)
    moved = 0
    for batch in _batches_of(world, source):
        answer = client.send_message_batch(QueueUrl=target, Entries=[_entry(world, each) for each in batch])
        refused = {entry["Id"] for entry in answer.get("Failed", [])}
        sent = [each for each in batch if each["MessageId"] not in refused]
        if sent:
            receipts = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in sent]
            client.delete_message_batch(QueueUrl=source, Entries=receipts)
        moved += len(sent)
        if len(sent) < len(batch):  # what SQS did not take is there again in a minute
            break
    return SentBack(moved=moved, left=int(_attributes(world, source)[_WAITING]) > 0)


def dead_url(world: World, of: Line) -> str:
    """The address of the line's dead-letter queue."""
    return _dead_url(world, of, _attributes(world, world.queues.urls(of.name)) if of.is_queue else {})


def aws_name(url: str) -> str:
    """A queue's name on AWS."""
    return url.rsplit("/", 1)[-1]


def _dead_url(world: World, of: Line, attributes: Mapping[str, str]) -> str:
    """All queues of the stage stand beside each other: their addresses differ in the name alone."""
    if of.is_queue:
        name = str(json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]).rsplit(":", 1)[1]
    else:
        name = f"{world.settings.stack_name}-{of.name}-dead"
    return f"{world.queues.urls(LINES[0].name).rsplit('/', 1)[0]}/{name}"


def _attributes(world: World, url: str) -> dict[str, str]:
    names = [_WAITING, _IN_HAND, _DELAYED, "RedrivePolicy"]
    found: dict[str, str] = world.queues.client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return found


def _batches_of(world: World, url: str) -> Iterator[list[dict[str, Any]]]:
    for _ in range(_MOST_BATCHES):
        batch = _receive(world, url, hidden_seconds=_HIDDEN_SECONDS)
        if not batch:
            return
        yield batch


def _receive(world: World, url: str, *, hidden_seconds: int) -> list[dict[str, Any]]:
    answer = world.queues.client.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=hidden_seconds,
        WaitTimeSeconds=0,
        MessageSystemAttributeNames=["All"],
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def _entry(world: World, letter: Mapping[str, Any]) -> dict[str, Any]:
    entry = {"Id": letter["MessageId"], "MessageBody": letter["Body"]}
    group = letter.get("Attributes", {}).get("MessageGroupId")
    if group:
        # A new id: with its old one SQS would swallow a letter that failed and is sent back twice within five minutes.
        entry |= {"MessageGroupId": group, "MessageDeduplicationId": world.new_id()}
    return entry


def _letter(raw: Mapping[str, Any]) -> DeadLetter:
    known = raw.get("Attributes", {})
    return DeadLetter(
        id=raw["MessageId"],
        sent_at=datetime.fromtimestamp(int(known.get("SentTimestamp", 0)) / 1000, UTC),
        tries=int(known.get("ApproximateReceiveCount", 0)),
        body=raw["Body"][:_BODY_SHOWN],
        reason=None,
    )
