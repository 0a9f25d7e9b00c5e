"""The front door: one inbound message in, one transaction, then its acts.

Gather all that one message changes, commit it once, then act. The acts are kept with the message until they are done, so a worker
that dies between the two loses nothing: SQS brings the message again and the outstanding acts run again, each harmless when
repeated.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.cloud import keys, retention
from chalicelib.cloud.table import Operation, TransactionContended, TransactionRefused, Update
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact, Identities, visitor
from chalicelib.conversations import carriers, preview, store, window
from chalicelib.conversations.model import Conversation, Message, MessageStatus, Sender, conversation_id
from chalicelib.dataclass import dataclass
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.inbound.decision import Decision, Handler, Situation, decide
from chalicelib.whatsapp.webhook import InboundMessage, Person
from chalicelib.whatsapp.webhook.content import Media, System
from chalicelib.wiring import World

_TRIES = 8


class NumberUnknown(Exception):
    """A message for a phone number that no channel has. SQS keeps it until the channel is there, then the DLQ."""

    def __init__(self, phone_number_id: str | None) -> None:
        super().__init__(str(phone_number_id))
        self.phone_number_id = phone_number_id


class SenderUnknown(Exception):
    """A message that names nobody, neither by phone nor by BSUID."""

    def __init__(self, wamid: str) -> None:
        super().__init__(wamid)
        self.wamid = wamid


class Taken(Protocol):
    """What a handler of a message adds to its transaction, and what it must do afterwards."""

    @property
    def operations(self) -> list[Operation]: ...
    @property
    def ticket_id(self) -> str: ...
    @property
    def acts(self) -> tuple[str, ...]: ...
    @property
    def measured(self) -> dict[str, Any]: ...


class Intake(Protocol):
    """Takes a message into a ticket."""

    def __call__(
        self, conversation: Conversation, channel: Channel, contact: Contact, message: Message, now: datetime
    ) -> Taken: ...


@dataclass(frozen=True)
class FrontDoor:
    """The rooms behind the door, as functions."""

    world: World
    intake: Intake
    perform: Callable[[str, Message], None]
    """Does one outstanding act of a message; harmless when repeated."""
    instance_of: Callable[[Conversation], str | None] = lambda _: None
    is_resolved: Callable[[Conversation], bool] = lambda _: False
    """Whether the conversation's ticket is resolved."""
    workflows_for: Callable[[Channel, Contact, InboundMessage], tuple[str, ...]] = lambda *_: ()


def receive(update: InboundMessage, door: FrontDoor) -> Message:
    """Takes one message in, exactly once in effect. Raises NumberUnknown, SenderUnknown, TransactionContended."""
    known = store.by_wamid(door.world.table, update.wamid)
    message = known or _store(update, door)
    for act in message.acts:
        door.perform(act, message)
    if message.acts:
        done = Update(keys.message(message.conversation_id, message.position), remove=["acts"])
        door.world.table.update(done)
    return message


def _store(update: InboundMessage, door: FrontDoor) -> Message:
    table, now = door.world.table, door.world.clock()
    channel = channels.of_number(table, update.source.phone_number_id or "")
    if channel is None:
        raise NumberUnknown(update.source.phone_number_id)
    channels.heard(table, channel, now)
    contact = _contact(update, channel, door.world)
    for attempt in range(_TRIES):
        before = _conversation(door.world, channel, contact)
        decision = _decision(update, channel, contact, before, door)
        message = _message(update, before, decision, now, door.world.new_id())
        operations, message = _change(update, before, channel, contact, message, decision, door)
        try:
            table.transact(operations)
        except TransactionRefused:
            known = store.by_wamid(table, update.wamid)
            if known:
                return known
            _step_back(attempt)
            continue  # the conversation moved meanwhile: decide afresh
        return message
    raise TransactionContended(f"conversation {conversation_id(channel.id, contact.id)}")


def _step_back(attempt: int) -> None:
    """Those who met at one conversation must not meet there again: each waits a moment of its own."""
    time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - not for secrets


def _contact(update: InboundMessage, channel: Channel, world: World) -> Contact:
    if isinstance(update.content, System):
        _move_identities(update, update.content, world)
    who = _visitor(update.sender) if channel.type is ChannelType.WEBCHAT else _identities(update.sender)
    if isinstance(update.content, System):
        who = _identities(Person(wa_id=update.content.wa_id, user_id=update.content.user_id)) or who
    if who is None:
        raise SenderUnknown(update.wamid)
    return identity.resolve(
        world.table,
        who,
        now=world.clock(),
        new_id=world.new_id,
        profile_name=update.sender.name or "",
        username=update.sender.username or "",
    )


def _move_identities(update: InboundMessage, change: System, world: World) -> None:
    """WhatsApp says that a person has a new number or user id: the contact goes with the person."""
    after = _identities(Person(wa_id=change.wa_id, user_id=change.user_id))
    before = _identities(Person(wa_id=update.sender.wa_id, user_id=change.previous_user_id or update.sender.user_id))
    if after is None or before is None:
        return
    contact = identity.find(world.table, before)
    other = identity.find(world.table, after)
    if contact is None:
        return
    if other is not None and other.id != contact.id:
        identity.absorb(world.table, contact, other, world.clock())
        contact = identity.get(world.table, contact.id) or contact
    identity.replace(world.table, contact, after, world.clock())


def _identities(person: Person) -> Identities | None:
    if not person.wa_id and not person.user_id:
        return None
    return Identities(phone=f"+{person.wa_id}" if person.wa_id else None, bsuid=person.user_id)


def _visitor(person: Person) -> Identities | None:
    """A web chat names its visitors by ids of its own."""
    return Identities(also=frozenset({visitor(person.wa_id)})) if person.wa_id else None


def _conversation(world: World, channel: Channel, contact: Contact) -> Conversation | None:
    return store.find(world.table, conversation_id(channel.id, contact.id))


def _decision(
    update: InboundMessage, channel: Channel, contact: Contact, before: Conversation | None, door: FrontDoor
) -> Decision:
    situation = Situation(channel=channel, message_type=update.content.type, text=update.text)
    if before is not None:
        instance = door.instance_of(before)
        situation = replace(
            situation,
            owner=before.owner,
            has_ticket=before.ticket_id is not None,
            ticket_is_resolved=instance is not None and door.is_resolved(before),
            instance_id=instance,
        )
    return decide(situation, lambda: door.workflows_for(channel, contact, update))


def _message(
    update: InboundMessage, before: Conversation | None, decision: Decision, now: datetime, message_id: str
) -> Message:
    at = datetime.fromtimestamp(update.timestamp, UTC)
    body = update.raw.get(update.type)
    return Message(
        id=message_id,
        conversation_id=before.id if before else "",
        position=keys.message_position(at, now, message_id),
        direction="in",
        type=update.type,
        content=body if isinstance(body, dict) else {"value": body} if body is not None else {},
        at=at,
        status=MessageStatus.RECEIVED,
        sender=Sender(kind="customer", name=update.sender.name or ""),
        wamid=update.wamid,
        context_wamid=update.context.id if update.context else None,
        preview=update.text[:200] or preview.of(update.type, body if isinstance(body, dict) else {}),
        acts=_acts(update, decision),
    )


def _acts(update: InboundMessage, decision: Decision) -> tuple[str, ...]:
    acts: list[str] = ["file"] if isinstance(update.content, Media) else []
    if decision.wish:
        acts.append(str(decision.wish))
    if decision.confirms:
        acts.append(f"confirm_{decision.wish}")
    if decision.handler is Handler.WORKFLOW:
        acts += [f"workflow:{definition}" for definition in decision.workflows]
    if decision.handler is Handler.INSTANCE:
        acts.append("instance")
    return tuple(acts)


def _change(
    update: InboundMessage,
    before: Conversation | None,
    channel: Channel,
    contact: Contact,
    message: Message,
    decision: Decision,
    door: FrontDoor,
) -> tuple[list[Operation], Message]:
    """Everything this message changes, as one transaction, and the message as it will be kept."""
    now = door.world.clock()
    after = _advanced(before, update, channel, contact, message, now)
    message = message.model_copy(update={"conversation_id": after.id})
    joined: list[Operation] = []
    measured: dict[str, Any] = {}
    if decision.handler in {Handler.AGENT, Handler.TICKET}:
        taken = door.intake(after, channel, contact, message, now)
        joined, measured = taken.operations, taken.measured
        after = after.model_copy(update={"ticket_id": taken.ticket_id})
        ticket_acts = tuple(f"ticket:{act}" for act in taken.acts)
        message = message.model_copy(update={"ticket_id": taken.ticket_id, "acts": (*message.acts, *ticket_acts)})
    keep = retention.current(door.world.table).messages
    state: Operation = store.created(after) if before is None else _state_update(before, after)
    return [
        state,
        store.named(message, update.wamid, keep),
        store.logged(message, keep),
        events.stored(_received(message, measured, now)),
        *joined,
    ], message


def _advanced(
    before: Conversation | None,
    update: InboundMessage,
    channel: Channel,
    contact: Contact,
    message: Message,
    now: datetime,
) -> Conversation:
    base = before or Conversation.between(channel, contact, now)
    values: dict[str, object] = {"phone": contact.phone, "bsuid": contact.bsuid, "last_message_at": now}
    if channel.type is ChannelType.WEBCHAT:
        values["visitor_id"] = update.sender.wa_id
    if update.content.type != "system":  # a fact about the person, not a word from them: opens no window
        if carriers.carrier(channel).has_window:
            closes = window.closes_at(message.at, now)
            values["window_closes_at"] = max(closes, base.window_closes_at or closes)
        values["last_inbound_at"] = max(message.at, base.last_inbound_at or message.at)
        values["unread"] = base.unread + 1
    return base.model_copy(update=values)


def _state_update(before: Conversation, after: Conversation) -> Update:
    changed = store.dump(after)
    kept = store.dump(before)
    values = {name: value for name, value in changed.items() if kept.get(name) != value}
    return store.advanced(before, **values)


def _received(message: Message, measured: dict[str, Any], now: datetime) -> Event:
    return Event(
        id=f"{message.id}.received",
        type="message.received",
        at=now,
        topic="conversation",
        subject=message.conversation_id,
        data={"message_id": message.id, "position": message.position, "ticket_id": message.ticket_id or "", **measured},
    )
