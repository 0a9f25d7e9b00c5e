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

from moto import mock_aws

from app import app
from chalicelib.access.permissions import Role, permissions_of
from chalicelib.automation.wired import automation
from chalicelib.cloud import keys
from chalicelib.cloud.table import Delete, Put, Update
from chalicelib.converse.dashboard.live import dashboard
from chalicelib.converse.reports.counters import count
from chalicelib.converse.search.index import index
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import lists
from chalicelib.converse.tickets.lists import MOST_COUNTED
from chalicelib.converse.tickets.model import UNCLOSED
from chalicelib.converse.tickets.shapes import TicketQuery
from chalicelib.events.model import Event
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from tests.bench.rows import Row
from tests.integration.converse.conftest import Shop
from tests.support.api import ROOT, Caller
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
            if name == "get_many":
                given = (list(dict.fromkeys(given[0])),)
            answer = call(*given, **how)
            self.used["requests"] += ceil(len(given[0]) / 100) if name == "get_many" else 1
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
                self.used["read units"] += sum(_units(answer.get(key), 4) for key in given[0])
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


def _message_with_workflow(*, waits: bool) -> tuple[Counter[str], int]:
    """What one message costs that starts a workflow, or (`waits`) comes while one runs; and the calls of Step Functions."""
    with mock_aws():
        shop = desk()
        arn, role = "arn:aws:lambda:us-east-1:123456789012:function:parley-step", "arn:aws:iam::123456789012:role/any"
        shop.world.settings = shop.world.settings.model_copy(
            update={"step_function_arn": arn, "state_machine_role_arn": role}
        )
        # Before anybody keeps them: what automation has at hand is made once.
        table, calls = Metered(shop.world.table), Calls(shop.world.client)
        shop.world.table = table  # type: ignore[misc, assignment]
        shop.world.client = calls  # type: ignore[method-assign]
        root = Caller(app, shop.world).as_(Role.ADMINISTRATOR)
        made = root.post(f"/api/v1/accounts/{shop.world.settings.account_id}/definitions", _BOT)
        assert made.status == 201, made.text
        if waits:
            receive(shop.inbound("Hello"), front_door(shop.world))
        automation(shop.world).versions.enabled()  # known to a process from its first message on
        table.used.clear()
        calls.made = 0
        receive(shop.inbound("Where is my order 1042?"), front_door(shop.world))
        return table.used, calls.made


class Calls:
    """Clients of AWS that count what is asked of them."""

    def __init__(self, client_of: Callable[[str], Any]) -> None:
        self._client_of, self.made = client_of, 0

    def __call__(self, service: str) -> Any:
        counting, client = self, self._client_of(service)

        class Counted:
            def __getattr__(self, name: str) -> Any:
                call = getattr(client, name)

                def counted(**given: Any) -> Any:
                    counting.made += 1
                    return call(**given)

                return counted if callable(call) and name[0].islower() and name != "exceptions" else call

        return Counted()


_BOT = {
    "definition": {
        "name": "Bot",
        "steps": [{"id": "ask", "stepType": "Wait", "inputs": {"duration": "1.00:00:00"}}],
    },
    "trigger": "inbound_chat_apps", "status": "enabled",
}  # fmt: skip


def _dashboard() -> Counter[str]:
    """The dashboard of the default queue with very many tickets in every status."""
    shop = desk()
    for status in UNCLOSED:
        view = f"queue/default/{status}"
        places = (keys.ticket_view(view, f"0{n:025}") for n in range(TICKETS // len(UNCLOSED)))
        shop.world.table.write_many([{"PK": key.pk, "SK": key.sk} for key in places])
    sight = sight_of(shop.world.table, ROOT.model_copy(update={"permissions": permissions_of(Role.ADMINISTRATOR)}))
    table: Any = Metered(shop.world.table)
    assert dashboard(table, sight, shop.clock()).queues[0].pending == MOST_COUNTED
    return Counter(table.used)


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
    (starts, machines), (joins, _), desk_now = (
        _message_with_workflow(waits=False),
        _message_with_workflow(waits=True),
        _dashboard(),
    )
    return [
        Row("inbound message, new conversation, assigned: DynamoDB requests", fresh["requests"], 30),
        Row("inbound message, new conversation, assigned: write units", fresh["write units"], 70),
        Row("inbound message, new conversation, assigned: read units", fresh["read units"], 25),
        Row("inbound message, open ticket: DynamoDB requests", known["requests"], 10),
        Row("inbound message, open ticket: write units", known["write units"], 14),
        Row("inbound message, open ticket: read units", known["read units"], 9),
        Row("inbound message that starts a workflow: DynamoDB requests", starts["requests"], 20),
        Row("inbound message that starts a workflow: write units", starts["write units"], 26),
        Row("inbound message that starts a workflow: read units", starts["read units"], 12),
        Row("inbound message that starts a workflow: calls of Step Functions", machines, 1),
        Row("inbound message that a workflow gets: DynamoDB requests", joins["requests"], 14),
        Row("inbound message that a workflow gets: write units", joins["write units"], 10),
        Row("inbound message that a workflow gets: read units", joins["read units"], 11),
        Row("inbound message, search and reports from the stream: write units", later["write units"], 10),
        Row(f"a page of 50 among {TICKETS:,} tickets: queries", page["queries"], 1),
        Row(f"a page of 50 among {TICKETS:,} tickets: requests", page["requests"], 3),
        Row(f"dashboard, a queue with {TICKETS:,} unclosed tickets: requests", desk_now["requests"], 10),
        Row(f"dashboard, a queue with {TICKETS:,} unclosed tickets: read units", desk_now["read units"], 110),
    ]
