"""Who answered a campaign: a message from a customer goes to the account of what we last sent them on that number."""

from datetime import datetime, timedelta

from chalicelib.campaigns import ledger, progress, store
from chalicelib.campaigns.rows import REPLIED
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.cloud.table import Table
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation
from chalicelib.events.model import Event
from chalicelib.wiring import World

REPLIES_WITHIN = timedelta(days=3)
"""Later than this after the message, what a customer writes is about something else."""


def heard(world: World, events: list[Event]) -> None:
    """Subscriber: a message has come in. Counted once per recipient and run, however often it is told."""
    for event in events:
        if event.type == "message.received":
            conversation = conversations.find(world.table, event.subject)
            if conversation:
                note(world.table, world.ledger, conversation, event.at)


def note(table: Table, rows: Table, conversation: Conversation, at: datetime) -> None:
    """Notes the answer in the row of the last campaign message on this number, if there is one."""
    for to in (conversation.bsuid, conversation.phone):
        for run_id, row in ledger.sent_to(rows, to, at - REPLIES_WITHIN) if to else ():
            campaign_id = progress.campaign_of(rows, run_id)
            if campaign_id and _channel(table, campaign_id) == conversation.channel_id:
                if ledger.note_reply(rows, run_id, row, at):
                    store.add_counts(rows, run_id, {REPLIED: 1})
                    store.add_minutes(rows, run_id, {f"{at:%Y-%m-%dT%H:%M}": {REPLIED: 1}})
                    progress.tell(table, campaign_id, run_id, at)
                return


def _channel(table: Table, campaign_id: str) -> str:
    try:
        return store.get(table, campaign_id).channel_id
    except CampaignMissing:
        return ""
