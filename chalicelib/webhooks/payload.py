"""An event as a receiver gets it, in our own format. docs/webhooks.md shows one of each."""

from typing import Any

from pydantic.alias_generators import to_camel

from chalicelib.cloud.clock import stamp
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import Message
from chalicelib.events.model import Event
from chalicelib.webhooks.facts import Facts, plain_data

Json = dict[str, Any]


def payload(event: Event, subaccount_id: str, facts: Facts) -> Json:
    """`{id, type, at, subaccountId, data}`. The same event always has the same id: what comes twice can be told."""
    return {
        "id": event.id,
        "type": event.type,
        "at": stamp(event.at),
        "subaccountId": subaccount_id or None,
        "data": {**_camel(plain_data(event)), **_things(event, facts)},
    }


def _things(event: Event, facts: Facts) -> Json:
    found: Json = {}
    if facts.channel:
        found["channelId"] = facts.channel.id
    if facts.contact:
        found["contact"] = _contact(facts.contact)
    match event.topic:
        case "conversation":
            found |= {"conversationId": event.subject, "message": _message(facts.message) if facts.message else None}
        case "ticket":
            found["ticket"] = _ticket(event, facts)
        case "campaign" if facts.campaign:
            campaign = facts.campaign
            found["campaign"] = {"id": campaign.id, "name": campaign.name, "channelId": campaign.channel_id}
        case "recipient":
            found |= _recipient(facts)
        case topic:
            found[f"{to_camel(topic)}Id"] = event.subject
    return found


def _contact(contact: Contact) -> Json:
    return {
        "id": contact.id,
        "name": contact.name or contact.profile_name,
        "phone": contact.phone,
        "bsuid": contact.bsuid,
        "username": contact.username or None,
        "externalId": contact.external_id or None,
        "country": contact.country or None,
    }


def _message(message: Message) -> Json:
    return {
        "id": message.id,
        "wamid": message.wamid,
        "replyTo": message.context_wamid,
        "direction": message.direction,
        "type": message.type,
        message.type: message.content,
        "text": message.preview,
        "at": stamp(message.at),
        "sender": {"kind": message.sender.kind, "id": message.sender.id},
        "failure": message.failure.model_dump() if message.failure else None,
        "ticketId": message.ticket_id,
    }


def _ticket(event: Event, facts: Facts) -> Json:
    ticket = facts.ticket
    if ticket is None:
        return {"id": event.subject}
    return {
        "id": ticket.id,
        "conversationId": ticket.conversation_id,
        "queueId": ticket.queue_id,
        "agentId": ticket.agent_id or None,
        "priority": ticket.priority,
        "tags": list(ticket.tags),
        "disposition": ticket.disposition or None,
        "createdAt": stamp(ticket.created_at),
    }


def _recipient(facts: Facts) -> Json:
    row = facts.row or {}
    to = str(row.get("to", ""))
    who = {"phone": to} if to.startswith("+") else {"bsuid": to or None}
    campaign = {"id": facts.campaign.id, "name": facts.campaign.name} if facts.campaign else None
    return {"campaign": campaign, "recipient": {**who, "clientId": row.get("client_id")}, "wamid": row.get("wamid")}


def _camel(values: Json) -> Json:
    return {to_camel(name): value for name, value in values.items()}
