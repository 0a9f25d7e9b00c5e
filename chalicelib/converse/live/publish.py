"""From what happened to who must know: rows of the feed, then a hint to each open connection.

The feed is the truth; a hint that is lost or comes twice costs the reader nothing but a read.
"""

from collections.abc import Iterator

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.access import store as people
from chalicelib.access.model import CurrentUser
from chalicelib.converse.agents import presence
from chalicelib.converse.live.audience import addressed, may_know
from chalicelib.converse.queues import store as queues
from chalicelib.converse.sight import among
from chalicelib.events import connections, feed
from chalicelib.events.connections import Connection
from chalicelib.events.feed import Row
from chalicelib.events.model import UNTOLD, Event
from chalicelib.wiring import World

logger = Logger(service="events")
_A_MESSAGE = 200
"""Rows in one push: about 20 KB, below the 32 KB of one WebSocket frame."""


def publish(world: World, events: list[Event]) -> list[Row]:
    """Adds the events to the feed and pushes hints. Raises what the table raises: the stream brings the batch again."""
    events = [event for event in events if event.topic != UNTOLD]
    if not events:
        return []
    rows = feed.append(world.table, addressed(world.table, events), world.clock())
    listeners = list(connections.every(world.table))
    if listeners:
        _push(world, rows, listeners)
    return rows


def drop(world: World, connection: Connection) -> None:
    """A connection is no more; its owner may be gone."""
    connections.closed(world.table, connection.id)
    if connection.kind == "person":
        presence.disconnected(world.table, connection.user_id, connection.id, world.clock())


def hint(rows: list[Row], cursor: int) -> dict[str, object]:
    """What is pushed: which things to read again, and how far the feed is."""
    things = dict.fromkeys((row.topic, row.subject) for row in rows)
    return {"type": "changes", "cursor": str(cursor), "changes": [{"topic": t, "id": s} for t, s in things]}


def _push(world: World, rows: list[Row], listeners: list[Connection]) -> None:
    every_queue = queues.every(world.table)
    users = _users(world, listeners)
    for connection in listeners:
        user = users.get(connection.user_id)
        seen = [row for row in rows if user and may_know(among(every_queue, user), row)]
        for part in _parts(seen):
            if not _post(world, connection, hint(part, rows[-1].number)):
                break


def _users(world: World, listeners: list[Connection]) -> dict[str, CurrentUser]:
    """Read afresh: who has lost a right hears nothing more, though the connection is still open."""
    found = {person.id: person.current() for person in people.users(world.table)}
    machines = {connection.user_id for connection in listeners if connection.kind == "machine"}
    for key in people.api_keys(world.table) if machines else []:
        if key.id in machines and key.is_alive(world.clock()):
            found[key.id] = key.current()
    return found


def _parts(rows: list[Row]) -> Iterator[list[Row]]:
    for start in range(0, len(rows), _A_MESSAGE):
        yield rows[start : start + _A_MESSAGE]


def _post(world: World, connection: Connection, message: dict[str, object]) -> bool:
    try:
        if world.live.post(connection.id, message):
            return True
    except (ClientError, BotoCoreError):
        # The reader falls back on the feed; the batch must not stop for one connection.
        logger.warning("push failed", exc_info=True, extra={"connection_id": connection.id})
        return False
    drop(world, connection)
    return False
