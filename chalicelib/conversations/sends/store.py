"""Wishes to send in the main table: one item each, those of a batch listed by the index."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Kept, Table, Update, end_of
from chalicelib.conversations.sends.model import Batch, Send, SendState

_OPEN = Attr("state").is_in([str(state) for state in SendState if state.is_open])


def find(table: Table, send_id: str) -> Send | None:
    """The wish, or None."""
    item = table.get(keys.send(send_id))
    return Send.model_validate(item) if item else None


def find_batch(table: Table, batch_id: str) -> Batch | None:
    """The batch, or None."""
    item = table.get(keys.send_batch(batch_id))
    return Batch.model_validate(item) if item else None


def of_batch(table: Table, batch_id: str) -> Iterator[Send]:
    """The wishes of a batch, in order."""
    for item in table.query_all(keys.sends_of_batch(batch_id), index="GSI1"):
        yield Send.model_validate(item)


def add(table: Table, send: Send) -> Send:
    """Keeps a new wish; answers the one that is there when its id is known."""
    try:
        table.put(_item(send), condition=Attr("PK").not_exists(), kept=_kept(send))
    except ConditionFailed:
        return find(table, send.id) or send
    return send


def add_batch(table: Table, batch: Batch, sends: Iterable[Send]) -> None:
    """Keeps those of a batch that are not there yet, and then the batch: half of it is made whole by the next try."""
    wanted = list(sends)
    known = table.get_many(keys.send(send.id) for send in wanted)
    table.write_many([_item(send) | end_of(table, _kept(send)) for send in wanted if keys.send(send.id) not in known])
    key = keys.send_batch(batch.id)
    values = {name: _plain(value) for name, value in batch.model_dump(exclude_none=True).items()}
    table.put({"PK": key.pk, "SK": key.sk, **values}, kept=Kept("sends", batch.created_at))


def submitted(send: Send, conversation_id: str, position: str) -> Update:
    """The wish has become a message; fails when it was cancelled or submitted meanwhile."""
    values = {"state": str(SendState.SUBMITTED), "conversation_id": conversation_id, "position": position}
    return Update(keys.send(send.id), set=values, condition=_OPEN)


def ended(table: Table, send: Send, state: SendState, **values: Any) -> bool:
    """The wish ends here; False when it was over or submitted before."""
    try:
        table.update(Update(keys.send(send.id), set={"state": str(state), **values}, condition=_OPEN))
    except ConditionFailed:
        return False
    return True


def _item(send: Send) -> Item:
    key = keys.send(send.id)
    listed = {"GSI1PK": keys.sends_of_batch(send.batch_id), "GSI1SK": f"{send.index:05d}"} if send.batch_id else {}
    values = {name: _plain(value) for name, value in send.model_dump(exclude_none=True).items()}
    return {"PK": key.pk, "SK": key.sk, **listed, **values}


def _kept(send: Send) -> Kept:
    return Kept("sends", max(send.scheduled_at or send.created_at, send.created_at))


def _plain(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value
