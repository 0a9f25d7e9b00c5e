"""Use cases: begin a job about a person, look at it, do its next step."""

from datetime import datetime, timedelta

from chalicelib.access import store as audit
from chalicelib.access.model import CurrentUser
from chalicelib.cloud.ids import uuid_of
from chalicelib.contacts import service as contacts
from chalicelib.privacy import jobs, knowing, walking
from chalicelib.privacy.model import Job, Kind, Phase, State
from chalicelib.problems import NotFound
from chalicelib.wiring import World

STEP_LASTS = timedelta(seconds=60)
ON_ITS_WAY_SECONDS = 60
"""What is on its way into the raw archive (inbound/archive_lane.py) when a person is forgotten lies there after so long."""


class PrivacyJobUnknown(NotFound):
    """No job about a person has this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no privacy job {job_id}.")
        self.job_id = job_id


def begin(world: World, user: CurrentUser, contact_id: str, kind: Kind) -> Job:
    """Begins to tell or to forget what we hold about a contact. Raises ContactMissing."""
    contact = contacts.get(world, contact_id)
    now = world.clock()
    job = Job(
        id=uuid_of(world.new_id()),
        kind=kind,
        contact_id=contact_id,
        created_at=now,
        created_by=user.id,
        person=knowing.person(world.table, contact),
    )
    action = "person.erase" if kind is Kind.ERASE else "person.export"
    jobs.create(
        world.table,
        job,
        audit.entry_of(user, action, contact_id, now=now, entry_id=world.new_id(), detail={"job": job.id}),
    )
    _queue(world, job)
    return job


def get(world: World, job_id: str) -> Job:
    """Raises PrivacyJobUnknown."""
    found = jobs.find(world.table, job_id)
    if found is None:
        raise PrivacyJobUnknown(job_id)
    return found


def links(world: World, job: Job) -> list[str]:
    """Links to an export's files, good for an hour."""
    if job.kind is not Kind.EXPORT or job.state is not State.DONE:
        return []
    return [
        world.media.download_link(key, filename=key.replace("/", "-"))
        for key in world.media.keys(walking.export_prefix(job))
    ]


def work(world: World, job_id: str, number: int, until: datetime) -> Job | None:
    """Does one step of a job and sends for the next. One that was done before only sends for the next again."""
    job = jobs.find(world.table, job_id)
    if job is None or job.state is State.DONE or job.person is None:
        return None
    if job.step != number:
        _queue(world, job)
        return job
    done = walking.step(world, job, job.person, until)
    after = job.after(done.found, done.position)
    if after.state is State.DONE:
        after = after.model_copy(update={"person": None, "finished_at": world.clock()})
    if jobs.save(world.table, after) and after.state is not State.DONE:
        _queue(world, after)
    return after


def _queue(world: World, job: Job) -> None:
    waits = job.kind is Kind.ERASE and job.phase is Phase.ARCHIVE and job.position is None
    body = {"v": 1, "job_id": job.id, "step": job.step}
    world.queues.send("privacy", body, delay_seconds=ON_ITS_WAY_SECONDS if waits else 0)
