"""What is due for a ticket when its alarm rings: closing by itself, reminders, overflow, targets of time, the window's end.

An alarm may ring twice, late, or for nothing: everything is read afresh and done only if it is due and not done.
"""

from datetime import datetime

from chalicelib.converse import assignment, labels, settings
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import alarms, changes, sla, store
from chalicelib.converse.tickets.commit import commit
from chalicelib.converse.tickets.model import SYSTEM, Ticket
from chalicelib.converse.tickets.store import TicketMissing
from chalicelib.timers.model import Timer
from chalicelib.wiring import World


def ring(timer: Timer, world: World) -> None:
    """Does what is due for the ticket and sets its next alarm. Raises TicketChanged: the timer comes again."""
    try:
        ticket = store.get(world.table, timer.subject)
    except TicketMissing:
        return
    if ticket.is_closed:
        return
    now = world.clock()
    if ticket.closes_at is not None and ticket.closes_at <= now:
        _close(world, ticket, now)
        return
    ticket = _wake(world, ticket, now)
    ticket = _overflow(world, ticket, now)
    ticket = _targets(world, ticket, now)
    ticket = _window(world, ticket, now)
    _, operations = alarms.armed(ticket, now)
    if operations:
        world.table.transact(store.touched(ticket, ticket, now))


def _close(world: World, ticket: Ticket, now: datetime) -> None:
    entry = changes.entry(world.new_id(), now, SYSTEM, "closed", reason="nothing happened for the time that is set")
    commit(world, ticket, changes.closed(ticket, now, expired=True), entry)
    if ticket.in_hand:
        assignment.drain_for(world, ticket.agent_id)


def _wake(world: World, ticket: Ticket, now: datetime) -> Ticket:
    if ticket.snoozed_until is None or ticket.snoozed_until > now:
        return ticket
    entry = changes.entry(world.new_id(), now, SYSTEM, "reminded", reason=ticket.reminder)
    return commit(world, ticket, changes.woken(ticket, now), entry)


def _overflow(world: World, ticket: Ticket, now: datetime) -> Ticket:
    if not ticket.in_line or ticket.overflows_at is None or ticket.overflows_at > now:
        return ticket
    overflow = queues.get(world.table, ticket.queue_id).overflow
    queue = _enabled(world, overflow.queue_id) if overflow else None
    if overflow is None or queue is None:
        stays = ticket.model_copy(update={"overflows_at": None})
        world.table.transact(store.touched(ticket, stays, now))
        return stays
    after = changes.moved_to_queue(ticket, queue, now)
    entry = changes.entry(world.new_id(), now, SYSTEM, "overflowed", reason=f"waited {overflow.after_seconds} s")
    commit(world, ticket, after, entry, list(queues.takes_tickets(queue.id)))
    assignment.drain(world, [queue.id])
    return store.get(world.table, ticket.id)


def _enabled(world: World, queue_id: str) -> Queue | None:
    """The queue, unless it has been deleted or switched off meanwhile."""
    try:
        queue = queues.get(world.table, queue_id)
    except queues.QueueMissing:
        return None
    return queue if queue.enabled else None


def _targets(world: World, ticket: Ticket, now: datetime) -> Ticket:
    after, warned, breached = sla.marked(ticket, now)
    if not warned and not breached:
        return ticket
    if breached:
        rules = settings.load(world.table).labels
        after = after.model_copy(update={"label": labels.for_breach(rules, after.label)})
    action = "sla_breached" if breached else "sla_warning"
    entry = changes.entry(world.new_id(), now, SYSTEM, action, reason=", ".join(breached or warned))
    return commit(world, ticket, after, entry)


def _window(world: World, ticket: Ticket, now: datetime) -> Ticket:
    warning = alarms.window_warning(ticket)
    if warning is None or warning > now:
        return ticket
    after = ticket.model_copy(update={"window_warned_for": ticket.window_closes_at})
    entry = changes.entry(
        world.new_id(), now, SYSTEM, "window_closing", reason=f"{ticket.window_warning_minutes} minutes"
    )
    return commit(world, ticket, after, entry)
