"""A campaign's message in the conversation it has led to. Until the customer answers, the ledger's row is its only copy; with the
answer it enters the conversation's log, before what it caused, so that whoever answers sees what it was about.

It is a copy of that moment: its row goes on to tell how far the message came. It has no pointer from WhatsApp's id, by which the
rest of the platform tells a campaign's message from a conversation's.
"""

from datetime import datetime

from chalicelib.campaigns import chunks, ledger, plan, store
from chalicelib.campaigns.message.fill import Unfit
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.partition import values_of
from chalicelib.campaigns.rows import REACHED, RowState
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.campaigns.wording import texts
from chalicelib.cloud import keys, retention
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.table import Item, TransactionRefused
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message, MessageStatus, Sender
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.wiring import World

_ARRIVED = frozenset({RowState.SENDING, *REACHED})
"""Who answers has the message, though its first status may be on its way yet."""


def enter(world: World, conversation: Conversation, campaign_id: str, run_id: str, row: int) -> None:
    """Writes the message into the log, once. What is gone (the campaign, its files, the row) is shown no more."""
    item = world.ledger.get(ledger.key_of(run_id, row))
    if item is None or item.get("replied_at") or RowState(item["state"]) not in _ARRIVED:
        return  # answered before: it is there already
    try:
        message = _message(world, conversation, store.get(world.table, campaign_id), run_id, row, item)
    except (CampaignMissing, ObjectMissing, Unfit):
        return
    told = Event(
        id=f"{message.id}.shown",
        type="conversation.campaign_message",
        at=world.clock(),
        topic="conversation",
        subject=conversation.id,
        data={"message_id": message.id, "position": message.position},
    )
    try:
        world.table.transact(
            [conversations.logged(message, retention.current(world.table).messages), events.stored(told)]
        )
    except TransactionRefused:
        return  # an earlier call did it


def _message(
    world: World, conversation: Conversation, campaign: Campaign, run_id: str, row: int, item: Item
) -> Message:
    run_plan = plan.get(world.media, campaign.id, run_id)
    chunk = chunks.get_chunk(world.media, campaign.id, run_id, row // store.get_run(world.ledger, run_id).chunk)
    recipient = next(each for each in chunk.recipients if each.row == row)
    values = values_of(recipient.to, chunk.fields, recipient.values)
    sent = run_plan.filler.message(values)
    at = _time(item, "accepted_at") or _time(item, "claimed_at") or world.clock()
    message_id = f"campaign.{run_id}.{row}"
    return Message(
        id=message_id,
        conversation_id=conversation.id,
        position=keys.message_position(at, at, message_id),
        direction="out",
        type=sent.type,
        content=sent.model_dump(mode="json", exclude_none=True)[sent.type],
        at=at,
        status=MessageStatus(ledger.known_state(item)),
        sender=Sender(kind="campaign", id=campaign.id, name=campaign.name),
        wamid=item.get("wamid"),
        sent_at=_time(item, "sent_at"),
        delivered_at=_time(item, "delivered_at"),
        read_at=_time(item, "read_at"),
        category=str(run_plan.purpose),
        preview=texts(run_plan.filler, values).get("body", ""),
    )


def _time(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if item.get(name) else None
