"""An inbound message counts once, in the right place, and nothing it asks for is lost half-way."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import Operation, Put
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import store
from chalicelib.conversations.model import Conversation, Message
from chalicelib.inbound.receive import FrontDoor, NumberUnknown, SenderUnknown, receive
from chalicelib.whatsapp.webhook import InboundMessage, parse
from chalicelib.wiring import World
from tests.integration.conftest import Clock


@dataclass
class Ticket:
    operations: list[Operation]
    ticket_id: str
    acts: tuple[str, ...] = ("assign",)
    measured: dict[str, Any] = field(default_factory=dict)


@dataclass
class Door:
    """A front door with a ticket room that only notes that a ticket was opened."""

    world: World
    performed: list[str] = field(default_factory=list)
    crash: bool = False

    def intake(self, conversation: Conversation, channel: Channel, contact: Any, message: Message, now: Any) -> Ticket:
        if conversation.ticket_id:
            return Ticket([], conversation.ticket_id, ())
        ticket_id = self.world.new_id()
        return Ticket([Put({"PK": f"TICKET#{ticket_id}", "SK": conversation.id})], ticket_id)

    def perform(self, act: str, message: Message) -> None:
        if self.crash:
            raise RuntimeError("killed between store and act")
        self.performed.append(act)

    @property
    def door(self) -> FrontDoor:
        return FrontDoor(self.world, self.intake, self.perform)


@pytest.fixture
def door(world: World) -> Door:
    channels.create(
        world.table,
        Channel(
            id="ch1", subaccount_id="acme", name="Shop", created_at=world.clock(),
            phone_number_id="1", display_phone_number="+6560000000", waba_id="2",
        ),
    )  # fmt: skip
    return Door(world)


def inbound(world: World, wamid: str = "wamid.a", *, wa_id: str | None = "6591234567", **facts: Any) -> InboundMessage:
    sender = {"from": wa_id} if wa_id else {}
    sender |= {"from_user_id": facts.pop("bsuid")} if facts.get("bsuid") else {}
    at = int(world.clock().timestamp()) + facts.pop("seconds", 0)
    facts.pop("bsuid", None)
    body = facts or {"type": "text", "text": {"body": "Hello"}}
    message = {**sender, "id": wamid, "timestamp": str(at), **body}
    value = {"metadata": {"phone_number_id": "1", "display_phone_number": "6560000000"}, "messages": [message]}
    payload = {"entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}]}
    (update,) = parse(payload)
    assert isinstance(update, InboundMessage)
    return update


def test_a_first_message_makes_contact_conversation_window_and_ticket_at_once(world: World, door: Door) -> None:
    message = receive(inbound(world), door.door)
    conversation = store.get(world.table, message.conversation_id)
    assert conversation.window_closes_at == world.clock() + timedelta(hours=24)
    assert (conversation.ticket_id, conversation.unread, message.preview) == (message.ticket_id, 1, "Hello")
    assert door.performed == ["ticket:assign"]


def test_a_redelivered_message_changes_nothing(world: World, door: Door, clock: Clock) -> None:
    update = inbound(world)
    first = receive(update, door.door)
    clock.advance(hours=5)
    again = receive(update, door.door)
    assert again.position == first.position
    assert store.get(world.table, first.conversation_id).unread == 1
    assert door.performed == ["ticket:assign"]


def test_an_act_that_a_crash_cut_off_runs_when_sqs_brings_the_message_again(world: World, door: Door) -> None:
    door.crash = True
    with pytest.raises(RuntimeError):
        receive(inbound(world), door.door)
    door.crash = False
    receive(inbound(world), door.door)
    assert door.performed == ["ticket:assign"]


def test_a_second_message_goes_to_the_same_ticket(world: World, door: Door) -> None:
    first, second = receive(inbound(world), door.door), receive(inbound(world, "wamid.b"), door.door)
    assert first.ticket_id == second.ticket_id


def test_every_message_three_times_shuffled_by_eight_workers_is_one_conversation_in_order(
    world: World, door: Door
) -> None:
    people = {f"65912345{n:02d}": [f"wamid.{n}.{i}" for i in range(6)] for n in range(4)}
    arrivals = [(who, i, wamid) for who, wamids in people.items() for i, wamid in enumerate(wamids)] * 3
    random.Random(7).shuffle(arrivals)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda a: receive(inbound(world, a[2], wa_id=a[0], seconds=a[1]), door.door), arrivals))
    for who, wamids in people.items():
        person = identity.find(world.table, Identities(phone=f"+{who}"))
        assert person is not None
        log = store.messages(world.table, f"ch1.{person.id}", oldest_first=True).items
        assert [item["wamid"] for item in log] == wamids
        assert len({item["ticket_id"] for item in log}) == 1
        assert store.get(world.table, f"ch1.{person.id}").unread == 6


def test_stop_is_recorded_and_opens_no_ticket(world: World, door: Door) -> None:
    message = receive(inbound(world, type="text", text={"body": "STOP"}), door.door)
    assert (message.ticket_id, door.performed) == (None, ["opt_out", "confirm_opt_out"])


def test_a_customer_who_hides_the_phone_number_is_known_by_bsuid(world: World, door: Door) -> None:
    both = receive(inbound(world, bsuid="SG.1"), door.door)
    hidden = receive(inbound(world, "wamid.b", wa_id=None, bsuid="SG.1"), door.door)
    assert hidden.conversation_id == both.conversation_id


def test_a_change_of_number_keeps_the_contact(world: World, door: Door) -> None:
    before = receive(inbound(world, bsuid="SG.1"), door.door)
    system = {"type": "user_changed_number", "wa_id": "6598888888", "user_id": "SG.2", "body": "changed"}
    receive(inbound(world, "wamid.b", bsuid="SG.1", type="system", system=system), door.door)
    after = receive(inbound(world, "wamid.c", wa_id="6598888888", bsuid="SG.2"), door.door)
    assert after.conversation_id == before.conversation_id
    assert store.get(world.table, after.conversation_id).phone == "+6598888888"
    assert world.table.get(keys.identity("phone", "+6591234567")) is None


def test_an_unknown_type_is_kept_as_it_came(world: World, door: Door) -> None:
    message = receive(inbound(world, type="hologram", hologram={"depth": 3}), door.door)
    assert (message.type, message.content) == ("hologram", {"depth": 3})


def test_a_message_for_a_number_we_do_not_have_is_not_lost(world: World, door: Door) -> None:
    update = inbound(world).model_copy(
        update={"source": inbound(world).source.model_copy(update={"phone_number_id": "9"})}
    )
    with pytest.raises(NumberUnknown):
        receive(update, door.door)


def test_a_message_from_nobody_is_refused_by_name(world: World, door: Door) -> None:
    with pytest.raises(SenderUnknown):
        receive(inbound(world, wa_id=None), door.door)
