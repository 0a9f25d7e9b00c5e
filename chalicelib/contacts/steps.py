"""One step of each kind of job. A step ends the job, or counts itself and says where the next one goes on."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.table import TransactionRefused
from chalicelib.contacts import groups, identity, jobs, service
from chalicelib.contacts.changes import change
from chalicelib.contacts.importing import actor_of, put_rows
from chalicelib.contacts.jobs import Job, JobStatus, JobType
from chalicelib.contacts.model import Contact, Identities
from chalicelib.contacts.phones import normalised
from chalicelib.contacts.rows import Row, RowRefused, columns_of, row_of
from chalicelib.contacts.sheets.files import open_source
from chalicelib.contacts.sheets.source import FileRefused, Record, Source
from chalicelib.problems import Invalid
from chalicelib.spreadsheet import harmless
from chalicelib.wiring import World

ROWS = 500
"""Of a file, in one step."""
SOME = 200
"""Contacts in one step of the other jobs."""
_BLOCK = 1024 * 1024


def run(world: World, job_id: str, step: int) -> None:
    """Does one step and sends the next. A step of the past is only sent on, in case that was what it lacked."""
    job = jobs.get(world.table, job_id)
    if job.status in jobs.OVER:
        return
    if step < job.step:
        jobs.send(world, job)
        return
    if following := _STEPS[job.type](world, job):
        jobs.send(world, following)


def part_key(job_id: str, number: int) -> str:
    """Where a part of an imported file is kept."""
    return f"contacts/imports/{job_id}/rows-{number:05d}.json"


def refused_key(job_id: str, number: int) -> str:
    """Where the unusable lines of a part are kept."""
    return f"contacts/imports/{job_id}/refused-{number:05d}.json"


def invalid_file_key(job_id: str) -> str:
    """Where all unusable lines of an import are listed, as CSV."""
    return f"contacts/imports/{job_id}/invalid.csv"


def _create_contacts(world: World, job: Job) -> Job | None:
    if job.step == 0:
        return _split(world, job)
    number, parts = job.step - 1, int(job.position)
    if number < parts:
        outcome = _import_part(world, job, number)
        return jobs.advance(world.table, job, position=parts, counted=outcome)
    if job.counts.get("errorRows"):
        _list_refused(world, job, parts)
    jobs.finish(world.table, job, world.clock())
    return None


def _split(world: World, job: Job) -> Job | None:
    """The first step: cuts the file into parts, so that each later step reads its own and no more."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = open_source(_fetched(world, job.options["file_key"], Path(folder)), job.options["file_name"])
            columns, records = _columns(source, job)
            parts = 0
            while part := list(islice(records, ROWS)):
                world.media.put(part_key(job.id, parts), json.dumps([columns, part]).encode(), "application/json")
                parts += 1
    except (FileRefused, Invalid, ObjectMissing) as refused:
        problem = "The file was never uploaded." if isinstance(refused, ObjectMissing) else str(refused)
        jobs.finish(world.table, job, world.clock(), status=JobStatus.FAILED, problem=problem)
        return None
    return jobs.advance(world.table, job, position=parts)


def _fetched(world: World, key: str, folder: Path) -> Path:
    path = folder / "file"
    with world.media.open(key) as body, path.open("wb") as file:
        while block := body.read(_BLOCK):
            file.write(block)
    return path


def _columns(source: Source, job: Job) -> tuple[list[str], Iterator[Any]]:
    records = _plain(source.records())
    names = [name.strip() for name in str(job.options.get("columns") or "").split(",") if job.options.get("columns")]
    if job.options.get("has_header", True):
        header = next(records, (0, []))[1]
        names = names or (header if isinstance(header, list) else [])
    return columns_of(names), records


def _plain(records: Iterable[Record]) -> Iterator[tuple[int, list[str] | str]]:
    """Records as JSON can hold them: the cells, or why there are none. Blank lines are passed over."""
    for number, cells in records:
        if not isinstance(cells, list):
            yield number, cells.reason
        elif any(cell.strip() for cell in cells):
            yield number, cells


def _rows(world: World, job: Job, number: int) -> tuple[list[Row], list[tuple[int, str, list[str]]]]:
    columns, records = json.loads(world.media.get(part_key(job.id, number)))
    rows: list[Row] = []
    refused: list[tuple[int, str, list[str]]] = []
    for line, cells in records:
        if isinstance(cells, str):
            refused.append((line, cells, []))
            continue
        try:
            rows.append(row_of(line, columns, cells, str(job.options.get("country") or "")))
        except RowRefused as error:
            refused.append((line, str(error), cells))
    return rows, refused


def _import_part(world: World, job: Job, number: int) -> dict[str, int]:
    rows, refused = _rows(world, job, number)
    alive = groups.some(world.table, job.options.get("groups", []))
    outcome = put_rows(world, job.id, rows, frozenset(alive))
    refused += [(line, reason, []) for line, reason in outcome.refused]
    if refused:
        world.media.put(refused_key(job.id, number), json.dumps(sorted(refused)).encode(), "application/json")
    return {
        "totalRows": outcome.inserted + outcome.updated + outcome.unchanged + outcome.duplicated + len(refused),
        "errorRows": len(refused),
        "insertedRows": outcome.inserted,
        "updatedRows": outcome.updated,
        "unchangedRows": outcome.unchanged,
        "duplicatedRows": outcome.duplicated,
    }


def _list_refused(world: World, job: Job, parts: int) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["line", "reason", "cells"])
    for number in range(parts):
        try:
            found = json.loads(world.media.get(refused_key(job.id, number)))
        except ObjectMissing:
            continue
        writer.writerows([line, reason, *map(harmless, cells)] for line, reason, cells in found)
    world.media.put(invalid_file_key(job.id), text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def _undo_create_contacts(world: World, job: Job) -> Job | None:
    """Goes through the imported parts again: made contacts go, changed ones get back what the import changed."""
    imported = jobs.get(world.table, job.options["import_id"])
    if job.step >= int(imported.position or 0):
        jobs.finish(world.table, job, world.clock())
        return None
    try:
        rows, _ = _rows(world, imported, job.step)
    except ObjectMissing:
        problem = "The import's lines were deleted when their time was over: what is left of it stays."
        jobs.finish(world.table, job, world.clock(), status=JobStatus.FAILED, problem=problem)
        return None
    undone = kept = 0
    for row in rows:
        found = identity.find(world.table, row.who)
        if found is not None:
            done = _undo(world, found, imported.id, row.line)
            undone, kept = undone + (done is True), kept + (done is False)
    return jobs.advance(world.table, job, counted={"undoneRows": undone, "keptRows": kept})


def _undo(world: World, contact: Contact, import_id: str, line: int) -> bool | None:
    """True: undone. False: changed since, so kept as it is. None: this row changed nothing."""
    if contact.source == f"import:{import_id}:{line}":
        if contact.version > 1:
            return False
        service.delete(world, contact.id)
        return True
    pk = keys.contact(contact.id).pk
    by_import = Attr("actor").eq(actor_of(import_id))
    entries = [
        item
        for item in world.table.query_all(pk, prefix="HISTORY#", filter=by_import)
        if str(item["SK"]).endswith(f"#{import_id}.{line}")
    ]
    if not entries:
        return None
    if len(list(world.table.query_all(pk, between=(str(entries[0]["SK"]), "HISTORY#~")))) > 1:
        return False
    was = {name: entries[0].get("was", {}).get(name) for name in entries[0]["fields"]}
    blank = Contact(id=contact.id, created_at=contact.created_at)
    before = contact.model_copy(
        update={name: _typed(name, value) if value is not None else getattr(blank, name) for name, value in was.items()}
    )
    operations = change(contact, before, now=world.clock(), entry_id=world.new_id(), actor=f"undo:{import_id}")
    try:
        world.table.transact(operations)
    except TransactionRefused:
        return False
    return True


def _typed(name: str, value: Any) -> Any:
    return frozenset(value) if name in {"groups", "tags", "aliases"} else value


def _delete_contacts(world: World, job: Job) -> Job | None:
    ids, position = _to_delete(world, job)
    for contact_id in ids:
        service.delete(world, contact_id)
    if position is None:
        jobs.finish(world.table, job, world.clock(), counted={"deleted": len(ids)})
        return None
    return jobs.advance(world.table, job, position=position, counted={"deleted": len(ids)})


def _to_delete(world: World, job: Job) -> tuple[list[str], Any]:
    """Some contacts to delete, and where to go on; None at the end."""
    if job.options.get("all"):
        page = world.table.query("CONTACTS", index="GSI1", limit=SOME, start=job.position)
        return [str(int(item["GSI1SK"])) for item in page.items], page.next
    wanted = json.loads(world.media.get(job.options["list_key"]))
    start = int(job.position or 0)
    some, more = wanted[start : start + SOME], start + SOME < len(wanted)
    ids = [value for kind, value in some if kind == "id"]
    for kind, value in some:
        phone = normalised(value) if kind == "msisdn" else None
        owner = identity.owners(world.table, Identities(phone=phone)) if phone else []
        ids += owner[:1]
    return ids, start + SOME if more else None


def _copy_contacts(world: World, job: Job) -> Job | None:
    source, target = job.options["from"], job.options["to"]
    page = world.table.query(keys.membership(source, "0").pk, limit=SOME, start=job.position, consistent=True)
    ids = [str(int(item["SK"])) for item in page.items]
    try:
        count = groups.change_members(world.table, target, ids, joins=True, now=world.clock())
        if job.type is JobType.MOVE_CONTACTS:
            groups.change_members(world.table, source, ids, joins=False, now=world.clock())
    except (groups.GroupUnknown, groups.TooManyGroups) as problem:
        jobs.finish(world.table, job, world.clock(), status=JobStatus.FAILED, problem=str(problem))
        return None
    if page.next is None:
        jobs.finish(world.table, job, world.clock(), counted={"contacts": count})
        return None
    return jobs.advance(world.table, job, position=page.next, counted={"contacts": count})


def _delete_groups(world: World, job: Job) -> Job | None:
    """Empties hidden groups one after the other, some members a step."""
    ids: list[str] = job.options["groups"]
    number = int(job.position or 0)
    if number >= len(ids):
        jobs.finish(world.table, job, world.clock())
        return None
    group_id = ids[number]
    members = groups.some_members(world.table, group_id, SOME)
    if job.options.get("delete_contacts"):
        for contact_id in members:
            service.delete(world, contact_id)
    groups.let_go(world.table, group_id, members, world.clock())
    if not members:
        groups.forget(world.table, group_id)
        number += 1
    return jobs.advance(world.table, job, position=number, counted={"contacts": len(members)})


_STEPS: dict[JobType, Callable[[World, Job], Job | None]] = {
    JobType.CREATE_CONTACTS: _create_contacts,
    JobType.DELETE_CONTACTS: _delete_contacts,
    JobType.COPY_CONTACTS: _copy_contacts,
    JobType.MOVE_CONTACTS: _copy_contacts,
    JobType.DELETE_GROUPS: _delete_groups,
    JobType.UNDO_CREATE_CONTACTS: _undo_create_contacts,
}
