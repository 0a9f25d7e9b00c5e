"""Routes of batch jobs: 8x8's, and those that stop and undo them."""

import json
from datetime import datetime
from typing import Any

from chalice.app import Blueprint
from pydantic import Field, model_validator

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.contacts import groups, jobs, steps
from chalicelib.contacts.jobs import Job, JobNotReady, JobStatus, JobType
from chalicelib.contacts.listing import NumberedPage, NumberedQuery, cut, numbered
from chalicelib.contacts.rows import columns_of
from chalicelib.contacts.sheets.files import EXTENSIONS
from chalicelib.contacts.sheets.source import MAX_FILE_BYTES
from chalicelib.http.endpoint import endpoint
from chalicelib.http.forms import Form
from chalicelib.problems import FieldError, Invalid, TooLarge
from chalicelib.shape import Shape, SparseShape
from chalicelib.wiring import World

bp = Blueprint(__name__)

_ACCOUNT = "/api/v1/accounts/{accountId}"
_INLINE_BYTES = 4 * 1024 * 1024
_MOST_GROUPS = 10
_LINK_SECONDS = 3600
_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class BatchJob(SparseShape):
    """A batch job. The row counts and files are those of an import, as far as it has gone."""

    id: str
    type: JobType
    status: JobStatus
    created_at: datetime
    finished_at: datetime | None = None
    problem: str | None = Field(default=None, description="Why it failed.")
    file_name: str | None = None
    file_type: str | None = None
    file_location: str | None = Field(default=None, description="The uploaded file, for an hour.")
    invalid_file_location: str | None = Field(default=None, description="The unusable lines with their reasons.")
    contact_groups: int | None = None
    total_rows: int | None = None
    error_rows: int | None = None
    duplicated_rows: int | None = None
    inserted_rows: int | None = None
    updated_rows: int | None = None
    unchanged_rows: int | None = None
    undone_rows: int | None = None
    kept_rows: int | None = Field(default=None, description="Not undone, because they were changed since.")
    contacts: int | None = None
    deleted: int | None = None


class BatchQuery(NumberedQuery):
    """Which jobs."""

    type: JobType | None = None


class UploadWish(Shape):
    """A file to upload."""

    file_name: str = Field(min_length=1, max_length=200, description="With its extension: .csv, .txt or .xlsx.")


class Upload(Shape):
    """Where to send the file: a POST of a form with these fields, then the file as `file`."""

    upload_id: str
    url: str
    fields: dict[str, str]


class Import(Shape):
    """An uploaded file to import."""

    upload_id: str = Field(pattern=r"^[0-9A-Z]{26}\.(csv|txt|xlsx)$")
    file_name: str = Field(default="", max_length=200)
    groups: list[int] = Field(default_factory=list, max_length=_MOST_GROUPS)
    file_has_header: bool = True
    file_columns: str | None = Field(
        default=None, max_length=5000, description="Comma-separated; empty skips a column."
    )
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="Of numbers without country code.")


class ContactsToDelete(Shape):
    """Which contacts to delete."""

    ids: list[int] = Field(default_factory=list, max_length=50_000)
    msisdns: list[str] = Field(default_factory=list, max_length=50_000)
    all: bool = Field(default=False, description="Every contact of the account.")

    @model_validator(mode="after")
    def _says_which(self) -> "ContactsToDelete":
        if not (self.ids or self.msisdns or self.all):
            raise ValueError("Give ids, msisdns, or all: true.")
        return self


class GroupsToDelete(Shape):
    """Which groups to delete, and whether their contacts with them."""

    ids: list[int] = Field(min_length=1, max_length=500)
    delete_contacts: bool


class FromTo(Shape):
    """From which group to which."""

    from_: int = Field(alias="from", ge=0)
    to: int = Field(ge=0)


@endpoint(bp, "POST", f"{_ACCOUNT}/contacts/batches/createContacts", permission=Permission.CONTACTS_IMPORT, status=202,
          max_bytes=6_000_000, omit_none=True, tag="Batches")  # fmt: skip
def batch_create_contacts(user: CurrentUser, body: Form, world: World) -> BatchJob:
    """Imports contacts from a file in the form field `file`: CSV or Excel, up to 4 MB.

    Further fields: `groups` (comma-separated ids, at most 10), `fileHasHeader` (default true), `fileColumns`
    (comma-separated), `country`. For larger files see POST …/contacts/batches/uploads.
    """
    file = body.files.get("file")
    if file is None:
        raise Invalid("The form has no file.", field="file")
    if len(file.content) > _INLINE_BYTES:
        route = f"{_ACCOUNT.format(accountId=world.settings.account_id)}/contacts/batches/uploads"
        raise TooLarge(f"A form takes files up to 4 MB. Upload larger ones (to 30 MB) by POST {route}.")
    wish = _wish(body)
    extension = _extension(file.name)
    upload_id = f"{world.new_id()}.{extension}"
    _check(world, wish)
    world.media.put(_upload_key(upload_id), file.content, _TYPES[extension])
    return _start_import(world, user, upload_id, file.name, wish)


@endpoint(bp, "POST", f"{_ACCOUNT}/contacts/batches/uploads", permission=Permission.CONTACTS_IMPORT, status=201,
          tag="Batches")  # fmt: skip
def create_contacts_upload(body: UploadWish, world: World) -> Upload:
    """Gives a link to upload a contacts file of at most 30 MB to; then POST …/contacts/batches/imports."""
    extension = _extension(body.file_name)
    upload_id = f"{world.new_id()}.{extension}"
    form = world.media.upload_link(
        _upload_key(upload_id), content_type=_TYPES[extension], max_bytes=MAX_FILE_BYTES, seconds=_LINK_SECONDS
    )
    return Upload(upload_id=upload_id, url=form["url"], fields=form["fields"])


@endpoint(bp, "POST", f"{_ACCOUNT}/contacts/batches/imports", permission=Permission.CONTACTS_IMPORT, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def import_contacts(user: CurrentUser, body: Import, world: World) -> BatchJob:
    """Imports an uploaded file."""
    wish = {
        "groups": [str(each) for each in body.groups],
        "has_header": body.file_has_header,
        "columns": body.file_columns or "",
        "country": (body.country or "").upper(),
    }
    _check(world, wish)
    return _start_import(world, user, body.upload_id, body.file_name or body.upload_id, wish)


@endpoint(bp, "POST", f"{_ACCOUNT}/contacts/batches/deleteContacts", permission=Permission.CONTACTS_DELETE, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def batch_delete_contacts(user: CurrentUser, body: ContactsToDelete, world: World) -> BatchJob:
    """Deletes contacts by ids, by phone numbers, or all; what they said no to stays with their addresses."""
    if body.all:
        return _view(world, jobs.start(world, JobType.DELETE_CONTACTS, user.id, all=True))
    wanted = [("id", str(each)) for each in body.ids] + [("msisdn", each[:50]) for each in body.msisdns]
    key = f"contacts/deletions/{world.new_id()}.json"
    world.media.put(key, json.dumps(wanted).encode(), "application/json")
    return _view(world, jobs.start(world, JobType.DELETE_CONTACTS, user.id, list_key=key))


@endpoint(bp, "POST", f"{_ACCOUNT}/groups/batches/copyContacts", permission=Permission.CONTACTS_WRITE, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def batch_copy_contacts(user: CurrentUser, query: FromTo, world: World) -> BatchJob:
    """Puts everybody of one group into another as well."""
    return _transfer(world, user, query, JobType.COPY_CONTACTS)


@endpoint(bp, "POST", f"{_ACCOUNT}/groups/batches/moveContacts", permission=Permission.CONTACTS_WRITE, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def batch_move_contacts(user: CurrentUser, query: FromTo, world: World) -> BatchJob:
    """Moves everybody of one group to another."""
    return _transfer(world, user, query, JobType.MOVE_CONTACTS)


@endpoint(bp, "POST", f"{_ACCOUNT}/groups/batches/deleteGroups", permission=Permission.CONTACTS_DELETE, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def batch_delete_groups(user: CurrentUser, body: GroupsToDelete, world: World) -> BatchJob:
    """Deletes groups, and their contacts when told so. One that a campaign still needs stops all."""
    found = [groups.get(world.table, str(group_id)) for group_id in dict.fromkeys(body.ids)]
    for group in found:
        groups.require_unused(world.table, group.id)
    for group in found:
        groups.hide(world.table, group, world.clock())
    ids = [group.id for group in found]
    options: dict[str, Any] = {"groups": ids, "delete_contacts": body.delete_contacts}
    return _view(world, jobs.start(world, JobType.DELETE_GROUPS, user.id, **options))


@endpoint(bp, "GET", f"{_ACCOUNT}/batches", permission=Permission.CONTACTS_READ, omit_none=True, tag="Batches")
def list_batches(query: BatchQuery, world: World) -> NumberedPage[BatchJob]:
    """Lists the batch jobs of the last 90 days, newest first."""
    every = jobs.every(world.table, None)
    found = [job for job in every if query.type is None or job.type is query.type]
    items = [_view(world, job) for job in cut(found, query)]
    return numbered(items, query, total=len(every), filtered=len(found))


@endpoint(bp, "GET", f"{_ACCOUNT}/batches/{{batchId}}", permission=Permission.CONTACTS_READ, omit_none=True,
          tag="Batches")  # fmt: skip
def get_batch(batch_id: str, world: World) -> BatchJob:
    """Reads one batch job."""
    return _view(world, jobs.get(world.table, batch_id))


@endpoint(bp, "POST", f"{_ACCOUNT}/batches/{{batchId}}/stop", permission=Permission.CONTACTS_IMPORT, omit_none=True,
          tag="Batches")  # fmt: skip
def stop_batch(batch_id: str, world: World) -> BatchJob:
    """Stops a batch job before its next step; what is done stays done."""
    return _view(world, jobs.stop(world.table, batch_id, world.clock()))


@endpoint(bp, "POST", f"{_ACCOUNT}/batches/{{batchId}}/undo", permission=Permission.CONTACTS_DELETE, status=202,
          omit_none=True, tag="Batches")  # fmt: skip
def undo_import(user: CurrentUser, batch_id: str, world: World) -> BatchJob:
    """Undoes an import: deletes the contacts it made, gives changed ones back what it changed.

    A contact that was changed since is kept as it is, and counted.
    """
    job = jobs.get(world.table, batch_id)
    if job.type is not JobType.CREATE_CONTACTS or job.status not in jobs.OVER:
        raise JobNotReady("Only an import that has ended can be undone.", code="not_an_ended_import")
    return _view(world, jobs.start(world, JobType.UNDO_CREATE_CONTACTS, user.id, import_id=job.id))


def _wish(form: Form) -> dict[str, Any]:
    def text(name: str) -> str:
        return (form.fields.get(name) or [""])[-1].strip()

    unknown = sorted(form.fields.keys() - {"groups", "fileHasHeader", "fileColumns", "country"})
    if unknown:
        raise Invalid("The form has a field that is not known here.", field=unknown[0])
    header = text("fileHasHeader").lower()
    if header not in {"", "true", "false"}:
        raise Invalid("fileHasHeader is true or false.", field="fileHasHeader")
    ids = [part.strip() for part in text("groups").split(",") if part.strip()]
    if len(ids) > _MOST_GROUPS or any(not (each.isascii() and each.isdecimal()) for each in ids):
        raise Invalid(f"groups are at most {_MOST_GROUPS} group ids, separated by commas.", field="groups")
    country = text("country").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid("country is a two-letter code.", field="country")
    return {"groups": ids, "has_header": header != "false", "columns": text("fileColumns"), "country": country}


def _check(world: World, wish: dict[str, Any]) -> None:
    ids = [str(int(each)) for each in wish["groups"]]
    missing = sorted(set(ids) - groups.some(world.table, ids).keys())
    if missing:
        raise groups.GroupUnknown(missing[0])
    if not wish["has_header"] and not wish["columns"]:
        text = "A file without a header needs fileColumns."
        raise Invalid(text, errors=[FieldError("fileColumns", text)])
    if wish["columns"]:
        columns_of(wish["columns"].split(","))


def _extension(name: str) -> str:
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in EXTENSIONS:
        raise Invalid("Contacts come as .csv, .txt or .xlsx.", field="file", code="unknown_format")
    return extension


def _upload_key(upload_id: str) -> str:
    return f"contacts/uploads/{upload_id}"


def _start_import(world: World, user: CurrentUser, upload_id: str, name: str, wish: dict[str, Any]) -> BatchJob:
    safe = "".join(letter for letter in name if letter.isprintable())[-200:]
    extension = upload_id.rsplit(".", 1)[-1]
    file_name = safe if safe.lower().endswith(f".{extension}") else f"{safe}.{extension}"
    options = wish | {"file_key": _upload_key(upload_id), "file_name": file_name}
    return _view(world, jobs.start(world, JobType.CREATE_CONTACTS, user.id, **options))


def _transfer(world: World, user: CurrentUser, query: FromTo, kind: JobType) -> BatchJob:
    if query.from_ == query.to:
        raise Invalid("A group is not copied to itself.", field="to")
    for group_id in (query.from_, query.to):
        groups.get(world.table, str(group_id))
    return _view(world, jobs.start(world, kind, user.id, **{"from": str(query.from_), "to": str(query.to)}))


def _view(world: World, job: Job) -> BatchJob:
    options, counts = job.options, dict(job.counts)
    values: dict[str, Any] = {}
    if job.type is JobType.CREATE_CONTACTS:
        name = options["file_name"]
        values = {
            "fileName": name,
            "fileType": "xls" if name.lower().endswith(".xlsx") else "csv",
            "fileLocation": world.media.download_link(options["file_key"], seconds=_LINK_SECONDS),
            "contactGroups": len(options.get("groups", [])),
        }
        if job.status is JobStatus.COMPLETED and counts.get("errorRows"):
            key = steps.invalid_file_key(job.id)
            values["invalidFileLocation"] = world.media.download_link(
                key, filename="invalid_contacts.csv", seconds=_LINK_SECONDS
            )
    return BatchJob.model_validate(
        {
            "id": job.id,
            "type": job.type,
            "status": job.status,
            "createdAt": job.created_at,
            "finishedAt": job.finished_at,
            "problem": job.problem or None,
            **values,
            **counts,
        }
    )
