"""The route of the search for tickets."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.converse.search import service
from chalicelib.converse.search.service import Found, SearchQuery
from chalicelib.converse.sight import sight_of
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.wiring import World

bp = Blueprint(__name__)


@endpoint(bp, "GET", "/api/v1/tickets/search", permission=Permission.TICKETS_READ, tag="Tickets")
def search_tickets(user: CurrentUser, query: SearchQuery, world: World) -> Page[Found]:
    """Finds tickets by id, customer (name, number, e-mail) or words that were written in the last thirteen months.

    A page may be short and still have a next one: tickets the caller may not see are left out.
    """
    return service.find(world.table, sight_of(world.table, user), query, world.clock())
