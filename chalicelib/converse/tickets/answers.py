"""What people write to the customer of a ticket."""

from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.table import Operation, TransactionRefused
from chalicelib.contacts import identity
from chalicelib.contacts.model import has_opted_out
from chalicelib.conversations import carriers, preview, replies
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Conversation, Message, MessageStatus, Sender
from chalicelib.conversations.purpose import category_of
from chalicelib.conversations.replies import Draft
from chalicelib.converse.intake import PREVIEW
from chalicelib.converse.sight import Sight
from chalicelib.converse.tickets import changes, store
from chalicelib.converse.tickets.commit import TicketChanged
from chalicelib.converse.tickets.model import Ticket
from chalicelib.converse.tickets.service import Hand, pending_lasts
from chalicelib.converse.tickets.shapes import ReplyDraft
from chalicelib.media import references
from chalicelib.problems import Conflict, FieldError, Invalid, NotFound
from chalicelib.whatsapp.messages import Message as WhatsAppMessage
from chalicelib.whatsapp.messages import parse_message

_NAMED = 20


class WindowIsClosed(Conflict):
    """Free-form messages cannot be sent any more; `errors` names the templates that can."""

    def __init__(self, ticket_id: str, sendable: list[str]) -> None:
        super().__init__(
            "The customer last wrote more than 24 hours ago, so WhatsApp takes only a template now.",
            code="window_closed",
            errors=[FieldError("message.template", name) for name in sendable[:_NAMED]],
        )
        self.ticket_id = ticket_id


class CustomerOptedOut(Conflict):
    """The customer has said no to messages of this kind."""

    def __init__(self, contact_id: str) -> None:
        super().__init__("The customer has opted out of messages of this kind.")
        self.contact_id = contact_id


class MessageMissing(NotFound):
    """The conversation has no such message."""

    def __init__(self, message_id: str) -> None:
        super().__init__("The conversation has no message with this id.")
        self.message_id = message_id


class NotResendable(Conflict):
    """The message is on its way, has arrived, or may have."""

    def __init__(self, message: Message) -> None:
        super().__init__(f"This message is {message.status.replace('_', ' ')}; only one that failed can be sent anew.")
        self.message_id = message.id


def reply(hand: Hand, ticket_id: str, wished: ReplyDraft) -> Message:
    """Answers the customer. Raises TicketMissing, NotYours, NotPossible, WindowIsClosed, CustomerOptedOut, TicketChanged."""
    before = hand.sight.work_on(hand.world.table, ticket_id)
    draft_id = wished.id or hand.world.new_id()
    known = _submitted(hand, before, draft_id)
    if known is not None:
        replies.hand_over(hand.world.queues, known)
        return known
    conversation = conversations.get(hand.world.table, before.conversation_id)
    channel = channels.get(hand.world.table, conversation.channel_id)
    carriers.require(channel, wished.message.type)
    category, text = category_of(hand.world.table, channel, wished.message)
    require_window(hand, before.id, conversation, channel, wished.message)
    references.require(hand.world, wished.message, "message")
    _require_consent(hand, conversation, channel, marketing=category == "marketing")
    after = _answered(hand, before, text or preview.of(wished.message.type, _content(wished.message)))
    draft = Draft(
        id=draft_id,
        message=wished.message,
        sender=_sender(hand.sight),
        category=category,
        reply_to=_quoted(hand, conversation, wished.reply_to),
        ticket_id=before.id,
        text=text,
    )
    return _submit(hand, conversation, draft, before, after)


def resend(hand: Hand, ticket_id: str, message_id: str) -> Message:
    """Sends anew what failed or was never confirmed; asked twice it goes once. Raises as `reply`, NotResendable."""
    ticket = hand.sight.work_on(hand.world.table, ticket_id)
    failed = _submitted(hand, ticket, message_id)
    if failed is None:
        raise MessageMissing(message_id)
    if failed.status not in {MessageStatus.FAILED, MessageStatus.NOT_CONFIRMED}:
        raise NotResendable(failed)
    again = ReplyDraft(
        id=f"{message_id}-again"[-64:],
        message=parse_message({"type": failed.type, failed.type: failed.content}),
        reply_to=failed.context_wamid,
    )
    return reply(hand, ticket_id, again)


def _submit(hand: Hand, conversation: Conversation, draft: Draft, before: Ticket, after: Ticket) -> Message:
    also: list[Operation] = store.touched(before, after, hand.now)
    if after.status is not before.status:
        also = store.changed(before, after, hand.entry("answered"))
    also += store.answered(before, after, draft.id, hand.sight.user.id, hand.now)
    try:
        return replies.submit(desk(hand.world), conversation, draft, also)
    except TransactionRefused as refused:
        raise TicketChanged(before.id) from refused
    except replies.WindowClosed as closed:  # in the seconds before the close that the gate keeps free
        raise WindowIsClosed(before.id, []) from closed


def _answered(hand: Hand, before: Ticket, shown: str) -> Ticket:
    now = hand.now
    after = changes.agent_wrote(before, now, pending_lasts(hand.world))
    return after.model_copy(
        update={
            "last_message_at": now,
            "last_direction": "out",
            "preview": shown[:PREVIEW],
            "message_count": before.message_count + 1,
        }
    )


def _submitted(hand: Hand, ticket: Ticket, draft_id: str) -> Message | None:
    """The message, when the same draft came before: its answer was lost."""
    pointer = hand.world.table.get(keys.draft(ticket.conversation_id, draft_id))
    return conversations.get_message(hand.world.table, ticket.conversation_id, pointer["position"]) if pointer else None


def require_window(
    hand: Hand, ticket_id: str, conversation: Conversation, channel: Channel, message: WhatsAppMessage
) -> None:
    """Raises WindowIsClosed when a free-form message cannot go."""
    if message.type == "template" or carriers.may_write(channel.type, conversation.window_closes_at, hand.now):
        return
    sendable = [
        f"{each.name} ({each.language})"
        for each in templates.all_of(hand.world.table, channel.waba_id)
        if each.sendable
    ]
    raise WindowIsClosed(ticket_id, sendable)


def _require_consent(hand: Hand, conversation: Conversation, channel: Channel, *, marketing: bool) -> None:
    marks = identity.opted_out(hand.world.table, conversation.to)
    if has_opted_out(marks, marketing=marketing, subaccount_id=channel.subaccount_id):
        raise CustomerOptedOut(conversation.contact_id)


def _quoted(hand: Hand, conversation: Conversation, wamid: str | None) -> str | None:
    if wamid is None:
        return None
    message = conversations.by_wamid(hand.world.table, wamid)
    if message is None or message.conversation_id != conversation.id:
        raise Invalid("The conversation has no message with this wamid.", field="replyTo")
    return wamid


def _sender(sight: Sight) -> Sender:
    return Sender(kind="agent" if sight.user.kind == "person" else "api", id=sight.user.id, name=sight.user.name)


def _content(message: WhatsAppMessage) -> dict[str, object]:
    return dict(message.model_dump(mode="json", exclude_none=True)[message.type])
