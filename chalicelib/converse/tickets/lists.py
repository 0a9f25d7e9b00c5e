"""Lists of tickets for people: which rows they read, and the tickets with what a list shows of their conversations.

A page costs one query (one for each queue of a reader who does not see all) and two batch reads, whatever the total.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

from chalicelib.channels.model import ChannelType
from chalicelib.cloud import keys
from chalicelib.cloud.pages import BadPageToken
from chalicelib.cloud.table import Key, Table
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.conversations import carriers
from chalicelib.conversations.model import Conversation
from chalicelib.converse.sight import Sight
from chalicelib.converse.tickets import shapes, store, views
from chalicelib.converse.tickets.model import UNCLOSED, Status, Ticket
from chalicelib.converse.tickets.shapes import Counts, TicketQuery, TicketView
from chalicelib.http.paging import Page, PageQuery
from chalicelib.problems import Forbidden, Invalid

MOST_COUNTED = 1000


def page(table: Table, sight: Sight, query: TicketQuery, now: datetime) -> Page[TicketView]:
    """One page of a view. Raises Forbidden, Invalid, BadPageToken."""
    names, newest_first = _views(sight, query)
    places = store.places(table, names, limit=query.limit + 1, after=_position(query.next), newest_first=newest_first)
    more, places = len(places) > query.limit, places[: query.limit]
    found = store.get_many(table, [views.ticket_id_of(place) for place in places])
    shown = [ticket for ticket in found if _fits(ticket, query) and sight.sees(ticket)]
    return Page[TicketView](items=present(table, shown, now), next=_token(places[-1]) if more else None)


def earlier(table: Table, names: list[str], query: PageQuery, before: str, now: datetime) -> Page[TicketView]:
    """One page of these views, from the tickets older than `before` on."""
    after = _position(query.next) or before
    places = store.places(table, names, limit=query.limit + 1, after=after)
    more, places = len(places) > query.limit, places[: query.limit]
    found = store.get_many(table, places)
    return Page[TicketView](items=present(table, found, now), next=_token(places[-1]) if more else None)


def of_customer(table: Table, contact_id: str) -> list[str]:
    """The views of a customer's tickets; who was merged into them had some, too."""
    contact = identity.get(table, contact_id)
    return [views.customer(each) for each in (contact_id, *sorted(contact.merged_from if contact else ()))]


def present(table: Table, tickets: list[Ticket], now: datetime) -> list[TicketView]:
    """The tickets as clients see them; one batch read for all."""
    wanted = [key for ticket in tickets for key in _beside(ticket)]
    items = table.get_many(wanted)
    answer = []
    for ticket in tickets:
        conversation_key, contact_key = _beside(ticket)
        conversation = Conversation.model_validate(items[conversation_key]) if conversation_key in items else None
        contact = Contact.model_validate(items[contact_key]) if contact_key in items else None
        answer.append(_presented(ticket, conversation, contact, now))
    return answer


def counts(table: Table, sight: Sight) -> Counts:
    """The numbers beside the views. Closed tickets are not counted: they only grow."""
    queues = sorted(sight.serves | sight.oversees)
    by_queue: dict[str, dict[str, int]] = {}
    for queue_id in queues:
        by_queue[queue_id] = {"unassigned": store.count(table, f"line/{queue_id}", MOST_COUNTED)}
        if queue_id in sight.oversees:
            by_queue[queue_id] |= {s: store.count(table, f"queue/{queue_id}/{s}", MOST_COUNTED) for s in UNCLOSED}
    return Counts(
        most=MOST_COUNTED,
        mine=store.count(table, views.agent(sight.user.id), MOST_COUNTED),
        snoozed=store.count(table, views.agent(sight.user.id, snoozed=True), MOST_COUNTED),
        unassigned=_capped(numbers["unassigned"] for numbers in by_queue.values()),
        by_status={s: _capped(numbers.get(s, 0) for numbers in by_queue.values()) for s in UNCLOSED},
        by_queue=by_queue,
    )


def window_of(kind: ChannelType, closes_at: datetime | None, now: datetime) -> shapes.Window:
    """The window for clients; a channel without one is always open."""
    return shapes.Window(open=carriers.may_write(kind, closes_at, now), closes_at=closes_at)


def _capped(numbers: Iterable[int]) -> int:
    return min(sum(numbers), MOST_COUNTED)


def _views(sight: Sight, query: TicketQuery) -> tuple[list[str], bool]:
    """The rows to read, and whether the newest come first."""
    match query.view or ("all" if sight.oversees or sight.everything else "mine"):
        case "mine":
            return [views.agent(sight.user.id, closed=query.status is Status.CLOSED)], True
        case "snoozed":
            return [views.agent(sight.user.id, snoozed=True)], True
        case "unassigned":
            return [f"line/{each}" for each in _lines(sight, query.queue_id)], False
        case "spam":
            return [f"spam/{each}" for each in _lines(sight, query.queue_id)], True
        case "agent":
            return _of_agent(query), True
        case "queue":
            return [_queue_view(_overseen(sight, query.queue_id), query.status)], True
        case "status":
            if query.status is None:
                raise Invalid("Say which status.", field="status")
            return _wide(sight, query.status), True
        case _:
            return _wide(sight, query.status), True


def _of_agent(query: TicketQuery) -> list[str]:
    if query.agent_id is None:
        raise Invalid("Say which agent.", field="agentId")
    if query.status is Status.CLOSED:
        return [views.agent(query.agent_id, closed=True)]
    return [views.agent(query.agent_id), views.agent(query.agent_id, snoozed=True)]


def _wide(sight: Sight, status: Status | None) -> list[str]:
    if sight.everything:
        return [f"status/{status}" if status else "all"]
    if not sight.oversees:
        raise Forbidden("Agents see their own tickets and those waiting in their queues: view=mine or view=unassigned.")
    return [_queue_view(queue_id, status) for queue_id in sorted(sight.oversees)]


def _queue_view(queue_id: str, status: Status | None) -> str:
    return f"queue/{queue_id}/{status}" if status else f"queue/{queue_id}"


def _lines(sight: Sight, queue_id: str | None) -> list[str]:
    seen = sight.serves | sight.oversees
    if queue_id is None:
        return sorted(seen)
    if queue_id not in seen and not sight.everything:
        raise Forbidden("You do not serve this queue.")
    return [queue_id]


def _overseen(sight: Sight, queue_id: str | None) -> str:
    if queue_id is None:
        raise Invalid("Say which queue.", field="queueId")
    if queue_id not in sight.oversees and not sight.everything:
        raise Forbidden("You do not answer for this queue; view=unassigned shows its waiting tickets if you serve it.")
    return queue_id


def _fits(ticket: Ticket, query: TicketQuery) -> bool:
    return query.status is None or ticket.status is query.status


def _beside(ticket: Ticket) -> tuple[Key, Key]:
    return keys.conversation(ticket.conversation_id), keys.contact(ticket.contact_id)


def _presented(ticket: Ticket, conversation: Conversation | None, contact: Contact | None, now: datetime) -> TicketView:
    known = contact or Contact(id=ticket.contact_id, created_at=ticket.created_at)
    return shapes.ticket_view(
        ticket,
        shapes.ContactView(
            id=known.id,
            name=known.name or known.profile_name or known.username,
            phone=known.phone,
            bsuid=known.bsuid,
            country=known.country,
        ),
        unread=conversation.unread if conversation and conversation.ticket_id == ticket.id else 0,
        owner=str(conversation.owner) if conversation else "nobody",
        window=window_of(ticket.channel_type, (conversation or ticket).window_closes_at, now),
    )


def _token(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _position(token: str | None) -> str:
    """Where a page begins; a token is only a place in a list that the reader may read anyhow."""
    if not token:
        return ""
    try:
        place = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise BadPageToken from error
    if not 0 < len(place) <= 200:
        raise BadPageToken
    return place
