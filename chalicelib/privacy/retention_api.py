"""Routes: for how long things are kept, by class."""

from datetime import datetime
from typing import Literal

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import retention
from chalicelib.cloud.retention import Bounds, Retention
from chalicelib.http.endpoint import endpoint
from chalicelib.privacy import keeping
from chalicelib.privacy.keeping import Applying
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class RetentionClass(Shape):
    """One class of what is kept."""

    name: str = Field(description="As it is set by PUT.")
    days: int | None = Field(description="Kept for so long; null is until somebody deletes it.")
    default: int | None = Field(description="What holds where nothing was set.")
    minimum: int
    maximum: int
    may_be_kept_for_good: bool = Field(description="Whether null may be set.")
    description: str


class RetentionJob(Shape):
    """The job that gives what is there the end that the newest setting says."""

    state: Literal["waiting", "running", "done"]
    created_at: datetime
    created_by: str
    finished_at: datetime | None
    looked_at: int = Field(description="Items looked at.")
    changed: int = Field(description="Items that have got another end.")

    @classmethod
    def of(cls, job: Applying) -> "RetentionJob":
        """Of what is stored."""
        values = job.model_dump(include=set(cls.model_fields) - {"state"})
        return cls(state="done" if job.is_over else "running" if job.step else "waiting", **values)


class RetentionView(Shape):
    """For how long things are kept, by class, and how far the newest change has come for what was there before."""

    classes: list[RetentionClass]
    job: RetentionJob | None


@endpoint(bp, "GET", "/api/v1/retention", permission=Permission.SETTINGS_READ, tag="Privacy")
def get_retention(world: World) -> RetentionView:
    """Tells for how long things are kept, by class, within which bounds that can be set, and what each class is."""
    return _view(retention.stored(world.table), keeping.find(world.table))


@endpoint(bp, "PUT", "/api/v1/retention", permission=Permission.SETTINGS_WRITE, tag="Privacy")
def set_retention(body: Retention, user: CurrentUser, world: World) -> RetentionView:
    """Sets for how long things are kept; a class that is not named goes back to its default.

    In force for what is written within five minutes; a job then gives what is there its new end, sooner or later than before.
    """
    return _view(body, keeping.keep_for(world, user, body))


def _view(kept: Retention, job: Applying | None) -> RetentionView:
    classes = [
        RetentionClass(name=name, days=days, **_bounds(bounds)) for name, days, bounds in retention.classes(kept)
    ]
    return RetentionView(classes=classes, job=RetentionJob.of(job) if job else None)


def _bounds(bounds: Bounds) -> dict[str, object]:
    return bounds._asdict()
