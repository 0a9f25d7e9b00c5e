"""The route of the change feed: the truth behind every live update."""

from datetime import datetime

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.converse.agents import presence
from chalicelib.converse.live.audience import may_know
from chalicelib.converse.sight import sight_of, takes_tickets
from chalicelib.events import feed
from chalicelib.http.endpoint import endpoint
from chalicelib.http.operations import SIGNED_IN
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class ChangesQuery(Shape):
    """From where to read."""

    since: str | None = Field(default=None, pattern=r"^[0-9]{1,15}$", description="The cursor of the answer before.")
    limit: int = Field(default=200, ge=1, le=500)


class Change(Shape):
    """Something to read again; of type `ticket.gone`: it may have left your view."""

    topic: str
    id: str
    type: str
    at: datetime


class Changes(Shape):
    """What changed. `reset`: the cursor is too old or unknown, so read everything afresh and go on from `cursor`."""

    cursor: str
    changes: list[Change]
    more: bool
    reset: bool


class LiveSource(Shape):
    """Where a page gets its live updates."""

    url: str = Field(
        description="The WebSocket; add `?token=<access token>`. Empty: there is none, so ask for changes."
    )
    cursor: str = Field(description="The feed's present end: whatever is read after this answer is at least as new.")


@endpoint(bp, "GET", "/api/v1/live", permission=SIGNED_IN, tag="Live")
def get_live_source(world: World) -> LiveSource:
    """Tells where the WebSocket is and from where to follow the change feed. A page asks once, before it reads anything else."""
    return LiveSource(url=websocket_url(world.settings.websocket_endpoint), cursor=str(feed.head(world.table)))


@endpoint(bp, "GET", "/api/v1/changes", permission=SIGNED_IN, tag="Live")
def list_changes(user: CurrentUser, query: ChangesQuery, world: World) -> Changes:
    """Lists what changed since a cursor, as far as the caller may know; without one it answers the present cursor.

    The WebSocket only hints that there is something to read here. Reading counts as an agent's sign of life.
    """
    if takes_tickets(user):
        presence.hear(world.table, user.id, world.clock())
    if query.since is None:
        return Changes(cursor=str(feed.head(world.table)), changes=[], more=False, reset=False)
    stretch = feed.after(world.table, int(query.since), query.limit)
    sight = sight_of(world.table, user) if stretch.rows else None
    shown = [
        Change(topic=row.topic, id=row.subject, type=row.type, at=row.at)
        for row in stretch.rows
        if sight and may_know(sight, row)
    ]
    return Changes(cursor=str(stretch.cursor), changes=shown, more=stretch.more, reset=stretch.reset)


def websocket_url(endpoint_url: str) -> str:
    """The address pages connect to: that of the connections' own API, by the WebSocket scheme."""
    return f"ws{endpoint_url.removeprefix('http')}" if endpoint_url else ""
