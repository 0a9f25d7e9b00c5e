"""What a person may see and do in Converse: an agent their own tickets and those waiting in their queues, a supervisor all of
the queues they answer for, an administrator everything (but gets no tickets)."""

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission, Role
from chalicelib.cloud.table import Table
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import store
from chalicelib.converse.tickets.model import Actor, Ticket
from chalicelib.converse.tickets.store import TicketMissing
from chalicelib.dataclass import dataclass
from chalicelib.problems import Forbidden


class NotYours(Forbidden):
    """The ticket is in somebody else's hands, or in nobody's."""

    def __init__(self, ticket: Ticket) -> None:
        held = "Somebody else has this ticket." if ticket.agent_id else "Nobody has this ticket yet: take it first."
        super().__init__(held)
        self.ticket_id = ticket.id


@dataclass(frozen=True)
class Sight:
    """One person's view of the queues as they are now."""

    user: CurrentUser
    everything: bool
    serves: frozenset[str]
    """Queues whose waiting tickets they may see and take."""
    oversees: frozenset[str]
    """Queues of which they may see all tickets."""

    def sees(self, ticket: Ticket) -> bool:
        """Whether they may read the ticket and its conversation."""
        return self.user.may_enter(ticket.subaccount_id) and self.may_know(ticket.queue_id, ticket.agent_id)

    def may_know(self, queue_id: str, agent_id: str) -> bool:
        """Whether they may learn of something in this queue that this agent (or nobody) has in hand."""
        if self.everything or queue_id in self.oversees or agent_id == self.user.id:
            return True
        return not agent_id and queue_id in self.serves

    def read(self, table: Table, ticket_id: str) -> Ticket:
        """The ticket. Raises TicketMissing, also when they may not see it."""
        ticket = store.get(table, ticket_id)
        if not self.sees(ticket):
            raise TicketMissing(ticket_id)
        return ticket

    def work_on(self, table: Table, ticket_id: str) -> Ticket:
        """The ticket, to change or answer it. Raises TicketMissing, NotYours."""
        ticket = self.read(table, ticket_id)
        if ticket.agent_id != self.user.id and not self.user.may(Permission.TICKETS_WRITE_ALL):
            raise NotYours(ticket)
        return ticket

    @property
    def actor(self) -> Actor:
        """They, as the history names them."""
        return Actor(kind=self.user.kind, id=self.user.id, name=self.user.name)


def sight_of(table: Table, user: CurrentUser) -> Sight:
    """What this person may see now."""
    return among(queues.every(table), user)


def among(every_queue: list[Queue], user: CurrentUser) -> Sight:
    """What this person may see, the queues being these."""
    overseer = user.may(Permission.TICKETS_READ_ALL)
    return Sight(
        user=user,
        everything=user.role is Role.ADMINISTRATOR,
        serves=frozenset(queue.id for queue in every_queue if takes_tickets(user) and queue.has_agent(user.id)),
        oversees=frozenset(queue.id for queue in every_queue if overseer and queue.is_overseen_by(user.id)),
    )


def takes_tickets(user: CurrentUser) -> bool:
    """Whether this person is an agent at all: supervisors are, administrators and machines are not."""
    return user.kind == "person" and user.role in {Role.AGENT, Role.SUPERVISOR}
