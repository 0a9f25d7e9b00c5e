"""A customer's message finds its ticket: one unclosed ticket for each conversation, opened, continued or opened again."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.access.permissions import Role
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import Status
from chalicelib.inbound.receive import receive
from tests.integration.converse.conftest import Shop


def test_the_first_message_opens_a_new_ticket_in_the_default_queue(shop: Shop) -> None:
    message = shop.writes("Where is my order?")
    ticket = shop.ticket(message)
    assert (ticket.status, ticket.queue_id, ticket.agent_id) == (Status.NEW, "default", "")
    assert (ticket.preview, ticket.message_count, ticket.awaiting_since) == ("Where is my order?", 1, shop.clock())
    assert shop.conversation(message).ticket_id == ticket.id


def test_the_next_message_joins_the_unclosed_ticket(shop: Shop) -> None:
    first, second = shop.writes("One"), shop.writes("Two")
    assert first.ticket_id == second.ticket_id
    assert shop.ticket(second).message_count == 2


def test_a_message_that_comes_three_times_counts_once(shop: Shop) -> None:
    for _ in range(3):
        message = shop.writes("Once", wamid="wamid.same")
    assert shop.ticket(message).message_count == 1
    assert store.count(shop.world.table, "all", 10) == 1


def test_twenty_first_messages_at_once_open_one_ticket(shop: Shop) -> None:
    updates = [shop.inbound(f"Message {n}") for n in range(12)]

    with ThreadPoolExecutor(6) as pool:
        messages = list(pool.map(lambda update: receive(update, shop.door), updates))
    assert len({message.ticket_id for message in messages}) == 1
    assert shop.ticket(messages[0]).message_count == 12
    assert store.count(shop.world.table, "all", 10) == 1


def test_a_message_to_a_resolved_ticket_opens_it_again_at_the_front_of_the_line(shop: Shop) -> None:
    boss = shop.hire("boss", role=Role.SUPERVISOR)
    message = shop.writes()
    assert boss.post(f"/api/v1/tickets/{message.ticket_id}/resolve", {"summary": "Told them"}).status == 200
    shop.clock.advance(minutes=59)
    again = shop.ticket(shop.writes("Not yet!"))
    assert (again.id, again.status, again.reopened, again.reopen_count) == (message.ticket_id, Status.OPEN, True, 1)
    assert again.in_line


def test_a_message_after_the_time_to_reopen_opens_a_new_ticket_that_names_the_old_one(shop: Shop) -> None:
    boss = shop.hire("boss", role=Role.SUPERVISOR)
    first = shop.writes()
    boss.post(f"/api/v1/tickets/{first.ticket_id}/resolve", {})
    shop.clock.advance(minutes=60)
    second = shop.ticket(shop.writes("And another thing"))
    assert (second.previous_id, second.status) == (first.ticket_id, Status.NEW)
    assert shop.ticket(first).status is Status.CLOSED


def test_a_message_after_a_closed_ticket_opens_a_new_one_that_names_it(shop: Shop) -> None:
    boss = shop.hire("boss", role=Role.SUPERVISOR)
    first = shop.writes()
    assert boss.post(f"/api/v1/tickets/{first.ticket_id}/close", {"disposition": "Spam"}).status == 200
    assert shop.conversation(first).ticket_id is None
    assert shop.ticket(shop.writes("Me again")).previous_id == first.ticket_id


def test_rules_route_by_channel_and_country(shop: Shop) -> None:
    shop.open_queue(
        "sg", conditions=[{"type": "country", "values": ["SG", "MY"]}, {"type": "channel", "values": ["ch1"]}]
    )
    assert shop.ticket(shop.writes(wa_id="6591234567")).queue_id == "sg"
    assert shop.ticket(shop.writes(wa_id="4915112345678")).queue_id == "default"
    assert shop.ticket(shop.writes(wa_id="6591234567", number="9")).queue_id == "default"


def test_rules_route_by_the_groups_a_customer_is_in(shop: Shop) -> None:
    root = shop.hire("root", Role.ADMINISTRATOR)
    account = "/api/v1/accounts/" + shop.world.settings.account_id
    group = root.post(f"{account}/groups", {"name": "Gold"}).json
    first = shop.writes("Before")
    contact_id = shop.conversation(first).contact_id
    shop.open_queue("gold", conditions=[{"type": "customer_group", "values": [str(group["id"])]}])
    assert shop.ticket(first).queue_id == "default"
    root.post(f"/api/v1/tickets/{first.ticket_id}/close", {})
    joined = root.post(f"{account}/groups/{group['id']}/contacts", {"contacts": [int(contact_id)]})
    assert joined.status < 300, joined.text
    assert shop.ticket(shop.writes("After")).queue_id == "gold"
    asked = root.post("/api/v1/queues/try", {"channelId": "ch1", "phone": "+6591234567"}).json
    assert (asked["queueId"], asked["why"]) == ("gold", f"the customer is in group {group['id']}")
