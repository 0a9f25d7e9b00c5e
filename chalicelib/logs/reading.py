"""Reads the message log. Each kind of question has a place where its answers lie in order of time, and is one query a page:

a channel           index 1, of small items that are written once with each message
its failures        index 2, sparse, of the messages themselves
a person            their conversation's own partition, and the ledger's index by address
a campaign          the ledger's rows, run by run
a WhatsApp id       its pointer; a campaign's message is looked for among those to the person the id names

Questions that span several channels merge their lists by time: a query a page and channel. What the lists only point to is
read with one batch.
"""

import base64
import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chalicelib.cloud.clock import stamp
from chalicelib.cloud.pages import BadPageToken
from chalicelib.cloud.table import Item, Table
from chalicelib.dataclass import dataclass
from chalicelib.logs.model import LogFilter, LoggedMessage, matches

_STEP = 200
"""How many entries one page looks at when not all of them match."""


@dataclass(frozen=True)
class Entry:
    """One place in a list. `at` is its sort key, which begins with the time."""

    at: str
    source: str
    item: Item


@dataclass(frozen=True)
class Source:
    """One list in order of time. `name` stands for it in page tokens."""

    name: str
    table: Table
    pk: str
    index: str = ""
    prefix: str = ""

    def before(self, place: str | None, wanted: LogFilter, limit: int) -> tuple[list[Entry], bool]:
        """The newest entries that are older than `place`, and whether there are more."""
        first = stamp(wanted.since) if wanted.since else ""
        last = place or (f"{stamp(wanted.until)}~" if wanted.until else "~")
        page = self.table.query(
            self.pk,
            index=self.index,
            between=(f"{self.prefix}{first or ' '}", f"{self.prefix}{last}"),
            forward=False,
            limit=limit + 1,
        )
        name = f"{self.index}SK" if self.index else "SK"
        found = [Entry(str(item[name]).removeprefix(self.prefix), self.name, item) for item in page.items]
        return [entry for entry in found if entry.at != place], page.next is not None


Load = Callable[[Sequence[Entry]], Iterable[LoggedMessage | None]]
"""The messages behind entries, one each; None where there is none any more."""


def page(
    sources: Sequence[Source], load: Load, wanted: LogFilter, *, limit: int, token: str | None
) -> tuple[list[LoggedMessage], str | None]:
    """A page of all sources as one list, the newest first. Raises BadPageToken."""
    places = _places(token, {source.name for source in sources})
    step = _STEP if wanted.is_narrow else limit
    lists = {source.name: source.before(places.get(source.name), wanted, step) for source in sources}
    taken = _merged(
        [found for found, _ in lists.values()], [found[-1].at for found, more in lists.values() if more], step
    )
    messages: list[LoggedMessage] = []
    for entry, message in zip(taken, load(taken), strict=True):
        places[entry.source] = entry.at
        if message is not None and matches(message, wanted):
            messages.append(message)
            if len(messages) == limit:
                break
    left = any(more or (found and found[-1].at != places.get(name)) for name, (found, more) in lists.items())
    return messages, _token(places) if left else None


def _merged(lists: Iterable[Sequence[Entry]], ends: Sequence[str], step: int) -> list[Entry]:
    """The newest of all lists; nothing that is older than the end of a list of which only a part was read."""
    floor = max(ends, default="")
    merged = heapq.merge(*lists, key=lambda entry: entry.at, reverse=True)
    return [entry for entry in merged if entry.at >= floor][:step]


def _token(places: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(places, separators=(",", ":")).encode()).decode().rstrip("=")


def _places(token: str | None, names: set[str]) -> dict[str, str]:
    if not token:
        return {}
    try:
        found: Any = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise BadPageToken from error
    if not isinstance(found, dict) or not set(found) <= names:
        raise BadPageToken
    if not all(isinstance(place, str) and 0 < len(place.encode("utf-8", "replace")) <= 512 for place in found.values()):
        raise BadPageToken
    return found
