"""Conversations as they are kept."""

import pytest

from chalicelib.conversations import store
from chalicelib.conversations.model import Conversation
from tests.integration.conversations.conftest import Scene


def test_a_conversation_is_begun_once(scene: Scene) -> None:
    table, now = scene.world.table, scene.world.clock()
    other = scene.channel.model_copy(update={"id": "ch2"})
    begun = store.begun(table, other, scene.contact, now)
    assert store.begun(table, other, scene.contact, now) == begun == store.get(table, f"ch2.{scene.contact.id}")
    assert store.begun(table, scene.channel, scene.contact, now) == scene.conversation


def test_who_begins_a_conversation_while_somebody_else_does_finds_theirs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = store.find
    answers: list[Conversation | None] = [None]
    monkeypatch.setattr(store, "find", lambda *asked: answers.pop() if answers else find(*asked))
    found = store.begun(scene.world.table, scene.channel, scene.contact, scene.world.clock())
    assert not answers
    assert found == scene.conversation
