"""From what happened to what waits for whom: the subscriber of the events function. It only stores and wakes; no endpoint
is called here, so none can hold up anything."""

from chalicelib.events.model import Event
from chalicelib.webhooks import store
from chalicelib.webhooks.model import Delivery, Webhook
from chalicelib.webhooks.scope import Scopes, lane_of
from chalicelib.webhooks.waking import wake
from chalicelib.wiring import World


def collect(world: World, events: list[Event]) -> None:
    """Puts each event into the outbox of every webhook that wants it. Harmless when repeated."""
    events = [event for event in events if not _is_hint(event)]
    webhooks = [each for each in store.every(world.table) if each.enabled] if events else []
    if not webhooks:
        return
    scopes = Scopes(world.table)
    owned = [(event, scopes.subaccount_of(event)) for event in events]
    awake = []
    for webhook in webhooks:
        wanted = [event for event, subaccount_id in owned if webhook.wants(event.type, subaccount_id)]
        if wanted:
            _enqueue(world, webhook, wanted)
            awake.append(webhook.id)
    wake(world.queues, awake, world.new_id())


def _enqueue(world: World, webhook: Webhook, wanted: list[Event]) -> None:
    waiting = [Delivery(event=event, lane=lane_of(event), queued_at=event.at) for event in wanted]
    known = store.done_before(world.table, webhook.id, waiting)
    store.enqueue(world.table, webhook.id, [each for each in waiting if each.event.id not in known])


def _is_hint(event: Event) -> bool:
    """What only asks those who look on to read again. A campaign's state is told from its own change (campaigns/happened.py),
    which says whose it is."""
    return event.topic == "campaign" and "subaccount_id" not in event.data
