"""Canned replies in the main table: one partition, read whole, and an item that claims each shortcut."""

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.table import Delete, Item, Operation, Put, Table, TransactionRefused
from chalicelib.converse.canned.model import CannedReply
from chalicelib.problems import Conflict, NotFound


class CannedReplyMissing(NotFound):
    """No canned reply has this id, or not for this reader."""

    def __init__(self, reply_id: str) -> None:
        super().__init__("There is no canned reply with this id, or you may not use it.")
        self.reply_id = reply_id


class CannedReplyChanged(Conflict):
    """Somebody else changed it since it was read."""

    def __init__(self, reply_id: str) -> None:
        super().__init__("This canned reply was changed by somebody else meanwhile. Read it again and repeat.")
        self.reply_id = reply_id


class ShortcutTaken(Conflict):
    """Another canned reply has this shortcut."""

    def __init__(self, shortcut: str) -> None:
        super().__init__(f"Another canned reply has the shortcut /{shortcut}.")
        self.shortcut = shortcut


def every(table: Table) -> list[CannedReply]:
    """All of them, by title."""
    found = [_reply(item) for item in table.query_all(keys.canned_reply("").pk, consistent=True)]
    return sorted(found, key=lambda reply: (reply.title.casefold(), reply.id))


def get(table: Table, reply_id: str) -> CannedReply:
    """The canned reply. Raises CannedReplyMissing."""
    item = table.get(keys.canned_reply(reply_id))
    if item is None:
        raise CannedReplyMissing(reply_id)
    return _reply(item)


def put(table: Table, reply: CannedReply, *, over: CannedReply | None) -> None:
    """Writes it over what was read (None: it is new), with its shortcut. Raises CannedReplyChanged, ShortcutTaken."""
    key = keys.canned_reply(reply.id)
    held = Attr("version").eq(over.version) if over else Attr("PK").not_exists()
    operations: list[Operation] = [Put({"PK": key.pk, "SK": key.sk, **reply.model_dump(mode="json")}, held)]
    before = over.shortcut if over else None
    if reply.shortcut != before:
        operations += _claimed(reply) + (_freed(over) if over else [])
    try:
        table.transact(operations)
    except TransactionRefused as refused:
        if 0 in refused.failed:
            raise CannedReplyChanged(reply.id) from refused
        raise ShortcutTaken(reply.shortcut or "") from refused


def delete(table: Table, reply: CannedReply) -> None:
    """Removes this version of it. Raises CannedReplyChanged."""
    gone = Delete(keys.canned_reply(reply.id), Attr("version").eq(reply.version))
    try:
        table.transact([gone, *_freed(reply)])
    except TransactionRefused as refused:
        raise CannedReplyChanged(reply.id) from refused


def _claimed(reply: CannedReply) -> list[Operation]:
    if reply.shortcut is None:
        return []
    key = keys.canned_shortcut(reply.shortcut)
    return [Put({"PK": key.pk, "SK": key.sk, "reply_id": reply.id}, Attr("PK").not_exists())]


def _freed(reply: CannedReply) -> list[Operation]:
    return [Delete(keys.canned_shortcut(reply.shortcut))] if reply.shortcut else []


def _reply(item: Item) -> CannedReply:
    return CannedReply.model_validate({name: value for name, value in item.items() if name not in {"PK", "SK"}})
