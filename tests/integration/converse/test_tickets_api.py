"""What people do with tickets over the API, and what they may not."""

from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory
from tests.integration.converse.conftest import Shop
from tests.support.api import Answer, Caller

HELLO = {"message": {"type": "text", "text": {"body": "We are on it"}}}


@pytest.fixture
def ana(shop: Shop) -> Caller:
    caller = shop.hire("ana")
    shop.at_work("ana")
    return caller


def _code(answer: Answer) -> tuple[int, Any]:
    return answer.status, answer.json.get("code")


def test_an_agent_reads_replies_and_resolves(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes("Where is my order?").ticket_id
    (listed,) = ana.get("/api/v1/tickets?view=mine").json["items"]
    assert (listed["id"], listed["preview"], listed["unread"]) == (ticket_id, "Where is my order?", 1)
    assert listed["window"] == {"open": True, "closesAt": "2026-11-23T12:00:00Z"}
    sent = ana.post(f"/api/v1/tickets/{ticket_id}/messages", {"id": "draft-0001", **HELLO})
    assert (sent.status, sent.json["status"], sent.json["sender"]["name"]) == (202, "queued", "Ana")
    texts = [item["preview"] for item in ana.get(f"/api/v1/tickets/{ticket_id}/messages").json["items"]]
    assert texts == ["We are on it", "Where is my order?"]
    ended = ana.post(f"/api/v1/tickets/{ticket_id}/resolve", {"disposition": "Issue solved", "summary": "Sent a link"})
    assert (ended.json["status"], ended.json["disposition"], ended.json["awaitingSince"]) == (
        "resolved",
        "Issue solved",
        None,
    )
    assert shop.agent("ana").load == 0


def test_the_same_draft_twice_is_one_message(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    ids = {
        ana.post(f"/api/v1/tickets/{ticket_id}/messages", {"id": "draft-0001", **HELLO}).json["id"] for _ in range(3)
    }
    assert ids == {"draft-0001"}
    assert len(ana.get(f"/api/v1/tickets/{ticket_id}/messages").json["items"]) == 2


def test_the_history_tells_who_did_what_and_why(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    ana.post(f"/api/v1/tickets/{ticket_id}/status", {"status": "on_hold", "reason": "asking the warehouse"})
    ana.post(f"/api/v1/tickets/{ticket_id}/notes", {"text": "They call back"})
    ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    told = [
        (entry["action"], entry["actor"]["name"], entry["reason"] or entry["note"], entry["changes"].get("status"))
        for entry in ana.get(f"/api/v1/tickets/{ticket_id}/history").json["items"]
    ]
    assert told == [
        ("created", "", "no other queue took it", None),
        ("assigned", "Parley", "it was next in the line", ["new", "open"]),
        ("set_on_hold", "Ana", "asking the warehouse", ["open", "on_hold"]),
        ("noted", "Ana", "They call back", None),
        ("answered", "Ana", "", ["on_hold", "open"]),
    ]


def test_outside_the_window_only_a_template_goes_and_the_error_names_them(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    shop.clock.advance(hours=24)
    refused = ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)
    assert _code(refused) == (409, "window_closed")
    assert ana.get(f"/api/v1/tickets/{ticket_id}/messages").json["window"]["open"] is False


def test_after_an_opt_out_nothing_is_sent(shop: Shop, ana: Caller) -> None:
    message = shop.writes()
    contact = identity.get(shop.world.table, shop.conversation(message).contact_id)
    assert contact is not None
    consent.record(
        shop.world.table, contact, ConsentCategory.ALL, allowed=False, subaccount_id=None,
        source="agent", text="", at=shop.clock(), entry_id="e1",
    )  # fmt: skip
    assert _code(ana.post(f"/api/v1/tickets/{message.ticket_id}/messages", HELLO)) == (409, "customer_opted_out")


@pytest.mark.parametrize("ending", ["resolve", "close"])
def test_an_ended_ticket_takes_no_reply(shop: Shop, ana: Caller, ending: str) -> None:
    ticket_id = shop.writes().ticket_id
    ana.post(f"/api/v1/tickets/{ticket_id}/{ending}", {})
    assert _code(ana.post(f"/api/v1/tickets/{ticket_id}/messages", HELLO)) == (409, "not_possible")


def test_an_unsupported_or_broken_message_names_its_field(shop: Shop, ana: Caller) -> None:
    ticket_id = shop.writes().ticket_id
    url = f"/api/v1/tickets/{ticket_id}/messages"
    assert ana.post(url, {"message": {"type": "hologram"}}).status == 400
    broken = ana.post(url, {"message": {"type": "text", "text": {"body": ""}}})
    assert (broken.status, "text.body" in broken.json["errors"][0]["field"]) == (400, True)


def test_an_agent_sees_own_and_waiting_tickets_only(shop: Shop, ana: Caller) -> None:
    mine = shop.writes(wa_id="6591234501").ticket_id
    shop.at_work("ana", presence="away", load=1)
    waiting = shop.writes(wa_id="6591234502").ticket_id
    ben = shop.hire("ben")
    assert ben.get(f"/api/v1/tickets/{mine}").status == 404
    assert [item["id"] for item in ben.get("/api/v1/tickets?view=unassigned").json["items"]] == [waiting]
    assert ben.get("/api/v1/tickets?view=mine").json["items"] == []
    assert ben.get("/api/v1/tickets?view=all").status == 403
    assert _code(ben.post(f"/api/v1/tickets/{mine}/resolve", {})) == (404, "ticket_missing")
    assert _code(ben.post(f"/api/v1/tickets/{waiting}/messages", HELLO)) == (403, "not_yours")
    assert ben.post(f"/api/v1/tickets/{waiting}/claim").json["agentId"] == "ben"


def test_a_ticket_is_claimed_once(shop: Shop) -> None:
    waiting = shop.writes().ticket_id
    ana, ben = shop.hire("ana"), shop.hire("ben")
    assert ana.post(f"/api/v1/tickets/{waiting}/claim").status == 200
    assert ana.post(f"/api/v1/tickets/{waiting}/claim").status == 200, "again is fine"
    assert ben.post(f"/api/v1/tickets/{waiting}/claim").status == 404
    assert shop.agent("ana").load == 1


def test_a_supervisor_assigns_beyond_capacity_and_an_agent_does_not(shop: Shop) -> None:
    boss, ana = shop.hire("boss", Role.SUPERVISOR), shop.hire("ana")
    shop.hire("ben")
    shop.at_work("ben", capacity=1, load=1)
    ticket_id = shop.writes().ticket_id
    ana.post(f"/api/v1/tickets/{ticket_id}/claim")
    assert _code(ana.post(f"/api/v1/tickets/{ticket_id}/assign", {"agentId": "ben"})) == (409, "agent_full")
    assert (
        boss.post(f"/api/v1/tickets/{ticket_id}/assign", {"agentId": "ben", "note": "yours"}).json["agentId"] == "ben"
    )
    assert (shop.agent("ana").load, shop.agent("ben").load) == (0, 2)


def test_nobody_assigns_to_an_administrator_or_a_stranger(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    shop.hire("root", Role.ADMINISTRATOR)
    ticket_id = shop.writes().ticket_id
    for person in ("root", "nobody"):
        answer = boss.post(f"/api/v1/tickets/{ticket_id}/assign", {"agentId": person})
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, "agentId")


def test_a_supervisor_sees_the_queues_they_answer_for(shop: Shop) -> None:
    shop.open_queue("sg", conditions=[{"type": "country", "values": ["SG"]}], supervisors=["mia"], members=[])
    mia, tom = shop.hire("mia", Role.SUPERVISOR), shop.hire("tom", Role.SUPERVISOR)
    asian = shop.writes(wa_id="6591234567").ticket_id
    german = shop.writes(wa_id="4915112345678").ticket_id
    assert {item["id"] for item in mia.get("/api/v1/tickets?view=all").json["items"]} == {asian, german}
    assert {item["id"] for item in tom.get("/api/v1/tickets?view=all").json["items"]} == {german}
    assert tom.get("/api/v1/tickets?view=queue&queueId=sg").status == 403
    assert tom.get(f"/api/v1/tickets/{asian}").status == 404


def test_a_transfer_keeps_the_age_and_leaves_a_note(shop: Shop, ana: Caller) -> None:
    shop.open_queue("repairs", members=[{"agent_id": "zoe"}])
    ticket = shop.ticket(shop.writes())
    shop.clock.advance(minutes=5)
    moved = ana.post(f"/api/v1/tickets/{ticket.id}/transfer", {"queueId": "repairs", "note": "broken zip"}).json
    assert (moved["queueId"], moved["agentId"], moved["transferCount"]) == ("repairs", "", 1)
    assert shop.ticket(ticket.id).in_line_since == ticket.in_line_since
    assert _code(ana.get(f"/api/v1/tickets/{ticket.id}")) == (404, "ticket_missing")


def test_pages_neither_skip_nor_repeat_while_tickets_move(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    ids = []
    for n in range(7):
        shop.clock.advance(seconds=1)
        ids.append(shop.writes(wa_id=f"65912345{n:02}").ticket_id)
    seen, token = [], ""
    while True:
        answer = boss.get(f"/api/v1/tickets?view=all&limit=2{token}").json
        seen += [item["id"] for item in answer["items"]]
        boss.post(f"/api/v1/tickets/{ids[0]}/resolve", {})
        shop.writes("Again", wa_id="6591234503")
        if answer["next"] is None:
            break
        token = f"&next={answer['next']}"
    assert seen == ids[::-1]


def test_counts_and_bad_tokens(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    first = shop.writes(wa_id="6591234501").ticket_id
    shop.writes(wa_id="6591234502")
    boss.post(f"/api/v1/tickets/{first}/resolve", {})
    counted = boss.get("/api/v1/tickets/counts").json
    assert (counted["unassigned"], counted["byStatus"]["new"], counted["byStatus"]["resolved"]) == (1, 1, 1)
    assert boss.get("/api/v1/tickets?view=all&next=!!!").status == 400


def test_a_duplicate_is_merged_into_the_ticket_that_stays(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    kept, twin = shop.writes(number="1").ticket_id, shop.writes(number="9")
    answer = boss.post(f"/api/v1/tickets/{twin.ticket_id}/merge", {"into": kept})
    assert (answer.status, answer.json["id"]) == (200, kept)
    gone = shop.ticket(twin)
    assert (gone.status, gone.merged_into, shop.conversation(twin).ticket_id) == ("closed", kept, None)
    assert boss.post(f"/api/v1/tickets/{kept}/merge", {"into": kept}).status == 400
