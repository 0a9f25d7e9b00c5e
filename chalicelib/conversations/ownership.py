"""Who speaks for us in a conversation: a bot, an agent or nobody, with an epoch that fences off what was decided before."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock
from chalicelib.cloud.table import Operation, Table, Update
from chalicelib.conversations import store
from chalicelib.conversations.model import Conversation, OwnerKind

_POLL_SECONDS = 0.1


def changed(before: Conversation, owner: OwnerKind, owner_id: str) -> Update:
    """Hands the conversation over, in a transaction with whatever goes with it; fails if it changed hands meanwhile."""
    return Update(
        keys.conversation(before.id),
        set={"owner": str(owner), "owner_id": owner_id, "epoch": before.epoch + 1},
        condition=Attr("epoch").eq(before.epoch),
    )


def take(
    table: Table,
    conversation_id: str,
    owner: OwnerKind,
    owner_id: str,
    *,
    clock: Clock,
    also: Callable[[Conversation], list[Operation]] = lambda _: [],
    sleep: Callable[[float], None] = time.sleep,
) -> Conversation:
    """Hands the conversation over and answers only when nothing decided before can still leave.

    `also` gives operations for the same transaction. Raises ConversationMissing, ConditionFailed.
    """
    before = store.get(table, conversation_id)
    if (before.owner, before.owner_id) == (owner, owner_id) and not also(before):
        return before
    table.transact([changed(before, owner, owner_id), *also(before)])
    _wait_for_claims(table, conversation_id, clock, sleep)
    return store.get(table, conversation_id)


def _wait_for_claims(table: Table, conversation_id: str, clock: Clock, sleep: Callable[[float], None]) -> None:
    """A claim made under the old epoch may still be on the wire; each ends by being released or by its own time."""
    first = _claims(table, conversation_id, clock())
    while first & _claims(table, conversation_id, clock()):
        sleep(_POLL_SECONDS)


def _claims(table: Table, conversation_id: str, now: datetime) -> set[str]:
    item = table.get(keys.conversation(conversation_id)) or {}
    return {attempt for attempt, ends in item.get("claims", {}).items() if datetime.fromisoformat(ends) > now}


def claim_lasts(connect_timeout: float, read_timeout: float) -> timedelta:
    """How long a claim can be in flight at the most: the client's time-outs and the two writes around them."""
    return timedelta(seconds=connect_timeout + read_timeout + 5)
