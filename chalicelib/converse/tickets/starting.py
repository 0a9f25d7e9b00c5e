"""An agent writes first: a template to somebody who may never have written, and the ticket for what comes back."""

from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel, ChannelType
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact, Identities
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.conversations.purpose import category_of
from chalicelib.converse.opening import Opening, open_ticket
from chalicelib.converse.queues.model import Id
from chalicelib.converse.sight import takes_tickets
from chalicelib.converse.tickets import answers
from chalicelib.converse.tickets.model import Ticket
from chalicelib.converse.tickets.service import Hand
from chalicelib.converse.tickets.shapes import ReplyDraft
from chalicelib.media import references
from chalicelib.problems import Conflict, Invalid
from chalicelib.shape import Shape


class OutboundDraft(Shape):
    """Whom to write to, from which number, and what: usually a template."""

    channel_id: Id
    contact_id: Id | None = None
    phone: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{4,17}$", description="Instead of a contact.")
    queue_id: Id | None = Field(default=None, description="Whose ticket it is; without it the rules decide.")
    reply: ReplyDraft = Field(description="The first message.")


class TicketOpen(Conflict):
    """The conversation has a ticket in somebody else's hands."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"This customer's conversation has an open ticket already: {ticket.id}.")
        self.ticket_id = ticket.id


def start(hand: Hand, draft: OutboundDraft) -> tuple[Ticket, Message]:
    """Opens a ticket in the writer's hands and sends the first message.

    Everything that can be wrong with the message is looked at before the ticket is there.
    Raises Invalid, Conflict, TicketOpen, and as `answers.reply`.
    """
    me = hand.sight.user
    channel = _channel(hand, me, draft.channel_id)
    category_of(hand.world.table, channel, draft.reply.message)
    references.require(hand.world, draft.reply.message, "reply.message")
    contact = _contact(hand, draft)
    conversation = conversations.begun(hand.world.table, channel, contact, hand.now)
    if conversation.ticket_id is None:
        answers.require_window(hand, "", conversation, channel, draft.reply.message)
    opening = Opening(
        "outbound",
        hand.sight.actor,
        queue_id=draft.queue_id or "",
        agent_id=me.id if takes_tickets(me) else "",
    )
    ticket = open_ticket(hand.world, conversation.id, channel, contact, opening)
    if not hand.sight.sees(ticket) or (ticket.agent_id and ticket.agent_id != me.id and takes_tickets(me)):
        raise TicketOpen(ticket)
    return ticket, answers.reply(hand, ticket.id, draft.reply)


def _channel(hand: Hand, me: CurrentUser, channel_id: str) -> Channel:
    try:
        channel = channels.get(hand.world.table, channel_id)
    except channels.ChannelMissing as missing:
        raise Invalid("There is no channel with this id.", field="channelId") from missing
    me.enter(channel.subaccount_id)
    if channel.type is not ChannelType.WHATSAPP:
        raise Invalid("A web chat is begun by its visitor.", field="channelId")
    return channel


def _contact(hand: Hand, draft: OutboundDraft) -> Contact:
    if (draft.contact_id is None) == (draft.phone is None):
        raise Invalid("Name either a contact or a phone number.", field="contactId")
    table = hand.world.table
    if draft.contact_id is None:
        return identity.resolve(table, Identities(phone=draft.phone), now=hand.now, new_id=hand.world.new_id)
    contact = identity.get(table, draft.contact_id)
    if contact is None:
        raise Invalid("There is no contact with this id.", field="contactId")
    return contact
