"""An agent answers with a file of ours."""

import pytest

from chalicelib.access.permissions import Role
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.conversations import handlers
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import gate
from chalicelib.conversations.model import Message
from chalicelib.whatsapp.http import NothingSent
from tests.integration.converse.conftest import Shop
from tests.support.api import Caller
from tests.support.media import MediaMeta, form, png


@pytest.fixture
def meta(shop: Shop) -> MediaMeta:
    shop.meta = MediaMeta()
    shop.world.transport = shop.meta  # type: ignore[misc]
    return shop.meta


def uploaded(agent: Caller, content: bytes = png()) -> str:
    body, headers = form("roof.png", content)
    return str(agent.call("POST", "/api/v1/media", body, headers=headers).json["id"])


def sent(shop: Shop, message: Message) -> Message:
    sqs, url = shop.world.client("sqs"), shop.world.settings.replies_queue_url
    waiting = sqs.receive_message(QueueUrl=url).get("Messages", [])
    body = {"v": 1, "conversation_id": message.conversation_id, "position": message.position}
    receipt = waiting[0]["ReceiptHandle"] if waiting else ""
    handlers.work(Record(body, receipt, message.conversation_id, 1), shop.world, gate(shop.world))
    return conversations.get_message(shop.world.table, message.conversation_id, message.position)


def newest(shop: Shop, conversation_id: str) -> Message:
    (item,) = conversations.messages(shop.world.table, conversation_id, limit=1).items
    return Message.model_validate(item)


def test_a_reply_names_our_file_and_meta_gets_its_own_id(shop: Shop, meta: MediaMeta) -> None:
    boss = shop.hire("sue", Role.SUPERVISOR)
    inbound = shop.writes(wamid="wamid.in")
    media_id = uploaded(boss)
    body = {"message": {"type": "image", "image": {"id": media_id, "caption": "The roof"}}}
    answer = boss.post(f"/api/v1/tickets/{inbound.ticket_id}/messages", body)
    assert answer.status == 202, answer.text
    after = sent(shop, newest(shop, inbound.conversation_id))
    assert meta.accepted[-1]["image"] == {"id": "1001", "caption": "The roof"}
    assert (after.status, after.content["id"]) == ("accepted", media_id)


def test_a_file_that_cannot_go_as_that_is_refused_and_the_field_is_named(shop: Shop, meta: MediaMeta) -> None:
    boss = shop.hire("sue", Role.SUPERVISOR)
    inbound = shop.writes(wamid="wamid.in")
    url = f"/api/v1/tickets/{inbound.ticket_id}/messages"
    for message, field in (
        ({"type": "document", "document": {"id": uploaded(boss)}}, "message.document.id"),
        ({"type": "image", "image": {"id": "01KAXYZ0123456789ABCDEFGHJ"}}, "message.image.id"),
    ):
        answer = boss.post(url, {"message": message})
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)
    assert newest(shop, inbound.conversation_id).direction == "in"


def test_while_meta_takes_no_files_the_message_waits_and_what_is_gone_fails(shop: Shop, meta: MediaMeta) -> None:
    boss = shop.hire("sue", Role.SUPERVISOR)
    inbound = shop.writes(wamid="wamid.in")
    media_id = uploaded(boss)
    boss.post(
        f"/api/v1/tickets/{inbound.ticket_id}/messages", {"message": {"type": "image", "image": {"id": media_id}}}
    )
    message = newest(shop, inbound.conversation_id)
    meta.refuses = NothingSent("no route")
    with pytest.raises(BringAgain):
        sent(shop, message)
    boss.delete(f"/api/v1/media/{media_id}")
    after = sent(shop, message)
    assert (after.status, after.failure and after.failure.reason) == ("failed", "media")
    assert meta.accepted == []
