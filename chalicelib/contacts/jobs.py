"""Batch jobs on contacts and groups: what they are, and where they stand.

A job goes in steps. Each step is one SQS message, done when the job says so: a step that runs twice finds itself done, or does
again what is harmless. The next step is sent only after this one is counted, so steps never run side by side.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from boto3.dynamodb.conditions import Attr
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.ids import uuid_of
from chalicelib.cloud.table import ConditionFailed, Item, Table, Update
from chalicelib.problems import Conflict, NotFound
from chalicelib.wiring import World

_KEPT = timedelta(days=90)
QUEUE = "contacts"


class JobType(StrEnum):
    """What a job does; the first five are 8x8's."""

    CREATE_CONTACTS = "createContacts"
    DELETE_CONTACTS = "deleteContacts"
    COPY_CONTACTS = "copyContacts"
    MOVE_CONTACTS = "moveContacts"
    DELETE_GROUPS = "deleteGroups"
    UNDO_CREATE_CONTACTS = "undoCreateContacts"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    IN_PROGRESS = "inProgress"
    FAILED = "failed"
    COMPLETED = "completed"
    STOPPED = "stopped"
    TIMEOUT = "timeout"


OVER = frozenset({JobStatus.FAILED, JobStatus.COMPLETED, JobStatus.STOPPED, JobStatus.TIMEOUT})


class Job(BaseModel):
    """One job. `options` is what was asked for, `counts` what has been done of it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    type: JobType
    status: JobStatus = JobStatus.QUEUED
    created_at: datetime
    created_by: str = ""
    finished_at: datetime | None = None
    problem: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    counts: dict[str, int] = Field(default_factory=dict)
    step: int = 0
    position: Any = None
    """Where the next step goes on; its meaning is the job type's."""


class JobUnknown(NotFound):
    """No such job."""

    code = 4018

    def __init__(self, job_id: str) -> None:
        super().__init__("There is no batch with this id.")
        self.job_id = job_id


class JobNotReady(Conflict):
    """The job is not in a state for this."""


def start(world: World, kind: JobType, actor_id: str, **options: Any) -> Job:
    """Stores a job and sends its first step."""
    job = Job(id=uuid_of(world.new_id()), type=kind, created_at=world.clock(), created_by=actor_id, options=options)
    key = keys.contact_job(job.id)
    item = {
        "PK": key.pk,
        "SK": key.sk,
        "expires_at": epoch(job.created_at + _KEPT),
        **job.model_dump(mode="json", exclude={"created_at"}),
        "created_at": stamp(job.created_at),
    }
    world.table.put(item)
    send(world, job)
    return job


def send(world: World, job: Job) -> None:
    """Sends the job's next step."""
    world.queues.send(QUEUE, {"v": 1, "job_id": job.id, "step": job.step})


def get(table: Table, job_id: str) -> Job:
    """Raises JobUnknown."""
    item = table.get(keys.contact_job(job_id))
    if item is None:
        raise JobUnknown(job_id)
    return Job.model_validate(item)


def every(table: Table, kind: JobType | None) -> list[Job]:
    """All jobs of the last 90 days, or those of a type, newest first."""
    items = table.query_all(keys.contact_job("").pk, forward=False)
    found = [Job.model_validate(item) for item in items]
    return [job for job in found if kind is None or job.type is kind]


def advance(table: Table, job: Job, *, position: Any = None, counted: dict[str, int] | None = None) -> Job | None:
    """Counts a step as done; answers the job as it goes on, None when this step had been counted before."""
    counts = {name: job.counts.get(name, 0) + by for name, by in (counted or {}).items()}
    return _set(
        table,
        job,
        {"step": job.step + 1, "status": JobStatus.IN_PROGRESS, "position": position, "counts": job.counts | counts},
    )


def finish(
    table: Table,
    job: Job,
    now: datetime,
    *,
    status: JobStatus = JobStatus.COMPLETED,
    problem: str = "",
    counted: dict[str, int] | None = None,
    options: dict[str, Any] | None = None,
) -> None:
    """Ends a job; one that has ended stays as it is."""
    counts = {name: job.counts.get(name, 0) + by for name, by in (counted or {}).items()}
    values: Item = {"status": status, "finished_at": stamp(now), "counts": job.counts | counts}
    values |= {"problem": problem} if problem else {}
    values |= {"options": job.options | options} if options else {}
    _set(table, job, {**values, "step": job.step + 1})


def stop(table: Table, job_id: str, now: datetime) -> Job:
    """Ends a job before its next step. Raises JobUnknown, JobNotReady."""
    job = get(table, job_id)
    if job.status in OVER:
        raise JobNotReady(f"This batch is {job.status} already.", code="batch_over")
    values = {"status": JobStatus.STOPPED, "finished_at": stamp(now)}
    running = Attr("status").is_in([JobStatus.QUEUED.value, JobStatus.IN_PROGRESS.value])
    try:
        return Job.model_validate(table.update(Update(keys.contact_job(job_id), set=values, condition=running)))
    except ConditionFailed as error:
        raise JobNotReady("This batch has just ended.", code="batch_over") from error


def _set(table: Table, job: Job, values: Item) -> Job | None:
    current = Attr("step").eq(job.step) & Attr("status").ne(JobStatus.STOPPED.value)
    plain = {name: str(value) if isinstance(value, StrEnum) else value for name, value in values.items()}
    try:
        return Job.model_validate(table.update(Update(keys.contact_job(job.id), set=plain, condition=current)))
    except ConditionFailed:
        return None
