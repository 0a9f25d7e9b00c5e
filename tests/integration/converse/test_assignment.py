"""Tickets find agents: one each, in order, never beyond capacity, however many workers assign at once."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.access.permissions import Role
from chalicelib.conversations.model import OwnerKind
from chalicelib.converse import assignment
from chalicelib.converse.agents import store as agents
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import Status
from tests.integration.converse.conftest import Shop


def test_a_new_ticket_goes_to_an_available_agent_and_is_open(shop: Shop) -> None:
    shop.at_work("ana")
    message = shop.writes()
    ticket = shop.ticket(message)
    assert (ticket.status, ticket.agent_id, shop.agent("ana").load) == (Status.OPEN, "ana", 1)
    conversation = shop.conversation(message)
    assert (conversation.owner, conversation.owner_id, conversation.epoch) == (OwnerKind.AGENT, "ana", 1)


def test_nobody_gets_more_than_their_capacity(shop: Shop) -> None:
    shop.at_work("ana", capacity=2)
    for n in range(4):
        shop.writes(wa_id=f"65912345{n:02}")
    assert shop.agent("ana").load == 2
    assert store.count(shop.world.table, "line/default", 10) == 2


def test_round_robin_takes_turns(shop: Shop) -> None:
    shop.at_work("ana")
    shop.at_work("ben")
    got = []
    for n in range(4):
        shop.clock.advance(seconds=1)
        got.append(shop.ticket(shop.writes(wa_id=f"65912345{n:02}")).agent_id)
    assert sorted(got[:2]) == sorted(got[2:]) == ["ana", "ben"]


def test_the_oldest_waits_least_and_the_urgent_not_at_all(shop: Shop) -> None:
    tickets = []
    for n in range(3):
        shop.clock.advance(seconds=1)
        tickets.append(shop.ticket(shop.writes(wa_id=f"65912345{n:02}")))
    urgent = tickets[2].model_copy(update={"priority": "urgent"})
    boss = shop.hire("boss", role=Role.SUPERVISOR)
    assert boss.patch(f"/api/v1/tickets/{urgent.id}", {"priority": "urgent"}).status == 200
    shop.at_work("ana", capacity=2)
    assert assignment.drain(shop.world, ["default"]) == 2
    assert [shop.ticket(ticket.id).agent_id for ticket in tickets] == ["ana", "", "ana"]


def test_ten_workers_give_each_ticket_to_one_agent(shop: Shop) -> None:
    tickets = [shop.ticket(shop.writes(wa_id=f"65912345{n:02}")).id for n in range(8)]
    for person in ("ana", "ben", "cid"):
        shop.at_work(person, capacity=2)
    with ThreadPoolExecutor(10) as pool:
        given = sum(pool.map(lambda _: assignment.drain(shop.world, ["default"]), range(10)))
    assert given == 6
    held = [shop.ticket(ticket).agent_id for ticket in tickets]
    assert sorted(held) == [""] * 2 + ["ana"] * 2 + ["ben"] * 2 + ["cid"] * 2
    assert held[:6].count("") == 0, "the oldest six are served"
    assert {agent.id: agent.load for agent in agents.every(shop.world.table)} == {"ana": 2, "ben": 2, "cid": 2}


def test_a_ticket_nobody_free_can_serve_does_not_stop_those_behind_it(shop: Shop) -> None:
    shop.open_queue("vip", conditions=[{"type": "channel", "values": ["ch1"]}], members=[{"agent_id": "ben"}])
    first = shop.writes(wa_id="6591234567")
    shop.at_work("ana")
    second = shop.writes(wa_id="6591234568", number="9")
    assignment.drain(shop.world, ["vip", "default"])
    assert (shop.ticket(first).agent_id, shop.ticket(second).agent_id) == ("", "ana")


def test_a_reopened_ticket_returns_to_who_had_it(shop: Shop) -> None:
    ana = shop.hire("ana")
    shop.at_work("ana")
    shop.at_work("ben")
    message = shop.writes()
    holder = shop.ticket(message).agent_id
    caller = ana if holder == "ana" else shop.hire("ben")
    caller.post(f"/api/v1/tickets/{message.ticket_id}/resolve", {})
    shop.clock.advance(minutes=5)
    shop.writes("Still there?")
    again = shop.ticket(message)
    assert (again.agent_id, again.status) == (holder, Status.OPEN)
