"""One process at a time: a row of the table says who has the turn, and until when."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.automation.steps.commands import StepFailed
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock, epoch, stamp
from chalicelib.cloud.table import ConditionFailed, Key, Table
from chalicelib.dataclass import dataclass

LONGEST = timedelta(seconds=20)
"""A token's call takes ten seconds at most. Who dies inside keeps the others out for so long."""
_TRIES, _PAUSE_SECONDS = 60, 0.25


@dataclass(frozen=True)
class Turns:
    """For connections, whose tokens one process renews at a time."""

    table: Table
    clock: Clock
    new_id: Callable[[], str]
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Waits for the turn. Raises StepFailed, transient, when it does not come."""
        key, me = keys.workflow_vault("turn", name), self.new_id()
        for _ in range(_TRIES):
            if self._taken(key, me):
                break
            self.sleep(_PAUSE_SECONDS)
        else:
            raise StepFailed(f"The connection {name} is being renewed and did not come back.", transient=True)
        try:
            yield
        finally:
            self._given_back(key, me)

    def _taken(self, key: Key, me: str) -> bool:
        now = self.clock()
        until = now + LONGEST
        item = {"PK": key.pk, "SK": key.sk, "holder": me, "until": stamp(until), "expires_at": epoch(until)}
        try:
            self.table.put(item, condition=Attr("PK").not_exists() | Attr("until").lt(stamp(now)))
        except ConditionFailed:
            return False
        return True

    def _given_back(self, key: Key, me: str) -> None:
        try:
            self.table.delete(key, condition=Attr("holder").eq(me))
        except ConditionFailed:
            return  # it took too long, and somebody else has the turn
