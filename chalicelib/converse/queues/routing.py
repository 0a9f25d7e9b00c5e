"""Which queue a ticket goes to, and why. Pure.

Enabled queues are asked by priority; the first whose conditions all hold takes the ticket. Within a condition one value is
enough. The default queue comes last and takes everything.
"""

from collections.abc import Iterable

from pydantic import Field

from chalicelib.converse.queues.model import (
    DEFAULT,
    ChannelCondition,
    ChannelTypeCondition,
    Condition,
    CountryCondition,
    CustomerGroupCondition,
    Queue,
)
from chalicelib.shape import Shape


class Facts(Shape):
    """What routing looks at."""

    channel_id: str
    channel_type: str = "whatsapp"
    country: str = Field(default="", description="ISO 3166-1 alpha-2; empty when it is not known.")
    customer_groups: tuple[str, ...] = ()


class Verdict(Shape):
    """What one queue said."""

    queue_id: str
    queue_name: str
    takes: bool
    why: str


class Route(Shape):
    """Where a ticket goes; `asked` has every queue that was asked, in order."""

    queue_id: str
    queue_name: str
    why: str
    asked: list[Verdict]


def route(queues: Iterable[Queue], facts: Facts) -> Route:
    """Where a ticket with these facts goes."""
    asked: list[Verdict] = []
    default = DEFAULT
    for queue in sorted(queues, key=lambda each: (each.priority, each.id)):
        if queue.is_default:
            default = queue
            continue
        verdict = _ask(queue, facts)
        asked.append(verdict)
        if verdict.takes:
            return Route(queue_id=queue.id, queue_name=queue.name, why=verdict.why, asked=asked)
    asked.append(Verdict(queue_id=default.id, queue_name=default.name, takes=True, why="no other queue took it"))
    return Route(queue_id=default.id, queue_name=default.name, why="no other queue took it", asked=asked)


def _ask(queue: Queue, facts: Facts) -> Verdict:
    def said(takes: bool, why: str) -> Verdict:
        return Verdict(queue_id=queue.id, queue_name=queue.name, takes=takes, why=why)

    if not queue.enabled:
        return said(False, "the queue is not enabled")
    if not queue.conditions:
        return said(False, "the queue has no conditions: tickets come to it only by hand")
    reasons = []
    for condition in queue.conditions:
        holds, why = _holds(condition, facts)
        if not holds:
            return said(False, why)
        reasons.append(why)
    return said(True, "; ".join(reasons))


def _holds(condition: Condition, facts: Facts) -> tuple[bool, str]:
    match condition:
        case ChannelCondition(values=values):
            return _one_of("channel", facts.channel_id, values)
        case ChannelTypeCondition(values=values):
            return _one_of("channel type", facts.channel_type, values)
        case CountryCondition(values=values):
            return _one_of("country", facts.country or "unknown", values)
        case CustomerGroupCondition(values=values):
            shared = sorted(set(values) & set(facts.customer_groups))
            if shared:
                return True, f"the customer is in group {', '.join(shared)}"
            return False, "the customer is in none of the groups"


def _one_of(what: str, value: str, values: tuple[str, ...]) -> tuple[bool, str]:
    if value in values:
        return True, f"the {what} is {value}"
    return False, f"the {what} is {value}, not {' or '.join(values)}"
