"""A customer sends a file: it is fetched at once, checked, and shown with its message."""

import json
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.conversations.model import Message
from chalicelib.inbound.front import front_door
from chalicelib.inbound.receive import receive
from chalicelib.media import handlers
from chalicelib.media.content import EICAR
from chalicelib.whatsapp.client import GraphError
from chalicelib.whatsapp.http import NothingSent
from chalicelib.whatsapp.webhook import InboundMessage, parse
from tests.integration.media.conftest import Library, library
from tests.support.api import Caller
from tests.support.iam import acting_as
from tests.support.media import PDF, png

__all__ = ["library"]


def writes(library: Library, kind: str, content: dict[str, Any], wamid: str = "wamid.in") -> Message:
    message = {
        "from": "6591234567", "id": wamid, "type": kind, kind: content,
        "timestamp": str(int(library.clock().timestamp())),
    }  # fmt: skip
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
    assert isinstance(update, InboundMessage)
    return receive(update, front_door(library.world))


def fetched(library: Library, tries: int = 1) -> None:
    sqs, url = library.world.client("sqs"), library.world.settings.media_queue_url
    (waiting,) = sqs.receive_message(QueueUrl=url)["Messages"]
    with acting_as("media"):
        handlers.work(Record(json.loads(waiting["Body"]), waiting["ReceiptHandle"], "", tries), library.world)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=waiting["ReceiptHandle"])


def shown(library: Library, message: Message) -> Any:
    boss = Caller(app, library.world).as_(Role.ADMINISTRATOR)
    (view,) = boss.get(f"/api/v1/tickets/{message.ticket_id}/messages").json["items"]
    return view["media"]


def test_a_picture_is_fetched_and_shown_with_a_link_and_a_preview(library: Library) -> None:
    library.meta.files["77"] = ("image/png", png(400, 400))
    message = writes(library, "image", {"id": "77", "mime_type": "image/png", "sha256": "x", "caption": "My roof"})
    assert (shown(library, message)["state"], shown(library, message)["url"]) == ("fetching", None)
    fetched(library)
    media = shown(library, message)
    assert (media["state"], media["kind"], media["width"]) == ("ready", "image", 400)
    assert media["url"]
    assert media["previewUrl"]
    assert library.world.media.get(f"media/files/{message.id}") == png(400, 400)


def test_the_same_webhook_twice_fetches_once(library: Library) -> None:
    library.meta.files["77"] = ("application/pdf", PDF)
    for _ in range(2):
        writes(library, "document", {"id": "77", "mime_type": "application/pdf", "filename": "Bill.pdf"})
    fetched(library)
    assert library.jobs() == []
    assert library.meta.asked == 1


def test_a_customers_file_of_any_type_is_let_in_but_only_offered_for_saving(library: Library) -> None:
    library.meta.files["77"] = ("application/zip", b"PK\x03\x04" + bytes(100))
    message = writes(library, "document", {"id": "77", "mime_type": "application/zip", "filename": "plans.zip"})
    fetched(library)
    media = shown(library, message)
    assert (media["state"], media["kind"], media["name"]) == ("ready", None, "plans.zip")
    assert "attachment" in media["url"]
    assert "octet-stream" in media["url"]


@pytest.mark.parametrize("content", [EICAR, b"<svg onload=alert(1)></svg>", png(text=b"<script>x</script>")])
def test_what_does_harm_is_not_shown(library: Library, content: bytes) -> None:
    library.meta.files["77"] = ("image/png", content)
    message = writes(library, "image", {"id": "77", "mime_type": "image/png"})
    fetched(library)
    media = shown(library, message)
    assert (media["state"], media["url"]) == ("refused", None)
    assert media["problem"]
    assert library.stored() == []


def test_while_whatsapp_does_not_answer_it_is_tried_again_and_then_put_aside(library: Library) -> None:
    message = writes(library, "image", {"id": "77", "mime_type": "image/png"})
    library.meta.refuses = NothingSent("no route")
    with pytest.raises(BringAgain):
        fetched(library)
    library.meta.refuses = NothingSent("no route")
    job = {"v": 1, "do": "fetch", "media_id": message.id}
    with pytest.raises(GraphError):
        library.work(job, tries=8)
    assert "could not be fetched" in shown(library, message)["problem"]
    library.meta.refuses = None
    library.meta.files["77"] = ("image/png", png())
    library.work(job)  # the dead letter, sent back
    assert (shown(library, message)["state"], shown(library, message)["problem"]) == ("ready", "")


def test_a_file_whatsapp_no_longer_has_is_lost_and_said_so(library: Library) -> None:
    message = writes(library, "image", {"id": "77", "mime_type": "image/png"})
    fetched(library)
    assert (shown(library, message)["state"], shown(library, message)["url"]) == ("lost", None)


def test_a_customers_file_is_seen_with_its_message_only(library: Library) -> None:
    library.meta.files["77"] = ("application/pdf", PDF)
    message = writes(library, "document", {"id": "77", "mime_type": "application/pdf"})
    fetched(library)
    assert library.api.get(f"/api/v1/media/{message.id}").status == 404
    assert library.api.delete(f"/api/v1/media/{message.id}").status == 404
