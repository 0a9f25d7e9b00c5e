"""A shop with one WhatsApp number, its people, and customers who write through the real front door."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from app import app
from chalicelib.access import store as people
from chalicelib.access.model import User, UserState
from chalicelib.access.permissions import Permission, Role
from chalicelib.access.tokens import TokenVerifier
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message
from chalicelib.converse import intake
from chalicelib.converse.agents import store as agents
from chalicelib.converse.agents.model import Agent
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import Ticket
from chalicelib.inbound.receive import FrontDoor, receive
from chalicelib.whatsapp.webhook import InboundMessage, parse
from chalicelib.wiring import World
from tests.fakes import FakeMeta
from tests.integration.conftest import Clock
from tests.support.api import ROOT, Caller


class Verifier(TokenVerifier):
    """Takes `token-of:<id>` for the access token of that person."""

    def __init__(self) -> None:
        super().__init__("", "", "", lambda url: b"")

    def subject(self, token: str) -> str:
        return token.removeprefix("token-of:")


@dataclass
class Shop:
    """Everything around the tickets of one account."""

    world: World
    clock: Clock
    meta: FakeMeta
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def hire(self, person: str, role: Role = Role.AGENT, *, extra: frozenset[Permission] = frozenset()) -> Caller:
        """Somebody who may sign in; answers their client of the API."""
        user = User(
            id=person, email=f"{person}@shop.example", name=person.title(), role=role, permissions=extra,
            state=UserState.ACTIVE, created_at=self.clock(),
        )  # fmt: skip
        entry = people.entry_of(ROOT, "user.invited", person, now=self.clock(), entry_id=self.world.new_id())
        people.put_user(self.world.table, user, entry)
        return self.as_(person)

    def as_(self, person: str) -> Caller:
        return Caller(app, self.world).with_credential(f"token-of:{person}")

    def at_work(self, person: str, *, capacity: int | None = None, load: int = 0, presence: str = "available") -> None:
        """The agent's record as it stands when they are at work."""
        key = keys.agent(person)
        item = {"PK": key.pk, "SK": key.sk, "name": person, "presence": presence, "load": load}
        self.world.table.put(item | ({"capacity": capacity} if capacity is not None else {}))

    def open_queue(self, queue_id: str, **values: Any) -> Queue:
        queue = Queue.model_validate({"id": queue_id, "name": queue_id, "priority": 10, "version": 1, **values})
        queues.put(self.world.table, queue, over=None)
        return queue

    @property
    def door(self) -> FrontDoor:
        table, new_id = self.world.table, self.world.new_id
        return FrontDoor(
            self.world,
            lambda *given: intake.intake(table, *given[:4], now=given[4], new_id=new_id),
            lambda act, message: intake.act(act.removeprefix("ticket:"), message.ticket_id or "", self.world),
        )

    def writes(self, text: str = "Hello", *, wa_id: str = "6591234567", wamid: str = "", number: str = "1") -> Message:
        """A customer sends a text."""
        return receive(self.inbound(text, wa_id=wa_id, wamid=wamid, number=number), self.door)

    def inbound(
        self, text: str = "Hello", *, wa_id: str = "6591234567", wamid: str = "", number: str = "1"
    ) -> InboundMessage:
        message = {
            "from": wa_id, "id": wamid or f"wamid.{next(self.numbers)}", "type": "text", "text": {"body": text},
            "timestamp": str(int(self.clock().timestamp())),
        }  # fmt: skip
        value = {"metadata": {"phone_number_id": number, "display_phone_number": "6560000000"}, "messages": [message]}
        (update,) = parse({"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]})
        assert isinstance(update, InboundMessage)
        return update

    def ticket(self, message_or_id: Message | str) -> Ticket:
        ticket_id = message_or_id if isinstance(message_or_id, str) else message_or_id.ticket_id or ""
        return store.get(self.world.table, ticket_id)

    def conversation(self, message: Message) -> Conversation:
        return conversations.get(self.world.table, message.conversation_id)

    def agent(self, person: str) -> Agent:
        return agents.get(self.world.table, person)


@pytest.fixture
def shop(world: World, clock: Clock) -> Shop:
    meta = FakeMeta()
    world.transport = meta  # type: ignore[misc]
    world.secrets.put("token/2", "secret-token")
    world.tokens = Verifier()  # type: ignore[misc]
    for number in ("1", "9"):
        channels.create(
            world.table,
            Channel(
                id=f"ch{number}", subaccount_id="acme", name="Shop", created_at=world.clock(),
                phone_number_id=number, display_phone_number="+6560000000", waba_id="2",
            ),
        )  # fmt: skip
    return Shop(world, clock, meta)
