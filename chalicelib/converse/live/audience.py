"""Who may learn of what happened: nobody hears of a thing they may not read."""

from chalicelib.access.permissions import Permission, Role
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.converse.sight import Sight
from chalicelib.events.feed import Row
from chalicelib.events.model import Event

_P = Permission
_BY_TOPIC: dict[str, Permission] = {
    "agent": _P.AGENTS_READ,
    "queue": _P.QUEUES_READ,
    "campaign": _P.CAMPAIGNS_READ,
    "contact": _P.CONTACTS_READ,
    "import": _P.CONTACTS_IMPORT,
    "template": _P.TEMPLATES_READ,
    "media": _P.MEDIA_READ,
    "channel": _P.CHANNELS_READ,
    "workflow": _P.WORKFLOWS_READ,
    "instance": _P.WORKFLOWS_READ,
    "webhook": _P.WEBHOOKS_READ,
    "account": _P.SETTINGS_READ,
}


def may_know(sight: Sight, row: Row) -> bool:
    """Whether this person may be told of the row. A topic nobody has thought of is for administrators."""
    if row.queue_id or row.agent_id:
        return sight.may_know(row.queue_id, row.agent_id)
    if row.topic in {"ticket", "conversation"}:  # a conversation without a ticket: a bot's, or nobody's
        return sight.user.may(_P.TICKETS_READ_ALL)
    permission = _BY_TOPIC.get(row.topic)
    return sight.user.may(permission) if permission else sight.user.role is Role.ADMINISTRATOR


def addressed(table: Table, events: list[Event]) -> list[Event]:
    """With the queue and agent of the ticket each conversation's event belongs to: those decide who may know."""
    subjects = {event.subject for event in events if _unaddressed(event)}
    if not subjects:
        return events
    states = table.get_many(keys.conversation(subject) for subject in subjects)
    ticket_of = {item["id"]: item.get("ticket_id", "") for item in states.values()}
    found = table.get_many(keys.ticket(ticket_id) for ticket_id in ticket_of.values() if ticket_id)
    tickets = {item["id"]: item for item in found.values()}
    return [_addressed(event, tickets.get(ticket_of.get(event.subject, ""))) for event in events]


def _unaddressed(event: Event) -> bool:
    return event.topic == "conversation" and not event.queue_id and not event.agent_id


def _addressed(event: Event, ticket: dict[str, str] | None) -> Event:
    if ticket is None or not _unaddressed(event):
        return event
    return event.model_copy(update={"queue_id": ticket["queue_id"], "agent_id": ticket["agent_id"]})
