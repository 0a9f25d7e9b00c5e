"""Routes of reports: JSON for pages, CSV for spreadsheets."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.converse.reports import service
from chalicelib.converse.reports.figures import Figures, Report
from chalicelib.converse.reports.service import DeskQuery, PresenceQuery, PresenceRow
from chalicelib.converse.reports.tables import csv_reply
from chalicelib.converse.sight import sight_of
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.http.replies import Reply
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _EXPORT = Permission.REPORTS_READ, Permission.EXPORTS_WRITE


@endpoint(bp, "GET", "/api/v1/reports/desk", permission=_READ, tag="Reports")
def get_desk_report(user: CurrentUser, query: DeskQuery, world: World) -> Report:
    """Counts tickets, messages, waiting and handling times and targets by day, hour, queue, agent or channel."""
    return service.desk(world.table, sight_of(world.table, user), query)


@endpoint(bp, "GET", "/api/v1/reports/desk.csv", permission=_READ, tag="Reports")
def get_desk_report_as_csv(user: CurrentUser, query: DeskQuery, world: World) -> Reply[str]:
    """The same as a CSV file; its last line is the total."""
    found = service.desk(world.table, sight_of(world.table, user), query)
    rows = [row.model_dump() for row in (*found.items, found.total)]
    return csv_reply(f"desk-{query.since}-{query.until}", list(Figures.model_fields), rows)


@endpoint(bp, "GET", "/api/v1/reports/presence", permission=_READ, tag="Reports")
def get_presence_report(user: CurrentUser, query: PresenceQuery, world: World) -> Page[PresenceRow]:
    """Lists where agents were and how long, with their aux codes."""
    found = service.presence(world.table, sight_of(world.table, user), query, world.clock())
    return Page[PresenceRow](items=found)


@endpoint(bp, "GET", "/api/v1/reports/presence.csv", permission=_READ, tag="Reports")
def get_presence_report_as_csv(user: CurrentUser, query: PresenceQuery, world: World) -> Reply[str]:
    """The same as a CSV file."""
    found = service.presence(world.table, sight_of(world.table, user), query, world.clock())
    rows = [row.model_dump(mode="json") for row in found]
    return csv_reply(f"presence-{query.since}-{query.until}", list(PresenceRow.model_fields), rows)


@endpoint(bp, "GET", "/api/v1/tickets/{ticketId}/transcript.csv", permission=_EXPORT, tag="Reports")
def get_ticket_transcript(user: CurrentUser, ticket_id: str, world: World) -> Reply[str]:
    """A ticket's messages as a CSV file, oldest first."""
    ticket = sight_of(world.table, user).read(world.table, ticket_id)
    rows = [
        {
            "at": message.at.isoformat(),
            "direction": message.direction,
            "sender": message.sender.name or message.sender.kind,
            "type": message.type,
            "text": message.preview,
            "status": str(message.status),
        }
        for message in service.transcript(world.table, ticket)
    ]
    return csv_reply(f"ticket-{ticket.id}", ["at", "direction", "sender", "type", "text", "status"], rows)
