"""Labels that come by rules, spam that stays out of everybody's way, and words that end a ticket."""

from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.converse.tickets.model import Status
from chalicelib.inbound.timers import minute
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller

HELLO = {"message": {"type": "text", "text": {"body": "We are on it"}}}


@pytest.fixture
def root(shop: Shop) -> Caller:
    return shop.hire("root", Role.ADMINISTRATOR)


@pytest.fixture
def ana(shop: Shop) -> Caller:
    caller = shop.hire("ana")
    shop.at_work("ana")
    return caller


def _settings(root: Caller, **values: Any) -> None:
    assert root.put("/api/v1/converse/settings", values, if_match='"0"').status == 200


def test_a_word_of_the_customer_puts_a_label_on_and_a_persons_label_stays(
    shop: Shop, root: Caller, ana: Caller
) -> None:
    _settings(root, labels=[{"name": "Angry", "words": ["lawyer"]}, {"name": "VIP"}])
    assert shop.ticket(shop.writes("My LAWYER will call")).label == "Angry"
    other = shop.writes("Hello", wa_id="6591234502").ticket_id or ""
    assert ana.patch(f"/api/v1/tickets/{other}", {"label": "VIP"}).json["label"] == "VIP"
    shop.writes("lawyer", wa_id="6591234502")
    assert shop.ticket(other).label == "VIP"
    refused = ana.patch(f"/api/v1/tickets/{other}", {"label": "Unheard of"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "label")


def test_a_missed_target_puts_a_label_on(shop: Shop, root: Caller) -> None:
    _settings(root, labels=[{"name": "Late", "onSlaBreach": True}])
    shop.open_queue("q", conditions=[{"type": "channel", "values": ["ch1"]}], sla=[{"assign": 10}])
    message = shop.writes()
    shop.clock.advance(minutes=11)
    minute(shop.world, lambda seconds: None)
    assert shop.ticket(message).label == "Late"


def test_the_second_transfer_puts_a_label_on(shop: Shop, root: Caller) -> None:
    _settings(root, labels=[{"name": "Ping-pong", "fromTransfers": 2}])
    shop.open_queue("a")
    shop.open_queue("b")
    message = shop.writes()
    labels = [
        root.post(f"/api/v1/tickets/{message.ticket_id}/transfer", {"queueId": queue}).json["label"]
        for queue in ("a", "b")
    ]
    assert labels == ["", "Ping-pong"]


def test_two_labels_of_one_name_are_refused(root: Caller) -> None:
    labels = [{"name": "VIP"}, {"name": "vip"}]
    refused = root.put("/api/v1/converse/settings", {"labels": labels}, if_match='"0"')
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "labels")


def test_spam_leaves_hands_and_lines_and_so_does_the_customers_next_ticket(
    shop: Shop, root: Caller, ana: Caller
) -> None:
    first = shop.writes("Buy gold!").ticket_id or ""
    assert shop.agent("ana").load == 1
    assert ana.patch(f"/api/v1/tickets/{first}", {"spam": True}).json["agentId"] == ""
    assert shop.agent("ana").load == 0
    assert [item["id"] for item in root.get("/api/v1/tickets?view=spam&queueId=default").json["items"]] == [first]
    root.post(f"/api/v1/tickets/{first}/close", {"disposition": "Spam"})
    second = shop.ticket(shop.writes("Buy silver!"))
    assert (second.spam, second.in_line, second.agent_id) == (True, False, "")
    assert root.patch(f"/api/v1/tickets/{second.id}", {"spam": False}).json["agentId"] == "ana", "back in the line"


def test_a_spam_ticket_given_to_somebody_is_spam_no_more(shop: Shop, root: Caller) -> None:
    shop.hire("ana")
    ticket_id = shop.writes().ticket_id
    root.patch(f"/api/v1/tickets/{ticket_id}", {"spam": True})
    assert root.post(f"/api/v1/tickets/{ticket_id}/assign", {"agentId": "ana"}).json["spam"] is False


def test_thanks_resolves_an_answered_ticket_and_does_not_open_a_resolved_one(
    shop: Shop, root: Caller, ana: Caller
) -> None:
    _settings(root, resolvingWords=["thanks", "resolved"])
    ticket_id = shop.writes("Where is it?").ticket_id or ""
    shop.writes("thanks")
    assert shop.ticket(ticket_id).status is Status.OPEN, "nobody has answered yet"
    ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    shop.writes("Thanks!! 🙏")
    resolved = shop.ticket(ticket_id)
    assert (resolved.status, shop.agent("ana").load) == (Status.RESOLVED, 0)
    shop.writes("thanks")
    assert (shop.ticket(ticket_id).status, shop.ticket(ticket_id).message_count) == (Status.RESOLVED, 5)
    shop.writes("Thanks, but no")
    assert shop.ticket(ticket_id).status is Status.OPEN
    entries = ana.get(f"/api/v1/tickets/{ticket_id}/history").json["items"]
    assert ("resolved", "the customer said so") in [(entry["action"], entry["reason"]) for entry in entries]


def test_an_agent_without_the_skill_does_not_claim(shop: Shop, root: Caller, ana: Caller) -> None:
    spanish = [{"name": "Spanish", "level": 3}]
    shop.open_queue("es", conditions=[{"type": "channel", "values": ["ch1"]}], skills=spanish, method="pick")
    ticket_id = shop.writes().ticket_id
    refused = ana.post(f"/api/v1/tickets/{ticket_id}/claim")
    assert (refused.status, refused.json["code"]) == (409, "skill_lacking")
    root.patch("/api/v1/agents/ana", {"skills": spanish})
    assert ana.post(f"/api/v1/tickets/{ticket_id}/claim").json["agentId"] == "ana"
