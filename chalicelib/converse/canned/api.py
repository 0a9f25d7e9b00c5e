"""Routes of canned replies."""

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.converse.canned import service
from chalicelib.converse.canned.model import CannedReply, CannedReplyDraft, FilledReply
from chalicelib.converse.queues.model import Id
from chalicelib.converse.sight import sight_of
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.media.shapes import MediaView
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.CANNED_REPLIES_READ, Permission.CANNED_REPLIES_WRITE
_TAG = "Canned replies"


class CannedReplyQuery(Shape):
    """Which ones."""

    queue_id: Id | None = Field(default=None, description="Only those of this queue, and those of all.")
    q: str = Field(default="", max_length=100, description="Words of title, shortcut, category or text.")


class FilledForTicket(FilledReply):
    """The words for the composer, and the file that goes with them."""

    media: MediaView | None


@endpoint(bp, "GET", "/api/v1/canned-replies", permission=_READ, tag=_TAG)
def list_canned_replies(user: CurrentUser, query: CannedReplyQuery, world: World) -> Page[CannedReply]:
    """Lists the canned replies the caller may use, by title."""
    sight = sight_of(world.table, user)
    return Page[CannedReply](items=service.usable(world, sight, query.queue_id, query.q))


@endpoint(bp, "POST", "/api/v1/canned-replies", permission=_WRITE, status=201, tag=_TAG)
def create_canned_reply(user: CurrentUser, body: CannedReplyDraft, world: World) -> CannedReply:
    """Adds a canned reply, for all queues or some."""
    return service.create(world, sight_of(world.table, user), body)


@endpoint(bp, "GET", "/api/v1/canned-replies/{cannedReplyId}", permission=_READ, tag=_TAG)
def get_canned_reply(user: CurrentUser, canned_reply_id: str, world: World) -> CannedReply:
    """Reads one canned reply."""
    return service.get(world, sight_of(world.table, user), canned_reply_id)


@endpoint(bp, "PUT", "/api/v1/canned-replies/{cannedReplyId}", permission=_WRITE, tag=_TAG)
def replace_canned_reply(
    user: CurrentUser, canned_reply_id: str, body: CannedReplyDraft, if_match: int | None, world: World
) -> CannedReply:
    """Writes a canned reply anew; If-Match names the version that was read, and another one is refused."""
    return service.replace(world, sight_of(world.table, user), canned_reply_id, body, if_match)


@endpoint(bp, "DELETE", "/api/v1/canned-replies/{cannedReplyId}", permission=_WRITE, tag=_TAG)
def delete_canned_reply(user: CurrentUser, canned_reply_id: str, world: World) -> None:
    """Removes a canned reply."""
    service.delete(world, sight_of(world.table, user), canned_reply_id)


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/canned-replies/{cannedReplyId}", permission=_READ, tag=_TAG)
def fill_canned_reply(user: CurrentUser, ticket_id: str, canned_reply_id: str, world: World) -> FilledForTicket:
    """Fills a canned reply in for a ticket's customer: the text is for the composer, nothing is sent."""
    sight = sight_of(world.table, user)
    words, file = service.filled(world, sight, sight.read(world.table, ticket_id), canned_reply_id)
    return FilledForTicket(text=words.text, missing=words.missing, media=MediaView.of(world, file) if file else None)
