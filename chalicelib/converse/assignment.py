"""Tickets out of the lines into the hands of agents. Any number of workers may do this at once: each ticket finds one agent."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto

from chalicelib.cloud.table import Table, TransactionContended, TransactionRefused
from chalicelib.conversations import ownership
from chalicelib.conversations.model import OwnerKind
from chalicelib.converse import settings
from chalicelib.converse.agents import store as agents
from chalicelib.converse.agents.choice import choose
from chalicelib.converse.agents.model import Agent
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Method, Queue
from chalicelib.converse.tickets import changes, store, views
from chalicelib.converse.tickets.model import SYSTEM, Ticket
from chalicelib.dataclass import dataclass
from chalicelib.wiring import World

_LOOKED_AT = 25
"""How far down the lines one look goes: a ticket that nobody free can serve must not stop those behind it."""
_LOSSES = 50
"""Lost races in a row after which a worker leaves the field: whoever won them is draining the same lines."""


@dataclass(frozen=True)
class _Desk:
    """The state of things at one look."""

    waiting: list[Ticket]
    agents: dict[str, Agent]
    queues: dict[str, Queue]
    capacity: int
    is_all: bool = True
    """Whether the lines end within what was seen. Who joins them later is brought by somebody who looks, too."""


def drain(world: World, queue_ids: Iterable[str]) -> int:
    """Gives waiting tickets of these queues to agents with room, most urgent and oldest first. Answers how many.

    Ends when no ticket that waits has an agent who can take it; a worker that loses a race looks again.
    """
    wanted, given, losses = list(queue_ids), 0, 0
    while losses < _LOSSES:
        seen = _look(world.table, wanted)
        assigned, lost = _serve(world, seen)
        given += assigned
        if not lost and (seen.is_all or not assigned):
            break
        losses = 0 if assigned else losses + 1
    return given


def drain_for(world: World, agent_id: str) -> int:
    """As `drain`, for the queues this agent serves: they have room again."""
    mine = [queue.id for queue in queues.every(world.table) if queue.has_agent(agent_id)]
    return drain(world, mine)


def _look(table: Table, queue_ids: list[str]) -> _Desk:
    by_id = {queue.id: queue for queue in queues.every(table)}
    team = {agent.id: agent for agent in agents.every(table)}
    capacity = settings.load(table).capacity
    if not any(agent.has_room(capacity) for agent in team.values()):
        return _Desk([], {}, by_id, capacity)
    lines = [f"line/{each}" for each in queue_ids if each in by_id and by_id[each].method is not Method.PICK]
    places = store.places(table, lines, limit=_LOOKED_AT, newest_first=False)
    if not places:
        return _Desk([], {}, by_id, capacity)
    found = store.get_many(table, [views.ticket_id_of(place) for place in places])
    # One may have left its line between the two reads.
    waiting = [ticket for ticket in found if ticket.in_line and ticket.queue_id in by_id]
    return _Desk(waiting, team, by_id, capacity, is_all=len(places) < _LOOKED_AT)


def _serve(world: World, desk: _Desk) -> tuple[int, bool]:
    """One pass over the tickets seen: how many were given, and whether to look again since a race was lost.

    Who finds a ticket gone goes on to the next one. Who finds the agent gone must look again: to go on would serve a younger
    ticket first.
    """
    given, lost, team = 0, False, dict(desk.agents)
    for ticket in desk.waiting:
        agent = choose(desk.queues[ticket.queue_id], ticket, team.values(), desk.capacity)
        if agent is None:
            continue
        now = world.clock()
        match _give(world, ticket, agent, desk.capacity, now):
            case _Race.WON:
                given += 1
                team[agent.id] = agent.model_copy(update={"load": agent.load + 1, "last_assigned_at": now})
            case _Race.TICKET_GONE:
                lost = True
            case _Race.AGENT_GONE:
                return given, True
    return given, lost


class _Race(Enum):
    WON = auto()
    TICKET_GONE = auto()
    AGENT_GONE = auto()


def _give(world: World, ticket: Ticket, agent: Agent, capacity: int, now: datetime) -> _Race:
    after = changes.assigned(ticket, agent.id, now)
    entry = changes.entry(world.new_id(), now, SYSTEM, "assigned", reason="it was next in the line")
    operations = [agents.takes_one(agent, now, capacity), *store.changed(ticket, after, entry)]
    try:
        ownership.take(
            world.table,
            ticket.conversation_id,
            OwnerKind.AGENT,
            agent.id,
            clock=world.clock,
            also=lambda _: operations,
        )
    except TransactionRefused as refused:
        return _Race.AGENT_GONE if refused.failed == (_AGENT_AT,) else _Race.TICKET_GONE
    except TransactionContended:
        return _Race.AGENT_GONE
    return _Race.WON


_AGENT_AT = 1
"""Where the agent's part stands in the transaction: behind the conversation's."""
