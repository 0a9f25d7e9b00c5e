"""Storms at the desk: doubled and shuffled webhooks, statuses in every order, many assigners, agents who vanish."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise, permutations
from typing import Any

from chalice.app import SQSEventConfig

from app import app
from chalicelib.access.permissions import Role
from chalicelib.cloud import keys
from chalicelib.cloud.table import TransactionContended
from chalicelib.contacts.identity import IdentityContended
from chalicelib.conversations import replies, statuses
from chalicelib.conversations import store as conversations
from chalicelib.conversations.entry import callback
from chalicelib.conversations.gate import desk as reply_desk
from chalicelib.conversations.model import Message, Sender
from chalicelib.converse import assignment
from chalicelib.converse.agents import presence
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import Ticket
from chalicelib.inbound import lanes
from chalicelib.inbound.message_lane import take_message
from chalicelib.whatsapp.messages import parse_message
from chalicelib.whatsapp.webhook import InboundMessage, parse
from tests.integration.converse.conftest import Shop
from tests.support.desk import desk
from tests.support.memory import MemoryQueues


def _said(customer: int, number: int, at: int) -> InboundMessage:
    message = {
        "from": f"6591{customer:06}", "id": f"wamid.{customer}.{number}", "type": "text",
        "text": {"body": f"Message {number}"}, "timestamp": str(at + number),
    }  # fmt: skip
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
    assert isinstance(update, InboundMessage)
    return update


def _until_taken(shop: Shop, update: InboundMessage) -> None:
    """SQS brings again what lost too many races."""
    for _ in range(200):
        try:
            take_message(update, shop.door)
        except (TransactionContended, IdentityContended):
            continue
        return
    raise AssertionError("never taken")


def test_fifty_customers_with_twenty_messages_each_three_times_shuffled_and_eight_at_a_time() -> None:
    shop = desk()
    began = int(shop.clock().timestamp()) - 60
    updates = [_said(customer, number, began) for customer in range(50) for number in range(20)] * 3
    random.Random(7).shuffle(updates)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda update: _until_taken(shop, update), updates))
    states = [item for item in shop.world.table.items() if item["SK"] == "STATE"]  # type: ignore[attr-defined]
    assert len(states) == 50
    for state in states:
        log = [
            Message.model_validate(item)
            for item in conversations.messages(shop.world.table, state["id"], oldest_first=True).items
        ]
        assert [message.preview for message in log] == [f"Message {number}" for number in range(20)]
        assert len({message.ticket_id for message in log}) == 1
        assert shop.ticket(state["ticket_id"]).message_count == 20
    assert store.count(shop.world.table, "all", 1000) == 50


def _sent(shop: Shop, name: str) -> Message:
    first = shop.writes()
    draft = replies.Draft(
        id=name, message=parse_message({"type": "text", "text": {"body": "Hi"}}), sender=Sender(kind="system")
    )
    return replies.submit(reply_desk(shop.world), shop.conversation(first), draft)


def _status(message: Message, status: str, at: int) -> Any:
    told: dict[str, Any] = {"id": "wamid.out", "status": status, "timestamp": str(at), "recipient_id": "6591234567"}
    told["biz_opaque_callback_data"] = f"{callback(message)}:a1"
    if status == "failed":
        told["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "statuses": [told]}
    (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
    return update


def test_statuses_in_every_order_and_twice_end_in_one_state() -> None:
    order = ("sent", "delivered", "read", "failed")
    ends = []
    for seen in permutations(order):
        shop = desk()
        message = _sent(shop, "m1")
        for status in (*seen, *seen):
            statuses.apply(shop.world.table, _status(message, status, 1_795_348_800 + order.index(status)), shop.clock)
        item = shop.world.table.get(keys.message(message.conversation_id, message.position))
        assert item is not None
        ends.append({name: value for name, value in item.items() if name not in {"PK", "SK", "position"}})
    first = {name: value for name, value in ends[0].items() if name != "conversation_id"}
    assert first["status"] == "read"
    for end in ends:
        assert {name: value for name, value in end.items() if name != "conversation_id"} == first


def test_three_thousand_statuses_ahead_keep_no_message_waiting() -> None:
    world = desk().world
    about = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}}
    hello = {
        "from": "6591234567",
        "id": "wamid.m",
        "type": "text",
        "text": {"body": "Hello"},
        "timestamp": "1795348800",
    }

    def post(value: dict[str, Any]) -> None:
        body = {"entry": [{"id": "2", "changes": [{"field": "messages", "value": {**about, **value}}]}]}
        split = lanes.split(body, received_ms=0)
        world.queues.send_all("statuses", split.statuses)
        world.queues.send_all("inbound", split.inbound)

    for n in range(3000):
        told = {"id": f"wamid.s{n}", "status": "sent", "timestamp": "1795348800", "recipient_id": "6591234567"}
        post({"statuses": [told]})
    post({"messages": [hello]})
    queues: MemoryQueues = world.queues  # type: ignore[assignment]
    assert (queues.depth("statuses"), queues.depth("inbound")) == (3000, 1), "no status stands before the message"
    queue_of = {e.name: e.queue for e in app.event_sources if isinstance(e, SQSEventConfig)}
    assert (queue_of["inbound"], queue_of["statuses"]) == ("inbound.fifo", "statuses")


def _drain_together(shop: Shop, queue_ids: list[str], workers: int = 10) -> None:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: assignment.drain(shop.world, queue_ids), range(workers)))


def _tickets(shop: Shop) -> list[Ticket]:
    items = shop.world.table.items()  # type: ignore[attr-defined]
    return [Ticket.model_validate(item) for item in items if item["SK"] == "TICKET"]


def test_ten_workers_at_once_give_each_ticket_to_one_agent_and_nobody_more_than_their_capacity() -> None:
    shop = desk()
    for n in range(60):
        shop.writes(wa_id=f"6591{n:06}")
        shop.clock.advance(seconds=1)
    for n in range(10):
        shop.at_work(f"agent{n}", capacity=5)
    _drain_together(shop, ["default"])
    held = Counter(ticket.agent_id for ticket in _tickets(shop) if ticket.agent_id)
    assert held == {f"agent{n}": 5 for n in range(10)}
    assert {agent: shop.agent(agent).load for agent in held} == held
    waiting = sorted(ticket.created_at for ticket in _tickets(shop) if not ticket.agent_id)
    assert min(waiting) > max(ticket.created_at for ticket in _tickets(shop) if ticket.agent_id)


def test_a_thousand_tickets_ten_agents_capacity_five_in_order_and_never_above() -> None:
    shop = desk()
    agents = [f"agent{n}" for n in range(10)]
    for n in range(1000):
        shop.writes(wa_id=f"6591{n:06}")
        shop.clock.advance(seconds=1)
    for agent in agents:
        shop.at_work(agent, capacity=5)
    boss = shop.as_("boss")
    shop.hire("boss", role=Role.SUPERVISOR)
    assignment.drain(shop.world, ["default"])
    served: list[str] = []
    while True:
        held = [ticket for ticket in _tickets(shop) if ticket.in_hand]
        if not held:
            break
        assert max(Counter(ticket.agent_id for ticket in held).values()) <= 5
        assert all(shop.agent(agent).load <= 5 for agent in agents)
        served += sorted(ticket.id for ticket in held)
        shop.clock.advance(seconds=30)
        for ticket in held:
            # Closed one after the other: each makes room for the one who waits longest.
            served_now = boss.post(f"/api/v1/tickets/{ticket.id}/close", {})
            assert served_now.status == 200
        if len(served) > 300:
            break
    born = {ticket.id: ticket.created_at for ticket in _tickets(shop)}
    taken = [born[ticket_id] for ticket_id in served]
    waves = [taken[start : start + 50] for start in range(0, len(taken), 50)]
    assert all(max(one) < min(next_one) for one, next_one in pairwise(waves))


def test_a_vanished_agents_tickets_are_back_within_sixty_seconds_with_their_age() -> None:
    shop = desk()
    for n in range(5):
        shop.writes(wa_id=f"6591{n:06}")
        shop.clock.advance(seconds=1)
    shop.at_work("ana", capacity=5)
    presence.hear(shop.world.table, "ana", shop.clock())
    assignment.drain(shop.world, ["default"])
    before = {ticket.id: ticket.in_line_since for ticket in _tickets(shop)}
    gone = shop.clock()
    while any(ticket.agent_id for ticket in _tickets(shop)):
        shop.clock.advance(seconds=15)  # how often the timers function looks
        presence.watch(shop.world)
        assert shop.clock() - gone <= timedelta(seconds=60)
    assert {ticket.id: ticket.in_line_since for ticket in _tickets(shop)} == before
    assert shop.agent("ana").load == 0
