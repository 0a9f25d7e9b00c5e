"""What an agent may get wrong: each is refused in plain words over HTTP, and nothing is lost or half done."""

from typing import Any

import pytest

from chalicelib.access.permissions import Role
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.wiring import _client
from tests.integration.converse.conftest import Shop
from tests.support.api import Answer

HELLO = {"message": {"type": "text", "text": {"body": "We are on it"}}}


class Desk:
    """One ticket in Ana's hands, and what can be seen of it from outside."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.ana, self.ben = shop.hire("ana"), shop.hire("ben")
        self.boss = shop.hire("boss", Role.SUPERVISOR)
        shop.at_work("ana")
        self.message: Message = shop.writes("Where is my order?")
        self.path = f"/api/v1/tickets/{self.message.ticket_id}"

    def picture(self) -> tuple[Any, ...]:
        """The ticket, its thread and history, and what waits to be sent."""
        ticket = self.shop.ticket(self.message)
        log = conversations.messages(self.shop.world.table, self.message.conversation_id).items
        history = self.boss.get(f"{self.path}/history").json["items"]
        asked = {"QueueUrl": self.shop.world.settings.replies_queue_url, "AttributeNames": ["All"]}
        waiting = _client("sqs").get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"]
        return ticket, log, history, waiting


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def _says(answer: Answer) -> tuple[int, str]:
    assert answer.json["message"]
    return answer.status, answer.json["code"]


def _refused(desk: Desk, reply: Any = HELLO, *, by: str = "ana") -> Answer:
    """The answer to a reply that must change nothing."""
    before = desk.picture()
    answer = desk.shop.as_(by).post(f"{desk.path}/messages", reply)
    assert desk.picture() == before
    return answer


def test_outside_the_window(desk: Desk) -> None:
    desk.shop.clock.advance(hours=24)
    assert _says(_refused(desk)) == (409, "window_closed")


@pytest.mark.parametrize("ending", ["resolve", "close"])
def test_to_an_ended_ticket(desk: Desk, ending: str) -> None:
    assert desk.ana.post(f"{desk.path}/{ending}", {}).status == 200
    assert _says(_refused(desk)) == (409, "not_possible")


def test_to_somebody_elses_ticket(desk: Desk) -> None:
    assert _says(_refused(desk, by="ben")) == (404, "ticket_missing")  # and does not learn that there is one
    desk.ana.post(f"{desk.path}/release", {})
    desk.ana.put("/api/v1/agents/me/presence", {"presence": "away"})
    if desk.shop.ticket(desk.message).in_line:
        assert _says(_refused(desk, by="ben")) == (403, "not_yours")


def test_after_an_opt_out(desk: Desk) -> None:
    contact = identity.get(desk.shop.world.table, desk.shop.conversation(desk.message).contact_id)
    assert contact is not None
    consent.record(
        desk.shop.world.table, contact, ConsentCategory.ALL, allowed=False, subaccount_id=None,
        source="agent", text="", at=desk.shop.clock(), entry_id="e1",
    )  # fmt: skip
    assert _says(_refused(desk)) == (409, "customer_opted_out")


def test_with_an_unsupported_type(desk: Desk) -> None:
    answer = _refused(desk, {"message": {"type": "hologram", "hologram": {"id": "1"}}})
    assert _says(answer) == (400, "invalid")
    assert answer.json["errors"][0]["field"].startswith("message")


def test_with_seventeen_megabytes_of_video(desk: Desk) -> None:
    before = desk.picture()
    wish = {"name": "film.mp4", "mimeType": "video/mp4", "size": 17_000_000}
    refused = desk.ana.post("/api/v1/media/uploads", wish)
    assert refused.status in {400, 413}
    assert "16" in refused.json["message"]
    assert desk.picture() == before
    nowhere = _refused(desk, {"message": {"type": "video", "video": {"id": "01KAXYZ0123456789ABCDEFGHJ"}}})
    assert (nowhere.status, nowhere.json["errors"][0]["field"]) == (400, "message.video.id")


def test_a_queue_that_holds_tickets_is_not_deleted(desk: Desk) -> None:
    desk.shop.open_queue("sales", members=[{"agent_id": "ana"}])
    assert desk.boss.post(f"{desk.path}/transfer", {"queueId": "sales"}).status == 200
    before = desk.picture()
    root = desk.shop.hire("root", Role.ADMINISTRATOR)
    assert _says(root.delete("/api/v1/queues/sales")) == (409, "queue_holds_tickets")
    assert desk.picture() == before
    assert root.get("/api/v1/queues/sales").json["enabled"] is True


def test_of_two_supervisors_who_edit_one_rule_set_the_second_is_told(desk: Desk) -> None:
    desk.shop.open_queue("sales")
    seen = desk.boss.get("/api/v1/queues/sales")
    version = seen.headers["ETag"]
    first = {"name": "Sales", "conditions": [{"type": "country", "values": ["SG"]}]}
    second = {"name": "Sales", "conditions": [{"type": "country", "values": ["DE"]}]}
    root = desk.shop.hire("root", Role.ADMINISTRATOR)
    assert root.put("/api/v1/queues/sales", first, if_match=version).status == 200
    assert _says(root.put("/api/v1/queues/sales", second, if_match=version)) == (409, "queue_changed")
    kept = root.get("/api/v1/queues/sales").json
    assert (kept["conditions"][0]["values"], kept["version"]) == (["SG"], 2)
    assert root.put("/api/v1/queues/sales", second).status == 400  # nobody writes over what they have not seen
