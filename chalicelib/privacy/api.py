"""Routes: what we hold about one person, told or forgotten."""

from datetime import datetime

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.privacy import jobs, service
from chalicelib.privacy.model import Job, Kind, State
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_ERASE = Permission.CONTACTS_ERASE


class PersonJob(Shape):
    """A job about one person."""

    id: str
    kind: Kind
    state: State
    contact_id: str
    created_at: datetime
    created_by: str
    finished_at: datetime | None
    phase: str = Field(description="What is being looked through.")
    counts: dict[str, int] = Field(description="What was changed or found, by phase.")
    links: list[str] = Field(description="Of an export that is done: its files, JSON a line. Good for an hour.")

    @classmethod
    def of(cls, job: Job, links: list[str]) -> "PersonJob":
        """Of what is stored."""
        values = job.model_dump(include=set(cls.model_fields) - {"links"})
        return cls(**values, links=links)


@endpoint(bp, "POST", "/api/v1/contacts/{contactId}/erase", permission=_ERASE, status=202, tag="Privacy")
def erase_person(user: CurrentUser, contact_id: str, world: World) -> PersonJob:
    """Forgets a person everywhere: records, messages, files, campaign lists, the raw archive. It cannot be taken back.

    Counts stay: tickets keep their times, campaigns their sums.
    """
    return PersonJob.of(service.begin(world, user, contact_id, Kind.ERASE), [])


@endpoint(bp, "POST", "/api/v1/contacts/{contactId}/export", permission=_ERASE, status=202, tag="Privacy")
def export_person(user: CurrentUser, contact_id: str, world: World) -> PersonJob:
    """Collects what we hold about a person into files."""
    return PersonJob.of(service.begin(world, user, contact_id, Kind.EXPORT), [])


@endpoint(bp, "GET", "/api/v1/privacy-jobs", permission=_ERASE, tag="Privacy")
def list_privacy_jobs(query: PageQuery, world: World) -> Page[PersonJob]:
    """Lists the jobs about people."""
    found, following = jobs.page(world.table, limit=query.limit, token=query.next)
    return Page[PersonJob](items=[PersonJob.of(each, []) for each in found], next=following)


@endpoint(bp, "GET", "/api/v1/privacy-jobs/{jobId}", permission=_ERASE, tag="Privacy")
def get_privacy_job(job_id: str, world: World) -> PersonJob:
    """Tells how far a job is; of an export that is done, the links to its files."""
    job = service.get(world, job_id)
    return PersonJob.of(job, service.links(world, job))
