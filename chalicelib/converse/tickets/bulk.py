"""The same thing done to many tickets: each by itself, so that one that cannot does not stop the others."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.cloud.table import TransactionContended
from chalicelib.converse.queues.model import Id
from chalicelib.converse.tickets import service
from chalicelib.converse.tickets.model import Ticket
from chalicelib.converse.tickets.service import Hand
from chalicelib.converse.tickets.shapes import Short, Tag, Text
from chalicelib.problems import Problem
from chalicelib.shape import Shape

MOST = 100


class Bulk(Shape):
    """What all kinds share."""

    ticket_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST)
    note: Text = ""


class BulkAssign(Bulk):
    """Give them to an agent."""

    action: Literal["assign"]
    agent_id: Id


class BulkTransfer(Bulk):
    """Put them into another queue."""

    action: Literal["transfer"]
    queue_id: Id


class BulkRelease(Bulk):
    """Give them back into their lines."""

    action: Literal["release"]


class BulkEnd(Bulk):
    """Resolve or close them, with one disposition for all."""

    action: Literal["resolve", "close"]
    disposition: Short = ""


class BulkTag(Bulk):
    """Set their tags."""

    action: Literal["tag"]
    tags: tuple[Tag, ...] = Field(max_length=30)


Wish = Annotated[BulkAssign | BulkTransfer | BulkRelease | BulkEnd | BulkTag, Field(discriminator="action")]


class Outcome(Shape):
    """What became of one ticket; `code` and `message` say why it was not done."""

    ticket_id: str
    done: bool
    code: str = ""
    message: str = ""


def carry_out(hand: Hand, wish: Wish) -> list[Outcome]:
    """Does it to each ticket, in the order given."""
    return [_one(ticket_id, _action(hand, wish)) for ticket_id in dict.fromkeys(wish.ticket_ids)]


def _action(hand: Hand, wish: Wish) -> Callable[[str], Ticket]:
    match wish:
        case BulkAssign():
            return lambda ticket_id: service.assign(hand, ticket_id, wish.agent_id, wish.note)
        case BulkTransfer():
            return lambda ticket_id: service.transfer(hand, ticket_id, wish.queue_id, wish.note)
        case BulkRelease():
            return lambda ticket_id: service.release(hand, ticket_id, wish.note)
        case BulkEnd(action="resolve"):
            return lambda ticket_id: service.resolve(hand, ticket_id, wish.disposition, note=wish.note)
        case BulkEnd():
            return lambda ticket_id: service.close(hand, ticket_id, wish.disposition, note=wish.note)
        case BulkTag():
            return lambda ticket_id: service.label(hand, ticket_id, tags=wish.tags)


def _one(ticket_id: str, action: Callable[[str], Ticket]) -> Outcome:
    try:
        action(ticket_id)
    except Problem as problem:
        return Outcome(ticket_id=ticket_id, done=False, code=str(problem.problem_code), message=problem.message)
    except TransactionContended:
        return Outcome(ticket_id=ticket_id, done=False, code="contended", message="Send this one again.")
    return Outcome(ticket_id=ticket_id, done=True)
