"""Exports of the message log: a job in steps, each of which writes one file, so that none is too long for a function."""

import csv
import io
import tempfile
from datetime import datetime, timedelta
from enum import StrEnum

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict

from chalicelib.access import store as audit
from chalicelib.access.model import CurrentUser
from chalicelib.cloud import keys
from chalicelib.cloud.ids import uuid_of
from chalicelib.cloud.pages import read_page
from chalicelib.cloud.table import ConditionFailed, Item, Kept, Put
from chalicelib.logs import service
from chalicelib.logs.model import LogFilter, LoggedMessage
from chalicelib.problems import NotFound
from chalicelib.spreadsheet import harmless
from chalicelib.wiring import World

STEP_LASTS = timedelta(seconds=60)
ROWS_A_FILE = 100_000
COLUMNS = tuple(LoggedMessage.model_fields)
_A_PAGE = 200


class ExportUnknown(NotFound):
    """The caller has no export with this id."""

    def __init__(self, export_id: str) -> None:
        super().__init__(f"There is no export {export_id}.")
        self.export_id = export_id


class ExportState(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(BaseModel):
    """One export. `step` names what its next SQS message is to do: one that comes twice finds it done."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    state: ExportState = ExportState.QUEUED
    query: LogFilter
    subaccounts: tuple[str, ...] | None = None
    created_at: datetime
    created_by: str
    finished_at: datetime | None = None
    step: int = 0
    position: str | None = None
    rows: int = 0


def begin(world: World, user: CurrentUser, wanted: LogFilter) -> Export:
    """Begins an export of what the caller may see, up to now. Raises Invalid."""
    now = world.clock()
    service.find(service.reader(world, user.subaccounts), wanted, limit=1)  # who may not ask hears it at once
    export = Export(
        id=uuid_of(world.new_id()),
        query=wanted.model_copy(update={"until": min(wanted.until or now, now)}),
        subaccounts=user.subaccounts,
        created_at=now,
        created_by=user.id,
    )
    names = sorted(wanted.model_dump(exclude_none=True))
    entry = audit.entry_of(
        user, "message-log.export", export.id, now=now, entry_id=world.new_id(), detail={"by": ", ".join(names)}
    )
    world.table.transact([Put(_item(export), Attr("PK").not_exists(), _kept(export)), audit.audit_put(entry)])
    _queue(world, export)
    return export


def get(world: World, user: CurrentUser, export_id: str) -> Export:
    """An export of the caller's. Raises ExportUnknown."""
    found = _find(world, export_id)
    if found is None or found.created_by != user.id:
        raise ExportUnknown(export_id)
    return found


def mine(world: World, user: CurrentUser, *, limit: int, token: str | None) -> tuple[list[Export], str | None]:
    """The caller's exports, the newest first. Raises BadPageToken."""
    found = read_page(
        world.table, keys.log_export("").pk, token=token, limit=limit, forward=False,
        filter=Attr("created_by").eq(user.id),
    )  # fmt: skip
    return [Export.model_validate(item) for item in found.items], found.next


def links(world: World, export: Export) -> list[str]:
    """Links to the files of an export that is done."""
    if export.state is not ExportState.DONE:
        return []
    found = list(world.media.keys(_folder(export)))
    return [
        world.media.download_link(key, filename=f"messages-{export.created_at:%Y-%m-%d}-{number}.csv")
        for number, key in enumerate(found, 1)
    ]


def work(world: World, export_id: str, number: int, until: datetime) -> Export | None:
    """Does one step and sends for the next. One that was done before only sends for the next again."""
    export = _find(world, export_id)
    if export is None or export.state in {ExportState.DONE, ExportState.FAILED}:
        return None
    if export.step != number:
        _queue(world, export)
        return export
    after = _written(world, export, until)
    if _save(world, after) and after.state is not ExportState.DONE:
        _queue(world, after)
    return after


def give_up(world: World, export_id: str) -> None:
    """Marks an export that failed again and again; its message is in the dead letters."""
    export = _find(world, export_id)
    if export and export.state is not ExportState.DONE:
        failed = export.model_copy(
            update={"state": ExportState.FAILED, "step": export.step + 1, "finished_at": world.clock()}
        )
        _save(world, failed)


def _written(world: World, export: Export, until: datetime) -> Export:
    """The export after one more file. A step that runs twice writes the same file again."""
    reader = service.reader(world, export.subaccounts)
    rows, position = 0, export.position
    with tempfile.TemporaryFile() as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        while True:
            found, position = service.find(reader, export.query, limit=_A_PAGE, token=position)
            writer.writerows(_cells(message) for message in found)
            rows += len(found)
            if position is None or rows + _A_PAGE > ROWS_A_FILE or world.clock() >= until:
                break
        text.flush()
        file.seek(0)
        world.media.put_file(f"{_folder(export)}{export.step:05d}.csv", file, "text/csv; charset=utf-8")
        text.detach()
    news: Item = {
        "state": ExportState.RUNNING,
        "step": export.step + 1,
        "rows": export.rows + rows,
        "position": position,
    }
    if position is None:
        news |= {"state": ExportState.DONE, "finished_at": world.clock()}
    return export.model_copy(update=news)


def _folder(export: Export) -> str:
    return f"exports/messages-{export.id}/"


def _cells(message: LoggedMessage) -> list[str]:
    values = message.model_dump(mode="json")
    return [harmless("" if values[name] is None else str(values[name])) for name in COLUMNS]


def _find(world: World, export_id: str) -> Export | None:
    item = world.table.get(keys.log_export(export_id))
    return Export.model_validate(item) if item else None


def _save(world: World, export: Export) -> bool:
    try:
        world.table.put(_item(export), condition=Attr("step").eq(export.step - 1), kept=_kept(export))
    except ConditionFailed:
        return False  # another worker was faster
    return True


def _item(export: Export) -> Item:
    key = keys.log_export(export.id)
    return {"PK": key.pk, "SK": key.sk, **export.model_dump(mode="json", exclude_none=True)}


def _kept(export: Export) -> Kept:
    return Kept("exports", export.created_at)


def _queue(world: World, export: Export) -> None:
    world.queues.send("exports", {"v": 1, "export_id": export.id, "step": export.step})
