"""Routes of webhooks: what the customer's own systems are told."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.webhooks import service, store
from chalicelib.webhooks.catalogue import CATALOGUE, COMPATIBLE
from chalicelib.webhooks.model import Health
from chalicelib.webhooks.shapes import (
    DeliveryQuery,
    DeliveryView,
    EventTypeView,
    NewWebhook,
    Replay,
    Replayed,
    TestResult,
    WebhookChange,
    WebhookDraft,
    WebhookView,
)
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.WEBHOOKS_READ, Permission.WEBHOOKS_WRITE


@endpoint(bp, "GET", "/api/v1/webhook-events", permission=_READ, tag="Webhooks")
def list_webhook_events() -> Page[EventTypeView]:
    """Lists what a webhook can ask for."""
    return Page[EventTypeView](
        items=[
            EventTypeView(name=name, description=text, compatible=name in COMPATIBLE)
            for name, text in CATALOGUE.items()
        ]
    )


@endpoint(bp, "GET", "/api/v1/webhooks", permission=_READ, tag="Webhooks")
def list_webhooks(user: CurrentUser, world: World) -> Page[WebhookView]:
    """Lists the webhooks with how their endpoints answer."""
    seen = [each for each in store.every(world.table) if service.may_see(user, each)]
    return Page[WebhookView](items=[WebhookView.of(each, store.health(world.table, each.id)) for each in seen])


@endpoint(bp, "POST", "/api/v1/webhooks", permission=_WRITE, status=201, tag="Webhooks")
def create_webhook(user: CurrentUser, body: WebhookDraft, world: World) -> NewWebhook:
    """Makes a webhook. This answer is the only one that shows the secret its deliveries are signed with."""
    webhook, secret = service.create(world, user, body)
    return NewWebhook(**WebhookView.of(webhook, Health()).model_dump(), secret=secret)


@endpoint(bp, "GET", "/api/v1/webhooks/{webhookId}", permission=_READ, tag="Webhooks")
def get_webhook(user: CurrentUser, webhook_id: str, world: World) -> WebhookView:
    """Reads one webhook."""
    return WebhookView.of(service.get(world, user, webhook_id), store.health(world.table, webhook_id))


@endpoint(bp, "PATCH", "/api/v1/webhooks/{webhookId}", permission=_WRITE, tag="Webhooks")
def change_webhook(
    user: CurrentUser, webhook_id: str, body: WebhookChange, if_match: int | None, world: World
) -> WebhookView:
    """Changes a webhook. What happens while it is disabled is not kept for it; what waits, waits."""
    changed = service.change(world, user, webhook_id, body, if_match)
    return WebhookView.of(changed, store.health(world.table, webhook_id))


@endpoint(bp, "DELETE", "/api/v1/webhooks/{webhookId}", permission=_WRITE, tag="Webhooks")
def delete_webhook(user: CurrentUser, webhook_id: str, world: World) -> None:
    """Ends a webhook. What still waits for it is thrown away."""
    service.remove(world, user, webhook_id)


@endpoint(bp, "POST", "/api/v1/webhooks/{webhookId}/secret", permission=_WRITE, tag="Webhooks")
def rotate_webhook_secret(user: CurrentUser, webhook_id: str, world: World) -> NewWebhook:
    """Makes a new secret. For a day deliveries are signed with the one before as well."""
    webhook, secret = service.rotate(world, user, webhook_id)
    view = WebhookView.of(webhook, store.health(world.table, webhook_id))
    return NewWebhook(**view.model_dump(), secret=secret)


@endpoint(bp, "POST", "/api/v1/webhooks/{webhookId}/test", permission=_WRITE, tag="Webhooks")
def test_webhook(user: CurrentUser, webhook_id: str, world: World) -> TestResult:
    """Posts a `webhook.test` event at once and tells what the endpoint answered."""
    attempt = service.test(world, user, webhook_id)
    return TestResult(
        delivered=attempt.succeeded, status=attempt.status, error=attempt.error, milliseconds=attempt.milliseconds
    )


@endpoint(bp, "GET", "/api/v1/webhooks/{webhookId}/deliveries", permission=_READ, tag="Webhooks")
def list_deliveries(user: CurrentUser, webhook_id: str, query: DeliveryQuery, world: World) -> Page[DeliveryView]:
    """Lists what became of events: the newest first, what waits the oldest first. Kept for 30 days."""
    service.get(world, user, webhook_id)
    found, following = store.log(world.table, webhook_id, state=query.state, limit=query.limit, token=query.next)
    return Page[DeliveryView](items=[DeliveryView.of(each) for each in found], next=following)


@endpoint(bp, "POST", "/api/v1/webhooks/{webhookId}/replay", permission=_WRITE, tag="Webhooks")
def replay_deliveries(user: CurrentUser, webhook_id: str, body: Replay, world: World) -> Replayed:
    """Sends settled deliveries once more, with the ids they had: parked ones, or any a receiver has lost."""
    count, following = service.replay(world, user, webhook_id, body)
    return Replayed(count=count, next=following)
