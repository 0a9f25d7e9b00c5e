"""What an inbound message costs at the desk, and what a page of a long list does: counted requests and DynamoDB units.

Units as AWS counts them: a write is one for each KB of the item, two inside a transaction; a consistent read one for each
4 KB, in a query of what it answers together. Every attribute counts, so an update is counted as its whole item.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import Any

from chalicelib.access.permissions import Role, permissions_of
from chalicelib.cloud import keys
from chalicelib.cloud.table import Delete, Put, Update
from chalicelib.converse.reports.counters import count
from chalicelib.converse.search.index import index
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import lists
from chalicelib.converse.tickets.shapes import TicketQuery
from chalicelib.events.model import Event
from tests.bench.rows import Row
from tests.integration.converse.conftest import Shop
from tests.support.api import ROOT
from tests.support.desk import desk

TICKETS = 100_000


class Metered:
    """A table that counts what is asked of it."""

    def __init__(self, table: Any) -> None:
        self._table, self.used = table, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._table, name)
        if name not in {"get", "get_many", "query", "put", "update", "replace", "delete", "transact", "write_many"}:
            return call

        def metered(*given: Any, **how: Any) -> Any:
            answer = call(*given, **how)
            self.used["requests"] += 1
            self._count(name, given, answer)
            return answer

        return metered

    def query_all(self, pk: str, **how: Any) -> Any:
        yield from self.query(pk, **how).items

    def _count(self, name: str, given: tuple[Any, ...], answer: Any) -> None:
        match name:
            case "get":
                self.used["read units"] += _units(answer, 4)
            case "get_many":
                self.used["read units"] += sum(_units(item, 4) for item in answer.values())
            case "query":
                self.used["read units"] += _units(answer.items, 4)
                self.used["queries"] += 1
            case "transact":
                self.used["write units"] += 2 * sum(_units(self._after(each), 1) for each in given[0])
            case "write_many":
                self.used["write units"] += sum(_units(item, 1) for item in given[0])
            case _:
                self.used["write units"] += 1

    def _after(self, operation: Any) -> Any:
        match operation:
            case Put(item=item):
                return item
            case Update(key=key) | Delete(key=key):
                return self._table.get(key)
            case _:
                return None


def _units(value: Any, kilobytes: int) -> int:
    return max(ceil(len(json.dumps(value, default=str)) / (1024 * kilobytes)), 1)


def _message(prepare: Callable[[Shop], None]) -> Counter[str]:
    """What one message costs until it is stored and its acts are done, after this preparation."""
    shop = desk()
    prepare(shop)
    table = Metered(shop.world.table)
    shop.world.table = table  # type: ignore[misc, assignment]
    shop.writes("Where is my order 1042?")
    return table.used


def _stream() -> Counter[str]:
    """What one message costs afterwards: its words for the search, its counters for the reports."""
    shop = desk()
    message = shop.writes("Where is my order 1042?")
    events = [
        Event.model_validate(item)
        for item in shop.world.table.items()  # type: ignore[attr-defined]
        if item["SK"].startswith(keys.EVENT) and message.id in item["SK"]
    ]
    table = Metered(shop.world.table)
    shop.world.table = table  # type: ignore[misc, assignment]
    index(shop.world, events)
    count(shop.world, events)
    return table.used


def _page() -> Counter[str]:
    """A page of 50 of all tickets, among very many."""
    shop = desk()
    newest = [shop.writes(wa_id=f"6591{n:06}").ticket_id for n in range(60)]
    places = (keys.ticket_view("all", f"0{n:025}") for n in range(TICKETS - len(newest)))
    shop.world.table.write_many([{"PK": key.pk, "SK": key.sk} for key in places])
    sight = sight_of(shop.world.table, ROOT.model_copy(update={"permissions": permissions_of(Role.ADMINISTRATOR)}))
    table: Any = Metered(shop.world.table)
    page = lists.page(table, sight, TicketQuery(view="all", limit=50), shop.clock())
    assert len(page.items) == 50
    return Counter(table.used)


def measure() -> list[Row]:
    """Counts, whatever the machine."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

    def at_work(shop: Shop) -> None:
        shop.at_work("ana")

    def open_ticket(shop: Shop) -> None:
        at_work(shop)
        shop.writes("Hello")

    fresh, known, later, page = _message(at_work), _message(open_ticket), _stream(), _page()
    return [
        Row("inbound message, new conversation, assigned: DynamoDB requests", fresh["requests"], 30),
        Row("inbound message, new conversation, assigned: write units", fresh["write units"], 70),
        Row("inbound message, new conversation, assigned: read units", fresh["read units"], 25),
        Row("inbound message, open ticket: DynamoDB requests", known["requests"], 10),
        Row("inbound message, open ticket: write units", known["write units"], 14),
        Row("inbound message, open ticket: read units", known["read units"], 9),
        Row("inbound message, search and reports from the stream: write units", later["write units"], 10),
        Row(f"a page of 50 among {TICKETS:,} tickets: queries", page["queries"], 1),
        Row(f"a page of 50 among {TICKETS:,} tickets: requests", page["requests"], 3),
    ]
