"""The message that goes out when a customer writes and nobody is there."""

from chalicelib.channels import store as channels
from chalicelib.channels.hours import is_open
from chalicelib.conversations import replies
from chalicelib.conversations import store as conversations
from chalicelib.conversations.gate import desk
from chalicelib.conversations.model import Sender
from chalicelib.conversations.replies import Draft, WindowClosed
from chalicelib.converse.queues import store as queues
from chalicelib.converse.tickets.model import Ticket
from chalicelib.wiring import World


def tell(world: World, ticket: Ticket) -> None:
    """Sends the away message, once for each ticket, if nobody was there when the ticket came."""
    from chalicelib.whatsapp.messages import parse_message  # its models are a tenth of a cold start

    words, name = _words(world, ticket)
    if not words:
        return
    draft = Draft(
        id=f"{ticket.id}.away",
        message=parse_message({"type": "text", "text": {"body": words}}),
        sender=Sender(kind="system", name=name),
        ticket_id=ticket.id,
    )
    try:
        replies.submit(desk(world), conversations.get(world.table, ticket.conversation_id), draft)
    except WindowClosed:
        return  # the message that opened the ticket is a day old: nothing can be said any more


def _words(world: World, ticket: Ticket) -> tuple[str, str]:
    """What to say and in whose name, empty while somebody is there. A queue without hours or words has its channel's."""
    queue, channel = queues.get(world.table, ticket.queue_id), channels.get(world.table, ticket.channel_id)
    if is_open(queue.hours if queue.hours.shifts else channel.hours, ticket.created_at):
        return "", ""
    return (queue.away_message, queue.name) if queue.away_message else (channel.away_message, channel.name)
