"""What things cost in requests: the same whatever the total."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.access import store as people
from chalicelib.access.permissions import Role
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import lists
from chalicelib.converse.tickets.shapes import TicketQuery
from tests.integration.converse.conftest import Shop


class Counting:
    """A client that notes what it is asked for."""

    def __init__(self, client: Any, counted: Counter[str]) -> None:
        self._client, self._counted = client, counted

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self._counted[name] += 1
            return getattr(self._client, name)(**request)

        return call


@pytest.fixture
def requests(shop: Shop) -> Counter[str]:
    """DynamoDB requests by kind."""
    counted: Counter[str] = Counter()
    shop.world.table.client = Counting(shop.world.table.client, counted)
    return counted


@pytest.mark.parametrize("total", [3, 30])
def test_a_page_costs_one_query_and_two_batch_reads_whatever_the_total(
    shop: Shop, requests: Counter[str], total: int
) -> None:
    for n in range(total):
        shop.writes(wa_id=f"65912345{n:02}")
    shop.hire("root", Role.ADMINISTRATOR)
    person = people.user(shop.world.table, "root")
    assert person is not None
    sight = sight_of(shop.world.table, person.current())
    requests.clear()
    page = lists.page(shop.world.table, sight, TicketQuery(view="all", limit=2), shop.clock())
    assert (len(page.items), requests) == (2, Counter({"query": 1, "batch_get_item": 2}))


def test_a_message_to_an_open_ticket_costs_no_query_and_one_transaction(shop: Shop, requests: Counter[str]) -> None:
    shop.at_work("ana")
    shop.writes("First")
    requests.clear()
    shop.writes("Second")
    assert (requests["query"], requests["transact_write_items"], requests["put_item"]) == (0, 1, 0)
