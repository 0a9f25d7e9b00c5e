"""What a change of a ticket counts for in reports. Pure.

A measure travels in the event that is stored with the change, so that a report counts what happened, not what is left of it.
Seconds are wall-clock time.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from chalicelib.converse.tickets.model import Status, Ticket
from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Measure:
    """Numbers to be added for a queue and (or none: empty) an agent."""

    queue_id: str
    agent_id: str
    counts: dict[str, int]

    def plain(self) -> dict[str, Any]:
        """As an event carries it."""
        return {"queue": self.queue_id, "agent": self.agent_id, "counts": self.counts}


def held(before: Ticket | None, after: Ticket, now: datetime) -> Ticket:
    """With the time noted at which its present agent got it."""
    same = before is not None and before.in_hand and after.in_hand and before.agent_id == after.agent_id
    if same:
        return after
    return after.model_copy(update={"in_hand_since": now if after.in_hand else None})


def of_change(before: Ticket | None, after: Ticket, now: datetime) -> list[Measure]:
    """What a change counts for: with the queue and agent who had the ticket, and with those who have it now."""
    if before is None:
        first = Measure(after.queue_id, "", {"created": 1, f"created_{after.origin}": 1})
        return [first, *_given(None, after)]
    left = Counter(_ended(before, after, now))
    if before.in_hand and before.in_hand_since and (not after.in_hand or after.agent_id != before.agent_id):
        left += Counter(handled=1, handled_seconds=_seconds(before.in_hand_since, now))
    if after.queue_id != before.queue_id:
        left["transferred_out"] += 1
    left += Counter(_targets(before, after))
    found = [Measure(before.queue_id, before.agent_id, dict(left))] if left else []
    if after.queue_id != before.queue_id:
        found.append(Measure(after.queue_id, "", {"transferred_in": 1}))
    return [*found, *_given(before, after)]


def of_answer(before: Ticket, after: Ticket, agent_id: str, now: datetime) -> list[Measure]:
    """What a message to the customer counts for, beside the change of status it may bring."""
    counts = {"messages_out": 1}
    if before.first_response_at is None:
        counts |= {"first_responses": 1, "first_response_seconds": _seconds(before.created_at, now)}
    if before.awaiting_since is not None:
        counts |= {"responses": 1, "response_seconds": _seconds(before.awaiting_since, now)}
    # With a change of status the targets are measured by the change.
    targets = _targets(before, after) if after.status is before.status else {}
    return [Measure(after.queue_id, agent_id, counts | targets)]


def _given(before: Ticket | None, after: Ticket) -> list[Measure]:
    if not after.in_hand or (before is not None and before.in_hand and before.agent_id == after.agent_id):
        return []
    counts = {"assigned": 1}
    if after.first_assigned_at is not None and (before is None or before.first_assigned_at is None):
        counts |= {"first_assigned": 1, "wait_seconds": _seconds(after.created_at, after.first_assigned_at)}
    return [Measure(after.queue_id, after.agent_id, counts)]


def _ended(before: Ticket, after: Ticket, now: datetime) -> dict[str, int]:
    counts: dict[str, int] = {}
    if after.reopen_count > before.reopen_count:
        counts["reopened"] = 1
    done = {Status.RESOLVED, Status.CLOSED}
    if after.status in done and before.status not in done:
        counts |= {"resolved": 1, "resolution_seconds": _seconds(before.created_at, now)}
    if after.is_closed and not before.is_closed:
        counts["closed"] = 1
        if after.disposition:
            counts[f"disposition_{after.disposition}"] = 1
    return counts


def _targets(before: Ticket, after: Ticket) -> dict[str, int]:
    counts = {}
    for word, old, new in (("met", before.sla_met, after.sla_met), ("missed", before.sla_missed, after.sla_missed)):
        for target, count in new.items():
            if count > old.get(target, 0):
                counts[f"sla_{word}_{target}"] = count - old.get(target, 0)
    return counts


def _seconds(since: datetime, until: datetime) -> int:
    return max(round((until - since).total_seconds()), 0)
