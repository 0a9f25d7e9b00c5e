"""A thousand waiting tickets, ten workers at once, agents who come and vanish: each ticket in one pair of hands, none lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from chalicelib.cloud import keys
from chalicelib.converse import assignment
from chalicelib.converse.agents import presence
from chalicelib.converse.tickets.model import HistoryEntry, Ticket
from tests.faults.conftest import Stormed
from tests.integration.converse.conftest import Shop
from tests.support.desk import desk

TICKETS, WORKERS, CAPACITY = 1000, 10, 100


def _tickets(shop: Shop) -> list[Ticket]:
    items = shop.world.table.items()  # type: ignore[attr-defined]
    return [Ticket.model_validate(item) for item in items if item["SK"] == "TICKET"]


def _given(shop: Shop, ticket_id: str) -> int:
    """How often the history says that it was given to somebody."""
    rows = shop.world.table.query_all(keys.ticket(ticket_id).pk, prefix="HISTORY#")
    return sum(HistoryEntry.model_validate(row).action == "assigned" for row in rows)


def _together(shop: Shop) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: assignment.drain(shop.world, ["default"]), range(WORKERS)))


def _come(shop: Shop, *names: str) -> None:
    for name in names:
        shop.at_work(name, capacity=CAPACITY)
        presence.hear(shop.world.table, name, shop.clock())


def _agree(shop: Shop) -> Counter[str]:
    """What the tickets say and what the agents say is the same."""
    held = Counter(ticket.agent_id for ticket in _tickets(shop) if ticket.in_hand)
    assert all(shop.agent(name).load == number <= CAPACITY for name, number in held.items())
    return held


def test_a_thousand_tickets_are_drained_when_agents_appear_and_again_when_half_of_them_vanish(stormed: Stormed) -> None:
    shop = desk()
    for n in range(TICKETS):
        shop.writes(wa_id=f"6591{n:06}")
        shop.clock.advance(seconds=1)
    ages = {ticket.id: ticket.in_line_since for ticket in _tickets(shop)}
    first = [f"first{n}" for n in range(10)]
    _come(shop, *first)
    _together(shop)
    assert _agree(shop) == dict.fromkeys(first, CAPACITY)

    stay, gone = first[:5], first[5:]
    shop.clock.advance(seconds=46)
    for name in stay:
        presence.hear(shop.world.table, name, shop.clock())
    with ThreadPoolExecutor(WORKERS) as pool:  # every look of every timers function at once
        list(pool.map(lambda _: presence.watch(shop.world), range(3)))
    assert _agree(shop) == dict.fromkeys(stay, CAPACITY)
    waiting = [ticket for ticket in _tickets(shop) if ticket.in_line]
    assert len(waiting) == TICKETS // 2
    assert {ticket.id: ticket.in_line_since for ticket in _tickets(shop)} == ages
    assert all(shop.agent(name).load == 0 for name in gone)

    _come(shop, *(f"second{n}" for n in range(5)))
    _together(shop)
    assert sum(_agree(shop).values()) == TICKETS
    returned = {ticket.id for ticket in waiting}
    given = Counter(_given(shop, ticket.id) for ticket in _tickets(shop))
    stormed(
        "Waiting tickets, ten assigning at once, half of the agents vanish",
        tickets=TICKETS, given_once=given[1], given_again_after_their_agent_vanished=given[2],
    )  # fmt: skip
    assert {ticket.id: _given(shop, ticket.id) for ticket in _tickets(shop)} == {
        ticket_id: 2 if ticket_id in returned else 1 for ticket_id in ages
    }
