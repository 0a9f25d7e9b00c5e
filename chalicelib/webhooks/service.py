"""Use cases around webhooks: set up, test, look into, replay."""

import json
import os
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from chalicelib.access import store as audit
from chalicelib.access.model import CurrentUser
from chalicelib.channels import store as channels
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Operation, TransactionRefused
from chalicelib.egress import NoAnswer
from chalicelib.problems import Conflict, Invalid, NotFound, TooMany
from chalicelib.webhooks import signing, store
from chalicelib.webhooks.catalogue import TEST
from chalicelib.webhooks.model import (
    ALL,
    OLD_KEY_SIGNS,
    Attempt,
    Credentials,
    Delivery,
    DeliveryState,
    Webhook,
)
from chalicelib.webhooks.sending import Sender, credentials, secret_name
from chalicelib.webhooks.shapes import Replay, WebhookChange, WebhookDraft, check_events
from chalicelib.webhooks.waking import wake
from chalicelib.wiring import World

MOST = 20
"""Webhooks of an account. Each may keep one worker busy."""
_REPLAYED_AT_ONCE = 200


class WebhookUnknown(NotFound):
    """No webhook has this id."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"There is no webhook {webhook_id}.")
        self.webhook_id = webhook_id


class WebhookChanged(Conflict):
    """Somebody else was faster."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__("The webhook was changed by somebody else meanwhile. Read it again and repeat.")
        self.webhook_id = webhook_id


def sender(world: World) -> Sender:
    """The way out to endpoints, in this world."""
    return Sender(world.table, world.ledger, world.secrets, world.clock, world.egress.fetch)


def may_see(user: CurrentUser, webhook: Webhook) -> bool:
    """Whether it is of a subaccount they may enter; one of all is for those who may enter all."""
    return user.subaccounts is None if webhook.subaccount_id == ALL else user.may_enter(webhook.subaccount_id)


def get(world: World, user: CurrentUser, webhook_id: str) -> Webhook:
    """Raises WebhookUnknown."""
    found = store.find(world.table, webhook_id)
    if found is None or not may_see(user, found):
        raise WebhookUnknown(webhook_id)
    return found


def create(world: World, user: CurrentUser, draft: WebhookDraft) -> tuple[Webhook, str]:
    """A new webhook, and its secret. Raises Invalid, TooMany."""
    _check_url(world, draft.url)
    _check_subaccount(world, user, draft.subaccount_id)
    if len(store.every(world.table)) >= MOST:
        raise TooMany(f"An account has at most {MOST} webhooks.", code="too_many_webhooks")
    webhook = Webhook(id=world.new_id(), created_at=world.clock(), **draft.model_dump(exclude={"authorization"}))
    made = Credentials(key=signing.new_key(os.urandom(32)), authorization=draft.authorization)
    _put_credentials(world, webhook.id, 1, made)
    world.table.transact([store.created(webhook), _entry(world, user, "created", webhook, url=webhook.url)])
    return webhook, made.key


def change(world: World, user: CurrentUser, webhook_id: str, wanted: WebhookChange, version: int | None) -> Webhook:
    """Changes what is given. Raises WebhookUnknown, WebhookChanged, Invalid."""
    before = get(world, user, webhook_id)
    if version is not None and version != before.version:
        raise WebhookChanged(webhook_id)
    news: dict[str, Any] = wanted.model_dump(exclude_none=True, exclude={"authorization"})
    if wanted.url:
        _check_url(world, wanted.url)
    if wanted.subaccount_id:
        _check_subaccount(world, user, wanted.subaccount_id)
    try:
        check_events(news.get("events", before.events), news.get("format", before.format))
    except ValueError as error:
        raise Invalid(str(error), field="events") from error
    if wanted.authorization is not None:
        kept = credentials(world.secrets, webhook_id, before.credentials)
        changed = kept.model_copy(update={"authorization": wanted.authorization})
        _put_credentials(world, webhook_id, before.credentials + 1, changed)
        news["credentials"] = before.credentials + 1
    after = _saved(world, user, before, news, "changed", sorted(wanted.model_fields_set))
    if after.enabled and not before.enabled:
        wake(world.queues, [webhook_id], world.new_id())
    return after


def rotate(world: World, user: CurrentUser, webhook_id: str) -> tuple[Webhook, str]:
    """A new secret; the one before signs along for a day. Raises WebhookUnknown, WebhookChanged."""
    before = get(world, user, webhook_id)
    kept = credentials(world.secrets, webhook_id, before.credentials)
    made = kept.model_copy(update={"key": signing.new_key(os.urandom(32))})
    number = before.credentials + 1
    _put_credentials(world, webhook_id, number, made)
    news = {
        "credentials": number,
        "credentials_before": before.credentials,
        "before_until": world.clock() + OLD_KEY_SIGNS,
    }
    return _saved(world, user, before, news, "secret-rotated", []), made.key


def remove(world: World, user: CurrentUser, webhook_id: str) -> None:
    """Ends a webhook; what still waited for it is thrown away. Raises WebhookUnknown."""
    webhook = get(world, user, webhook_id)
    try:
        world.table.transact([store.removed(webhook_id), _entry(world, user, "deleted", webhook)])
    except TransactionRefused as refused:
        raise WebhookUnknown(webhook_id) from refused
    for number in {webhook.credentials, webhook.credentials_before or webhook.credentials}:
        world.secrets.delete(secret_name(webhook_id, number))
    wake(world.queues, [webhook_id], world.new_id())


def test(world: World, user: CurrentUser, webhook_id: str) -> Attempt:
    """Posts a test event at once and answers what came back. Raises WebhookUnknown."""
    webhook = get(world, user, webhook_id)
    event_id = f"{world.new_id()}.test"
    told: dict[str, Any] = {"id": event_id, "type": TEST, "at": stamp(world.clock()), "subaccountId": None, "data": {}}
    return sender(world).post(webhook, event_id, json.dumps(told, separators=(",", ":")))


def replay(world: World, user: CurrentUser, webhook_id: str, wanted: Replay) -> tuple[int, str | None]:
    """Puts settled deliveries into the outbox again: how many, and where to go on. Raises WebhookUnknown, BadPageToken."""
    get(world, user, webhook_id)
    now, following = world.clock(), None
    if wanted.ids:
        found = [each for each in (_settled(world, webhook_id, name) for name in wanted.ids) if each]
    else:
        since, until = wanted.since or now, wanted.until or now
        page = store.settled_between(world.table, webhook_id, since, until, limit=_REPLAYED_AT_ONCE, token=wanted.next)
        found, following = [Delivery.model_validate(item) for item in page.items], page.next
    if wanted.only_parked:
        found = [each for each in found if each.state is DeliveryState.PARKED]
    store.enqueue(world.table, webhook_id, [each.again(now) for each in found])
    wake(world.queues, [webhook_id] if found else [], world.new_id())
    return len(found), following


def _settled(world: World, webhook_id: str, delivery_id: str) -> Delivery | None:
    at, _, event_id = delivery_id.partition("~")
    try:
        return store.settled(world.table, webhook_id, datetime.fromisoformat(at), event_id)
    except ValueError:
        return None


def _saved(
    world: World, user: CurrentUser, before: Webhook, news: dict[str, Any], action: str, fields: list[str]
) -> Webhook:
    after = before.model_copy(update={**news, "version": before.version + 1})
    detail = {"fields": ", ".join(fields)} if fields else {}
    try:
        world.table.transact([store.replaced(after), _entry(world, user, action, after, **detail)])
    except TransactionRefused as refused:
        raise WebhookChanged(before.id) from refused
    return after


def _entry(world: World, user: CurrentUser, action: str, webhook: Webhook, **detail: str) -> Operation:
    entry = audit.entry_of(
        user, f"webhook.{action}", webhook.id, now=world.clock(), entry_id=world.new_id(), detail=detail
    )
    return audit.audit_put(entry)


def _put_credentials(world: World, webhook_id: str, number: int, made: Credentials) -> None:
    world.secrets.put(secret_name(webhook_id, number), made.model_dump_json())


def _check_url(world: World, url: str) -> None:
    """Refused now, with words, rather than at each delivery; every delivery is checked again."""
    parts = urlsplit(url)
    try:
        if not parts.hostname or parts.username or (parts.port or 1) <= 0:
            raise Invalid("This is no address that can be posted to.", field="url")
        world.egress.addresses(parts)
    except NoAnswer as refused:
        raise Invalid(refused.message, field="url") from refused
    except ValueError as error:
        raise Invalid("This is no address that can be posted to.", field="url") from error


def _check_subaccount(world: World, user: CurrentUser, subaccount_id: str) -> None:
    if subaccount_id == ALL:
        if user.subaccounts is not None:
            raise Invalid("Name one of your subaccounts: you may not hear of all.", field="subaccountId")
        return
    user.enter(subaccount_id)
    if subaccount_id not in {each.id for each in channels.subaccounts(world.table)}:
        raise Invalid(f"There is no subaccount {subaccount_id}.", field="subaccountId")
