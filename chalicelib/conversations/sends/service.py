"""Messages that programs ask for. A wish is kept first; then it becomes a message of its conversation, once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.access.model import CurrentUser
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.cloud import keys
from chalicelib.cloud.queues import QueueMessage
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.conversations.purpose import category_of
from chalicelib.conversations.sends import store, submitting
from chalicelib.conversations.sends.model import Batch, Send, SendState
from chalicelib.conversations.sends.shapes import BatchDraft, Recipient, SendDraft, Times
from chalicelib.media import references
from chalicelib.problems import Invalid, NotFound
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer
from chalicelib.whatsapp.messages import Message as WhatsAppMessage
from chalicelib.wiring import World

FARTHEST = timedelta(days=180)


class SendUnknown(NotFound):
    """Nobody asked for such a message, or it was long ago."""

    def __init__(self, send_id: str) -> None:
        super().__init__("There is no message or batch with this id.")
        self.send_id = send_id


def send_one(world: World, user: CurrentUser, draft: SendDraft) -> Send:
    """One message, on the lane of replies. Raises Invalid, Conflict; when it is scheduled those come later, as its state."""
    channel = _channel(world, user, draft.channel_id)
    scheduled = _times(world, draft)
    _look(world, channel, draft.message, "message")
    values = {"reply_to": draft.reply_to, "client_message_id": draft.client_message_id}
    send = store.add(
        world.table, _send(world, user, channel, draft.id or world.new_id(), draft, draft.to, draft.message, **values)
    )
    _mine(user, send.subaccount_id, send.id)
    if send.state is SendState.SCHEDULED and scheduled:
        _arm(world, send.id, "one", scheduled)
        return send
    if send.state.is_open or send.state is SendState.SUBMITTED:
        submitting.submit(world, send)
    return store.find(world.table, send.id) or send


def send_batch(world: World, user: CurrentUser, draft: BatchDraft) -> Batch:
    """Many messages, on the campaigns' lane, which leaves room for replies.

    Raises Invalid naming the message; then none is kept.
    """
    channel = _channel(world, user, draft.channel_id)
    scheduled = _times(world, draft)
    batch_id = draft.id or world.new_id()
    known = store.find_batch(world.table, batch_id)
    if known:
        _mine(user, known.subaccount_id, batch_id)
    sends = [
        _send(
            world, user, channel, f"{batch_id}.{index:04d}", draft, item.to, message,
            batch_id=batch_id, index=index, bulk=True, client_message_id=item.client_message_id,
        )
        for index, (item, message) in enumerate(_messages(world, channel, draft))
    ]  # fmt: skip
    batch = Batch(
        id=batch_id,
        subaccount_id=channel.subaccount_id,
        channel_id=channel.id,
        client_batch_id=draft.client_batch_id,
        count=len(sends),
        scheduled_at=scheduled,
        created_at=world.clock(),
    )
    if known:
        batch = known
    else:
        store.add_batch(world.table, batch, sends)
    if scheduled:
        _arm(world, batch_id, "batch", scheduled)
    else:
        release(world, [f"{batch_id}.{index:04d}" for index in range(batch.count)])
    return batch


def found(world: World, user: CurrentUser, send_id: str) -> tuple[Send, Message | None]:
    """A wish and its message once there is one. Raises SendUnknown."""
    send = store.find(world.table, send_id)
    if send is None:
        raise SendUnknown(send_id)
    _mine(user, send.subaccount_id, send_id)
    if send.state is not SendState.SUBMITTED:
        return send, None
    return send, conversations.get_message(world.table, send.conversation_id, send.position)


def cancel(world: World, user: CurrentUser, send_id: str) -> int:
    """Takes a message back that has not left yet; 0 when it is too late. Raises SendUnknown."""
    send, _ = found(world, user, send_id)
    return int(submitting.cancel(world, send))


def cancel_batch(world: World, user: CurrentUser, batch_id: str) -> int:
    """Takes back those of a batch that have not left yet. Raises SendUnknown."""
    batch = find_batch(world, user, batch_id)
    return sum(submitting.cancel(world, send) for send in store.of_batch(world.table, batch.id))


def find_batch(world: World, user: CurrentUser, batch_id: str) -> Batch:
    """Raises SendUnknown."""
    batch = store.find_batch(world.table, batch_id)
    if batch is None:
        raise SendUnknown(batch_id)
    _mine(user, batch.subaccount_id, batch_id)
    return batch


def with_messages(world: World, sends: list[Send]) -> list[tuple[Send, Message | None]]:
    """Each with its message once there is one: one request for up to 100."""
    places = {s.id: keys.message(s.conversation_id, s.position) for s in sends if s.position}
    items = world.table.get_many(places.values())
    kept = {place: Message.model_validate(item) for place, item in items.items()}
    return [(send, kept.get(places[send.id]) if send.id in places else None) for send in sends]


def due(timer: Timer, world: World) -> None:
    """The time of a scheduled message or batch has come: harmless when repeated."""
    ids = [timer.subject]
    if timer.data.get("what") == "batch":
        ids = [send.id for send in store.of_batch(world.table, timer.subject) if send.state.is_open]
    release(world, ids)


def release(world: World, ids: Iterable[str]) -> None:
    """Hands wishes to the sends function; one that comes twice finds itself submitted."""
    world.queues.send_all("sends", [QueueMessage(f'{{"v":1,"send_id":"{send_id}"}}') for send_id in ids])


def _channel(world: World, user: CurrentUser, channel_id: str) -> Channel:
    try:
        channel = channels.get(world.table, channel_id)
    except channels.ChannelMissing as missing:
        raise Invalid("There is no channel with this id.", field="channelId") from missing
    user.enter(channel.subaccount_id)
    if channel.type is not ChannelType.WHATSAPP:
        raise Invalid(
            "Only a WhatsApp number sends to whom you name; a web chat answers its visitors.", field="channelId"
        )
    return channel


def _mine(user: CurrentUser, subaccount_id: str, send_id: str) -> None:
    if not user.may_enter(subaccount_id):
        raise SendUnknown(send_id)


def _times(world: World, draft: Times) -> datetime | None:
    """When it is to go, None for now. Raises Invalid."""
    now = world.clock()
    if draft.expires_at is not None and draft.expires_at <= max(now, draft.scheduled_at or now):
        raise Invalid("It would have expired before it is sent.", field="expiresAt")
    if draft.scheduled_at is not None and draft.scheduled_at > now + FARTHEST:
        raise Invalid(f"A message is scheduled at most {FARTHEST.days} days ahead.", field="scheduledAt")
    return draft.scheduled_at if draft.scheduled_at and draft.scheduled_at > now else None


def _look(world: World, channel: Channel, message: WhatsAppMessage, field: str) -> None:
    category_of(world.table, channel, message, field)
    references.require(world, message, field)


def _messages(world: World, channel: Channel, draft: BatchDraft) -> list[tuple[Any, WhatsAppMessage]]:
    """Each with its message. What the batch gives to all is looked at once."""
    if draft.message is not None:
        _look(world, channel, draft.message, "message")
    pairs = []
    for index, item in enumerate(draft.messages):
        message = item.message or draft.message
        if message is None:
            raise Invalid("It has no message, and neither has the batch.", field=f"messages.{index}.message")
        if item.message is not None:
            _look(world, channel, item.message, f"messages.{index}.message")
        pairs.append((item, message))
    return pairs


def _send(
    world: World, user: CurrentUser, channel: Channel, send_id: str, times: Times, to: Recipient,
    message: WhatsAppMessage, **values: Any,
) -> Send:  # fmt: skip
    later = times.scheduled_at is not None and times.scheduled_at > world.clock()
    return Send(
        id=send_id,
        state=SendState.SCHEDULED if later else SendState.QUEUED,
        subaccount_id=channel.subaccount_id,
        channel_id=channel.id,
        phone=to.phone,
        contact_id=to.contact_id,
        bsuid=to.bsuid,
        message=message.model_dump(mode="json", exclude_none=True),
        scheduled_at=times.scheduled_at,
        wanted_until=times.expires_at,
        created_at=world.clock(),
        created_by=user.id,
        sender_name=user.name,
        **values,
    )


def _arm(world: World, subject: str, what: str, at: datetime) -> None:
    timer = Timer(id=f"send.{subject}", kind=kinds.SEND, subject=subject, due_at=at, data={"what": what})
    world.table.transact([timers.armed(timer, world.clock())])
