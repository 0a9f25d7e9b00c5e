"""Who answered a campaign: a message from a customer goes to the account of what we last sent them on that number."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.campaigns import ledger, progress, store
from chalicelib.campaigns.rows import REPLIED
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud.table import Table
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation
from chalicelib.dataclass import dataclass
from chalicelib.events.model import Event
from chalicelib.wiring import World

REPLIES_WITHIN = timedelta(days=3)
"""Later than this after the message, what a customer writes is about something else."""


@dataclass(frozen=True)
class Sent:
    """A campaign's message to one person."""

    campaign_id: str
    run_id: str
    row: int


def heard(world: World, events: list[Event]) -> None:
    """Subscriber: messages have come in. Counted once per recipient and run, however often it is told.

    The campaign's message enters the conversation first: who is stopped between the two does both again.
    """
    for event in events:
        conversation = conversations.find(world.table, event.subject)
        found = _answered(world.table, world.ledger, conversation, event.at) if conversation else None
        if conversation and found:
            from chalicelib.campaigns import shown  # it fills templates: most messages answer no campaign

            shown.enter(world, conversation, found.campaign_id, found.run_id, found.row)
            _count(world.table, world.ledger, found, event.at)


def note(table: Table, rows: Table, conversation: Conversation, at: datetime) -> None:
    """Notes the answer in the row of the last campaign message on this number, if there is one."""
    found = _answered(table, rows, conversation, at)
    if found:
        _count(table, rows, found, at)


def _answered(table: Table, rows: Table, conversation: Conversation, at: datetime) -> Sent | None:
    return last_sent(table, rows, conversation.channel_id, (conversation.bsuid, conversation.phone), at)


def _count(table: Table, rows: Table, found: Sent, at: datetime) -> None:
    if ledger.note_reply(rows, found.run_id, found.row, at):
        store.add_counts(rows, found.run_id, {REPLIED: 1})
        store.add_minutes(rows, found.run_id, {f"{at:%Y-%m-%dT%H:%M}": {REPLIED: 1}})
        progress.tell(table, found.campaign_id, found.run_id, at)


def last_sent(table: Table, rows: Table, channel_id: str, addresses: Iterable[str | None], at: datetime) -> Sent | None:
    """The last campaign message to a person on a number, while what they write may still be an answer to it."""
    for to in addresses:
        for run_id, row in ledger.sent_to(rows, to, at - REPLIES_WITHIN) if to else ():
            campaign_id = progress.campaign_of(rows, run_id)
            if campaign_id and _channel(table, campaign_id) == channel_id:
                return Sent(campaign_id, run_id, row)
    return None


def _channel(table: Table, campaign_id: str) -> str:
    try:
        return store.get(table, campaign_id).channel_id
    except CampaignMissing:
        return ""
