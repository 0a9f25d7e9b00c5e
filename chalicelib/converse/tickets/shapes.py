"""Tickets, their history and their messages as a client of the API sees them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.conversations.model import Message
from chalicelib.converse.queues.model import Id
from chalicelib.converse.tickets.model import HistoryEntry, Priority, Status, Ticket
from chalicelib.http.paging import PageQuery
from chalicelib.media.shapes import MediaView
from chalicelib.shape import Shape
from chalicelib.whatsapp.messages import Message as WhatsAppMessage

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Tag = Annotated[str, StringConstraints(pattern=r"^[\w/-]{1,40}$")]


class Window(Shape):
    """Until when free-form messages may be sent."""

    open: bool
    closes_at: datetime | None


class ContactView(Shape):
    """Who the customer is."""

    id: str
    name: str
    phone: str | None
    bsuid: str | None
    country: str


class DeadlineView(Shape):
    """By when something must have happened: `assign`, `first_response`, `next_response` or `resolution`."""

    name: str
    due_at: datetime
    warn_at: datetime


class TicketView(Shape):
    """A ticket with what a list shows of its conversation."""

    id: str
    version: int
    created_at: datetime
    conversation_id: str
    channel_id: str
    channel_type: str
    contact: ContactView
    previous_id: str
    merged_into: str
    origin: str
    status: Status
    status_since: datetime
    queue_id: str
    agent_id: str
    priority: Priority
    in_line_since: datetime
    reopened: bool
    tags: tuple[str, ...]
    label: str
    spam: bool
    blocked: bool
    disposition: str
    summary: str
    first_assigned_at: datetime | None
    first_response_at: datetime | None
    awaiting_since: datetime | None
    last_message_at: datetime | None
    last_direction: str
    preview: str
    unread: int
    owner: str = Field(description="Who speaks for us: nobody, bot or agent.")
    window: Window
    resolved_at: datetime | None
    closed_at: datetime | None
    closes_at: datetime | None
    snoozed_until: datetime | None = Field(
        description="Out of its agent's list until then, or until the customer writes."
    )
    reminder: str
    deadlines: list[DeadlineView] = Field(description="The clocks that run, the next one first.")
    reopen_count: int
    transfer_count: int
    message_count: int


class TicketQuery(PageQuery):
    """Which tickets: `mine`, `snoozed` (mine, put off), `unassigned` (waiting, next to be served first), `spam`, of a queue, of a
    status, of an agent, or all."""

    view: Literal["mine", "snoozed", "unassigned", "spam", "queue", "status", "agent", "all"] | None = Field(
        default=None, description="Without it: all you may see in lists, for agents their own."
    )
    queue_id: Id | None = Field(default=None, description="For `queue`, and to narrow `unassigned` and `spam`.")
    status: Status | None = Field(default=None, description="For `status`, and to narrow `queue`, `mine` and `agent`.")
    agent_id: Id | None = Field(default=None, description="For `agent`.")


class Counts(Shape):
    """How many tickets stand where, counted up to `most`: a number that reaches it means "or more"."""

    most: int
    mine: int
    snoozed: int
    unassigned: int
    by_status: dict[Status, int]
    by_queue: dict[str, dict[str, int]] = Field(
        description="Of each queue you see: unassigned, and each unclosed status."
    )


class ActorView(Shape):
    """Who did something."""

    kind: str
    id: str
    name: str


class HistoryView(Shape):
    """Something done to a ticket: by whom, when, why, and what changed from what to what."""

    id: str
    at: datetime
    actor: ActorView
    action: str
    reason: str
    note: str
    mentions: tuple[str, ...]
    changes: dict[str, list[Any]]


class FailureView(Shape):
    """Why a message did not arrive."""

    reason: str
    text: str
    code: int | None


class MessageView(Shape):
    """One message of the conversation, with its ticks and their times."""

    id: str
    position: str
    direction: Literal["in", "out"]
    type: str
    content: dict[str, Any]
    preview: str
    at: datetime
    status: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    failure: FailureView | None
    sender: ActorView
    ticket_id: str | None
    wamid: str | None
    reply_to: str | None = Field(description="The wamid of the message this one answers.")
    media: MediaView | None = Field(description="Its file, with signed links once it is ready.")


class MessagePage(Shape):
    """A page of the conversation, newest first, and whether it may be answered freely."""

    items: list[MessageView]
    next: str | None = None
    window: Window


class ReplyDraft(Shape):
    """A message to the customer. The same `id` sent twice is one message."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] | None = None
    message: WhatsAppMessage = Field(description="Free-form, or a template, in WhatsApp's own notation.")
    reply_to: str | None = Field(default=None, max_length=512, description="The wamid of the message it answers.")


class StatusChange(Shape):
    """Open again, wait for the customer, or put on hold."""

    status: Literal[Status.OPEN, Status.PENDING, Status.ON_HOLD]
    reason: Text = ""


class Ending(Shape):
    """How a ticket ended."""

    disposition: Short = ""
    summary: Text = ""
    note: Text = ""


class Assignment(Shape):
    """Who gets it."""

    agent_id: Id
    note: Text = ""


class Transfer(Shape):
    """Where it goes."""

    queue_id: Id
    note: Text = ""


class Release(Shape):
    """Why it goes back."""

    note: Text = ""


class Marks(Shape):
    """What to change of a ticket's marks; what is absent stays."""

    tags: tuple[Tag, ...] | None = Field(default=None, max_length=30)
    priority: Priority | None = None
    label: Short | None = None
    spam: bool | None = None


class Reminder(Shape):
    """When the ticket comes back into its agent's list, and why."""

    at: datetime
    note: Text = ""


class NoteDraft(Shape):
    """An internal note."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    mentions: tuple[Id, ...] = Field(default=(), max_length=20, description="Ids of people to tell.")


class Merge(Shape):
    """The ticket that stays."""

    into: Id


def history_view(entry: HistoryEntry) -> HistoryView:
    """An entry for the client."""
    values = entry.model_dump(exclude={"actor"})
    return HistoryView(**values, actor=ActorView(**entry.actor.model_dump()))


def message_view(message: Message, media: MediaView | None = None) -> MessageView:
    """A message for the client."""
    shown = MessageView.model_fields.keys() - {"failure", "sender", "reply_to", "media"}
    failure = message.failure
    return MessageView(
        **message.model_dump(include=set(shown)),
        failure=FailureView(**failure.model_dump()) if failure else None,
        sender=ActorView(**message.sender.model_dump()),
        reply_to=message.context_wamid,
        media=media,
    )


def ticket_view(ticket: Ticket, contact: ContactView, *, unread: int, owner: str, window: Window) -> TicketView:
    """A ticket for the client."""
    shown = TicketView.model_fields.keys() - {"contact", "unread", "owner", "window", "deadlines"}
    return TicketView(
        **ticket.model_dump(include=set(shown)),
        contact=contact,
        unread=unread,
        owner=owner,
        window=window,
        deadlines=_deadlines(ticket),
    )


def _deadlines(ticket: Ticket) -> list[DeadlineView]:
    running = [
        DeadlineView(name=name, due_at=each.due_at, warn_at=each.warn_at) for name, each in ticket.deadlines.items()
    ]
    return sorted(running, key=lambda each: each.due_at)
