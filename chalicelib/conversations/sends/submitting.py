"""From a wish to a message of its conversation: at most once, whoever tries how often."""

from boto3.dynamodb.conditions import Attr

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Table, TransactionRefused, Update
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact, Identities, has_opted_out
from chalicelib.conversations import replies, window
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Conversation, Message, MessageStatus, Sender
from chalicelib.conversations.purpose import category_of
from chalicelib.conversations.sends import store
from chalicelib.conversations.sends.model import Send, SendState
from chalicelib.media import references
from chalicelib.problems import Conflict, Invalid, Problem
from chalicelib.whatsapp.messages import Message as WhatsAppMessage
from chalicelib.whatsapp.messages import parse_message
from chalicelib.wiring import World


def submit(world: World, send: Send) -> Message | None:
    """Makes the wish a message; None when it ended instead. Raises Problem, and then the wish has ended as rejected.

    A single one is handed to the reply worker here; one of a batch is sent by whoever calls.
    """
    if send.state is SendState.SUBMITTED:
        message = conversations.get_message(world.table, send.conversation_id, send.position)
        if not send.bulk:
            replies.hand_over(world.queues, message)  # whoever submitted it may not have come so far
        return message
    if not send.state.is_open:
        return None
    if send.has_expired(world.clock()):
        store.ended(world.table, send, SendState.EXPIRED)
        return None
    try:
        return _submitted(world, send)
    except Problem as problem:
        reason = str(problem.problem_code)
        store.ended(world.table, send, SendState.REJECTED, reason=reason, text=problem.message[:500])
        raise


def cancel(world: World, send: Send) -> bool:
    """Whether the message will not be sent: it had not become one, or nobody had claimed it yet."""
    if send.state.is_open and store.ended(world.table, send, SendState.CANCELLED):
        return True
    now = store.find(world.table, send.id)
    if now is None or now.state is not SendState.SUBMITTED:
        return False
    failure = {"reason": "cancelled", "text": "taken back before it was sent"}
    values = {"status": str(MessageStatus.FAILED), "rank": MessageStatus.FAILED.rank, "failure": failure}
    waiting = Attr("status").eq(str(MessageStatus.QUEUED))
    place = keys.message(now.conversation_id, now.position)
    try:
        world.table.update(Update(place, set={**values, "failed_at": stamp(world.clock())}, condition=waiting))
    except ConditionFailed:
        return False
    return True


def _submitted(world: World, send: Send) -> Message | None:
    message = parse_message(send.message)
    channel = channels.get(world.table, send.channel_id)
    category, text = category_of(world.table, channel, message)
    references.require(world, message, "message")
    contact = _contact(world, send)
    conversation = conversations.begun(world.table, channel, contact, world.clock())
    _require_open(world, conversation, message)
    _require_consent(world.table, conversation, channel, marketing=category == "marketing")
    draft = replies.Draft(
        id=send.id,
        message=message,
        sender=Sender(kind="api", id=send.created_by, name=send.sender_name),
        category=category,
        reply_to=send.reply_to,
        ticket_id=conversation.ticket_id,
        wanted_until=send.wanted_until,
        text=text,
    )
    position = keys.message_position
    made = world.clock()
    also = store.submitted(send, conversation.id, position(made, made, send.id))
    keep = replies.keep if send.bulk else replies.submit
    try:
        return keep(desk(world), conversation, draft, [also], at=made)
    except TransactionRefused:
        now = store.find(world.table, send.id)  # cancelled, or submitted by another try
        if now is None or now.state is not SendState.SUBMITTED:
            return None
        return conversations.get_message(world.table, now.conversation_id, now.position)
    except replies.WindowClosed as closed:
        raise Conflict(str(closed), code="window_closed") from closed


def _contact(world: World, send: Send) -> Contact:
    if send.contact_id is None:
        who = Identities(phone=send.phone, bsuid=send.bsuid)
        return identity.resolve(world.table, who, now=world.clock(), new_id=world.new_id)
    contact = identity.get(world.table, send.contact_id)
    if contact is None:
        raise Invalid("There is no contact with this id.", field="to.contactId")
    return contact


def _require_open(world: World, conversation: Conversation, message: WhatsAppMessage) -> None:
    if message.type != "template" and not window.is_open(conversation.window_closes_at, world.clock()):
        raise Conflict(
            "The customer has not written within 24 hours: WhatsApp takes only a template.", code="window_closed"
        )


def _require_consent(table: Table, conversation: Conversation, channel: Channel, *, marketing: bool) -> None:
    marks = identity.opted_out(table, conversation.to)
    if has_opted_out(marks, marketing=marketing, subaccount_id=channel.subaccount_id):
        raise Conflict("The customer has opted out of messages of this kind.", code="opted_out")
