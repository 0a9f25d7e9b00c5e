"""Who has a ticket on their screen at the moment, and who is writing: two people must not answer one customer.

One small item for each person, with a life time. Whoever looks on says so again while they do, so a page that is gone fades
out by itself. Only a change is told to others; saying the same again costs one write and wakes nobody.
"""

from datetime import datetime, timedelta
from typing import Literal

from chalicelib.access.model import CurrentUser
from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import Item, Key, Table
from chalicelib.converse.sight import Sight
from chalicelib.converse.tickets.model import Ticket
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.shape import Shape
from chalicelib.wiring import World

TOPIC = "ticket_presence"
LASTS = timedelta(seconds=45)
"""As an agent's sign of life: say it again every 20 seconds."""

Doing = Literal["viewing", "typing"]


class Onlooker(Shape):
    """Somebody who has the ticket on their screen."""

    id: str
    name: str
    state: Doing
    until: datetime
    """They are gone after this, unless they say so again."""


def others(table: Table, ticket_id: str, user_id: str, now: datetime) -> list[Onlooker]:
    """Who else has the ticket on their screen."""
    return [each for each in _present(table, ticket_id, now) if each.id != user_id]


def everywhere(table: Table, sight: Sight, now: datetime) -> dict[str, list[Onlooker]]:
    """The other people on every ticket that this person sees: one query, whatever the number of tickets."""
    found: dict[str, list[Onlooker]] = {}
    for item in table.query_all(keys.ticket_onlooker("", "").pk):
        someone = _onlooker(item)
        may_know = sight.user.may_enter(item["subaccount_id"]) and sight.may_know(item["queue_id"], item["agent_id"])
        if may_know and someone.until > now and someone.id != sight.user.id:
            found.setdefault(item["ticket_id"], []).append(someone)
    return found


def show(world: World, ticket: Ticket, user: CurrentUser, state: Doing | None) -> list[Onlooker]:
    """Notes what this person does, None being gone, and answers who else is there. Harmless when repeated."""
    now = world.clock()
    present = _present(world.table, ticket.id, now)
    mine = next((each for each in present if each.id == user.id), None)
    key = keys.ticket_onlooker(ticket.id, user.id)
    if state is None:
        world.table.delete(key)
    else:
        world.table.put(_item(key, ticket, user, state, now))
    if state != (mine.state if mine else None):
        events.store(world.table, _changed(world, ticket, now))
    return [each for each in present if each.id != user.id]


def _present(table: Table, ticket_id: str, now: datetime) -> list[Onlooker]:
    place = keys.ticket_onlooker(ticket_id, "")
    found = [_onlooker(item) for item in table.query_all(place.pk, prefix=place.sk)]
    return [each for each in found if each.until > now]


def _onlooker(item: Item) -> Onlooker:
    return Onlooker(id=item["user_id"], name=item["name"], state=item["state"], until=item["until"])


def _item(key: Key, ticket: Ticket, user: CurrentUser, state: Doing, now: datetime) -> Item:
    until = now + LASTS
    said = {"user_id": user.id, "name": user.name, "state": state, "until": stamp(until), "expires_at": epoch(until)}
    of = {"ticket_id": ticket.id, "subaccount_id": ticket.subaccount_id}
    seen_by = {"queue_id": ticket.queue_id, "agent_id": ticket.agent_id}
    return {"PK": key.pk, "SK": key.sk, **said, **of, **seen_by}


def _changed(world: World, ticket: Ticket, now: datetime) -> Event:
    return Event(
        id=world.new_id(),
        type="ticket_presence.changed",
        at=now,
        topic=TOPIC,
        subject=ticket.id,
        queue_id=ticket.queue_id,
        agent_id=ticket.agent_id,
    )
