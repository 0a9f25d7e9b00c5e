"""The webhooks worker's work: one webhook's outbox, emptied as far as its endpoint lets it.

One worker at a time sees to a webhook (its wake-ups are one FIFO group), several lanes at once and each lane in order. An
event that fails holds up its own lane; several failures in a row pause the endpoint, and a timer looks after it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from datetime import datetime
from itertools import groupby

from chalicelib.cloud.clock import Clock
from chalicelib.cloud.table import Table
from chalicelib.dataclass import dataclass
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer
from chalicelib.webhooks import store
from chalicelib.webhooks.model import (
    FAILURES_TO_PAUSE,
    GIVEN_UP_AFTER,
    Attempt,
    Delivery,
    DeliveryState,
    Health,
    Webhook,
)

LANES_AT_ONCE = 8
_A_PAGE = 200

Send = Callable[[Webhook, Delivery], Attempt | None]
"""Sends one delivery. None: there is nothing to say in this webhook's format."""


@dataclass(frozen=True)
class Courier:
    """What delivering needs of the world."""

    table: Table
    clock: Clock
    send: Send


@dataclass
class _Round:
    """One run over an outbox."""

    webhook: Webhook
    courier: Courier
    until: datetime
    all_due: bool = False
    """The endpoint has just come back: nobody waits any longer."""
    delivered: int = 0
    parked: int = 0
    failures_in_a_row: int = 0
    unreachable: int = 0
    blocked: dict[str, datetime] = field(default_factory=dict)
    """Lanes that wait, and until when."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_down(self) -> bool:
        """So many failures in a row that it is not one event's fault, and there is no use in going on."""
        return self.failures_in_a_row >= FAILURES_TO_PAUSE

    @property
    def found_nobody(self) -> bool:
        """Nothing came through, and it looks like the endpoint's own trouble."""
        return self.is_down or (self.unreachable > 0 and self.delivered == 0)

    @property
    def is_over(self) -> bool:
        """Time is up, or the endpoint is down."""
        return self.is_down or self.courier.clock() >= self.until


@dataclass(frozen=True)
class Report:
    """What a run did; `left`: there is more that could be done at once."""

    delivered: int = 0
    parked: int = 0
    waiting_lanes: int = 0
    paused: bool = False
    left: bool = False


def deliver(webhook_id: str, courier: Courier, until: datetime) -> Report:
    """Delivers what waits for a webhook; begins nothing after `until`."""
    table, now = courier.table, courier.clock()
    webhook = store.find(table, webhook_id)
    if webhook is None:
        _throw_away(table, webhook_id)
        return Report()
    health = store.health(table, webhook_id)
    if not webhook.enabled or health.is_paused(now):
        return Report()
    this = _Round(webhook, courier, until)
    if health.is_down and not _answers_again(this, health):
        return Report(this.delivered, this.parked, paused=True)
    this.all_due = health.is_down
    complete = _empty(this)
    if this.found_nobody:
        _pause(this, health if not this.all_due else Health(delivered_at=health.delivered_at))
        return Report(this.delivered, this.parked, len(this.blocked), paused=True)
    if this.delivered:
        store.note_delivered(table, webhook_id, courier.clock())
    if this.blocked:
        _wake_at(this, min(this.blocked.values()))
    return Report(this.delivered, this.parked, len(this.blocked), left=not complete)


def _empty(this: _Round) -> bool:
    """Page after page; False when it stopped before the end."""
    start = None
    with ThreadPoolExecutor(LANES_AT_ONCE) as pool:
        while True:
            page = store.outbox(this.courier.table, this.webhook.id, limit=_A_PAGE, start=start)
            lanes = _lanes(_not_done(this, store.deliveries(page)))
            list(pool.map(lambda lane: _one_lane(this, lane), lanes))
            if this.is_over:
                return False
            if page.next is None:
                return True
            start = page.next


def _one_lane(this: _Round, waiting: list[Delivery]) -> None:
    for delivery in waiting:
        if this.is_over or delivery.lane in this.blocked:
            return
        if not this.all_due and not delivery.is_due(this.courier.clock()):
            this.blocked[delivery.lane] = delivery.due_at or this.courier.clock()
            return
        if not _one(this, delivery):
            return


def _one(this: _Round, delivery: Delivery) -> bool:
    """Tries one delivery; whether its lane may go on."""
    table, webhook_id = this.courier.table, this.webhook.id
    attempt = this.courier.send(this.webhook, delivery)
    now = this.courier.clock()
    if attempt is None:
        store.forget(table, webhook_id, [delivery])
        return True
    if attempt.succeeded:
        store.settle(table, webhook_id, delivery.delivered(attempt), now)
        with this.lock:
            this.delivered, this.failures_in_a_row = this.delivered + 1, 0
        return True
    failed = delivery.failed(attempt, now)
    with this.lock:
        this.failures_in_a_row += 1
        this.unreachable += attempt.nobody_there
        this.parked += failed.state is DeliveryState.PARKED
    if failed.state is DeliveryState.PARKED:
        store.settle(table, webhook_id, failed, now)
        return True
    store.postpone(table, webhook_id, failed)
    this.blocked[delivery.lane] = failed.due_at or now
    return False


def _answers_again(this: _Round, health: Health) -> bool:
    """Tries the oldest and the newest lane: the endpoint is back when it takes either. Else it pauses again."""
    page = store.outbox(this.courier.table, this.webhook.id, limit=_A_PAGE)
    lanes = list(_lanes(_not_done(this, store.deliveries(page))))
    for lane in lanes[:1] + lanes[1:][-1:]:
        if _one(this, lane[0]) and this.delivered:
            this.blocked.clear()
            this.failures_in_a_row = 0
            return True
    if not lanes:
        return True
    _park_the_old(this)
    _pause(this, health)
    return False


def _pause(this: _Round, health: Health) -> None:
    down = health.failed(this.courier.clock())
    store.put_health(this.courier.table, this.webhook.id, down)
    if down.resume_at:
        _wake_at(this, down.resume_at)


def _park_the_old(this: _Round) -> None:
    """While an endpoint is down only two events are tried; the others give up by their age all the same."""
    now = this.courier.clock()
    while not this.courier.clock() >= this.until:
        page = store.outbox(this.courier.table, this.webhook.id, limit=_A_PAGE, until=now - GIVEN_UP_AFTER)
        for delivery in store.deliveries(page):
            last = delivery.last or Attempt(at=now, error="The endpoint was down all the time.")
            parked = delivery.model_copy(update={"state": DeliveryState.PARKED, "due_at": None, "last": last})
            store.settle(this.courier.table, this.webhook.id, parked, now)
            this.parked += 1
        if page.next is None:
            return


def _wake_at(this: _Round, at: datetime) -> None:
    now = this.courier.clock()
    timer = Timer(id=f"{kinds.WEBHOOK}.{this.webhook.id}", kind=kinds.WEBHOOK, subject=this.webhook.id, due_at=at)
    put = timers.armed(timer, now)
    this.courier.table.put(put.item)


def _not_done(this: _Round, waiting: list[Delivery]) -> list[Delivery]:
    """Without those that a killed worker delivered and could not take out."""
    done = store.done_before(this.courier.table, this.webhook.id, waiting)
    store.forget(this.courier.table, this.webhook.id, [each for each in waiting if each.event.id in done])
    return [each for each in waiting if each.event.id not in done]


def _lanes(waiting: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """By lane, in the order in which the lanes have waited, and in order within."""
    places: dict[str, int] = {}
    for each in waiting:
        places.setdefault(each.lane, len(places))
    ordered = sorted(waiting, key=lambda each: places[each.lane])
    for _, lane in groupby(ordered, key=lambda each: each.lane):
        yield list(lane)


def _throw_away(table: Table, webhook_id: str) -> None:
    """The webhook was deleted: nobody waits."""
    while True:
        page = store.outbox(table, webhook_id, limit=_A_PAGE)
        store.forget(table, webhook_id, store.deliveries(page))
        if page.next is None:
            return
