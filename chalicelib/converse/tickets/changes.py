"""What happens to a ticket, as values: each function answers the ticket as it is afterwards. Pure."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets import sla
from chalicelib.converse.tickets.model import Actor, HistoryEntry, Status, Ticket
from chalicelib.converse.tickets.transitions import Act, after


def entry(entry_id: str, at: datetime, actor: Actor, action: str, *, reason: str = "", note: str = "") -> HistoryEntry:
    """A new entry of the history."""
    return HistoryEntry(id=entry_id, at=at, actor=actor, action=action, reason=reason, note=note)


def assigned(ticket: Ticket, agent_id: str, now: datetime) -> Ticket:
    """Given to an agent."""
    return _moved(
        ticket,
        Act.ASSIGN,
        now,
        agent_id=agent_id,
        preferred_agent_id="",
        reopened=False,
        spam=False,
        first_assigned_at=ticket.first_assigned_at or now,
        resolved_at=None,
    )


def released(ticket: Ticket, now: datetime) -> Ticket:
    """Given back into the line, with its age."""
    return _moved(ticket, Act.RELEASE, now, agent_id="", preferred_agent_id=ticket.agent_id)


def entered(ticket: Ticket, queue: Queue, now: datetime) -> Ticket:
    """Under the rules of this queue: its targets of time, its overflow."""
    overflow = queue.overflow
    placed = ticket.model_copy(
        update={
            "queue_id": queue.id,
            "overflows_at": now + timedelta(seconds=overflow.after_seconds) if overflow else None,
            "window_warning_minutes": queue.window_warning_minutes,
        }
    )
    return sla.restarted(placed, queue)


def moved_to_queue(ticket: Ticket, queue: Queue, now: datetime) -> Ticket:
    """Put into another queue's line, with its age."""
    lies_there = ticket.in_line or (ticket.spam and not ticket.agent_id)
    waiting = ticket if lies_there else _moved(ticket, Act.RELEASE, now, agent_id="", preferred_agent_id="")
    counted = waiting.model_copy(update={"transfer_count": ticket.transfer_count + 1})
    return entered(counted, queue, now)


def customer_wrote(ticket: Ticket, now: datetime) -> Ticket:
    """The customer has written: what was answered is open again, and a resolved one goes to the front of the line."""
    awaiting = {"awaiting_since": ticket.awaiting_since or now}
    if ticket.status is Status.RESOLVED:
        return _moved(
            ticket,
            Act.CUSTOMER_WRITES,
            now,
            **awaiting,
            **_back_in_line(ticket, now),
            reopen_count=ticket.reopen_count + 1,
            resolved_at=None,
        )
    if ticket.status is Status.PENDING and not ticket.agent_id:
        return _moved(ticket, Act.CUSTOMER_WRITES, now, **awaiting, **_back_in_line(ticket, now))
    return _moved(ticket, Act.CUSTOMER_WRITES, now, **awaiting)


def agent_wrote(ticket: Ticket, now: datetime, pending_lasts: timedelta) -> Ticket:
    """We have answered. A pending ticket waits anew."""
    moved = _moved(
        ticket,
        Act.AGENT_WRITES,
        now,
        awaiting_since=None,
        first_response_at=ticket.first_response_at or now,
    )
    return moved.model_copy(update=_waits(moved, now, pending_lasts)) if moved.status is Status.PENDING else moved


def reopened(ticket: Ticket, now: datetime) -> Ticket:
    """A person takes up again what was put aside; a resolved ticket goes back into the line."""
    if ticket.status is not Status.RESOLVED:
        return _moved(ticket, Act.REOPEN, now)
    return _moved(
        ticket, Act.REOPEN, now, **_back_in_line(ticket, now), reopen_count=ticket.reopen_count + 1, resolved_at=None
    )


def set_pending(ticket: Ticket, now: datetime, lasts: timedelta) -> Ticket:
    """Waits for the customer, so long from our last message."""
    return _moved(ticket, Act.WAIT_FOR_CUSTOMER, now, **_waits(ticket, now, lasts))


def held(ticket: Ticket, now: datetime) -> Ticket:
    """Waits for somebody inside."""
    return _moved(ticket, Act.HOLD, now)


def resolved(ticket: Ticket, now: datetime, lasts: timedelta, disposition: str = "", summary: str = "") -> Ticket:
    """Answered; the customer may re-open it for so long."""
    return _moved(
        ticket,
        Act.RESOLVE,
        now,
        closes_at=now + lasts,
        resolved_at=now,
        awaiting_since=None,
        disposition=disposition or ticket.disposition,
        summary=summary or ticket.summary,
    )


def closed(ticket: Ticket, now: datetime, disposition: str = "", summary: str = "", *, expired: bool = False) -> Ticket:
    """Closed for good, by a person or (`expired`) by its timer."""
    return _moved(
        ticket,
        Act.EXPIRE if expired else Act.CLOSE,
        now,
        closed_at=now,
        resolved_at=ticket.resolved_at or now,
        awaiting_since=None,
        disposition=disposition or ticket.disposition,
        summary=summary or ticket.summary,
    )


def snoozed(ticket: Ticket, until: datetime, reminder: str, now: datetime) -> Ticket:
    """Out of its agent's list until then; a timer that would close it stands still so long."""
    closes = ticket.closes_at and until + (ticket.closes_at - max(now, ticket.snoozed_until or now))
    return ticket.model_copy(update={"snoozed_until": until, "reminder": reminder, "closes_at": closes})


def woken(ticket: Ticket, now: datetime) -> Ticket:
    """Back in its agent's list, by its time or by hand; a timer that stood still goes on."""
    early = max(ticket.snoozed_until - now, timedelta()) if ticket.snoozed_until else timedelta()
    closes = ticket.closes_at and ticket.closes_at - early
    return ticket.model_copy(update={"snoozed_until": None, "reminder": "", "closes_at": closes})


def marked_spam(ticket: Ticket, now: datetime) -> Ticket:
    """Out of the line and out of everybody's hands; its clocks stop and count for nothing."""
    loose = _moved(ticket, Act.RELEASE, now, agent_id="", preferred_agent_id="") if ticket.in_hand else ticket
    return loose.model_copy(update={"spam": True, "deadlines": {}, "has_sla": False})


def cleared_of_spam(ticket: Ticket, queue: Queue, now: datetime) -> Ticket:
    """Back in its queue's line, with its age."""
    return entered(ticket.model_copy(update={"spam": False}), queue, now)


def may_reopen(ticket: Ticket, now: datetime) -> bool:
    """Whether a customer's message still belongs to this ticket: its time to close has not come."""
    return not ticket.is_closed and (ticket.closes_at is None or now < ticket.closes_at)


def _back_in_line(ticket: Ticket, now: datetime) -> dict[str, Any]:
    return {
        "agent_id": "",
        "preferred_agent_id": ticket.agent_id or ticket.preferred_agent_id,
        "reopened": True,
        "in_line_since": now,
    }


_KEEPS_SNOOZING = frozenset({Act.AGENT_WRITES, Act.WAIT_FOR_CUSTOMER, Act.HOLD})


def _waits(ticket: Ticket, now: datetime, lasts: timedelta) -> dict[str, Any]:
    return {"closes_at": max(now, ticket.snoozed_until or now) + lasts}


def _moved(ticket: Ticket, act: Act, now: datetime, **values: Any) -> Ticket:
    status = after(ticket.status, act, ticket.id)
    if act not in _KEEPS_SNOOZING:
        values = {"snoozed_until": None, "reminder": ""} | values
    if status is not ticket.status:
        values = {"status": status, "status_since": now, "closes_at": None} | values
    return ticket.model_copy(update=values)
