"""Targets of time: which clocks run for a ticket, when each must be met, and what came of it. Pure.

`assign` runs until somebody has the ticket, `first_response` until we answer, `next_response` from the customer's word until
ours, `resolution` until it is resolved. All count the queue's business hours.
"""

from datetime import datetime, timedelta

from chalicelib.channels import hours
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets.model import Deadline, Status, Ticket

TARGETS = ("assign", "first_response", "next_response", "resolution")


def started(ticket: Ticket, queue: Queue) -> Ticket:
    """With a deadline for each clock that runs and had none; under another queue's targets when it came from there."""
    target = None if ticket.spam else queue.target(ticket.channel_id)
    if target is None:
        return ticket.model_copy(update={"has_sla": False, "deadlines": {}})
    deadlines = dict(ticket.deadlines)
    for name, since in _running(ticket).items():
        minutes = getattr(target, name)
        if minutes is None or name in deadlines:
            continue
        length = timedelta(minutes=minutes)
        deadlines[name] = Deadline(
            due_at=hours.after(queue.hours, since, length),
            warn_at=hours.after(queue.hours, since, length * target.warn_at_percent / 100),
        )
    return ticket.model_copy(update={"has_sla": True, "deadlines": deadlines})


def restarted(ticket: Ticket, queue: Queue) -> Ticket:
    """In another queue: its targets count from the same beginnings; what was missed stays missed."""
    missed = {name: deadline for name, deadline in ticket.deadlines.items() if deadline.breached}
    return started(ticket.model_copy(update={"deadlines": missed}), queue)


def settled(ticket: Ticket, now: datetime) -> Ticket:
    """Without the clocks that have stopped; each is counted as met or missed."""
    running = _running(ticket)
    stopped = {name: deadline for name, deadline in ticket.deadlines.items() if name not in running}
    if not stopped:
        return ticket
    met, missed = dict(ticket.sla_met), dict(ticket.sla_missed)
    for name, deadline in stopped.items():
        count = missed if deadline.breached or now > deadline.due_at else met
        count[name] = count.get(name, 0) + 1
    kept = {name: deadline for name, deadline in ticket.deadlines.items() if name in running}
    return ticket.model_copy(update={"deadlines": kept, "sla_met": met, "sla_missed": missed})


def marked(ticket: Ticket, now: datetime) -> tuple[Ticket, list[str], list[str]]:
    """With the warnings and breaches that have come noted, and the names of the new ones: (ticket, warned, breached)."""
    warned = [name for name, each in ticket.deadlines.items() if not each.warned and each.warn_at <= now]
    breached = [name for name, each in ticket.deadlines.items() if not each.breached and each.due_at <= now]
    deadlines = {
        name: each.model_copy(
            update={"warned": each.warned or name in warned, "breached": each.breached or name in breached}
        )
        for name, each in ticket.deadlines.items()
    }
    return (
        ticket.model_copy(update={"deadlines": deadlines}),
        [name for name in warned if name not in breached],
        breached,
    )


def _running(ticket: Ticket) -> dict[str, datetime]:
    """The clocks that run, and since when."""
    if ticket.status in {Status.RESOLVED, Status.CLOSED}:
        return {}
    since = {} if ticket.resolved_at or ticket.reopen_count else {"resolution": ticket.created_at}
    if ticket.first_assigned_at is None:
        since["assign"] = ticket.created_at
    if ticket.awaiting_since is not None:
        first = ticket.first_response_at is None
        since["first_response" if first else "next_response"] = ticket.created_at if first else ticket.awaiting_since
    return since
