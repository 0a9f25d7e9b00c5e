"""Waits and held messages in the main table, beside the conversation they belong to.

Who comes second sees the other: a message is held before the waits are read, a wait is written before the messages are.
"""

from dataclasses import field
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.automation.instances.waits import Held, Wait, WaitStatus
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Item, Kept, Table, TransactionRefused, Update
from chalicelib.dataclass import dataclass

_ABSENT = Attr("PK").not_exists()


@dataclass(frozen=True)
class Around:
    instances: list[str]
    waits: list[Wait]
    held: list[Held]
    silent: list[str] = field(default_factory=list)
    """Running instances that have not spoken yet and hear nothing."""


@dataclass(frozen=True)
class Waits:
    table: Table

    def around(self, conversation_id: str) -> Around:
        """All that automation keeps with a conversation: its running instances, waits and held messages."""
        found = Around([], [], [])
        pk = keys.conversation(conversation_id).pk
        for item in self.table.query_all(pk, prefix="AUTOMATION#", consistent=True):
            match item["SK"].split("#")[1]:
                case "INSTANCE":
                    listening = found.instances if item.get("hears", True) else found.silent
                    listening.append(item["instance_id"])
                case "WAIT":
                    found.waits.append(Wait.model_validate(item))
                case "HELD":
                    found.held.append(Held.model_validate(item))
        return found

    def find_wait(self, conversation_id: str, wait_id: str) -> Wait | None:
        item = self.table.get(keys.wait(conversation_id, wait_id))
        return Wait.model_validate(item) if item else None

    def park(self, wait: Wait) -> Wait:
        """Writes a wait, or gives an existing one a new token unless it is over. Answers the wait as it then is."""
        key = keys.wait(wait.conversation_id, wait.id)
        item = {"PK": key.pk, "SK": key.sk, **_dumped(wait)}
        waiting = Attr("PK").exists() & Attr("status").eq(str(WaitStatus.WAITING))
        try:
            self.table.put(item, condition=_ABSENT, kept=Kept("workflows", wait.deadline))
            return wait
        except ConditionFailed:
            pass
        try:
            return Wait.model_validate(self.table.update(Update(key, set={"token": wait.token}, condition=waiting)))
        except ConditionFailed:
            return self.find_wait(wait.conversation_id, wait.id) or wait

    def answer(self, wait: Wait, held: Held, now: datetime) -> bool:
        """Gives a held message to a wait. One transaction: a message answers one wait, a wait takes one message."""
        answered = Update(
            keys.wait(wait.conversation_id, wait.id),
            set={"status": str(WaitStatus.ANSWERED), "answer": held.document, "answered_at": stamp(now)},
            condition=Attr("status").eq(str(WaitStatus.WAITING)),
        )
        claimed = Update(
            keys.held(held.conversation_id, held.position),
            set={"claimed_by": wait.id},
            condition=Attr("PK").exists() & Attr("claimed_by").eq(""),
        )
        try:
            self.table.transact([answered, claimed])
        except TransactionRefused:
            return False
        return True

    def end_wait(self, wait: Wait, status: WaitStatus) -> Wait:
        """`waiting → timed out | cancelled`; answers the wait as it then is, which may be answered."""
        key = keys.wait(wait.conversation_id, wait.id)
        waiting = Attr("status").eq(str(WaitStatus.WAITING))
        try:
            return Wait.model_validate(self.table.update(Update(key, set={"status": str(status)}, condition=waiting)))
        except ConditionFailed:
            return self.find_wait(wait.conversation_id, wait.id) or wait

    def hold(self, held: Held) -> Held:
        """Keeps a message for the running instances; a redelivered one is found as it is."""
        key = keys.held(held.conversation_id, held.position)
        item = {"PK": key.pk, "SK": key.sk, **_dumped(held)}
        try:
            self.table.put(item, condition=_ABSENT, kept=Kept("workflows", held.arrived_at))
        except ConditionFailed:
            return Held.model_validate(self.table.get(key) or item)
        return held

    def claim_held(self, held: Held, by: str) -> bool:
        """Takes a held message for one purpose: a burst, or the way back to the front door."""
        claimed = Update(
            keys.held(held.conversation_id, held.position),
            set={"claimed_by": by},
            condition=Attr("PK").exists() & Attr("claimed_by").is_in(["", by]),
        )
        try:
            self.table.update(claimed)
        except ConditionFailed:
            return False
        return True

    def forget_held(self, held: Held) -> None:
        self.table.delete(keys.held(held.conversation_id, held.position))


def _dumped(model: Wait | Held) -> Item:
    return {
        name: stamp(value) if isinstance(value, datetime) else value
        for name, value in model.model_dump(exclude_none=True).items()
    } | ({"status": str(model.status)} if isinstance(model, Wait) else {})
