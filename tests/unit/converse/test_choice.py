"""Whose turn it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.converse.agents.choice import choose
from chalicelib.converse.agents.model import Agent, Presence
from chalicelib.converse.queues.model import Queue
from chalicelib.converse.tickets.model import Ticket

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _ticket(**values: Any) -> Ticket:
    given = {"id": "t", "conversation_id": "c", "channel_id": "ch", "contact_id": "p", "queue_id": "q", **values}
    return Ticket(created_at=NOW, status_since=NOW, in_line_since=NOW, **given)


def _agent(agent_id: str, *, minutes_ago: int | None = None, **values: Any) -> Agent:
    last = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    return Agent(id=agent_id, presence=Presence.AVAILABLE, last_assigned_at=last, **values)


def _queue(**values: Any) -> Queue:
    return Queue.model_validate({"id": "q", "name": "q", **values})


def _chosen(queue: Queue, *agents: Agent, ticket: Ticket | None = None) -> str | None:
    agent = choose(queue, ticket or _ticket(), agents, 5)
    return agent.id if agent else None


def test_who_waited_longest_is_next() -> None:
    assert _chosen(_queue(), _agent("a", minutes_ago=1), _agent("b", minutes_ago=9)) == "b"
    assert _chosen(_queue(), _agent("a", minutes_ago=9), _agent("new")) == "new"


def test_least_busy_looks_at_the_load_first() -> None:
    agents = _agent("a", load=1, minutes_ago=9), _agent("b", load=0, minutes_ago=1)
    assert _chosen(_queue(method="least_busy"), *agents) == "b"


def test_only_available_members_with_room_are_asked() -> None:
    queue = _queue(members=[{"agentId": "full"}, {"agentId": "away"}])
    away = Agent(id="away", presence=Presence.AWAY)
    assert _chosen(queue, _agent("full", load=5), away, _agent("stranger")) is None


def test_a_members_priority_comes_before_its_turn() -> None:
    queue = _queue(members=[{"agentId": "a", "priority": 2}, {"agentId": "b", "priority": 1}])
    assert _chosen(queue, _agent("a", minutes_ago=9), _agent("b", minutes_ago=1)) == "b"


def test_skills_are_needed_and_the_better_one_is_preferred() -> None:
    queue = _queue(skills=[{"name": "thai", "level": 2}])
    novice, fluent, expert = (_agent(str(n), skills=[{"name": "thai", "level": n}]) for n in (1, 3, 5))
    assert _chosen(queue, novice) is None
    assert _chosen(queue, fluent, expert) == "5"


def test_who_had_the_ticket_before_comes_first() -> None:
    ticket = _ticket(preferred_agent_id="b")
    assert _chosen(_queue(), _agent("a", minutes_ago=9), _agent("b", minutes_ago=1), ticket=ticket) == "b"
