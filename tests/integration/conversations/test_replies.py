"""A reply is kept, sent once, and ends in a state that says what happened."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cloud import keys
from chalicelib.cloud.batches import BringAgain, Record
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.conversations import handlers, ownership, replies
from chalicelib.conversations.entry import MessageEntry
from chalicelib.conversations.model import Message, MessageStatus, OwnerKind
from chalicelib.inbound.timers import subscribers
from chalicelib.timers.run import run
from chalicelib.whatsapp.http import AnswerLost, NothingSent
from tests.fakes import meta_error
from tests.integration.conftest import Clock
from tests.integration.conversations.conftest import Scene
from tests.support.iam import acting_as


def work(scene: Scene, message: Message, receipt: str = "receipt") -> None:
    body = {"v": 1, "conversation_id": message.conversation_id, "position": message.position}
    with acting_as("reply"):
        handlers.work(Record(body, receipt, message.conversation_id, 1), scene.world, scene.gate)


def queued(scene: Scene) -> list[Any]:
    answer = scene.world.client("sqs").receive_message(
        QueueUrl=scene.world.settings.replies_queue_url, MaxNumberOfMessages=10
    )
    return list(answer.get("Messages", []))


def test_a_reply_reaches_meta_with_its_callback_and_is_accepted(scene: Scene) -> None:
    message = scene.submit()
    work(scene, message)
    (sent,) = scene.meta.accepted
    after = scene.message(message)
    assert (sent["to"], sent["text"]) == ("+6591234567", {"body": "Hello"})
    assert sent["biz_opaque_callback_data"] == f"m:{message.conversation_id}|{message.position}:{after.attempt}"
    assert (after.status, after.wamid) == (MessageStatus.ACCEPTED, "wamid.1")
    assert scene.world.table.get(keys.conversation(message.conversation_id))["claims"] == {}  # type: ignore[index]


def test_a_redelivered_reply_is_not_sent_twice(scene: Scene) -> None:
    message = scene.submit()
    work(scene, message)
    work(scene, message)
    assert len(scene.meta.accepted) == 1


def test_the_same_draft_submitted_twice_is_one_message(scene: Scene, clock: Clock) -> None:
    first = scene.submit("d1")
    clock.advance(seconds=3)
    assert scene.submit("d1").position == first.position
    assert len(queued(scene)) == 1


def test_outside_the_window_it_is_refused_before_anything_is_kept(scene: Scene, clock: Clock) -> None:
    clock.advance(hours=23, minutes=58, seconds=40)
    with pytest.raises(replies.WindowClosed):
        scene.submit()
    assert queued(scene) == []


def test_a_window_that_closes_while_the_message_waits_stops_it_at_the_gate(scene: Scene, clock: Clock) -> None:
    message = scene.submit()
    clock.advance(hours=24)
    work(scene, message)
    after = scene.message(message)
    assert scene.meta.accepted == []
    assert (after.status, after.failure and after.failure.reason) == (MessageStatus.FAILED, "window_closed")


def test_a_lost_answer_leaves_it_unknown_and_never_sends_again(scene: Scene) -> None:
    message = scene.submit()
    scene.meta.answer = lambda _: AnswerLost("connection cut")
    work(scene, message)
    scene.meta.answer = lambda _: None
    work(scene, message)
    assert scene.message(message).status is MessageStatus.UNKNOWN
    assert scene.meta.accepted == []


def test_a_message_whose_worker_was_killed_after_the_claim_is_never_sent_again_and_ends_as_not_confirmed(
    scene: Scene, clock: Clock
) -> None:
    def minute() -> None:
        run(scene.world.table, subscribers(scene.world), clock, until=clock() + timedelta(seconds=10))

    minute()
    message = scene.submit()
    entry = MessageEntry(scene.world.table, message, timedelta(seconds=25))
    assert entry.claim("attempt", clock())  # and the process dies
    (brought,) = queued(scene)
    with pytest.raises(BringAgain):
        work(scene, message, brought["ReceiptHandle"])
    clock.advance(seconds=30)
    work(scene, message)
    assert scene.message(message).status is MessageStatus.UNKNOWN
    clock.advance(minutes=20)
    minute()
    after = scene.message(message)
    assert (after.status, after.failure and after.failure.reason) == (MessageStatus.NOT_CONFIRMED, "not_confirmed")
    assert scene.meta.accepted == []


def test_a_send_that_never_left_is_tried_again(scene: Scene) -> None:
    message = scene.submit()
    scene.meta.answer = lambda _: NothingSent("refused")
    (brought,) = queued(scene)
    with pytest.raises(BringAgain):
        work(scene, message, brought["ReceiptHandle"])
    scene.meta.answer = lambda _: None
    work(scene, message)
    assert scene.message(message).status is MessageStatus.ACCEPTED


def test_a_refusal_for_good_says_why(scene: Scene) -> None:
    message = scene.submit()
    scene.meta.answer = lambda _: meta_error(131026)
    work(scene, message)
    after = scene.message(message)
    assert after.failure is not None
    assert (after.status, after.failure.code) == (MessageStatus.FAILED, 131026)


def test_an_opted_out_person_gets_nothing(scene: Scene) -> None:
    message = scene.submit()
    consent.record(
        scene.world.table, scene.contact, ConsentCategory.ALL,
        allowed=False, subaccount_id=None, source="api", text="", at=scene.world.clock(), entry_id="e",
    )  # fmt: skip
    work(scene, message)
    assert scene.meta.accepted == []
    assert scene.message(message).status is MessageStatus.FAILED


def test_metas_own_opt_out_becomes_ours(scene: Scene) -> None:
    message = scene.submit()
    scene.meta.answer = lambda _: meta_error(131050)
    work(scene, message)
    assert identity.opted_out(scene.world.table, Identities(phone="+6591234567")) == {"marketing"}


def test_a_bots_message_decided_before_a_take_over_is_refused(scene: Scene) -> None:
    message = scene.submit(epoch=scene.conversation.epoch)
    ownership.take(scene.world.table, message.conversation_id, OwnerKind.AGENT, "a1", clock=scene.world.clock)
    work(scene, message)
    assert scene.meta.accepted == []
    failure = scene.message(message).failure
    assert failure is not None
    assert failure.reason == "ownership_lost"


def test_a_take_over_answers_only_when_no_claim_is_in_flight(scene: Scene, clock: Clock) -> None:
    message = scene.submit(epoch=scene.conversation.epoch)
    seen: list[int] = []

    def take_over_during_the_call(_: Any) -> None:
        def release(_: float) -> None:
            seen.append(len(scene.meta.accepted))
            clock.advance(seconds=60)  # the claim's own time ends

        ownership.take(
            scene.world.table, message.conversation_id, OwnerKind.AGENT, "a1", clock=scene.world.clock, sleep=release
        )

    scene.meta.answer = take_over_during_the_call
    work(scene, message)
    assert seen == [0], "it waited while the bot's message was on the wire"
