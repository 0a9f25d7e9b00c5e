"""Lists by page number, as 8x8's API has them, over a table that only knows "go on after this key".

The start of each page is remembered when the page before it is read, so going through a list costs one query a page however
long it is. A jump ahead walks once from the last page that is known.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import Field

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch
from chalicelib.cloud.table import Item, Page, Table
from chalicelib.shape import Envelope, Shape

T = TypeVar("T")

_REMEMBERED = timedelta(hours=6)
_FURTHEST_WALK = 200

Read = Callable[[Item | None], Page]


class NumberedPage(Envelope, Generic[T]):
    """8x8's page envelope. `page` counts from 1."""

    items: list[T]
    page: int
    total_pages: int
    total_count: int
    total_filtered: int
    has_previous_page: bool
    has_next_page: bool


class NumberedQuery(Shape):
    """Which page, counted from 0, and how many on a page."""

    limit: int = Field(default=20, ge=1, le=500, description="Number of items to include in the response.")
    offset: int = Field(default=0, ge=0, le=1_000_000, description="Page offset: 0 is the first page.")


def numbered(
    items: list[T], query: NumberedQuery, *, total: int, filtered: int, more: bool | None = None
) -> NumberedPage[T]:
    """The envelope of one page."""
    pages = -(-filtered // query.limit)
    return NumberedPage(
        items=items,
        page=query.offset + 1,
        total_pages=pages,
        total_count=total,
        total_filtered=filtered,
        has_previous_page=query.offset > 0,
        has_next_page=query.offset + 1 < pages if more is None else more,
    )


def cut(everything: Sequence[T], query: NumberedQuery) -> list[T]:
    """One page of a list that is at hand."""
    start = query.offset * query.limit
    return list(everything[start : start + query.limit])


def page_of(table: Table, listing: str, query: NumberedQuery, read: Read, now: datetime) -> Page:
    """One page of the list that `read` reads from a key on; `listing` names the list and its filters."""
    name = hashlib.sha256(f"{listing}#{query.limit}".encode()).hexdigest()[:32]
    number, start = _nearest(table, name, query.offset)
    if query.offset - number > _FURTHEST_WALK:
        return Page([], None)
    while True:
        page = read(start)
        if page.next is not None:
            key = keys.page_start(name, number + 1)
            expires = epoch(now + _REMEMBERED)
            table.put({"PK": key.pk, "SK": key.sk, "start": page.next, "expires_at": expires})
        if number == query.offset:
            return page
        if page.next is None:
            return Page([], None)
        number, start = number + 1, page.next


def _nearest(table: Table, name: str, wanted: int) -> tuple[int, Item | None]:
    """The last page up to the wanted one whose start is known."""
    if wanted == 0:
        return 0, None
    pk, first, last = keys.page_start(name, 0).pk, keys.page_start(name, 1).sk, keys.page_start(name, wanted).sk
    found = table.query(pk, between=(first, last), forward=False, limit=1, consistent=True).items
    return (int(found[0]["SK"]), found[0]["start"]) if found else (0, None)
