"""How often strangers may do something: counted in the table, per stretch of time, so that all processes count together."""

from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import ConditionFailed, Table, Update
from chalicelib.dataclass import dataclass
from chalicelib.problems import TooMany


@dataclass(frozen=True)
class Limit:
    """At most so many within each stretch."""

    name: str
    most: int
    stretch: timedelta


SESSIONS_OF_AN_ADDRESS = Limit("sessions/address", 30, timedelta(minutes=10))
SESSIONS_OF_A_CHAT = Limit("sessions/chat", 300, timedelta(minutes=1))
MESSAGES_OF_A_VISITOR = Limit("messages/visitor", 20, timedelta(minutes=1))
MESSAGES_OF_A_CHAT = Limit("messages/chat", 600, timedelta(minutes=1))
READS_OF_A_VISITOR = Limit("reads/visitor", 120, timedelta(minutes=1))


class TooOften(TooMany):
    """More than we take from one visitor, one address or one chat."""

    def __init__(self, limit: Limit) -> None:
        super().__init__("That was too often. Wait a moment.")
        self.limit = limit.name


def count(table: Table, limit: Limit, whose: str, now: datetime) -> None:
    """Counts one more; one write. Raises TooOften."""
    seconds = int(limit.stretch.total_seconds())
    slot = epoch(now) // seconds
    place = keys.web_chat_limit(f"{limit.name}/{whose}", slot)
    room = Attr("number").not_exists() | Attr("number").lt(limit.most)
    over = (slot + 2) * seconds
    try:
        table.update(Update(place, add={"number": 1}, set={"expires_at": over}, condition=room))
    except ConditionFailed as full:
        raise TooOften(limit) from full
