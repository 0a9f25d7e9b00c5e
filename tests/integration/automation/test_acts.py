"""What steps want, done in the rooms below."""

import pytest

from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.ports import TakenOver
from chalicelib.automation.steps.commands import (
    ChangeConsent,
    ChangeContact,
    ChangeGroup,
    HandOver,
    Send,
    StepFailed,
    User,
)
from chalicelib.automation.wired import automation
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.contacts import groups, identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import ownership, store
from chalicelib.conversations.model import Conversation, OwnerKind, conversation_id

TEXT = {"type": "text", "text": {"body": "Hi"}}


@pytest.fixture
def here(world, clock):
    """A conversation with an open window, and the acts."""
    channel = Channel(
        id="c1", subaccount_id="demo", name="Demo", created_at=clock(), phone_number_id="1",
        display_phone_number="+65 1", waba_id="2",
    )  # fmt: skip
    channels.create(world.table, channel)
    who = Identities(phone="+6591234567")
    contact = identity.resolve(world.table, who, now=clock(), new_id=world.new_id)
    conversation = Conversation(
        id=conversation_id("c1", contact.id), channel_id="c1", contact_id=contact.id, created_at=clock(),
        phone=contact.phone, window_closes_at=clock().replace(hour=23),
    )  # fmt: skip
    world.table.transact([store.created(conversation)])
    instance = Instance(
        id="i1", definition_id="d1", version=1, started_at=clock(), sub_account_id="demo",
        conversations=(conversation.id,), epoch=0,
    )  # fmt: skip
    return automation(world).ports.acts, instance, conversation, contact


def messages(world, conversation):
    return [item for item in store.messages(world.table, conversation.id).items if item["direction"] == "out"]


def test_the_same_send_twice_is_one_message(world, here):
    acts, instance, conversation, _ = here
    wanted = Send("demo", User(phone="+6591234567"), TEXT)
    first, again = acts(wanted, instance, "k1", "hello"), acts(wanted, instance, "k1", "hello")
    assert first.result["umid"] == again.result["umid"] == "k1"
    assert first.spoke_in == conversation.id
    assert len(messages(world, conversation)) == 1


def test_nothing_a_bot_decided_is_accepted_after_an_agent_took_over(world, here, clock):
    acts, instance, conversation, _ = here
    ownership.take(world.table, conversation.id, OwnerKind.AGENT, "ana", clock=clock)
    with pytest.raises(TakenOver):
        acts(Send("demo", User(phone="+6591234567"), TEXT), instance, "k1", "hello")
    assert messages(world, conversation) == []


def test_a_subaccount_without_a_channel_and_a_closed_window_fail_the_step(here, clock):
    acts, instance, _, _ = here
    wanted = Send("demo", User(phone="+6591234567"), TEXT)
    with pytest.raises(StepFailed, match="no channel in subaccount 'nowhere'"):
        acts(Send("nowhere", User(phone="+6591234567"), TEXT), instance, "k1", "hello")
    clock.advance(days=2)
    with pytest.raises(StepFailed, match="window is closed"):
        acts(wanted, instance, "k2", "hello")


def test_contacts_are_grouped_opted_out_and_written(world, here, clock):
    acts, instance, _, contact = here
    group = groups.create(world.table, "leads", "", is_blacklist=False, now=clock(), new_id=world.new_id())
    acts(ChangeGroup(None, "leads", "add"), instance, "k1", "s")
    acts(ChangeConsent(None, opted_in=False), instance, "k2", "s")
    acts(ChangeContact(None, {"firstName": "Ana", "size": 3}), instance, "k3", "s")
    after = identity.get(world.table, contact.id)
    assert (after.groups, after.first_name, after.attributes) == ({group.id}, "Ana", {"size": 3})
    assert after.opted_out == {"marketing@demo"}
    with pytest.raises(StepFailed, match="no group 'nobody'"):
        acts(ChangeGroup(None, "nobody", "add"), instance, "k4", "s")


def test_without_a_word_from_the_customer_there_is_nothing_to_hand_over(here):
    acts, instance, _, _ = here
    with pytest.raises(StepFailed, match="has not written"):
        acts(HandOver(), instance, "k1", "s")
