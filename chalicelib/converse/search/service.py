"""Finding tickets: by id, by who the customer is (name, number, address), by what was written.

A page first has the ticket of this id, then those of the customers, then those of messages, newest first. Only tickets the
reader may see are in it; a page may therefore be short and still have a next one.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.cloud import keys
from chalicelib.cloud.pages import BadPageToken
from chalicelib.cloud.table import Table
from chalicelib.contacts import search as contacts
from chalicelib.conversations.model import Message
from chalicelib.converse.search import index
from chalicelib.converse.search.index import Hit, Place
from chalicelib.converse.search.words import words_of
from chalicelib.converse.sight import Sight
from chalicelib.converse.tickets import lists, shapes, store, views
from chalicelib.converse.tickets.model import Status, Ticket
from chalicelib.converse.tickets.shapes import MessageView, TicketView
from chalicelib.converse.tickets.store import TicketMissing
from chalicelib.dataclass import dataclass
from chalicelib.http.paging import Page, PageQuery
from chalicelib.problems import Invalid
from chalicelib.shape import Shape

_MOST_CUSTOMERS = 20
_MOST_READS = 20
"""Queries of one page at the message index: a page of rare words may end early and go on with the next."""
_TICKET_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_FROM_THE_NEWEST = "9999-12@"
Where = Literal["all", "customers", "messages"]


class SearchQuery(PageQuery):
    """What to look for."""

    q: str = Field(
        min_length=2, max_length=200, description="A ticket's id, words of a name, part of a number, or words."
    )
    where: Where = "all"
    status: Status | None = None
    limit: int = Field(default=25, ge=1, le=100)


class Found(Shape):
    """A ticket, and why it is here; `message` is the one with the words."""

    ticket: TicketView
    matched: Literal["id", "customer", "message"]
    message: MessageView | None


@dataclass
class _Page:
    """What has been found so far."""

    limit: int
    tickets: list[tuple[Ticket, Literal["id", "customer", "message"], Message | None]] = field(default_factory=list)
    next: str | None = None

    @property
    def is_full(self) -> bool:
        return len(self.tickets) >= self.limit

    def add(self, ticket: Ticket, why: Literal["id", "customer", "message"], message: Message | None = None) -> None:
        """Once each: the first reason stands."""
        if all(ticket.id != each.id for each, _, _ in self.tickets):
            self.tickets.append((ticket, why, message))


def find(table: Table, sight: Sight, query: SearchQuery, now: datetime) -> Page[Found]:
    """One page of what the reader may see. Raises Invalid, BadPageToken."""
    text = query.q.strip()
    words = words_of(text)
    if not words:
        raise Invalid("Give at least one word or number.", field="q")
    kind, where = _position(query.next)
    found = _Page(query.limit)
    if kind == "" and _TICKET_ID.fullmatch(text.upper()):
        _by_id(table, sight, query, text.upper(), found)
    if kind in {"", "customer"} and query.where != "messages":
        _by_customer(table, sight, query, where, found)
    if found.is_full and found.next is None and query.where != "customers":
        found.next = _token("message", _FROM_THE_NEWEST)
    if found.next is None and query.where != "customers":
        after = Place(*where.split("@", 1)) if kind == "message" else None
        _by_message(table, sight, query, words, now, after, found)
    return _shown(table, found, now)


def _by_id(table: Table, sight: Sight, query: SearchQuery, ticket_id: str, found: _Page) -> None:
    try:
        ticket = sight.read(table, ticket_id)
    except TicketMissing:
        return
    if _fits(sight, query, ticket):
        found.add(ticket, "id")


def _by_customer(table: Table, sight: Sight, query: SearchQuery, after: str, found: _Page) -> None:
    known = contacts.matches(table, query.q)[:_MOST_CUSTOMERS]
    names = [views.customer(each) for contact in known for each in (contact.id, *sorted(contact.merged_from))]
    places = store.places(table, names, limit=query.limit + 1, after=after) if names else []
    for ticket in store.get_many(table, places[: query.limit]):
        if _fits(sight, query, ticket):
            found.add(ticket, "customer")
    if len(places) > query.limit:
        found.next = _token("customer", places[query.limit - 1])


def _by_message(
    table: Table, sight: Sight, query: SearchQuery, words: list[str], now: datetime, after: Place | None, found: _Page
) -> None:
    waiting: list[Hit] = []
    for hit in index.hits(table, words, now, after, most_reads=_MOST_READS):
        if isinstance(hit, Place):
            _take(table, sight, query, waiting, found)
            found.next = found.next or _token("message", "@".join(hit))
            return
        waiting.append(hit)
        if len(waiting) == query.limit:
            _take(table, sight, query, waiting, found)
            waiting = []
            if found.next:
                return
    _take(table, sight, query, waiting, found)


def _take(table: Table, sight: Sight, query: SearchQuery, hits: list[Hit], found: _Page) -> None:
    """The tickets of these messages; when the page is full, it says from where the next one goes on."""
    for hit, message, ticket in _tickets(table, hits):
        if found.is_full:
            return
        if _fits(sight, query, ticket):
            found.add(ticket, "message", message)
        if found.is_full:
            found.next = _token("message", "@".join(hit.place))


def _tickets(table: Table, hits: list[Hit]) -> Iterator[tuple[Hit, Message, Ticket]]:
    """A message that belongs to no ticket (a bot's talk) is shown with its conversation's newest."""
    items = table.get_many(keys.message(hit.conversation_id, hit.place.position) for hit in hits)
    talk: list[tuple[Hit, Message, str]] = []
    newest: dict[str, str] = {}
    for hit in hits:
        item = items.get(keys.message(hit.conversation_id, hit.place.position))
        if item is None:
            continue  # erased meanwhile
        message = Message.model_validate(item)
        ticket_id = message.ticket_id or newest.get(hit.conversation_id)
        if ticket_id is None:
            ticket_id = newest[hit.conversation_id] = store.latest(table, hit.conversation_id)
        talk.append((hit, message, ticket_id))
    known = {ticket.id: ticket for ticket in store.get_many(table, list({id_ for _, _, id_ in talk if id_}))}
    return ((hit, message, known[id_]) for hit, message, id_ in talk if id_ in known)


def _fits(sight: Sight, query: SearchQuery, ticket: Ticket) -> bool:
    return sight.sees(ticket) and (query.status is None or ticket.status is query.status)


def _shown(table: Table, found: _Page, now: datetime) -> Page[Found]:
    seen = lists.present(table, [ticket for ticket, _, _ in found.tickets], now)
    items = [
        Found(ticket=ticket, matched=why, message=shapes.message_view(message) if message else None)
        for ticket, (_, why, message) in zip(seen, found.tickets, strict=True)
    ]
    return Page[Found](items=items, next=found.next)


def _token(kind: str, where: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind, where]).encode()).decode().rstrip("=")


def _position(token: str | None) -> tuple[str, str]:
    """How far the pages before came: which part of the search, and where in it."""
    if not token:
        return "", ""
    try:
        kind, where = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadPageToken from error
    good = kind in {"customer", "message"} and isinstance(where, str) and 0 < len(where.encode()) <= 500
    if not good or (kind == "message" and not re.fullmatch(r"\d{4}-\d{2}@.*", where)):
        raise BadPageToken
    return kind, where
