"""The message that goes out when a customer writes and the queue is closed."""

from chalicelib.conversations import replies
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Sender
from chalicelib.conversations.replies import Draft, WindowClosed
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.hours import is_open
from chalicelib.converse.tickets.model import Ticket
from chalicelib.wiring import World


def tell(world: World, ticket: Ticket) -> None:
    """Sends the queue's away message, once for each ticket, if the queue was closed when the ticket came."""
    from chalicelib.whatsapp.messages import parse_message  # its models are a tenth of a cold start

    queue = queues.get(world.table, ticket.queue_id)
    if not queue.away_message or is_open(queue.hours, ticket.created_at):
        return
    draft = Draft(
        id=f"{ticket.id}.away",
        message=parse_message({"type": "text", "text": {"body": queue.away_message}}),
        sender=Sender(kind="system", name=queue.name),
        ticket_id=ticket.id,
    )
    try:
        replies.submit(desk(world), conversations.get(world.table, ticket.conversation_id), draft)
    except WindowClosed:
        return  # the message that opened the ticket is a day old: nothing can be said any more
