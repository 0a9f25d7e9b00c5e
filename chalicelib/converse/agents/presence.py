"""Coming, going and vanishing: who is at work, and what becomes of the tickets of somebody who is not any more."""

from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.access.model import CurrentUser
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import ConditionFailed, Put, Table, Update
from chalicelib.converse import assignment, settings
from chalicelib.converse.agents import store
from chalicelib.converse.agents.model import LOGGED_OUT_AFTER, Agent, Presence, Pulse, has_vanished
from chalicelib.converse.sight import takes_tickets
from chalicelib.converse.tickets import changes, views
from chalicelib.converse.tickets import store as tickets
from chalicelib.converse.tickets.commit import TicketChanged, commit
from chalicelib.converse.tickets.model import SYSTEM, Status
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.problems import Forbidden, Invalid
from chalicelib.wiring import World

VANISHED = "vanished"
"""The aux code of somebody who went offline without saying so."""


class NoTicketsForYou(Forbidden):
    """Administrators and machines are no agents."""

    def __init__(self) -> None:
        super().__init__("Only agents and supervisors take tickets.")


def change(world: World, user: CurrentUser, presence: Presence, aux_code: str = "") -> Agent:
    """Somebody says where they are. Available: waiting tickets come at once. Raises NoTicketsForYou, Invalid."""
    if not takes_tickets(user):
        raise NoTicketsForYou
    _require_known(world, presence, aux_code)
    now = world.clock()
    hear(world.table, user.id, now)
    _set(world, user.id, user.name, presence, aux_code, now)
    if presence is Presence.AVAILABLE:
        assignment.drain_for(world, user.id)
    return store.get(world.table, user.id)


def hear(table: Table, agent_id: str, now: datetime) -> None:
    """A sign of life."""
    table.update(Update(keys.agent_pulse(agent_id), set={"heard_at": stamp(now)}, remove=["disconnected_at"]))


def connected(table: Table, agent_id: str, connection_id: str, now: datetime) -> None:
    """A live connection more."""
    key = keys.agent_pulse(agent_id)
    joined = {"connections": frozenset({connection_id})}
    table.update(Update(key, set={"heard_at": stamp(now)}, add=joined, remove=["disconnected_at"]))


def disconnected(table: Table, agent_id: str, connection_id: str, now: datetime) -> None:
    """A live connection less; after the last one the clock runs."""
    key = keys.agent_pulse(agent_id)
    left = table.update(
        Update(key, discard={"connections": frozenset({connection_id})}, set_if_absent={"heard_at": stamp(now)})
    )
    if left.get("connections"):
        return
    try:
        table.update(Update(key, set={"disconnected_at": stamp(now)}, condition=Attr("connections").not_exists()))
    except ConditionFailed:
        return  # a new connection was faster


def watch(world: World) -> bool:
    """Takes the tickets of those who are gone. Answers whether anybody is at work and must be watched on."""
    now = world.clock()
    pulses = {pulse.agent_id: pulse for pulse in store.pulses(world.table)}
    team = store.every(world.table)
    for agent in team:
        _look_after(world, agent, pulses.get(agent.id), now)
    return any(agent.presence is not Presence.OFFLINE for agent in team)


def _look_after(world: World, agent: Agent, pulse: Pulse | None, now: datetime) -> None:
    if agent.presence is not Presence.OFFLINE:
        if pulse is not None and not has_vanished(pulse, now):
            return
        _set(world, agent.id, agent.name, Presence.OFFLINE, VANISHED, now)
        give_back(world, agent.id, "the agent vanished")
    elif agent.load and agent.aux_code == VANISHED:
        give_back(world, agent.id, "the agent vanished")
    elif agent.load and agent.presence_since and now - agent.presence_since >= LOGGED_OUT_AFTER:
        give_back(world, agent.id, "the agent has logged out")


def give_back(world: World, agent_id: str, reason: str) -> int:
    """Puts every ticket in somebody's hands back into its line, with its age. Answers how many."""
    count, freed = 0, set()
    in_hand = [views.agent(agent_id), views.agent(agent_id, snoozed=True)]
    places = tickets.places(world.table, in_hand, limit=500)
    for ticket in tickets.get_many(world.table, places):
        if not ticket.in_hand or ticket.agent_id != agent_id:
            continue
        now = world.clock()
        after = changes.released(ticket, now)
        entry = changes.entry(world.new_id(), now, SYSTEM, "returned", reason=reason)
        try:
            commit(world, ticket, after, entry)
        except TicketChanged:
            continue  # the next look finds it if it is still there
        count += 1
        if after.status is not Status.PENDING:
            freed.add(ticket.queue_id)
    if freed:
        assignment.drain(world, sorted(freed))
    return count


def _set(world: World, agent_id: str, name: str, presence: Presence, aux_code: str, now: datetime) -> None:
    log = keys.agent_log(agent_id, now, world.new_id())
    values = {"presence": str(presence), "aux_code": aux_code, "at": stamp(now)}
    told = Event(
        id=world.new_id(),
        type="agent.presence",
        at=now,
        topic="agent",
        subject=agent_id,
        data={"presence": str(presence), "aux_code": aux_code},
    )
    world.table.transact(
        [
            Update(
                keys.agent(agent_id),
                set={"presence": str(presence), "aux_code": aux_code, "presence_since": stamp(now), "name": name},
                set_if_absent={"load": 0},
            ),
            Put({"PK": log.pk, "SK": log.sk, **values}),
            events.stored(told),
        ]
    )


def _require_known(world: World, presence: Presence, aux_code: str) -> None:
    if not aux_code:
        return
    known = {code.name: code.presence for code in settings.load(world.table).aux_codes}
    if known.get(aux_code) != presence:
        fitting = sorted(name for name, each in known.items() if each == presence)
        raise Invalid(f"For {presence} choose one of: {', '.join(fitting) or 'none'}.", field="auxCode")
