"""When somebody must look at a ticket again though nothing happens to it. Pure, but for the timer's own operation.

Each ticket has at most one alarm ahead: the next of its times. A change that brings one forward sets an earlier alarm; one that
puts it off lets the old alarm ring, find nothing due and set the next. So a message costs no timer.
"""

from datetime import datetime, timedelta

from chalicelib.cloud.table import Operation
from chalicelib.converse.tickets.model import Ticket
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer


def armed(ticket: Ticket, now: datetime) -> tuple[Ticket, list[Operation]]:
    """The ticket with its alarm noted, and the timer when a new one is needed."""
    wanted = next_alarm(ticket)
    set_already = ticket.alarm_at is not None and ticket.alarm_at > now
    if wanted is None or (set_already and ticket.alarm_at is not None and ticket.alarm_at <= wanted):
        return ticket, []
    timer = Timer(id=f"{kinds.TICKET}.{ticket.id}", kind=kinds.TICKET, subject=ticket.id, due_at=wanted)
    return ticket.model_copy(update={"alarm_at": wanted}), [timers.armed(timer, now)]


def next_alarm(ticket: Ticket) -> datetime | None:
    """The next time at which something is due, or None."""
    if ticket.is_closed:
        return None
    overflows = ticket.overflows_at if ticket.in_line else None
    times = [ticket.closes_at, ticket.snoozed_until, overflows, window_warning(ticket)]
    for deadline in ticket.deadlines.values():
        times.append(None if deadline.warned else deadline.warn_at)
        times.append(None if deadline.breached else deadline.due_at)
    return min((time for time in times if time is not None), default=None)


def window_warning(ticket: Ticket) -> datetime | None:
    """When to warn that the window closes; None when it has been done for this window, or nobody needs to know."""
    closes = ticket.window_closes_at
    if closes is None or closes == ticket.window_warned_for or ticket.resolved_at is not None:
        return None
    return closes - timedelta(minutes=ticket.window_warning_minutes)
