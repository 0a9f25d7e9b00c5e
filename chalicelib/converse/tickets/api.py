"""Routes of tickets: read, move, mark, end."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.pages import read_page
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import lists, service, shapes
from chalicelib.converse.tickets.bulk import Outcome, Wish, carry_out
from chalicelib.converse.tickets.model import HistoryEntry, Ticket
from chalicelib.converse.tickets.service import hand_of
from chalicelib.converse.tickets.shapes import (
    Assignment,
    Counts,
    Ending,
    HistoryView,
    Marks,
    Merge,
    NoteDraft,
    Release,
    Reminder,
    StatusChange,
    TicketQuery,
    TicketView,
    Transfer,
)
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.TICKETS_READ, Permission.TICKETS_WRITE


@endpoint(bp, "GET", "/api/v1/tickets", permission=_READ)
def list_tickets(user: CurrentUser, query: TicketQuery, world: World) -> Page[TicketView]:
    """Lists tickets of a view, the newest first; waiting ones in the order in which they will be served.

    The order does not change while messages come, so pages neither skip nor repeat a ticket.
    """
    return lists.page(world.table, sight_of(world.table, user), query, world.clock())


@endpoint(bp, "GET", "/api/v1/tickets/counts", permission=_READ)
def count_tickets(user: CurrentUser, world: World) -> Counts:
    """Counts the tickets of every view the caller sees."""
    return lists.counts(world.table, sight_of(world.table, user))


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}", permission=_READ)
def get_ticket(user: CurrentUser, ticket_id: str, world: World) -> TicketView:
    """Reads one ticket."""
    return _shown(world, sight_of(world.table, user).read(world.table, ticket_id))


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/history", permission=_READ)
def get_ticket_history(user: CurrentUser, ticket_id: str, query: PageQuery, world: World) -> Page[HistoryView]:
    """Lists what was done to the ticket and its notes, oldest first."""
    sight_of(world.table, user).read(world.table, ticket_id)
    page = read_page(world.table, keys.ticket(ticket_id).pk, token=query.next, limit=query.limit, prefix="HISTORY#")
    entries = [HistoryEntry.model_validate(item) for item in page.items]
    return Page[HistoryView](items=[shapes.history_view(entry) for entry in entries], next=page.next)


@endpoint(bp, "POST", "/api/v1/tickets/bulk", permission=_WRITE)
def change_many_tickets(user: CurrentUser, body: Wish, world: World) -> list[Outcome]:
    """Assigns, transfers, releases, resolves, closes or tags up to 100 tickets; tells of each what became of it."""
    return carry_out(hand_of(world, user), body)


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/claim", permission=_WRITE)
def claim_ticket(user: CurrentUser, ticket_id: str, world: World) -> TicketView:
    """Takes a waiting ticket."""
    return _shown(world, service.claim(hand_of(world, user), ticket_id))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/assign", permission=_WRITE)
def assign_ticket(user: CurrentUser, ticket_id: str, body: Assignment, world: World) -> TicketView:
    """Gives the ticket to an agent; a bot that speaks in the conversation has fallen silent when this answers."""
    return _shown(world, service.assign(hand_of(world, user), ticket_id, body.agent_id, body.note))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/transfer", permission=_WRITE)
def transfer_ticket(user: CurrentUser, ticket_id: str, body: Transfer, world: World) -> TicketView:
    """Puts the ticket into another queue's line; it keeps its age."""
    return _shown(world, service.transfer(hand_of(world, user), ticket_id, body.queue_id, body.note))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/release", permission=_WRITE)
def release_ticket(user: CurrentUser, ticket_id: str, body: Release | None, world: World) -> TicketView:
    """Gives the ticket back into its queue's line; it keeps its age."""
    return _shown(world, service.release(hand_of(world, user), ticket_id, body.note if body else ""))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/status", permission=_WRITE)
def set_ticket_status(user: CurrentUser, ticket_id: str, body: StatusChange, world: World) -> TicketView:
    """Sets the ticket to open, pending or on hold."""
    return _shown(world, service.set_status(hand_of(world, user), ticket_id, body.status, body.reason))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/resolve", permission=_WRITE)
def resolve_ticket(user: CurrentUser, ticket_id: str, body: Ending | None, world: World) -> TicketView:
    """Resolves the ticket: the customer's next message opens it again for a while, then it closes."""
    end = body or Ending()
    return _shown(world, service.resolve(hand_of(world, user), ticket_id, end.disposition, end.summary, end.note))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/close", permission=_WRITE)
def close_ticket(user: CurrentUser, ticket_id: str, body: Ending | None, world: World) -> TicketView:
    """Closes the ticket for good: the customer's next message opens a new one."""
    end = body or Ending()
    return _shown(world, service.close(hand_of(world, user), ticket_id, end.disposition, end.summary, end.note))


@endpoint(bp, "PATCH", "/api/v1/tickets/{ticketId}", permission=_WRITE)
def mark_ticket(user: CurrentUser, ticket_id: str, body: Marks, world: World) -> TicketView:
    """Changes the ticket's priority, tags, label or spam mark."""
    wished = body.model_dump()
    return _shown(world, service.label(hand_of(world, user), ticket_id, **wished))


@endpoint(bp, "PUT", "/api/v1/tickets/{ticketId}/reminder", permission=_WRITE)
def snooze_ticket(user: CurrentUser, ticket_id: str, body: Reminder, world: World) -> TicketView:
    """Puts the ticket off: it leaves its agent's list until the time comes or the customer writes."""
    return _shown(world, service.snooze(hand_of(world, user), ticket_id, body.at, body.note))


@endpoint(bp, "DELETE", "/api/v1/tickets/{ticketId}/reminder", permission=_WRITE, status=200)
def wake_ticket(user: CurrentUser, ticket_id: str, world: World) -> TicketView:
    """Takes the reminder back."""
    return _shown(world, service.wake(hand_of(world, user), ticket_id))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/notes", permission=_WRITE, status=201)
def add_ticket_note(user: CurrentUser, ticket_id: str, body: NoteDraft, world: World) -> HistoryView:
    """Writes an internal note: everybody who sees the ticket may read it, the customer never."""
    return shapes.history_view(service.note(hand_of(world, user), ticket_id, body.text, body.mentions))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/merge", permission=_WRITE)
def merge_ticket(user: CurrentUser, ticket_id: str, body: Merge, world: World) -> TicketView:
    """Closes the ticket as a duplicate of another one and answers the one that stays."""
    return _shown(world, service.merge(hand_of(world, user), ticket_id, body.into))


def _shown(world: World, ticket: Ticket) -> TicketView:
    return lists.present(world.table, [ticket], world.clock())[0]
