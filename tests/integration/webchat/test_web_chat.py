"""A web chat's visitor and an agent, through the same lane, ticket, queue and inbox as WhatsApp's customers."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels.model import Subaccount
from chalicelib.cloud.batches import Record
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import gate
from chalicelib.conversations.handlers import work
from chalicelib.inbound.front import front_door
from chalicelib.inbound.message_lane import take_message
from chalicelib.inbound.unpack import updates_of
from chalicelib.webchat import limits, service
from chalicelib.wiring import _client
from tests.integration.converse.conftest import Shop, shop
from tests.support.api import Answer, Caller

__all__ = ["shop"]
SITE = "https://shop.example"


@dataclass
class Site:
    """A shop's site with a chat on it."""

    shop: Shop
    chat_id: str

    @property
    def path(self) -> str:
        return f"/api/v1/webchat/{self.chat_id}"

    def visit(self, token: str | None = None) -> "Visitor":
        begun = Caller(app, self.shop.world).post(f"{self.path}/sessions", {"origin": SITE, "token": token})
        assert begun.status == 201, begun.text
        return Visitor(self, begun.json["token"])

    def lane(self) -> int:
        """The inbound worker takes what waits."""
        sqs, url = _client("sqs"), self.shop.world.settings.inbound_queue_url
        taken = 0
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                for update in updates_of(json.loads(message["Body"]), lambda _: b""):
                    take_message(update, front_door(self.shop.world))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                taken += 1
        return taken

    def replies(self) -> None:
        """The reply worker sends what agents have written."""
        sqs, url = _client("sqs"), self.shop.world.settings.replies_queue_url
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                record = Record(json.loads(message["Body"]), "", "", 1)
                work(record, self.shop.world, gate(self.shop.world))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@dataclass
class Visitor:
    """Somebody on the site."""

    site: Site
    token: str

    def writes(self, text: str, message_id: str = "message-1") -> Answer:
        body = {"id": message_id, "text": text, "name": "Mia"}
        return self._call("POST", f"{self.site.path}/messages", body)

    def reads(self, after: str = "") -> list[dict[str, Any]]:
        answer = self._call(
            "GET", f"{self.site.path}/messages" + (f"?after={after.replace('#', '%23')}" if after else "")
        )
        assert answer.status == 200, answer.text
        return list(answer.json["items"])

    def sees(self, position: str) -> Answer:
        return self._call("POST", f"{self.site.path}/seen", {"position": position})

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        caller = Caller(app, self.site.shop.world)
        return caller.call(method, path, body, headers={"x-chat-session": self.token})


@pytest.fixture
def site(shop: Shop) -> Site:
    shop.world.secrets.put(service.KEY, "a-key-of-this-stage")
    channels.put_subaccount(shop.world.table, Subaccount(id="acme", name="Acme", created_at=shop.clock()))
    root = shop.hire("root", Role.ADMINISTRATOR)
    draft = {"subaccountId": "acme", "name": "Shop chat", "allowedOrigins": [SITE], "greeting": "Ask us anything"}
    made = root.post("/api/v1/channels/webchat", draft)
    assert made.status == 201, made.text
    return Site(shop, made.json["id"])


def test_a_visitor_is_answered_through_a_ticket_like_everybody(site: Site) -> None:
    shop = site.shop
    ana = shop.hire("ana")
    shop.at_work("ana")
    mia = site.visit()
    assert mia.writes("Do you ship to Norway?").status == 202
    assert site.lane() == 1
    (ticket,) = ana.get("/api/v1/tickets?view=mine").json["items"]
    assert (ticket["channelType"], ticket["contact"]["name"], ticket["contact"]["phone"]) == ("webchat", "Mia", None)
    assert ticket["window"] == {"open": True, "closesAt": None}

    shop.clock.advance(hours=30)  # no window closes in a web chat
    reply = {"message": {"type": "text", "text": {"body": "Yes, within five days"}}}
    sent = ana.post(f"/api/v1/tickets/{ticket['id']}/messages", reply)
    assert sent.status == 202, sent.text
    assert [each["text"] for each in mia.reads()] == ["Do you ship to Norway?"]  # the answer is still on its way
    site.replies()
    asked, answer = mia.reads()
    assert (asked["from"], asked["id"]) == ("visitor", "message-1")
    assert (answer["from"], answer["text"]) == ("us", "Yes, within five days")
    assert mia.reads(asked["position"]) == [answer]
    assert mia.sees(answer["position"]).status == 204
    (newest, _) = ana.get(f"/api/v1/tickets/{ticket['id']}/messages").json["items"]
    assert (newest["status"], newest["readAt"] is not None) == ("read", True)
    assert shop.meta.accepted == []  # WhatsApp had no part in it


def test_the_same_message_twice_is_one_and_the_talk_goes_on_in_the_same_ticket(site: Site) -> None:
    mia = site.visit()
    for _ in range(3):
        mia.writes("Hello")
    site.lane()
    again = site.visit(mia.token)
    again.writes("Are you there?", "message-2")
    site.lane()
    assert [each["text"] for each in again.reads()] == ["Hello", "Are you there?"]
    boss = site.shop.hire("boss", Role.SUPERVISOR)
    (ticket,) = boss.get("/api/v1/tickets?view=all").json["items"]
    assert ticket["messageCount"] == 2


def test_a_queue_takes_web_chats_by_their_type(site: Site) -> None:
    site.shop.open_queue("web", conditions=[{"type": "channel_type", "values": ["webchat"]}])
    site.visit().writes("Hello")
    site.lane()
    boss = site.shop.hire("boss", Role.SUPERVISOR)
    whatsapp = site.shop.ticket(site.shop.writes())
    tickets = boss.get("/api/v1/tickets?view=queue&queueId=web").json["items"]
    assert [each["channelType"] for each in tickets] == ["webchat"]
    assert whatsapp.queue_id == "default"


def test_an_answer_a_web_chat_cannot_show_is_refused_at_once(site: Site) -> None:
    ana = site.shop.hire("ana")
    site.shop.at_work("ana")
    site.visit().writes("Hello")
    site.lane()
    (ticket,) = ana.get("/api/v1/tickets?view=mine").json["items"]
    where = {"type": "location", "location": {"latitude": 1.3, "longitude": 103.8}}
    refused = ana.post(f"/api/v1/tickets/{ticket['id']}/messages", {"message": where})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "message.type")
    assert ana.put(f"/api/v1/tickets/{ticket['id']}/block", {"blocked": True}).status == 409
    assert ana.post(f"/api/v1/tickets/{ticket['id']}/read", {"typing": True}).json == {"told": False}


def test_only_the_sites_it_is_for_may_show_it(site: Site) -> None:
    stranger = Caller(app, site.shop.world)
    refused = stranger.post(f"{site.path}/sessions", {"origin": "https://phish.example", "token": None})
    assert refused.status == 403
    assert stranger.post("/api/v1/webchat/ch1/sessions", {"origin": SITE}).status == 404
    assert stranger.post("/api/v1/webchat/nowhere/sessions", {"origin": SITE}).status == 404


def test_without_a_session_of_this_chat_nothing_is_read_or_written(site: Site) -> None:
    mia = site.visit()
    mia.token = mia.token[:-2] + "xx"
    assert mia.writes("Hello").status == 401
    other = site.shop.as_("root").post(
        "/api/v1/channels/webchat", {"subaccountId": "acme", "name": "Other", "allowedOrigins": [SITE]}
    )
    moved = Visitor(Site(site.shop, other.json["id"]), site.visit().token)
    assert moved.writes("Hello").status == 401
    assert site.lane() == 0


def test_what_is_no_message_is_refused_with_its_field(site: Site) -> None:
    mia = site.visit()
    for text, message_id, field in (("   ", "message-1", "text"), ("x" * 4097, "message-1", "text"), ("Hi", "?", "id")):
        refused = mia.writes(text, message_id)
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)
    assert site.lane() == 0


def test_who_writes_too_often_has_to_wait(site: Site) -> None:
    mia = site.visit()
    statuses = [mia.writes("Hi", f"message-{n}").status for n in range(limits.MESSAGES_OF_A_VISITOR.most + 1)]
    assert (statuses[-1], set(statuses[:-1])) == (429, {202})
    assert site.visit().writes("Hi").status == 202  # others are not held up
    site.shop.clock.advance(minutes=1)
    assert mia.writes("Hi", "message-x").status == 202


def test_one_address_cannot_begin_without_end(site: Site) -> None:
    for _ in range(limits.SESSIONS_OF_AN_ADDRESS.most):
        site.visit()
    begun = Caller(app, site.shop.world).post(f"{site.path}/sessions", {"origin": SITE})
    assert begun.status == 429


def _begins(site: Site, **headers: str) -> int:
    begun = Caller(app, site.shop.world).post(f"{site.path}/sessions", {"origin": SITE}, **headers)
    return begun.status


def test_who_makes_up_addresses_is_counted_by_the_one_they_call_from(site: Site) -> None:
    most = limits.SESSIONS_OF_AN_ADDRESS.most
    made_up = [
        {"x_forwarded_for": f"198.51.100.{n}, 203.0.113.7", "x_parley_edge": f"guess-{n}"} for n in range(most + 1)
    ]
    statuses = [_begins(site, **headers) for headers in made_up]
    assert (statuses[-1], set(statuses[:-1])) == (429, {201})


def test_behind_cloudfront_each_visitor_is_counted_alone(site: Site) -> None:
    world = site.shop.world
    world.settings = world.settings.model_copy(update={"edge_key": "of-this-stack"})
    most = limits.SESSIONS_OF_AN_ADDRESS.most

    def through(visitor: str, written: str) -> int:
        return _begins(site, x_forwarded_for=f"{written}, {visitor}, 203.0.113.7", x_parley_edge="of-this-stack")

    statuses = [through("192.0.2.1", f"198.51.100.{n}") for n in range(most + 1)]
    assert (statuses[-1], set(statuses[:-1])) == (429, {201})
    assert through("192.0.2.2", "192.0.2.1") == 201


def test_what_only_a_number_can_do_is_refused(site: Site) -> None:
    root = site.shop.as_("root")
    template = {
        "name": "hello",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi"}],
    }
    assert root.post(f"/api/v1/channels/{site.chat_id}/refresh").status == 409
    assert root.post(f"/api/v1/channels/{site.chat_id}/templates", template).status == 409
    assert root.patch(f"/api/v1/channels/{site.chat_id}", {"throughputMps": 5}).status == 409
    campaign = root.post("/api/v1/campaigns", {"name": "Sale", "channelId": site.chat_id})
    assert (campaign.status, campaign.json["errors"][0]["field"]) == (400, "channelId")
    text = {"type": "text", "text": {"body": "Hi"}}
    sent = root.post("/api/v1/messages", {"channelId": site.chat_id, "to": {"phone": "+6591234567"}, "message": text})
    assert sent.status == 400
    started = root.post(
        "/api/v1/tickets", {"channelId": site.chat_id, "phone": "+6591234567", "reply": {"message": text}}
    )
    assert (started.status, started.json["errors"][0]["field"]) == (400, "channelId")


def test_a_chat_is_renamed_and_moved_to_other_sites(site: Site) -> None:
    root = site.shop.as_("root")
    new = {"allowedOrigins": ["https://new.example"], "greeting": "Hi"}
    changed = root.patch(f"/api/v1/channels/{site.chat_id}", {"name": "Help", "webChat": new})
    assert (changed.json["name"], changed.json["webChat"]) == ("Help", new)
    assert root.patch("/api/v1/channels/ch1", {"webChat": new}).status == 400
    wrong = {"subaccountId": "acme", "name": "x", "allowedOrigins": ["shop.example"]}
    refused = root.post("/api/v1/channels/webchat", wrong)
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "allowedOrigins.0")


def test_visitors_are_people_of_their_own_until_somebody_merges_them(site: Site) -> None:
    site.visit().writes("One")
    site.visit().writes("Two")
    site.lane()
    boss = site.shop.hire("boss", Role.SUPERVISOR)
    tickets = boss.get("/api/v1/tickets?view=all").json["items"]
    assert len({each["contact"]["id"] for each in tickets}) == 2
    for each in tickets:
        state = conversations.get(site.shop.world.table, each["conversationId"])
        assert state.window_closes_at is None
        assert state.visitor_id
