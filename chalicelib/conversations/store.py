"""Conversations and their messages in the main table. What changes together is returned as operations of one transaction."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.retention import until
from chalicelib.cloud.table import Item, Operation, Page, Put, Table, TransactionRefused, Update
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import Conversation, Message, MessageStatus

ABSENT = Attr("PK").not_exists()
"""The condition of whatever may be written once."""
_FAILURES = frozenset({MessageStatus.FAILED, MessageStatus.NOT_CONFIRMED})


class ConversationMissing(Exception):
    """There is no conversation with this id."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id)
        self.conversation_id = conversation_id


class MessageMissing(Exception):
    """The conversation has no such message."""

    def __init__(self, message_id: str) -> None:
        super().__init__(message_id)
        self.message_id = message_id


def find(table: Table, conversation_id: str) -> Conversation | None:
    """The conversation's state, or None."""
    item = table.get(keys.conversation(conversation_id))
    return Conversation.model_validate(item) if item else None


def get(table: Table, conversation_id: str) -> Conversation:
    """The conversation's state. Raises ConversationMissing."""
    found = find(table, conversation_id)
    if found is None:
        raise ConversationMissing(conversation_id)
    return found


def begun(table: Table, channel: Channel, contact: Contact, now: datetime) -> Conversation:
    """The conversation of this person on this channel, made when there is none yet."""
    fresh = Conversation.between(channel, contact, now)
    if found := find(table, fresh.id):
        return found
    try:
        table.transact([created(fresh)])
    except TransactionRefused:  # somebody was faster
        return get(table, fresh.id)
    return fresh


def messages(
    table: Table, conversation_id: str, *, limit: int = 50, start: Item | None = None, oldest_first: bool = False
) -> Page:
    """One page of the log as items, newest first unless asked otherwise."""
    return table.query(
        keys.conversation(conversation_id).pk,
        prefix="MESSAGE#",
        forward=oldest_first,
        limit=limit,
        start=start,
        consistent=True,
    )


def get_message(table: Table, conversation_id: str, position: str) -> Message:
    """One message. Raises MessageMissing."""
    item = table.get(keys.message(conversation_id, position))
    if item is None:
        raise MessageMissing(position)
    return Message.model_validate(item)


def find_message(table: Table, message: Message) -> Message | None:
    """The message as it is now, or None when it is gone."""
    item = table.get(keys.message(message.conversation_id, message.position))
    return Message.model_validate(item) if item else None


def by_wamid(table: Table, wamid: str) -> Message | None:
    """The message WhatsApp knows by this id, or None."""
    pointer = table.get(keys.wamid(wamid))
    if pointer is None:
        return None
    item = table.get(keys.message(pointer["conversation_id"], pointer["position"]))
    return Message.model_validate(item) if item else None


def created(conversation: Conversation) -> Put:
    """Makes the conversation; fails when it exists."""
    key = keys.conversation(conversation.id)
    values = dump(conversation)
    return Put({"PK": key.pk, "SK": key.sk, "claims": {}, **values}, ABSENT)


def advanced(before: Conversation, **values: Any) -> Update:
    """Changes the state if nobody else has since `before` was read."""
    return Update(
        keys.conversation(before.id),
        set={"revision": before.revision + 1, **{name: _plain(value) for name, value in values.items()}},
        condition=Attr("revision").eq(before.revision),
    )


def logged(message: Message, keep_days: int | None = None) -> Put:
    """Writes the message into the log, for so many days; fails when it is there."""
    key = keys.message(message.conversation_id, message.position)
    item = {"PK": key.pk, "SK": key.sk, "rank": message.status.rank, **dump(message), **until(keep_days, message.at)}
    return Put(item, ABSENT)


def named(message: Message, wamid: str, keep_days: int | None = None) -> Put:
    """Notes WhatsApp's id of a message; fails when this id is known: the dedupe of inbound messages.

    An inbound message is listed in the log by this item, one of ours by its draft: each is written once, so a message costs
    the index one write however many statuses come.
    """
    key = keys.wamid(wamid)
    listed = listing(message) if message.direction == "in" else _place_of(message)
    return Put({"PK": key.pk, "SK": key.sk, **listed, **until(keep_days, message.at)}, ABSENT)


def listing(message: Message) -> Item:
    """What lists a message in its channel's log and points to it."""
    return {**keys.message_log(channel_of(message.conversation_id), message.position), **_place_of(message)}


def channel_of(conversation_id: str) -> str:
    """The channel of a conversation, which its id begins with."""
    return conversation_id.rpartition(".")[0]


def _place_of(message: Message) -> Item:
    return {"conversation_id": message.conversation_id, "position": message.position}


def moved(message: Message, status: MessageStatus, *, exactly: bool = False, **values: Any) -> Update:
    """Moves the message up to a status; fails when it is there or beyond. One that has got on after all has not failed.

    `exactly`: fails also when it has moved at all since it was read. Only a failed message is in the index of failures: who did
    not fail costs it nothing.
    """
    failed = status in _FAILURES
    index = keys.failed_messages(channel_of(message.conversation_id), message.position)
    changes = {k: _plain(v) for k, v in values.items() if v is not None}
    return Update(
        keys.message(message.conversation_id, message.position),
        set={"status": str(status), "rank": status.rank, **changes, **(index if failed else {})},
        remove=() if failed else ("failed_at", "failure", *index),
        condition=Attr("PK").exists()
        & (Attr("rank").eq(message.status.rank) if exactly else Attr("rank").lt(status.rank)),
    )


def filed(message: Message, ticket_id: str) -> Update:
    """Notes the ticket a message belongs to; fails when it belongs to one."""
    return Update(
        keys.message(message.conversation_id, message.position),
        set={"ticket_id": ticket_id},
        condition=Attr("PK").exists() & Attr("ticket_id").not_exists(),
    )


def dump(model: Conversation | Message) -> Item:
    """The model as item values; times sort as text, absent values are left out."""
    return {name: _plain(value) for name, value in model.model_dump(exclude_none=True).items()}


def operations(*groups: Operation | list[Operation]) -> list[Operation]:
    """Flattens operations for one transaction."""
    flat: list[Operation] = []
    for group in groups:
        flat.extend(group if isinstance(group, list) else [group])
    return flat


def _plain(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value
