"""In which lists a ticket stands. Each list is a partition of small rows, so that a page costs one query whatever the total.

A row's place does not depend on messages: lists are ordered by the ticket's birth (its id), lines by who is to be served
next. So a page neither skips nor repeats a ticket while others move, and a message writes no row.
"""

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Delete, Key, Operation, Put
from chalicelib.converse.tickets.model import Ticket


def rows(ticket: Ticket) -> set[Key]:
    """The rows of this ticket, by its present state."""
    found = {
        keys.ticket_view(view, ticket.id)
        for view in (
            "all",
            f"status/{ticket.status}",
            f"queue/{ticket.queue_id}",
            f"queue/{ticket.queue_id}/{ticket.status}",
            f"conversation/{ticket.conversation_id}",
            customer(ticket.contact_id),
        )
    }
    if ticket.agent_id:
        snoozing = ticket.snoozed_until is not None
        found.add(keys.ticket_view(agent(ticket.agent_id, closed=ticket.is_closed, snoozed=snoozing), ticket.id))
    if ticket.spam and not ticket.is_closed:
        found.add(keys.ticket_view(f"spam/{ticket.queue_id}", ticket.id))
    if ticket.in_line:
        found.add(keys.ticket_view(f"line/{ticket.queue_id}", place_in_line(ticket)))
    return found


def agent(agent_id: str, *, closed: bool = False, snoozed: bool = False) -> str:
    """The view of an agent's tickets: those to work on, those put off, or those closed."""
    return f"agent/{agent_id}" + ("/closed" if closed else "/snoozed" if snoozed else "")


def customer(contact_id: str) -> str:
    """The view of a customer's tickets on all channels."""
    return f"customer/{contact_id}"


def place_in_line(ticket: Ticket) -> str:
    """Most urgent first, then re-opened ones, then the oldest."""
    return f"{ticket.priority.rank}#{0 if ticket.reopened else 1}#{stamp(ticket.in_line_since)}#{ticket.id}"


def ticket_id_of(place: str) -> str:
    """The ticket a row stands for."""
    return place.rpartition("#")[2]


def moved(before: Ticket | None, after: Ticket) -> list[Operation]:
    """The rows that go and come with a change."""
    old, new = rows(before) if before else set(), rows(after)
    gone: list[Operation] = [Delete(key) for key in sorted(old - new)]
    come: list[Operation] = [Put({"PK": key.pk, "SK": key.sk}) for key in sorted(new - old)]
    return gone + come
