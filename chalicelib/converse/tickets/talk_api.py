"""Routes of a ticket's conversation: messages, answers, who speaks, and what is seen."""

from typing import Literal

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.pages import read_page
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Message
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import answers, files, lists, onlookers, reading, service, starting, store
from chalicelib.converse.tickets.onlookers import Onlooker
from chalicelib.converse.tickets.reading import DraftText
from chalicelib.converse.tickets.service import hand_of
from chalicelib.converse.tickets.shapes import MessagePage, MessageView, ReplyDraft, TicketView
from chalicelib.converse.tickets.starting import OutboundDraft
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.TICKETS_READ, Permission.TICKETS_WRITE


class Seen(Shape):
    """Everything has been read; `typing` also shows the dots, for 25 seconds at most."""

    typing: bool = False


class SeenResult(Shape):
    """Whether WhatsApp was told."""

    told: bool


class DraftWish(Shape):
    """What somebody has begun to write; empty forgets it."""

    text: str = Field(max_length=4096)


class Looking(Shape):
    """What the caller does with the ticket; `gone` takes it off their screen."""

    state: Literal["viewing", "typing", "gone"]
    window: str = Field(
        default="",
        max_length=40,
        description="Tells several windows of one person apart: who closes one is still there by the other.",
    )


class Onlookers(Shape):
    """Who else has the ticket on their screen."""

    people: list[Onlooker]


class OnlookedTicket(Onlookers):
    """A ticket that others have on their screen."""

    ticket_id: str


class OnlookedTickets(Shape):
    """The tickets that others have on their screen now."""

    items: list[OnlookedTicket]


class Blocked(Shape):
    """Whether the customer's number is blocked at WhatsApp."""

    blocked: bool


@endpoint(bp, "POST", "/api/v1/tickets", permission=_WRITE, status=201)
def start_ticket(user: CurrentUser, body: OutboundDraft, world: World) -> TicketView:
    """Writes to a customer first: opens a ticket in the caller's hands and sends the first message, usually a template."""
    ticket, _ = starting.start(hand_of(world, user), body)
    return lists.present(world.table, [store.get(world.table, ticket.id)], world.clock())[0]


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/messages", permission=_READ)
def get_ticket_messages(user: CurrentUser, ticket_id: str, query: PageQuery, world: World) -> MessagePage:
    """Lists the conversation's messages, newest first, those before the ticket too; and says whether its window is open."""
    ticket = sight_of(world.table, user).read(world.table, ticket_id)
    pk = keys.conversation(ticket.conversation_id).pk
    page = read_page(
        world.table, pk, token=query.next, limit=query.limit, prefix="MESSAGE#", forward=False, consistent=True
    )
    conversation = conversations.get(world.table, ticket.conversation_id)
    return MessagePage(
        items=files.shown(world, (Message.model_validate(item) for item in page.items)),
        next=page.next,
        window=lists.window_of(conversation.channel_type, conversation.window_closes_at, world.clock()),
    )


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/messages", permission=_WRITE, status=202)
def reply_to_ticket(user: CurrentUser, ticket_id: str, body: ReplyDraft, world: World) -> MessageView:
    """Answers the customer: free-form inside the 24-hour window, a template at any time.

    The message is kept and then sent; its status tells how far it came. Sent twice with the same id it is one message.
    """
    return files.shown(world, [answers.reply(hand_of(world, user), ticket_id, body)])[0]


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/messages/{messageId}/resend", permission=_WRITE, status=202)
def resend_message(user: CurrentUser, ticket_id: str, message_id: str, world: World) -> MessageView:
    """Sends anew a message that failed or that WhatsApp never confirmed."""
    return files.shown(world, [answers.resend(hand_of(world, user), ticket_id, message_id)])[0]


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/read", permission=_WRITE)
def read_ticket(user: CurrentUser, ticket_id: str, body: Seen | None, world: World) -> SeenResult:
    """Marks everything as read, here and at the customer's; `typing` also shows that somebody writes."""
    ticket = sight_of(world.table, user).work_on(world.table, ticket_id)
    return SeenResult(told=reading.seen(world, ticket, typing=bool(body and body.typing)))


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/draft", permission=_READ)
def get_draft(user: CurrentUser, ticket_id: str, world: World) -> DraftText:
    """Reads what the caller has begun to write."""
    sight_of(world.table, user).read(world.table, ticket_id)
    return reading.draft(world.table, ticket_id, user.id)


@endpoint(bp, "PUT", "/api/v1/tickets/{ticketId}/draft", permission=_WRITE)
def keep_draft(user: CurrentUser, ticket_id: str, body: DraftWish, world: World) -> DraftText:
    """Keeps what the caller has begun to write."""
    sight_of(world.table, user).read(world.table, ticket_id)
    return reading.keep_draft(world, ticket_id, user.id, body.text)


@endpoint(bp, "GET", "/api/v1/tickets/presence", permission=_READ)
def list_onlooked_tickets(user: CurrentUser, world: World) -> OnlookedTickets:
    """Lists which of the tickets the caller sees others view or answer at the moment: what a list of tickets shows."""
    found = onlookers.everywhere(world.table, sight_of(world.table, user), world.clock())
    return OnlookedTickets(items=[OnlookedTicket(ticket_id=each, people=people) for each, people in found.items()])


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/presence", permission=_READ)
def list_ticket_onlookers(user: CurrentUser, ticket_id: str, world: World) -> Onlookers:
    """Tells who else has the ticket on their screen, and who is writing."""
    sight_of(world.table, user).read(world.table, ticket_id)
    return Onlookers(people=onlookers.others(world.table, ticket_id, user.id, world.clock()))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/presence", permission=_READ)
def show_ticket_presence(user: CurrentUser, ticket_id: str, body: Looking, world: World) -> Onlookers:
    """Says that the caller views the ticket, writes, or is gone; answers who else is there.

    It holds for 45 seconds: say it again every 20. A change is told to the others as topic `ticket_presence` with the ticket's id.
    """
    ticket = sight_of(world.table, user).read(world.table, ticket_id)
    state = None if body.state == "gone" else body.state
    return Onlookers(people=onlookers.show(world, ticket, user, state, body.window))


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/take-over", permission=_WRITE)
def take_over_conversation(user: CurrentUser, ticket_id: str, world: World) -> TicketView:
    """Silences the bot: when this answers, nothing it had decided before can still leave."""
    return _shown(world, service.take_over(hand_of(world, user), ticket_id).id)


@endpoint(bp, "POST", "/api/v1/tickets/{ticketId}/hand-back", permission=_WRITE)
def hand_back_conversation(user: CurrentUser, ticket_id: str, world: World) -> TicketView:
    """Lets workflows speak in the conversation again."""
    return _shown(world, service.hand_back(hand_of(world, user), ticket_id).id)


@endpoint(bp, "PUT", "/api/v1/tickets/{ticketId}/block", permission=_WRITE)
def block_customer(user: CurrentUser, ticket_id: str, body: Blocked, world: World) -> TicketView:
    """Puts the customer on WhatsApp's block list or takes them off."""
    return _shown(world, service.block(hand_of(world, user), ticket_id, blocked=body.blocked).id)


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/previous", permission=_READ)
def list_previous_tickets(user: CurrentUser, ticket_id: str, query: PageQuery, world: World) -> Page[TicketView]:
    """Lists the customer's earlier tickets on all channels, newest first: whoever sees this ticket may see those."""
    ticket = sight_of(world.table, user).read(world.table, ticket_id)
    return lists.earlier(
        world.table, lists.of_customer(world.table, ticket.contact_id), query, ticket.id, world.clock()
    )


def _shown(world: World, ticket_id: str) -> TicketView:
    return lists.present(world.table, [store.get(world.table, ticket_id)], world.clock())[0]
