"""Something that happened, stored in the same transaction as the change that caused it. Subscribers read it from the stream."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Item, Kept, Put, Table

UNTOLD = "report"
"""The topic of what is only counted: no reader is told of it."""


class Event(BaseModel):
    """One fact. `type` is `room.fact` (`message.received`); `data` holds ids and small values, never message texts."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    type: str
    at: datetime
    topic: str
    """What a reader should read again: `conversation`, `ticket`, `campaign`, `agent`, …"""
    subject: str
    """The id of that thing."""
    queue_id: str = ""
    """The ticket queue whose members may know; empty: everybody who may read the topic."""
    agent_id: str = ""
    """The agent it concerns, who may know even outside the queue."""
    order: str = ""
    """Events of one order reach their subscribers as they were stored; empty: the subject's. A ticket's is its conversation."""
    data: dict[str, Any] = Field(default_factory=dict)


def stored(event: Event) -> Put:
    """The operation that keeps the event; goes into the transaction of the change."""
    return Put(item(event), kept=_kept(event))


def store(table: Table, event: Event) -> None:
    """Keeps an event that comes with no change of ours."""
    table.put(item(event), kept=_kept(event))


def item(event: Event) -> Item:
    """The event as an item of the main table."""
    key = keys.event(event.order or event.subject, event.id)
    values = event.model_dump(mode="json", exclude={"at"})
    return {
        "PK": key.pk,
        "SK": key.sk,
        **values,
        "at": stamp(event.at),
    }


def _kept(event: Event) -> Kept:
    return Kept("events", event.at)
