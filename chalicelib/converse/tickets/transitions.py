"""The published table of a ticket's life: what is not in it cannot be done.

A row reads: in this status, when this happens, it becomes that status. Who then has the ticket is decided by the use case:
assigning gives it to somebody, releasing and re-opening put it back into the line.
"""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.converse.tickets.model import Status
from chalicelib.problems import Conflict

_NEW, _OPEN, _PENDING, _ON_HOLD, _RESOLVED, _CLOSED = Status


class Act(StrEnum):
    """What can happen to a ticket's status."""

    ASSIGN = "assign"
    RELEASE = "release"
    CUSTOMER_WRITES = "customer_writes"
    AGENT_WRITES = "agent_writes"
    REOPEN = "reopen"
    WAIT_FOR_CUSTOMER = "wait_for_customer"
    HOLD = "hold"
    RESOLVE = "resolve"
    CLOSE = "close"
    EXPIRE = "expire"
    """The timer of a pending or resolved ticket ran out."""


TRANSITIONS: Mapping[tuple[Status, Act], Status] = {
    (_NEW, Act.ASSIGN): _OPEN,
    (_NEW, Act.CUSTOMER_WRITES): _NEW,
    (_NEW, Act.AGENT_WRITES): _OPEN,
    (_NEW, Act.RESOLVE): _RESOLVED,
    (_NEW, Act.CLOSE): _CLOSED,
    (_OPEN, Act.ASSIGN): _OPEN,
    (_OPEN, Act.RELEASE): _OPEN,
    (_OPEN, Act.CUSTOMER_WRITES): _OPEN,
    (_OPEN, Act.AGENT_WRITES): _OPEN,
    (_OPEN, Act.WAIT_FOR_CUSTOMER): _PENDING,
    (_OPEN, Act.HOLD): _ON_HOLD,
    (_OPEN, Act.RESOLVE): _RESOLVED,
    (_OPEN, Act.CLOSE): _CLOSED,
    (_PENDING, Act.ASSIGN): _OPEN,
    (_PENDING, Act.RELEASE): _PENDING,
    (_PENDING, Act.CUSTOMER_WRITES): _OPEN,
    (_PENDING, Act.AGENT_WRITES): _PENDING,
    (_PENDING, Act.REOPEN): _OPEN,
    (_PENDING, Act.HOLD): _ON_HOLD,
    (_PENDING, Act.RESOLVE): _RESOLVED,
    (_PENDING, Act.CLOSE): _CLOSED,
    (_PENDING, Act.EXPIRE): _CLOSED,
    (_ON_HOLD, Act.ASSIGN): _OPEN,
    (_ON_HOLD, Act.RELEASE): _OPEN,
    (_ON_HOLD, Act.CUSTOMER_WRITES): _ON_HOLD,
    (_ON_HOLD, Act.AGENT_WRITES): _OPEN,
    (_ON_HOLD, Act.REOPEN): _OPEN,
    (_ON_HOLD, Act.WAIT_FOR_CUSTOMER): _PENDING,
    (_ON_HOLD, Act.RESOLVE): _RESOLVED,
    (_ON_HOLD, Act.CLOSE): _CLOSED,
    (_RESOLVED, Act.ASSIGN): _OPEN,
    (_RESOLVED, Act.CUSTOMER_WRITES): _OPEN,
    (_RESOLVED, Act.REOPEN): _OPEN,
    (_RESOLVED, Act.CLOSE): _CLOSED,
    (_RESOLVED, Act.EXPIRE): _CLOSED,
}


class NotPossible(Conflict):
    """The ticket's status does not allow this."""

    def __init__(self, ticket_id: str, status: Status, act: Act) -> None:
        super().__init__(f"A ticket that is {status.replace('_', ' ')} cannot {_AS_SAID[act]}.")
        self.ticket_id, self.status, self.act = ticket_id, status, act


_AS_SAID: Mapping[Act, str] = {
    Act.ASSIGN: "be assigned",
    Act.RELEASE: "be given back",
    Act.CUSTOMER_WRITES: "take a message",
    Act.AGENT_WRITES: "be answered; open it again first",
    Act.REOPEN: "be opened again",
    Act.WAIT_FOR_CUSTOMER: "be set to pending",
    Act.HOLD: "be put on hold",
    Act.RESOLVE: "be resolved",
    Act.CLOSE: "be closed",
    Act.EXPIRE: "close by itself",
}


def after(status: Status, act: Act, ticket_id: str = "") -> Status:
    """The status that follows. Raises NotPossible."""
    try:
        return TRANSITIONS[status, act]
    except KeyError:
        raise NotPossible(ticket_id, status, act) from None
