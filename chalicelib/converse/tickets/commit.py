"""Writing a change of a ticket with everything that hangs on it: the load of agents, the conversation's owner and its ticket."""

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Operation, Update
from chalicelib.conversations import ownership
from chalicelib.conversations import store as conversations
from chalicelib.conversations.model import Conversation, OwnerKind
from chalicelib.converse.agents import store as agents
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import HistoryEntry, Ticket
from chalicelib.problems import Conflict
from chalicelib.wiring import World


class TicketChanged(Conflict):
    """Somebody else changed the ticket since it was read; nothing was written."""

    def __init__(self, ticket_id: str) -> None:
        super().__init__("This ticket was changed by somebody else meanwhile. Read it again and repeat.")
        self.ticket_id = ticket_id


def commit(
    world: World, before: Ticket, after: Ticket, entry: HistoryEntry, also: list[Operation] | None = None
) -> Ticket:
    """Writes the change. Raises TicketChanged, also when what goes with it does not hold."""
    operations = [*store.changed(before, after, entry), *agents.let_go(before, after), *(also or [])]
    if after.is_closed and not before.is_closed:
        operations += _freed(conversations.get(world.table, before.conversation_id), before)
    try:
        world.table.transact(operations)
    except ConditionFailed as failed:
        raise TicketChanged(before.id) from failed
    return store.get(world.table, before.id)


def hand_over(world: World, before: Ticket, after: Ticket, entry: HistoryEntry, also: list[Operation]) -> Ticket:
    """Writes the change together with the conversation's new owner, and answers when no bot can speak any more.

    Raises TicketChanged.
    """
    operations = [*store.changed(before, after, entry), *agents.let_go(before, after), *also]
    try:
        ownership.take(
            world.table,
            before.conversation_id,
            OwnerKind.AGENT,
            after.agent_id,
            clock=world.clock,
            also=lambda _: operations,
        )
    except ConditionFailed as failed:
        raise TicketChanged(before.id) from failed
    return store.get(world.table, before.id)


def _freed(conversation: Conversation, ticket: Ticket) -> list[Operation]:
    """The conversation has no unclosed ticket any more and, unless a bot has it, no owner."""
    if conversation.ticket_id != ticket.id:
        return []
    owner: dict[str, object] = {}
    if conversation.owner is OwnerKind.AGENT:
        owner = {"owner": str(OwnerKind.NOBODY), "owner_id": "", "epoch": conversation.epoch + 1}
    held = Attr("ticket_id").eq(ticket.id) & Attr("epoch").eq(conversation.epoch)
    return [Update(keys.conversation(conversation.id), set=owner, remove=["ticket_id"], condition=held)]
