"""What an event is about, read when it is told: an outbox keeps ids only, so whoever is erased is erased there as well."""

from typing import Any

from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.trouble import CampaignMissing
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Table
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets.model import Ticket
from chalicelib.dataclass import dataclass
from chalicelib.events.model import Event
from chalicelib.problems import NotFound
from chalicelib.webhooks.scope import channel_of


@dataclass(frozen=True)
class Facts:
    """The things an event names, as they are now. None: there is no such thing, or no more."""

    channel: Channel | None = None
    contact: Contact | None = None
    message: Message | None = None
    ticket: Ticket | None = None
    campaign: Campaign | None = None
    row: Item | None = None


def facts_of(table: Table, ledger: Table, event: Event) -> Facts:
    """Reads what an event is about."""
    match event.topic:
        case "conversation":
            message = _message(table, event)
            contact = identity.get(table, event.subject.rpartition(".")[2])
            return Facts(channel=_channel(table, event), contact=contact, message=message)
        case "ticket":
            contact = identity.get(table, str(event.data.get("contact_id", "")))
            return Facts(channel=_channel(table, event), contact=contact, ticket=_ticket(table, event.subject))
        case "campaign":
            return Facts(campaign=_campaign(table, event.subject))
        case "recipient":
            row = ledger.get(keys.ledger_row(event.data["run_id"], event.data["shard"], event.data["row"]))
            return Facts(campaign=_campaign(table, str(event.data["campaign_id"])), row=row)
        case "contact":
            return Facts(contact=identity.get(table, event.subject))
        case _:
            return Facts(channel=_channel(table, event))


def plain_data(event: Event) -> dict[str, Any]:
    """What the event itself says, without what is only for finding things."""
    return {name: value for name, value in event.data.items() if name not in {"position", "shard"}}


def _message(table: Table, event: Event) -> Message | None:
    position = event.data.get("position")
    if not position:
        return None
    try:
        return conversations.get_message(table, event.subject, str(position))
    except conversations.MessageMissing:
        return None


def _channel(table: Table, event: Event) -> Channel | None:
    channel_id = channel_of(event)
    try:
        return channels.get(table, channel_id) if channel_id else None
    except channels.ChannelMissing:
        return None


def _ticket(table: Table, ticket_id: str) -> Ticket | None:
    try:
        return tickets.get(table, ticket_id)
    except NotFound:
        return None


def _campaign(table: Table, campaign_id: str) -> Campaign | None:
    try:
        return campaigns.get(table, campaign_id)
    except CampaignMissing:
        return None
