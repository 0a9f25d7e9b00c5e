"""Our own list envelope: `{items, next}`, and the query every list takes."""

from typing import Generic, TypeVar

from pydantic import Field

from chalicelib.shape import Envelope, Shape

T = TypeVar("T")


class Page(Envelope, Generic[T]):
    """One page of a list. `next` is the token of the following page and null on the last."""

    items: list[T]
    next: str | None = None


class PageQuery(Shape):
    """Where to start and how many. A list with filters derives its own query from this."""

    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")
    next: str | None = Field(default=None, max_length=4096, description="The token of the page, from the page before.")
