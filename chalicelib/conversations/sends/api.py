"""Routes of messages that programs send."""

from chalice.app import Blueprint

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.pages import read_page
from chalicelib.conversations.sends import service
from chalicelib.conversations.sends.model import Batch, Send
from chalicelib.conversations.sends.shapes import BatchDraft, BatchView, Cancelled, SendDraft, SendView, view
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _SEND = Permission.MESSAGES_READ, Permission.MESSAGES_SEND
_BATCH_BYTES = 4_000_000


@endpoint(bp, "POST", "/api/v1/messages", permission=_SEND, status=202, tag="Messages")
def send_message(user: CurrentUser, body: SendDraft, world: World) -> SendView:
    """Sends one message, now or at a time. Sent twice with the same id it is one message.

    Free-form inside the 24-hour window, a template at any time.
    """
    made = service.send_one(world, user, body)
    return view(*service.found(world, user, made.id))


@endpoint(bp, "POST", "/api/v1/messages/batch", permission=_SEND, status=202, tag="Messages", max_bytes=_BATCH_BYTES)
def send_message_batch(user: CurrentUser, body: BatchDraft, world: World) -> BatchView:
    """Sends up to 1,000 messages at the speed of campaigns, so that replies do not wait for them. What is wrong is said of each."""
    return _batch_view(service.send_batch(world, user, body))


@endpoint(bp, "GET", "/api/v1/messages/batch/{batchId}", permission=_READ, tag="Messages")
def get_message_batch(user: CurrentUser, batch_id: str, query: PageQuery, world: World) -> Page[SendView]:
    """Lists the messages of a batch with their states, in their order."""
    pk = keys.sends_of_batch(service.find_batch(world, user, batch_id).id)
    page = read_page(world.table, pk, token=query.next, limit=query.limit, index="GSI1")
    sends = [Send.model_validate(item) for item in page.items]
    return Page[SendView](items=[view(*each) for each in service.with_messages(world, sends)], next=page.next)


@endpoint(bp, "DELETE", "/api/v1/messages/batch/{batchId}", permission=_SEND, tag="Messages")
def cancel_message_batch(user: CurrentUser, batch_id: str, world: World) -> Cancelled:
    """Takes back those messages of a batch that have not left yet."""
    return Cancelled(cancelled_count=service.cancel_batch(world, user, batch_id))


@endpoint(bp, "GET", "/api/v1/messages/{messageId}", permission=_READ, tag="Messages")
def get_message(user: CurrentUser, message_id: str, world: World) -> SendView:
    """Reads how far a message came that was asked for over this API."""
    return view(*service.found(world, user, message_id))


@endpoint(bp, "DELETE", "/api/v1/messages/{messageId}", permission=_SEND, tag="Messages")
def cancel_message(user: CurrentUser, message_id: str, world: World) -> Cancelled:
    """Takes a message back that has not left yet."""
    return Cancelled(cancelled_count=service.cancel(world, user, message_id))


def _batch_view(batch: Batch) -> BatchView:
    return BatchView(
        batch_id=batch.id,
        client_batch_id=batch.client_batch_id,
        accepted=batch.count,
        scheduled_at=batch.scheduled_at,
        ids=[f"{batch.id}.{index:04d}" for index in range(batch.count)],
    )
