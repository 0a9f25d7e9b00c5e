"""Queues in the main table: one partition, read whole. The default queue is there before anybody stored it."""

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.cloud import keys
from chalicelib.cloud.table import Check, ConditionFailed, Item, Table
from chalicelib.converse.queues.model import DEFAULT, DEFAULT_ID, Queue
from chalicelib.problems import Conflict, NotFound


class QueueMissing(NotFound):
    """No queue has this id."""

    def __init__(self, queue_id: str) -> None:
        super().__init__("There is no queue with this id.")
        self.queue_id = queue_id


class QueueChanged(Conflict):
    """Somebody else changed the queue since it was read."""

    def __init__(self, queue_id: str) -> None:
        super().__init__("This queue was changed by somebody else meanwhile. Read it again and repeat your change.")
        self.queue_id = queue_id


def every(table: Table) -> list[Queue]:
    """All queues by priority, the default queue last."""
    found = [_queue(item) for item in table.query_all(keys.queue("").pk, consistent=True)]
    if not any(queue.is_default for queue in found):
        found.append(DEFAULT)
    return sorted(found, key=lambda queue: (queue.priority, queue.id))


def get(table: Table, queue_id: str) -> Queue:
    """The queue. Raises QueueMissing."""
    item = table.get(keys.queue(queue_id))
    if item is not None:
        return _queue(item)
    if queue_id == DEFAULT_ID:
        return DEFAULT
    raise QueueMissing(queue_id)


def put(table: Table, queue: Queue, *, over: int | None) -> None:
    """Writes the queue over this version of it (None: it must not exist). Raises QueueChanged."""
    fresh = Attr("PK").not_exists()
    condition: ConditionBase = fresh if over is None else Attr("version").eq(over)
    if queue.is_default and over == DEFAULT.version:
        condition = condition | fresh
    key = keys.queue(queue.id)
    try:
        table.put({"PK": key.pk, "SK": key.sk, **queue.model_dump(mode="json")}, condition=condition)
    except ConditionFailed as failed:
        raise QueueChanged(queue.id) from failed


def delete(table: Table, queue: Queue) -> None:
    """Removes this version of the queue. Raises QueueChanged."""
    try:
        table.delete(keys.queue(queue.id), condition=Attr("version").eq(queue.version))
    except ConditionFailed as failed:
        raise QueueChanged(queue.id) from failed


def takes_tickets(queue_id: str) -> list[Check]:
    """Goes with whatever puts a ticket into the queue: a queue being deleted takes none."""
    if queue_id == DEFAULT_ID:
        return []
    return [Check(keys.queue(queue_id), Attr("enabled").eq(True))]


def _queue(item: Item) -> Queue:
    return Queue.model_validate({name: value for name, value in item.items() if name not in {"PK", "SK"}})
