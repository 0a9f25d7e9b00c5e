"""A message of a conversation as the outbound gate's ledger entry."""

from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.cloud import keys, retention
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Operation, Table, TransactionRefused, Update
from chalicelib.conversations import store, template_counts, unconfirmed
from chalicelib.conversations.model import Failure, Message, MessageStatus
from chalicelib.conversations.outbound import (
    Declined,
    OwnershipLost,
    Postponed,
    Refused,
    Taken,
    Unconfirmed,
    Verdict,
)
from chalicelib.events import model as events
from chalicelib.events.model import Event


def callback(message: Message) -> str:
    """What names this message to the status webhook."""
    return f"m:{message.conversation_id}|{message.position}"


class MessageEntry:
    """Keeps the fate of one outbound message. The claim is also noted on the conversation: a take-over waits for it."""

    def __init__(self, table: Table, message: Message, claim_lasts: timedelta) -> None:
        self._table, self._message, self._claim_lasts = table, message, claim_lasts

    @property
    def attempts(self) -> int:
        """How often it has been claimed before."""
        return self._message.attempts

    @property
    def _keep(self) -> int | None:
        return retention.current(self._table).messages

    def settled(self) -> bool:
        """Whether it has left, or been given up."""
        return self._message.status is not MessageStatus.QUEUED

    def claim(self, attempt: str, now: datetime) -> bool:
        """queued → sending, if the conversation is still in the hands this message was decided in."""
        message = self._message
        owned: ConditionBase = Attr("PK").exists()
        if message.epoch is not None:
            owned &= Attr("epoch").eq(message.epoch)
        claimed = Update(
            keys.message(message.conversation_id, message.position),
            set={
                "status": str(MessageStatus.SENDING),
                "rank": MessageStatus.SENDING.rank,
                "attempt": attempt,
                "claimed_at": stamp(now),
            },
            add={"attempts": 1},
            condition=Attr("status").eq(str(MessageStatus.QUEUED)),
        )
        in_flight = Update(
            keys.conversation(message.conversation_id),
            set={f"claims.{attempt}": stamp(now + self._claim_lasts)},
            condition=owned,
        )
        try:
            self._table.transact([claimed, in_flight])
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return False
            raise OwnershipLost from refused
        return True

    def record(self, attempt: str | None, verdict: Verdict, now: datetime) -> None:
        """Keeps the verdict and releases the claim. A status webhook may have been faster: it is never moved back."""
        operations = [*self._changes(verdict, now), events.stored(self._event(verdict, attempt, now))]
        if isinstance(verdict, Taken):
            operations.append(store.named(self._message, verdict.wamid, self._keep))
        try:
            self._table.transact(operations)
        except TransactionRefused as refused:
            if isinstance(verdict, Taken) and 0 in refused.failed:
                self._name_only(verdict)
        if attempt is not None:
            released = Update(keys.conversation(self._message.conversation_id), remove=[f"claims.{attempt}"])
            self._table.update(released)

    def _changes(self, verdict: Verdict, now: datetime) -> list[Operation]:
        message = self._message
        match verdict:
            case Taken(wamid=wamid):
                return [store.moved(message, MessageStatus.ACCEPTED, wamid=wamid)]
            case Unconfirmed():
                return unconfirmed.doubted(message, now)
            case Postponed():
                return [_requeued(message)]
            case Declined(reason, text):
                failure = Failure(reason=reason, text=text)
            case Refused(code, text, rule):
                failure = Failure(reason=str(rule.error_class), text=text, code=code)
            case _:
                raise AssertionError(f"nothing to record for {verdict}")
        kept = failure.model_dump(exclude_none=True)
        failed = store.moved(message, MessageStatus.FAILED, failed_at=now, failure=kept)
        return [failed, *template_counts.counted(message, MessageStatus.FAILED, failure)]

    def _event(self, verdict: Verdict, attempt: str | None, now: datetime) -> Event:
        message = self._message
        return Event(
            id=f"{message.id}.{attempt or 'declined'}",
            type="message.status",
            at=now,
            topic="conversation",
            subject=message.conversation_id,
            data={"message_id": message.id, "position": message.position, "status": str(_status(verdict))},
        )

    def _name_only(self, taken: Taken) -> None:
        message = self._message
        try:
            self._table.transact(
                [
                    Update(keys.message(message.conversation_id, message.position), set={"wamid": taken.wamid}),
                    store.named(message, taken.wamid, self._keep),
                ]
            )
        except ConditionFailed:
            return  # the status webhook has noted both


def _status(verdict: Verdict) -> MessageStatus:
    """Where the message stands with this verdict."""
    match verdict:
        case Taken():
            return MessageStatus.ACCEPTED
        case Unconfirmed():
            return MessageStatus.UNKNOWN
        case Postponed():
            return MessageStatus.QUEUED
        case _:
            return MessageStatus.FAILED


def _requeued(message: Message) -> Update:
    return Update(
        keys.message(message.conversation_id, message.position),
        set={"status": str(MessageStatus.QUEUED), "rank": MessageStatus.QUEUED.rank},
        condition=Attr("status").eq(str(MessageStatus.SENDING)),
    )
