"""Routes of queues and their rules."""

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.channels.store import ChannelMissing
from chalicelib.converse.queues import service, store
from chalicelib.converse.queues.model import Id, Queue, QueueDraft
from chalicelib.converse.queues.routing import Route
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.QUEUES_READ, Permission.QUEUES_WRITE


class Trial(Shape):
    """A message that might come."""

    channel_id: Id
    phone: str | None = Field(
        default=None, pattern=r"^\+[1-9][0-9]{4,17}$", description="The customer's; tells country and groups."
    )
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    customer_groups: tuple[Id, ...] = Field(
        default=(), max_length=200, description="Without it: the groups of the contact with this phone number."
    )


@endpoint(bp, "GET", "/api/v1/queues", permission=_READ)
def list_queues(world: World) -> Page[Queue]:
    """Lists all queues in the order in which their rules are asked; the default queue is last."""
    return Page[Queue](items=store.every(world.table))


@endpoint(bp, "POST", "/api/v1/queues", permission=_WRITE, status=201)
def create_queue(body: QueueDraft, world: World) -> Queue:
    """Adds a queue."""
    return service.create(world, body)


@endpoint(bp, "POST", "/api/v1/queues/try", permission=_READ)
def try_queues(body: Trial, world: World) -> Route:
    """Tells which queue a message would go to, and what each queue before it said."""
    try:
        return service.attempt(world, body.channel_id, body.phone, body.country, body.customer_groups)
    except ChannelMissing as missing:
        raise Invalid("There is no channel with this id.", field="channelId") from missing


@endpoint(bp, "GET", "/api/v1/queues/{queueId}", permission=_READ)
def get_queue(queue_id: str, world: World) -> Queue:
    """Reads one queue."""
    return store.get(world.table, queue_id)


@endpoint(bp, "PUT", "/api/v1/queues/{queueId}", permission=_WRITE)
def replace_queue(user: CurrentUser, queue_id: str, body: QueueDraft, if_match: int | None, world: World) -> Queue:
    """Writes a queue anew; If-Match names the version that was read, and another one is refused."""
    return service.replace(world, user, queue_id, body, if_match)


@endpoint(bp, "DELETE", "/api/v1/queues/{queueId}", permission=_WRITE)
def delete_queue(user: CurrentUser, queue_id: str, world: World) -> None:
    """Removes a queue that has no unclosed tickets."""
    service.delete(world, user, queue_id)
