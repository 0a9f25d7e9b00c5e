"""Setting up queues and people."""

from typing import Any

from chalicelib.access.permissions import Role
from tests.integration.converse.conftest import Shop

SG: dict[str, Any] = {"name": "Singapore", "priority": 1, "conditions": [{"type": "country", "values": ["SG"]}]}


def test_a_queue_is_made_tried_changed_and_removed(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    made = boss.post("/api/v1/queues", SG)
    assert (made.status, made.json["version"]) == (201, 1)
    queue_id = made.json["id"]
    tried = boss.post("/api/v1/queues/try", {"channelId": "ch1", "phone": "+6591234567"}).json
    assert (tried["queueId"], tried["why"]) == (queue_id, "the country is SG")
    url = f"/api/v1/queues/{queue_id}"
    changed = boss.put(url, {**SG, "enabled": False}, if_match='"1"')
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    assert boss.post("/api/v1/queues/try", {"channelId": "ch1", "phone": "+6591234567"}).json["queueId"] == "default"
    assert boss.delete(url).status == 204
    assert boss.get(url).status == 404


def test_two_supervisors_who_edit_one_queue_do_not_overwrite_each_other(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    url = f"/api/v1/queues/{boss.post('/api/v1/queues', SG).json['id']}"
    assert boss.put(url, {**SG, "name": "First"}, if_match='"1"').status == 200
    second = boss.put(url, {**SG, "name": "Second"}, if_match='"1"')
    assert (second.status, second.json["code"]) == (409, "queue_changed")
    assert boss.get(url).json["name"] == "First"
    assert boss.put(url, SG).json["errors"][0]["field"] == "If-Match"


def test_a_queue_that_holds_tickets_stays_as_it_was(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    queue_id = boss.post("/api/v1/queues", SG).json["id"]
    ticket = shop.writes().ticket_id
    refused = boss.delete(f"/api/v1/queues/{queue_id}")
    assert (refused.status, refused.json["code"]) == (409, "queue_holds_tickets")
    assert boss.get(f"/api/v1/queues/{queue_id}").json["enabled"] is True
    boss.post(f"/api/v1/tickets/{ticket}/close", {})
    assert boss.delete(f"/api/v1/queues/{queue_id}").status == 204


def test_the_default_queue_keeps_its_place(shop: Shop) -> None:
    admin = shop.hire("root", Role.ADMINISTRATOR)
    (default,) = admin.get("/api/v1/queues").json["items"]
    draft = {"name": "Everything else", "awayMessage": "We are back on Monday"}
    for wrong in ({"enabled": False}, {"conditions": SG["conditions"]}):
        assert admin.put("/api/v1/queues/default", {**draft, **wrong}, if_match='"1"').status == 400
    changed = admin.put("/api/v1/queues/default", draft, if_match=f'"{default["version"]}"').json
    assert (changed["name"], changed["priority"]) == ("Everything else", default["priority"])
    assert admin.delete("/api/v1/queues/default").status == 400


def test_rules_that_make_no_sense_name_their_field(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    wrong: dict[str, Any] = {
        "conditions": [SG["conditions"][0], SG["conditions"][0]],
        "overflow": {"afterSeconds": 60, "queueId": "nowhere"},
        "hours": {"timeZone": "Mars/Olympus"},
    }
    for field, value in wrong.items():
        answer = boss.post("/api/v1/queues", {**SG, field: value})
        assert (answer.status, answer.json["errors"][0]["field"].partition(".")[0]) == (400, field)


def test_outside_business_hours_the_away_message_goes_out_once(shop: Shop) -> None:
    admin = shop.hire("root", Role.ADMINISTRATOR)
    closed = {"timeZone": "UTC", "shifts": [{"day": 0, "opens": "09:00", "closes": "17:00"}]}
    admin.put("/api/v1/queues/default", {"name": "D", "hours": closed, "awayMessage": "Back on Monday"}, if_match='"1"')
    ticket = shop.writes("Anybody?").ticket_id
    shop.writes("Hello??")
    told = [item["preview"] for item in admin.get(f"/api/v1/tickets/{ticket}/messages").json["items"]]
    assert told.count("Back on Monday") == 1


def test_a_queue_without_hours_has_its_channels_hours_and_words(shop: Shop) -> None:
    admin = shop.hire("root", Role.ADMINISTRATOR)
    (channel, *_) = [each["id"] for each in admin.get("/api/v1/channels").json["items"] if each["phoneNumberId"] == "1"]
    closed = {"timeZone": "UTC", "shifts": [{"day": 0, "opens": "09:00", "closes": "17:00"}], "closedOn": []}
    admin.patch(f"/api/v1/channels/{channel}", {"hours": closed, "awayMessage": "The shop is closed"})
    ticket = shop.writes("Anybody?").ticket_id
    shop.writes("Hello??")
    told = [item["preview"] for item in admin.get(f"/api/v1/tickets/{ticket}/messages").json["items"]]
    assert told.count("The shop is closed") == 1


def test_presence_brings_waiting_tickets_and_is_logged(shop: Shop) -> None:
    shop.writes()
    ana = shop.hire("ana")
    assert ana.put("/api/v1/agents/me/presence", {"presence": "available"}).json["load"] == 1
    shop.clock.advance(minutes=10)
    assert ana.put("/api/v1/agents/me/presence", {"presence": "busy", "auxCode": "Lunch"}).status == 400
    away = ana.put("/api/v1/agents/me/presence", {"presence": "away", "auxCode": "Lunch"}).json
    assert (away["presence"], away["auxCode"]) == ("away", "Lunch")
    shop.clock.advance(minutes=30)
    log = ana.get("/api/v1/agents/me/presence-log").json["items"]
    assert [(entry["presence"], entry["auxCode"], entry["seconds"]) for entry in log] == [
        ("available", "", 600),
        ("away", "Lunch", 1800),
    ]


def test_administrators_take_no_tickets(shop: Shop) -> None:
    admin = shop.hire("root", Role.ADMINISTRATOR)
    refused = admin.put("/api/v1/agents/me/presence", {"presence": "available"})
    assert (refused.status, refused.json["code"]) == (403, "no_tickets_for_you")
    assert admin.get("/api/v1/agents").json["items"] == []


def test_a_raised_capacity_brings_waiting_tickets(shop: Shop) -> None:
    boss, ana = shop.hire("boss", Role.SUPERVISOR), shop.hire("ana")
    ana.put("/api/v1/agents/me/presence", {"presence": "available"})
    boss.patch("/api/v1/agents/ana", {"capacity": 1})
    for n in range(3):
        shop.writes(wa_id=f"65912345{n:02}")
    assert shop.agent("ana").load == 1
    assert boss.patch("/api/v1/agents/ana", {"capacity": 3}).json["load"] == 3
