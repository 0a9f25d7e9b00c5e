"""The message log over all numbers, and exports of it."""

from datetime import datetime

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.logs import exporting, service, usage
from chalicelib.logs.exporting import Export, ExportState
from chalicelib.logs.model import LogFilter, LoggedMessage
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_TAG = "Message log"
_MOST_MONTHS = 12
_MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class LogQuery(LogFilter, PageQuery):
    """Which messages, page by page."""


class UsageQuery(Shape):
    """Which months, at most twelve, and which number; all when absent."""

    first: str = Field(pattern=_MONTH, description="2026-10")
    last: str | None = Field(default=None, pattern=_MONTH, description="The same month when absent.")
    channel_id: str | None = Field(default=None, max_length=64)


class LogExport(Shape):
    """An export of the message log: a job, and its files when it is done."""

    id: str
    state: ExportState
    query: LogFilter
    created_at: datetime
    created_by: str
    finished_at: datetime | None
    rows: int
    links: list[str] = Field(
        description="CSV files in order, at most 100,000 lines each. The links are good for an hour, the files for 7 days."
    )

    @classmethod
    def of(cls, export: Export, links: list[str]) -> "LogExport":
        """Of what is stored."""
        return cls(**export.model_dump(include=set(cls.model_fields) - {"links"}), links=links)


@endpoint(bp, "GET", "/api/v1/message-log", permission=Permission.LOGS_READ, tag=_TAG)
def list_logged_messages(query: LogQuery, user: CurrentUser, world: World) -> Page[LoggedMessage]:
    """Lists messages of all numbers, the newest first. A page may hold fewer than asked for and still have a next one.

    A campaign's messages are listed with `campaignId`, with a customer's `phone` or `bsuid`, or by their `wamid`.
    """
    wanted = LogFilter(**query.model_dump(include=set(LogFilter.model_fields)))
    found, following = service.find(
        service.reader(world, user.subaccounts), wanted, limit=query.limit, token=query.next
    )
    return Page[LoggedMessage](items=found, next=following)


@endpoint(
    bp,
    "POST",
    "/api/v1/message-log-exports",
    permission=Permission.EXPORTS_WRITE,
    status=202,
    tag=_TAG,
)
def export_message_log(body: LogFilter, user: CurrentUser, world: World) -> LogExport:
    """Writes messages as CSV: a job, since there may be millions."""
    return LogExport.of(exporting.begin(world, user, body), [])


@endpoint(bp, "GET", "/api/v1/message-log-exports", permission=Permission.EXPORTS_WRITE, tag=_TAG)
def list_message_log_exports(query: PageQuery, user: CurrentUser, world: World) -> Page[LogExport]:
    """Lists your own exports, the newest first."""
    found, following = exporting.mine(world, user, limit=query.limit, token=query.next)
    return Page[LogExport](items=[LogExport.of(each, []) for each in found], next=following)


@endpoint(bp, "GET", "/api/v1/message-log-exports/{exportId}", permission=Permission.EXPORTS_WRITE, tag=_TAG)
def get_message_log_export(export_id: str, user: CurrentUser, world: World) -> LogExport:
    """Tells how far an export of yours is; of one that is done, the links to its files."""
    export = exporting.get(world, user, export_id)
    return LogExport.of(export, exporting.links(world, export))


@endpoint(bp, "GET", "/api/v1/usage", permission=Permission.REPORTS_READ, tag=_TAG)
def get_usage(query: UsageQuery, user: CurrentUser, world: World) -> usage.Usage:
    """Tells what Meta charged for: delivered messages by month (UTC), number, country and category, and their cost.

    Counted from the prices in Meta's statuses, for campaigns, single messages and replies alike.
    """
    months = _months(query.first, query.last or query.first)
    mine = service.reader(world, user.subaccounts).channels
    return usage.of_months(world.table, months, [each for each in mine if query.channel_id in (None, each.id)])


def _months(first: str, last: str) -> list[str]:
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    if not 0 <= end - begin < _MOST_MONTHS:
        raise Invalid(f"Ask for one to {_MOST_MONTHS} months.", field="last")
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(begin, end + 1)]
