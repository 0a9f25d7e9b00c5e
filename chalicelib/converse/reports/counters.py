"""Counters of what happened: one small item for each quarter of an hour, queue, agent and channel in which something did.

A quarter of an hour, since a day begins there in every time zone. Events come at least once: each is counted in a transaction
with a mark of its own, and one that has its mark is not counted again.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import Operation, Put, Table, TransactionRefused, Update
from chalicelib.events.model import Event
from chalicelib.wiring import World

_MARK_KEPT = timedelta(days=8)
"""Longer than the events themselves."""
_A_TRANSACTION = 24
"""Events; each has its mark and at most three counters, and a transaction takes 100 operations."""
_NAMES = frozenset({"PK", "SK"})


class Place(NamedTuple):
    """Where something is counted."""

    slot: str
    queue_id: str
    agent_id: str
    channel_id: str


class Counted(NamedTuple):
    """What was counted there."""

    place: Place
    counts: dict[str, int]


def count(world: World, events: list[Event]) -> None:
    """Subscriber: counts what these events measure, each once."""
    once = list({event.id: event for event in events}.values())
    measured = [event for event in _with_messages(world.table, once) if event.data.get("measures")]
    for start in range(0, len(measured), _A_TRANSACTION):
        part = measured[start : start + _A_TRANSACTION]
        try:
            world.table.transact(_operations(part, world.clock()))
        except TransactionRefused:
            _one_by_one(world, part)  # some were counted before: the stream brought the batch again


def read(table: Table, queue_id: str, since: datetime, until: datetime) -> Iterator[Counted]:
    """What was counted for a queue from `since` until before `until`: one query a month."""
    first, last = slot_of(since), slot_of(until)
    for month in _months(since, until):
        pk = keys.counter(queue_id, month, "").pk
        for item in table.query_all(pk, between=(first, last)):
            slot, agent_id, channel_id = str(item["SK"]).split("#")
            if slot < last:
                counts = {name: int(value) for name, value in item.items() if name not in _NAMES}
                yield Counted(Place(slot, queue_id, agent_id, channel_id), counts)


def slot_of(at: datetime) -> str:
    """The quarter of an hour that has begun."""
    return stamp(at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))[:16]


def _with_messages(table: Table, events: list[Event]) -> list[Event]:
    """Messages of customers measure one for the queue and agent they came to. Events of before did not say: those of now."""
    mute = [event for event in events if event.type == "message.received" and "measures" not in event.data]
    came = [event for event in mute if event.data.get("ticket_id")]
    found = table.get_many(keys.ticket(event.data["ticket_id"]) for event in came) if came else {}
    tickets = {item["id"]: item for item in found.values()}
    measured = []
    for event in events:
        ticket = tickets.get(event.data.get("ticket_id", "")) if event in mute else None
        if ticket is None:
            measured.append(event)
            continue
        one = {"queue": ticket["queue_id"], "agent": ticket["agent_id"], "counts": {"messages_in": 1}}
        data = {**event.data, "channel_id": ticket["channel_id"], "measures": [one]}
        measured.append(event.model_copy(update={"data": data}))
    return measured


def _one_by_one(world: World, events: list[Event]) -> None:
    for event in events:
        try:
            world.table.transact(_operations([event], world.clock()))
        except TransactionRefused:
            continue  # it has its mark


def _operations(events: list[Event], now: datetime) -> list[Operation]:
    sums: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        for measure in event.data["measures"]:
            channel_id = str(event.data.get("channel_id", ""))
            place = Place(slot_of(event.at), measure["queue"], measure["agent"], channel_id)
            for name, number in measure["counts"].items():
                sums[place][name] += number
    marks: list[Operation] = [_mark(event, now) for event in events]
    adds = [
        Update(
            keys.counter(place.queue_id, place.slot[:7], f"{place.slot}#{place.agent_id}#{place.channel_id}"), add=each
        )
        for place, each in sums.items()
    ]
    return [*marks, *adds]


def _mark(event: Event, now: datetime) -> Put:
    key = keys.counted_event(event.id)
    return Put({"PK": key.pk, "SK": key.sk, "expires_at": epoch(now + _MARK_KEPT)}, Attr("PK").not_exists())


def _months(since: datetime, until: datetime) -> list[str]:
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]
