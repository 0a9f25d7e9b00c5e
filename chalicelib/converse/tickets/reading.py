"""What goes on beside answering: seen, typing, and the words somebody has not sent yet."""

from contextlib import suppress
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.channels import store as channels
from chalicelib.channels.model import ChannelType
from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import ConditionFailed, Table, Update
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.converse.tickets.model import Ticket
from chalicelib.shape import Shape
from chalicelib.whatsapp.graph import CallFailed
from chalicelib.wiring import World

_DRAFT_KEPT = timedelta(days=30)
_LOOKED_AT = 30


class DraftText(Shape):
    """What somebody has begun to write."""

    text: str
    updated_at: datetime | None = None


def seen(world: World, ticket: Ticket, *, typing: bool) -> bool:
    """The agent has read everything: no more unread, and blue ticks (and dots) at the customer's.

    Answers whether WhatsApp was told; the ticks are a courtesy, and the agent's page does not wait for them.
    """
    with suppress(ConditionFailed):  # nothing was unread
        world.table.update(
            Update(keys.conversation(ticket.conversation_id), set={"unread": 0}, condition=Attr("unread").gt(0))
        )
    if ticket.channel_type is not ChannelType.WHATSAPP:
        return False
    newest = _newest_inbound(world.table, ticket.conversation_id)
    if newest is None or newest.wamid is None:
        return False
    channel = channels.get(world.table, ticket.channel_id)
    try:
        world.whatsapp(channel.waba_id).mark_read(channel.phone_number_id, newest.wamid, typing=typing)
    except CallFailed:
        return False
    return True


def keep_draft(world: World, ticket_id: str, user_id: str, text: str) -> DraftText:
    """Keeps what somebody has begun to write; an empty text forgets it."""
    key = keys.ticket_draft(ticket_id, user_id)
    now = world.clock()
    if not text:
        world.table.delete(key)
        return DraftText(text="")
    item = {"PK": key.pk, "SK": key.sk, "text": text, "updated_at": stamp(now), "expires_at": epoch(now + _DRAFT_KEPT)}
    world.table.put(item)
    return DraftText(text=text, updated_at=now)


def draft(table: Table, ticket_id: str, user_id: str) -> DraftText:
    """What somebody has begun to write."""
    item = table.get(keys.ticket_draft(ticket_id, user_id))
    return (
        DraftText(text=item["text"], updated_at=datetime.fromisoformat(item["updated_at"]))
        if item
        else DraftText(text="")
    )


def _newest_inbound(table: Table, conversation_id: str) -> Message | None:
    page = conversations.messages(table, conversation_id, limit=_LOOKED_AT)
    found = (Message.model_validate(item) for item in page.items if item["direction"] == "in")
    return next(found, None)
