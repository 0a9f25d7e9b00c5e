"""Webhooks, their outbox and their log in the main table. Webhooks are few: one partition, read whole."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.pages import TokenPage, read_page
from chalicelib.cloud.table import ConditionFailed, Delete, Item, Kept, Key, Page, Put, Table, Update
from chalicelib.webhooks.model import Delivery, DeliveryState, Health, Webhook

_OUTBOX, _LOG = "OUTBOX#", "LOG#"


def every(table: Table) -> list[Webhook]:
    """All webhooks, the oldest first."""
    return [Webhook.model_validate(item) for item in table.query_all(keys.webhook("").pk, consistent=True)]


def find(table: Table, webhook_id: str) -> Webhook | None:
    """One webhook, or None."""
    item = table.get(keys.webhook(webhook_id))
    return Webhook.model_validate(item) if item else None


def created(webhook: Webhook) -> Put:
    """The operation that makes it."""
    return Put(_item(webhook), Attr("PK").not_exists())


def replaced(webhook: Webhook) -> Put:
    """The operation that stores it over the version before."""
    return Put(_item(webhook), Attr("version").eq(webhook.version - 1))


def removed(webhook_id: str) -> Delete:
    """The operation that ends it. What waits for it goes when it is next seen to."""
    return Delete(keys.webhook(webhook_id), Attr("PK").exists())


def health(table: Table, webhook_id: str) -> Health:
    """How its endpoint has been answering."""
    return Health.model_validate(table.get(keys.webhook_health(webhook_id)) or {})


def put_health(table: Table, webhook_id: str, value: Health) -> None:
    """Notes how its endpoint answers."""
    key = keys.webhook_health(webhook_id)
    table.put({"PK": key.pk, "SK": key.sk, **_plain(value.model_dump(exclude_none=True))})


def note_delivered(table: Table, webhook_id: str, now: datetime) -> None:
    """The endpoint answered; once per run and not per event."""
    key = keys.webhook_health(webhook_id)
    table.put({"PK": key.pk, "SK": key.sk, "delivered_at": stamp(now)})


# --- the outbox ---


def enqueue(table: Table, webhook_id: str, deliveries: Iterable[Delivery]) -> None:
    """Puts deliveries into the outbox; one that is there already is written over itself."""
    table.write_many([_waiting(webhook_id, each) for each in deliveries])


def outbox(
    table: Table, webhook_id: str, *, limit: int, start: Item | None = None, until: datetime | None = None
) -> Page:
    """A page of what waits, the oldest first; with `until` only what was queued by then."""
    pk = keys.webhook_health(webhook_id).pk
    where: dict[str, Any] = {"between": (_OUTBOX, f"{_OUTBOX}{stamp(until)}~")} if until else {"prefix": _OUTBOX}
    return table.query(pk, limit=limit, start=start, consistent=True, **where)


def deliveries(page: Page) -> list[Delivery]:
    """The deliveries of a page of the outbox or the log."""
    return [Delivery.model_validate(item) for item in page.items]


def done_before(table: Table, webhook_id: str, waiting: Iterable[Delivery]) -> frozenset[str]:
    """The ids of the events that were delivered since they were queued: a worker was killed before it could say so, or the
    stream brought them again."""
    at = {_log_key(webhook_id, each): each for each in waiting}
    found = table.get_many(at)
    return frozenset(
        at[key].event.id
        for key, item in found.items()
        if item["state"] == DeliveryState.DELIVERED and item["last"]["at"] >= stamp(at[key].queued_at)
    )


def settle(table: Table, webhook_id: str, delivery: Delivery, now: datetime) -> None:
    """Out of the outbox and into the log, together."""
    table.transact([Delete(_outbox_key(webhook_id, delivery)), _logged(webhook_id, delivery, now)])


def postpone(table: Table, webhook_id: str, delivery: Delivery) -> None:
    """Notes an attempt that failed and when the next one is due."""
    values = _plain(delivery.model_dump(include={"tries", "due_at", "last"}, exclude_none=True))
    try:
        table.update(Update(_outbox_key(webhook_id, delivery), set=values, condition=Attr("PK").exists()))
    except ConditionFailed:
        return  # the webhook was deleted meanwhile, and its outbox with it


def forget(table: Table, webhook_id: str, waiting: Iterable[Delivery]) -> None:
    """Out of the outbox without a word."""
    table.write_many([], [_outbox_key(webhook_id, each) for each in waiting])


# --- the log ---


def log(
    table: Table, webhook_id: str, *, state: DeliveryState | None, limit: int, token: str | None
) -> tuple[list[Delivery], str | None]:
    """Deliveries of one state, or all that are settled; the newest first, what waits the oldest first. Raises BadPageToken."""
    page: TokenPage
    match state:
        case DeliveryState.WAITING:
            page = read_page(table, keys.webhook_health(webhook_id).pk, token=token, limit=limit, prefix=_OUTBOX)
        case DeliveryState.PARKED:
            pk = keys.webhook_parked(webhook_id)
            page = read_page(table, pk, token=token, limit=limit, index="GSI1", forward=False)
        case _:
            only: dict[str, Any] = {"filter": Attr("state").eq(str(state))} if state else {}
            pk = keys.webhook_health(webhook_id).pk
            page = read_page(table, pk, token=token, limit=limit, prefix=_LOG, forward=False, **only)
    return [Delivery.model_validate(item) for item in page.items], page.next


def settled(table: Table, webhook_id: str, at: datetime, event_id: str) -> Delivery | None:
    """One settled delivery, or None."""
    item = table.get(keys.webhook_log(webhook_id, at, event_id))
    return Delivery.model_validate(item) if item else None


def settled_between(
    table: Table, webhook_id: str, first: datetime, last: datetime, *, limit: int, token: str | None
) -> TokenPage:
    """A page of the log between two times, the oldest first."""
    start, end = keys.webhook_log(webhook_id, first, ""), keys.webhook_log(webhook_id, last, "~")
    return read_page(table, start.pk, token=token, limit=limit, between=(start.sk, end.sk))


def _item(webhook: Webhook) -> Item:
    key = keys.webhook(webhook.id)
    return {"PK": key.pk, "SK": key.sk, **_plain(webhook.model_dump(exclude_none=True))}


def _waiting(webhook_id: str, delivery: Delivery) -> Item:
    key = _outbox_key(webhook_id, delivery)
    return {"PK": key.pk, "SK": key.sk, **_values(delivery)}


def _logged(webhook_id: str, delivery: Delivery, now: datetime) -> Put:
    key = _log_key(webhook_id, delivery)
    item = {"PK": key.pk, "SK": key.sk, **_values(delivery)}
    if delivery.state is DeliveryState.PARKED:
        item |= {"GSI1PK": keys.webhook_parked(webhook_id), "GSI1SK": key.sk}
    return Put(item, kept=Kept("webhook_deliveries", delivery.last.at if delivery.last else now))


def _outbox_key(webhook_id: str, delivery: Delivery) -> Key:
    return keys.webhook_outbox(webhook_id, delivery.queued_at, delivery.event.id)


def _log_key(webhook_id: str, delivery: Delivery) -> Key:
    return keys.webhook_log(webhook_id, delivery.event.at, delivery.event.id)


def _values(delivery: Delivery) -> Item:
    return _plain(delivery.model_dump(exclude_none=True))


def _plain(values: Item) -> Item:
    """Times as text that sorts, the rest as it is."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    match value:
        case datetime():
            return stamp(value)
        case dict():
            return _plain(value)
        case _:
            return value
