"""What the front door asks of automation: who runs here, what would start, and then: begin, or take the message."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from chalicelib.automation import documents, messages
from chalicelib.automation.definition import triggers
from chalicelib.automation.definition.model import TriggerType
from chalicelib.automation.instances import offering, starting
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.waits import Held
from chalicelib.automation.launch import launch
from chalicelib.automation.versions import DefinitionNotFound, Head
from chalicelib.automation.wired import automation, give_back
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, Message
from chalicelib.wiring import World

_MESSAGE_TRIGGERS = (TriggerType.INBOUND_CHAT_APPS, TriggerType.KEYWORD, TriggerType.CAMPAIGN_REPLY)


def instance_of(world: World, conversation: Conversation) -> str | None:
    """A running instance that takes the conversation's messages, or None."""
    found = automation(world).waits.around(conversation.id).instances
    return found[0] if found else None


def workflows_for(
    world: World, channel: Channel, contact: Contact, kind: str, content: dict[str, Any], text: str, at: datetime,
    reply_to: str | None, quoted: Message | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """The enabled definitions that this message starts. Their leading steps have run: one that ends there does not apply."""
    if channel.type is not ChannelType.WHATSAPP:
        return ()  # workflows speak WhatsApp: a web chat's visitors come to people at once
    room, now = automation(world), world.clock()
    document = documents.document(
        kind, content, message_id="", at=at, contact=contact, channel=channel, reply_to=reply_to
    )
    campaign = cache(lambda: _campaign(world, channel, contact, quoted))
    found = []
    for head in room.versions.enabled(*_MESSAGE_TRIGGERS):
        if not _matches(head, channel, text, campaign):
            continue
        data = messages.trigger_data(document, world.settings.account_id, channel.subaccount_id, now)
        walk = starting.first_walk(room.versions.program(head.id, head.version), data, now, "")
        if walk.stops or walk.failure:
            found.append(head.id)
    return tuple(found)


def begin(world: World, definition_id: str, message: Message) -> None:
    """Starts an enabled definition by a message; harmless when repeated."""
    room = automation(world)
    try:
        head = room.versions.head(definition_id)
    except DefinitionNotFound:
        return  # deleted since the decision
    conversation, channel, document = _around(world, message)
    where = Where(channel.subaccount_id, conversation.id, conversation.epoch)
    launch(room, head, document, message.id, where)


def take(world: World, message: Message) -> None:
    """Gives a message to the running instances of its conversation; when they have just ended, back to the front door."""
    _, _, document = _around(world, message)
    held = Held(
        message_id=message.id, position=message.position, conversation_id=message.conversation_id,
        arrived_at=world.clock(), document=document,
    )  # fmt: skip
    if not offering.offer(held, automation(world).ports):
        give_back(world, held)


def _campaign(world: World, channel: Channel, contact: Contact, quoted: Message | None) -> str | None:
    """The campaign that a message answers: the last one sent to this person, unless they quote something else.

    Campaign messages are in the ledger alone: what is quoted and in the conversation's log is none.
    """
    from chalicelib.campaigns import replies  # asked for by one trigger only: not worth a tenth of each cold start

    if quoted is not None:
        return None
    sent = replies.last_sent(world.table, world.ledger, channel.id, (contact.bsuid, contact.phone), world.clock())
    return sent.campaign_id if sent else None


def _matches(head: Head, channel: Channel, text: str, campaign: Callable[[], str | None]) -> bool:
    if not head.serves(channel.subaccount_id):
        return False
    wanted = triggers.inputs(head.trigger, head.trigger_inputs)
    match wanted:
        case triggers.Keyword():
            return wanted.applies(text)
        case triggers.CampaignReply():
            answered = campaign()
            return answered is not None and wanted.campaign_id in (None, answered)
        case _:
            return True


def _around(world: World, message: Message) -> tuple[Conversation, Channel, dict[str, Any]]:
    conversation = conversations.get(world.table, message.conversation_id)
    channel = channels.get(world.table, conversation.channel_id)
    contact = identity.get(world.table, conversation.contact_id) or Contact(
        id=conversation.contact_id,
        created_at=conversation.created_at,
        phone=conversation.phone,
        bsuid=conversation.bsuid,
    )
    document = documents.document(
        message.type, message.content, message_id=message.id, at=message.at, contact=contact, channel=channel,
        reply_to=message.context_wamid,
    )  # fmt: skip
    return conversation, channel, document
