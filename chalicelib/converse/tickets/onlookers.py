"""Who has a ticket on their screen at the moment, and who is writing: two people must not answer one customer.

One small item for each window of a person, with a life time. Whoever looks on says so again while they do, so a page that is
gone fades out by itself; who closes one of two windows is still there by the other. Only a change of what the person does is told
to others; saying the same again costs one write and wakes nobody.
"""

from collections.abc import Iterable
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

_PLACE = keys.ticket_onlooker("", "", "").pk

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
    return _people(each for each in _present(table, ticket_id, now) if each["user_id"] != user_id)


def everywhere(table: Table, sight: Sight, now: datetime) -> dict[str, list[Onlooker]]:
    """The other people on every ticket that this person sees: one query, whatever the number of tickets."""
    found: dict[str, list[Item]] = {}
    for item in table.query_all(_PLACE):
        may_know = sight.user.may_enter(item["subaccount_id"]) and sight.may_know(item["queue_id"], item["agent_id"])
        if may_know and _holds(item, now) and item["user_id"] != sight.user.id:
            found.setdefault(item["ticket_id"], []).append(item)
    return {ticket_id: _people(words) for ticket_id, words in found.items()}


def show(world: World, ticket: Ticket, user: CurrentUser, state: Doing | None, window: str) -> list[Onlooker]:
    """Notes what this person does in this window, None being gone, and answers who else is there. Harmless when repeated."""
    now = world.clock()
    present = _present(world.table, ticket.id, now)
    before = [each for each in present if each["user_id"] == user.id]
    key = keys.ticket_onlooker(ticket.id, user.id, window)
    after = [each for each in before if each["SK"] != key.sk]
    if state is None:
        world.table.delete(key)
    else:
        after.append(_item(key, ticket, user, state, now))
        world.table.put(after[-1])
    if _doing(after) != _doing(before):
        events.store(world.table, _changed(world, ticket, now))
    return _people(each for each in present if each["user_id"] != user.id)


def _present(table: Table, ticket_id: str, now: datetime) -> list[Item]:
    return [each for each in table.query_all(_PLACE, prefix=f"{ticket_id}#") if _holds(each, now)]


def _holds(word: Item, now: datetime) -> bool:
    return datetime.fromisoformat(word["until"]) > now


def _people(words: Iterable[Item]) -> list[Onlooker]:
    """The words of all windows, by person."""
    found: dict[str, list[Item]] = {}
    for each in words:
        found.setdefault(each["user_id"], []).append(each)
    return [
        Onlooker(id=user_id, name=mine[0]["name"], state=doing, until=max(each["until"] for each in mine))
        for user_id, mine in found.items()
        if (doing := _doing(mine))
    ]


def _doing(words: Iterable[Item]) -> Doing | None:
    """What one person does, in whichever window: who writes in one does not only look on."""
    states = {each["state"] for each in words}
    return "typing" if "typing" in states else "viewing" if states else None


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
