"""Who speaks with the customer, and what is seen."""

import json
from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.channels import templates
from chalicelib.cloud.batches import Record
from chalicelib.conversations import ownership
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import gate
from chalicelib.conversations.handlers import work
from chalicelib.conversations.model import OwnerKind
from chalicelib.whatsapp.http import HttpResponse
from tests.fakes import meta_error
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller

HELLO = {"message": {"type": "text", "text": {"body": "We are on it"}}}
TEMPLATE = {
    "message": {
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "42"}]}],
        },
    }
}


@pytest.fixture
def ana(shop: Shop) -> Caller:
    caller = shop.hire("ana")
    shop.at_work("ana")
    return caller


@pytest.fixture
def approved(shop: Shop) -> None:
    record = templates.TemplateRecord(
        waba_id="2", id="1", name="order_update", language="en", status="APPROVED", category="UTILITY",
        components=[{"type": "BODY", "text": "Order {{1}} is on its way", "example": {"body_text": [["7"]]}}],
        synced_at=shop.clock(),
    )  # fmt: skip
    shop.world.table.write_many([templates._item(record)])


def _send(shop: Shop, ticket_id: str, message_id: str) -> None:
    """The reply worker takes the message."""
    ticket = shop.ticket(ticket_id)
    page = conversations.messages(shop.world.table, ticket.conversation_id)
    position = next(item["position"] for item in page.items if item["id"] == message_id)
    body = {"v": 1, "conversation_id": ticket.conversation_id, "position": position}
    work(Record(body, "", ticket.conversation_id, 1), shop.world, gate(shop.world))


def test_an_agent_starts_a_conversation_with_a_template(shop: Shop, ana: Caller, approved: None) -> None:
    made = ana.post("/api/v1/tickets", {"channelId": "ch1", "phone": "+6598765432", "reply": TEMPLATE})
    assert (made.status, made.json["agentId"], made.json["origin"], made.json["status"]) == (
        201,
        "ana",
        "outbound",
        "open",
    )
    (message,) = ana.get(f"/api/v1/tickets/{made.json['id']}/messages").json["items"]
    assert message["preview"] == "Order 42 is on its way"
    assert shop.writes("Thanks!", wa_id="6598765432").ticket_id == made.json["id"]
    assert shop.agent("ana").load == 1


def test_a_start_that_cannot_be_sent_leaves_no_ticket(shop: Shop, ana: Caller, approved: None) -> None:
    to = {"channelId": "ch1", "phone": "+6598765432"}
    assert ana.post("/api/v1/tickets", {**to, "reply": HELLO}).json["code"] == "window_closed"
    empty = json.loads(json.dumps(TEMPLATE))
    empty["message"]["template"]["components"] = []
    wrong = ana.post("/api/v1/tickets", {**to, "reply": empty})
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (400, "message.template.components")
    assert ana.get("/api/v1/tickets?view=mine").json["items"] == []


def test_outside_the_window_the_refusal_names_the_templates(shop: Shop, ana: Caller, approved: None) -> None:
    ticket_id = shop.writes().ticket_id
    shop.clock.advance(hours=25)
    refused = ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO).json
    assert [each["message"] for each in refused["errors"]] == ["order_update (en)"]
    assert ana.post(f"/api/v1/tickets/{ticket_id}/messages", TEMPLATE).status == 202


def test_a_failed_message_can_be_sent_anew_once(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    url = f"/api/v1/tickets/{ticket_id}/messages"
    shop.meta.answer = lambda _: meta_error(131026)
    ana.post(url, {"id": "draft-0001", **HELLO})
    assert ana.post(f"{url}/draft-0001/resend").status == 409, "it is still on its way"
    _send(shop, ticket_id or "", "draft-0001")
    failed = next(item for item in ana.get(url).json["items"] if item["id"] == "draft-0001")
    assert (failed["status"], failed["failure"]["code"]) == ("failed", 131026)
    shop.meta.answer = lambda _: None
    again = {ana.post(f"{url}/draft-0001/resend").json["id"] for _ in range(2)}
    assert again == {"draft-0001-again"}
    _send(shop, ticket_id or "", "draft-0001-again")
    assert [body["text"]["body"] for body in shop.meta.accepted] == ["We are on it"]


def test_reading_clears_unread_and_tells_whatsapp(shop: Shop, ana: Caller) -> None:
    message = shop.writes("Hello", wamid="wamid.first")
    shop.writes("Anybody?", wamid="wamid.second")
    assert ana.get(f"/api/v1/tickets/{message.ticket_id}").json["unread"] == 2
    assert ana.post(f"/api/v1/tickets/{message.ticket_id}/read", {"typing": True}).json == {"told": True}
    assert ana.get(f"/api/v1/tickets/{message.ticket_id}").json["unread"] == 0
    (told,) = shop.meta.accepted
    assert (told["message_id"], told["typing_indicator"]) == ("wamid.second", {"type": "text"})


def test_reading_does_not_wait_for_whatsapp(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    shop.meta.answer = lambda _: HttpResponse(500, {}, b"{}")
    assert ana.post(f"/api/v1/tickets/{ticket_id}/read").json == {"told": False}


def test_drafts_are_kept_for_each_person(shop: Shop, ana: Caller) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    url = f"/api/v1/tickets/{shop.writes().ticket_id}/draft"
    ana.put(url, {"text": "Dear customer"})
    assert (ana.get(url).json["text"], boss.get(url).json["text"]) == ("Dear customer", "")
    ana.put(url, {"text": ""})
    assert ana.get(url).json == {"text": "", "updatedAt": None}


def test_taking_over_silences_the_bot_and_handing_back_lets_it_speak(shop: Shop, ana: Caller) -> None:
    message = shop.writes()
    table, clock = shop.world.table, shop.clock
    ownership.take(table, message.conversation_id, OwnerKind.BOT, "workflow-1", clock=clock)
    epoch = shop.conversation(message).epoch
    assert ana.post(f"/api/v1/tickets/{message.ticket_id}/take-over").json["owner"] == "agent"
    assert shop.conversation(message).epoch == epoch + 1
    assert ana.post(f"/api/v1/tickets/{message.ticket_id}/hand-back").json["owner"] == "nobody"


def test_many_tickets_are_closed_and_each_tells_what_became_of_it(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    ids = [shop.writes(wa_id=f"65912345{n:02}").ticket_id for n in range(3)]
    wish: dict[str, Any] = {"action": "close", "ticketIds": [*ids, "nothing"], "disposition": "Spam"}
    outcomes = boss.post("/api/v1/tickets/bulk", wish).json
    assert [(each["done"], each["code"]) for each in outcomes] == [(True, "")] * 3 + [(False, "ticket_missing")]
    assert {shop.ticket(each or "").disposition for each in ids} == {"Spam"}


def test_earlier_tickets_of_the_customer_are_listed_newest_first(shop: Shop, ana: Caller) -> None:
    ids = []
    for n in range(3):
        ticket_id = shop.writes(f"Question {n}").ticket_id
        ids.append(ticket_id)
        if n < 2:
            ana.post(f"/api/v1/tickets/{ticket_id}/close", {})
        shop.clock.advance(minutes=1)
    listed = ana.get(f"/api/v1/tickets/{ids[2]}/previous").json["items"]
    assert [item["id"] for item in listed] == [ids[1], ids[0]]


def test_a_blocked_customer_is_marked_as_spam(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    answer = {
        "messaging_product": "whatsapp",
        "block_users": {"added_users": [{"input": "+6591234567", "wa_id": "6591234567"}]},
    }
    shop.meta.answer = lambda _: HttpResponse(200, {}, json.dumps(answer).encode())
    blocked = ana.put(f"/api/v1/tickets/{ticket_id}/block", {"blocked": True})
    assert (blocked.status, blocked.json["blocked"], blocked.json["spam"]) == (200, True, True)
