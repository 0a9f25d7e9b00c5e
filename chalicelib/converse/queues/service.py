"""Setting up queues. Whoever changes one says which version they saw: two people never overwrite each other unknowingly."""

from chalicelib.access.model import CurrentUser
from chalicelib.channels import store as channels
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.contacts.phones import country_of
from chalicelib.converse import assignment
from chalicelib.converse.queues import store
from chalicelib.converse.queues.model import DEFAULT, Queue, QueueDraft
from chalicelib.converse.queues.routing import Facts, Route, route
from chalicelib.converse.sight import sight_of
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets.model import UNCLOSED
from chalicelib.problems import Conflict, Forbidden, Invalid
from chalicelib.wiring import World


class QueueHoldsTickets(Conflict):
    """The queue cannot go while it has unclosed tickets."""

    def __init__(self, queue_id: str) -> None:
        super().__init__("This queue still has tickets that are not closed. Transfer or close them first.")
        self.queue_id = queue_id


class DefaultQueueStays(Invalid):
    """The default queue takes what no other does: it has no conditions, is always last and always enabled."""

    def __init__(self, field: str) -> None:
        super().__init__(
            "The default queue has no conditions, is always last, always enabled, and cannot go.", field=field
        )


def create(world: World, draft: QueueDraft) -> Queue:
    """Adds a queue. Raises Invalid."""
    queue = Queue(**dict(draft), id=world.new_id(), created_at=world.clock())
    _require_overflow(world, queue)
    store.put(world.table, queue, over=None)
    return queue


def replace(world: World, user: CurrentUser, queue_id: str, draft: QueueDraft, version: int | None) -> Queue:
    """Writes a queue anew over the version the caller saw. Raises QueueMissing, QueueChanged, DefaultQueueStays, Forbidden."""
    before = _writable(world, user, queue_id)
    if version is None:
        raise Invalid("Say in If-Match which version you have read: the ETag of the queue.", field="If-Match")
    if version != before.version:
        raise store.QueueChanged(queue_id)
    kept = {"id": queue_id, "version": version + 1, "created_at": before.created_at}
    queue = Queue(**{**dict(draft), **kept})
    if queue.is_default:
        if draft.conditions or not draft.enabled:
            raise DefaultQueueStays("conditions" if draft.conditions else "enabled")
        queue = queue.model_copy(update={"priority": DEFAULT.priority})
    _require_overflow(world, queue)
    store.put(world.table, queue, over=version)
    assignment.drain(world, [queue_id])
    return queue


def delete(world: World, user: CurrentUser, queue_id: str) -> None:
    """Removes an empty queue. Raises QueueMissing, QueueHoldsTickets, DefaultQueueStays, QueueChanged, Forbidden.

    First it is switched off, which every new ticket checks in its own transaction; only then is it counted.
    """
    queue = _writable(world, user, queue_id)
    if queue.is_default:
        raise DefaultQueueStays("queueId")
    closing = queue.model_copy(update={"enabled": False, "version": queue.version + 1})
    store.put(world.table, closing, over=queue.version)
    if any(tickets.count(world.table, f"queue/{queue_id}/{status}", 1) for status in UNCLOSED):
        store.put(world.table, queue.model_copy(update={"version": closing.version + 1}), over=closing.version)
        raise QueueHoldsTickets(queue_id)
    store.delete(world.table, closing)


def attempt(world: World, channel_id: str, phone: str | None, country: str | None, groups: tuple[str, ...]) -> Route:
    """Where a message would go, and why. A customer we know is in their own groups. Raises ChannelMissing."""
    channel = channels.get(world.table, channel_id)
    known = identity.find(world.table, Identities(phone=phone)) if phone else None
    facts = Facts(
        channel_id=channel.id,
        channel_type=channel.type,
        country=country or (known.country if known else country_of(phone, None)),
        customer_groups=groups or tuple(sorted(known.groups if known else ())),
    )
    return route(store.every(world.table), facts)


def _writable(world: World, user: CurrentUser, queue_id: str) -> Queue:
    queue = store.get(world.table, queue_id)
    sight = sight_of(world.table, user)
    if not sight.everything and queue_id not in sight.oversees:
        raise Forbidden("You do not answer for this queue.")
    return queue


def _require_overflow(world: World, queue: Queue) -> None:
    if queue.overflow is None:
        return
    if queue.overflow.queue_id == queue.id:
        raise Invalid("A queue cannot overflow into itself.", field="overflow.queueId")
    try:
        store.get(world.table, queue.overflow.queue_id)
    except store.QueueMissing as missing:
        raise Invalid("There is no queue with this id.", field="overflow.queueId") from missing
