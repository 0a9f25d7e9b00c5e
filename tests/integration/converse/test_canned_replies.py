"""Canned replies: who sees which, what they say to a customer, and two people editing one."""

from typing import Any

from chalicelib.access.permissions import Role
from tests.integration.converse.conftest import Shop
from tests.support.media import form, png

URL = "/api/v1/canned-replies"
HELLO: dict[str, Any] = {"title": "Greeting", "shortcut": "hi", "text": "Hi {{first_name|there}}, {{agent_name}} here."}


def test_a_reply_is_filled_in_for_the_customer_of_a_ticket(shop: Shop) -> None:
    boss, ana = shop.hire("boss", Role.SUPERVISOR), shop.hire("ana")
    shop.at_work("ana")
    made = boss.post(URL, HELLO | {"text": HELLO["text"] + " Order {{order}}: {{queue_name}}"}).json
    ticket_id = shop.writes().ticket_id
    filled = ana.post(f"/api/v1/tickets/{ticket_id}/canned-replies/{made['id']}")
    assert (filled.status, filled.json) == (
        200,
        {"text": "Hi there, Ana here. Order : Default queue", "missing": ["order"], "media": None},
    )


def test_a_reply_brings_its_file_until_the_file_is_gone(shop: Shop) -> None:
    boss, ana = shop.hire("boss", Role.SUPERVISOR), shop.hire("ana")
    shop.at_work("ana")
    body, headers = form("map.png", png())
    file = boss.call("POST", "/api/v1/media", body, headers=headers).json["id"]
    made = boss.post(URL, HELLO | {"mediaId": file})
    assert (made.status, made.json["mediaId"]) == (201, file)
    path = f"/api/v1/tickets/{shop.writes().ticket_id}/canned-replies/{made.json['id']}"
    media = ana.post(path).json["media"]
    assert (media["id"], media["kind"], media["name"]) == (file, "image", "map.png")
    boss.delete(f"/api/v1/media/{file}")
    assert ana.post(path).json["media"] is None
    unknown = boss.post(URL, HELLO | {"shortcut": "map", "mediaId": "01KAXYZ0123456789ABCDEFGHJ"})
    assert (unknown.status, unknown.json["errors"][0]["field"]) == (400, "mediaId")


def test_agents_see_the_replies_of_their_queues_and_of_all(shop: Shop) -> None:
    boss, ana = shop.hire("boss", Role.SUPERVISOR), shop.hire("ana")
    shop.open_queue("hers", members=[{"agentId": "ana"}])
    shop.open_queue("theirs", members=[{"agentId": "ben"}])
    for title, queues in {"All": None, "Hers": ["hers"], "Theirs": ["theirs"]}.items():
        boss.post(URL, {"title": title, "text": title, "queues": queues})
    assert [reply["title"] for reply in ana.get(URL).json["items"]] == ["All", "Hers"]
    assert [reply["title"] for reply in boss.get(f"{URL}?queueId=theirs").json["items"]] == ["All", "Theirs"]
    assert [reply["title"] for reply in boss.get(f"{URL}?q=the").json["items"]] == ["Theirs"]
    theirs = boss.get(f"{URL}?q=theirs").json["items"][0]["id"]
    assert ana.get(f"{URL}/{theirs}").status == 404
    assert ana.post(URL, HELLO).status == 403


def test_a_shortcut_is_one_of_a_kind_and_free_again_when_its_reply_goes(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    made = boss.post(URL, HELLO)
    again = boss.post(URL, HELLO)
    assert (made.status, again.status, again.json["code"]) == (201, 409, "shortcut_taken")
    assert boss.delete(f"{URL}/{made.json['id']}").status == 204
    assert boss.post(URL, HELLO).status == 201


def test_two_people_editing_one_reply_do_not_overwrite_each_other(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    url = f"{URL}/{boss.post(URL, HELLO).json['id']}"
    assert boss.put(url, HELLO | {"shortcut": "hey"}, if_match='"1"').json["version"] == 2
    assert boss.put(url, HELLO, if_match='"1"').json["code"] == "canned_reply_changed"
    assert boss.put(url, HELLO).json["errors"][0]["field"] == "If-Match"
    assert boss.get(url).json["shortcut"] == "hey"


def test_bad_replies_name_their_field(shop: Shop) -> None:
    boss = shop.hire("boss", Role.SUPERVISOR)
    for values, field in (
        ({"text": "Hi {{first name}}"}, "text"),
        ({"shortcut": "Good Day"}, "shortcut"),
        ({"queues": ["nowhere"]}, "queues.0"),
        ({"title": ""}, "title"),
    ):
        refused = boss.post(URL, HELLO | values)
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)
