"""Whose turn it is. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from chalicelib.converse.agents.model import Agent
from chalicelib.converse.queues.model import Method, Queue
from chalicelib.converse.tickets.model import Ticket

_NEVER = datetime.min.replace(tzinfo=UTC)


def choose(queue: Queue, ticket: Ticket, agents: Iterable[Agent], default_capacity: int) -> Agent | None:
    """The agent who gets this ticket of this queue, or None when nobody can take it now.

    Whoever had the ticket before comes first; then by the queue's priority of its members, by skill, and by the queue's method.
    """
    able = [agent for agent in agents if agent.has_room(default_capacity) and serves(queue, agent)]
    before = next((agent for agent in able if agent.id == ticket.preferred_agent_id), None)
    return before or min(able, key=lambda agent: _turn(queue, agent), default=None)


def serves(queue: Queue, agent: Agent) -> bool:
    """Whether the agent is a member and masters what the queue asks for."""
    return queue.has_agent(agent.id) and masters(queue, agent)


def masters(queue: Queue, agent: Agent) -> bool:
    """Whether the agent has each skill the queue asks for, at its level or above."""
    return all(agent.level(skill.name) >= skill.level for skill in queue.skills)


def _turn(queue: Queue, agent: Agent) -> tuple[int, int, int, datetime, str]:
    mastery = sum(agent.level(skill.name) for skill in queue.skills)
    load = agent.load if queue.method is Method.LEAST_BUSY else 0
    return queue.priority_of(agent.id), -mastery, load, agent.last_assigned_at or _NEVER, agent.id
