"""How templates do that agents, workflows and the API send: counted with each message's own change, so once and for all.

Campaigns count theirs by run. Whoever asks how a template does adds the two (automation/template_use.py).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from zlib import crc32

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Key, Operation, Table, TransactionRefused, Update
from chalicelib.conversations import store
from chalicelib.conversations.model import Failure, Message, MessageStatus
from chalicelib.events.model import Event
from chalicelib.wiring import World

SHARDS = 8
"""A batch of a thousand messages has one template: its statuses seldom meet at one item."""
ANSWERED_WITHIN = timedelta(days=3)
"""As for campaigns: what somebody writes later is about something else."""
_LOOKED_AT = 10
_STEPS = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
_FAILURES = frozenset({MessageStatus.FAILED, MessageStatus.NOT_CONFIRMED})
_REASON = "reason:"


def counted(message: Message, status: MessageStatus, failure: Failure | None = None) -> list[Operation]:
    """What counts a message's move to a status, for a transaction that moves it from exactly where `message` stands.

    Nothing for what is no template.
    """
    changes = change(message, status, failure)
    return [Update(_place(message), add=changes)] if changes and message.type == "template" else []


def change(message: Message, status: MessageStatus, failure: Failure | None) -> dict[str, int]:
    """What it counts as at the status, less what it counted as before. One that failed was not sent, as in campaigns' reports."""
    found = Counter(_steps(status, failure))
    found.subtract(_steps(message.status, message.failure))
    return {name: count for name, count in found.items() if count}


def _steps(status: MessageStatus, failure: Failure | None) -> dict[str, int]:
    if status in _FAILURES:
        return {_REASON + _reason(failure): 1} if failure else {}
    return {str(step): 1 for step in _STEPS if step.rank <= status.rank}


def of_template(table: Table, channel_id: str, name: str, language: str) -> Mapping[str, int]:
    """How many messages came how far, and `reason:<code>` of those that failed."""
    places = [keys.template_counts(channel_id, name, language, shard) for shard in range(SHARDS)]
    total: Counter[str] = Counter()
    for item in table.get_many(places, consistent=False).values():
        total.update({name: int(count) for name, count in item.items() if name not in {"PK", "SK"}})
    return total


def heard(world: World, events: list[Event]) -> None:
    """Subscriber: a message has come in. If the last thing we sent was a template, it has been answered: once."""
    for event in events:
        if event.type == "message.received":
            _answered(world.table, event.subject, str(event.data["position"]), event.at)


def _answered(table: Table, conversation_id: str, position: str, at: datetime) -> None:
    key = keys.message(conversation_id, position)
    earliest = keys.message(conversation_id, stamp(at - ANSWERED_WITHIN))
    page = table.query(key.pk, between=(earliest.sk, key.sk), forward=False, limit=_LOOKED_AT)
    last = next((item for item in page.items if item["direction"] == "out"), None)
    if last is None or last["type"] != "template" or "replied_at" in last:
        return
    message = Message.model_validate(last)
    if message.sender.kind == "campaign":
        return  # counted with its campaign
    first = Update(
        keys.message(conversation_id, message.position),
        set={"replied_at": stamp(at)},
        condition=Attr("PK").exists() & Attr("replied_at").not_exists(),
    )
    try:
        table.transact([first, Update(_place(message), add={"replied": 1})])
    except TransactionRefused:
        return  # counted before, or erased


def _place(message: Message) -> Key:
    language = message.content.get("language")
    code = str(language.get("code", "")) if isinstance(language, dict) else ""
    shard = crc32(message.id.encode()) % SHARDS
    channel_id = store.channel_of(message.conversation_id)
    return keys.template_counts(channel_id, str(message.content.get("name", "")), code, shard)


def _reason(failure: Failure) -> str:
    return f"meta_{failure.code}" if failure.code is not None else failure.reason
