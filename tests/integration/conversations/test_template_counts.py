"""How a template does that agents, workflows and programs send: once per message, whatever its statuses do."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.conversations import statuses, template_counts
from chalicelib.conversations.entry import MessageEntry
from chalicelib.conversations.model import Message, Sender
from chalicelib.conversations.outbound import Declined
from chalicelib.conversations.replies import Draft, submit
from chalicelib.conversations.usage import Bill
from chalicelib.events.model import Event
from chalicelib.whatsapp.messages import parse_message
from chalicelib.whatsapp.webhook import parse
from tests.integration.conversations.conftest import Scene

OFFER = {"name": "offer", "language": {"code": "en"}}


def _template(scene: Scene, draft_id: str = "d1") -> Message:
    message = parse_message({"type": "template", "template": OFFER})
    draft = Draft(id=draft_id, message=message, sender=Sender(kind="workflow"), category="utility")
    return submit(scene.desk, scene.conversation, draft)


def _tell(scene: Scene, message: Message, *said: str) -> None:
    for status in said:
        told: dict[str, Any] = {
            "id": f"wamid.{message.id}", "status": status, "timestamp": "1795348800", "recipient_id": "6591234567",
            "biz_opaque_callback_data": f"m:{message.conversation_id}|{message.position}:a",
        }  # fmt: skip
        if status == "failed":
            told["errors"] = [{"code": 131026, "title": "x"}]
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "statuses": [told]}
        (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
        statuses.apply(scene.world.table, update, scene.world.clock, Bill.of([update]))  # type: ignore[arg-type, list-item]


def _counts(scene: Scene) -> Mapping[str, int]:
    found = template_counts.of_template(scene.world.table, "ch1", "offer", "en")
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "read"))))
def test_each_step_counts_once_in_whatever_order_statuses_come(scene: Scene, order: tuple[str, ...]) -> None:
    message = _template(scene)
    _tell(scene, message, *order, *order)
    assert _counts(scene) == {"sent": 1, "delivered": 1, "read": 1}


def test_one_that_fails_counts_by_its_reason_and_not_as_sent(scene: Scene) -> None:
    _tell(scene, _template(scene), "sent", "failed", "failed")
    assert _counts(scene) == {"reason:meta_131026": 1}


def test_one_that_arrives_after_all_has_not_failed(scene: Scene) -> None:
    _tell(scene, _template(scene), "failed", "delivered")
    assert _counts(scene) == {"sent": 1, "delivered": 1}


def test_one_that_we_did_not_send_counts_by_its_reason(scene: Scene) -> None:
    message = _template(scene)
    declined = Declined("number_stopped", "nothing can leave this number")
    MessageEntry(scene.world.table, message, timedelta(seconds=60)).record(None, declined, scene.world.clock())
    assert _counts(scene) == {"reason:number_stopped": 1}


def test_a_text_is_no_template(scene: Scene) -> None:
    _tell(scene, scene.submit(), "sent", "delivered")
    assert _counts(scene) == {}


def test_whoever_writes_after_a_template_has_answered_it_once(scene: Scene) -> None:
    _template(scene)
    scene.world.clock.advance(seconds=60)  # type: ignore[attr-defined]
    at = scene.world.clock()
    for number in range(2):
        position = f"{at.isoformat()[:19]}.000Z#{number}"
        event = Event(
            id=f"e{number}", type="message.received", at=at, topic="conversation", subject=scene.conversation.id,
            data={"position": position},
        )  # fmt: skip
        template_counts.heard(scene.world, [event, event])
    assert _counts(scene) == {"replied": 1}


def test_an_answer_to_what_came_later_is_not_the_templates(scene: Scene) -> None:
    _template(scene)
    scene.world.clock.advance(seconds=1)  # type: ignore[attr-defined]
    scene.submit("d2", "Anything else?")
    at = scene.world.clock() + timedelta(seconds=1)
    event = Event(
        id="e", type="message.received", at=at, topic="conversation", subject=scene.conversation.id,
        data={"position": f"{at.isoformat()[:19]}.000Z#1"},
    )  # fmt: skip
    template_counts.heard(scene.world, [event])
    assert _counts(scene) == {}
