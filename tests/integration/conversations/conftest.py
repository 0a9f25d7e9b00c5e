"""One channel, one customer who wrote a minute ago, and Meta at the end of the wire."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact, Identities
from chalicelib.conversations import store, window
from chalicelib.conversations.gate import desk, gate
from chalicelib.conversations.model import Conversation, Message, Sender, conversation_id
from chalicelib.conversations.outbound import Gate
from chalicelib.conversations.replies import Desk, Draft, submit
from chalicelib.whatsapp.messages import parse_message
from chalicelib.wiring import World
from tests.fakes import FakeMeta


@dataclass
class Scene:
    """Everything around one conversation."""

    world: World
    meta: FakeMeta
    channel: Channel
    contact: Contact
    gate: Gate
    desk: Desk

    @property
    def conversation(self) -> Conversation:
        return store.get(self.world.table, conversation_id(self.channel.id, self.contact.id))

    def submit(self, draft_id: str = "d1", text: str = "Hello", **values: object) -> Message:
        message = parse_message({"type": "text", "text": {"body": text}})
        draft = Draft(id=draft_id, message=message, sender=Sender(kind="agent", id="a1"), **values)  # type: ignore[arg-type]
        return submit(self.desk, self.conversation, draft)

    def message(self, message: Message) -> Message:
        return store.get_message(self.world.table, message.conversation_id, message.position)


@pytest.fixture
def scene(world: World) -> Scene:
    meta = FakeMeta()
    world.transport = meta  # type: ignore[misc]
    world.secrets.put("token/2", "secret-token")
    now = world.clock()
    channel = Channel(
        id="ch1", subaccount_id="acme", name="Shop", created_at=now,
        phone_number_id="1", display_phone_number="+6560000000", waba_id="2",
    )  # fmt: skip
    channels.create(world.table, channel)
    contact = identity.resolve(world.table, Identities(phone="+6591234567"), now=now, new_id=world.new_id)
    conversation = Conversation(
        id=conversation_id(channel.id, contact.id), channel_id=channel.id, contact_id=contact.id, created_at=now,
        phone=contact.phone, window_closes_at=window.closes_at(now - timedelta(minutes=1), now),
    )  # fmt: skip
    world.table.transact([store.created(conversation)])
    return Scene(world, meta, channel, contact, gate(world), desk(world))
