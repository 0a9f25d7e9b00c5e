"""Agents in the main table: one partition, read whole by every assignment."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Item, Operation, Table, Update
from chalicelib.converse.agents.model import Agent, Presence, Pulse
from chalicelib.converse.tickets.model import Ticket


def every(table: Table) -> list[Agent]:
    """All agents who were ever at work, by id."""
    return [_agent(item) for item in table.query_all(keys.agent("").pk, consistent=True)]


def get(table: Table, agent_id: str) -> Agent:
    """The agent; somebody who was never at work is offline with nothing in hand."""
    item = table.get(keys.agent(agent_id))
    return _agent(item) if item else Agent(id=agent_id)


def pulses(table: Table) -> list[Pulse]:
    """When each was last heard of."""
    found = table.query_all(keys.agent_pulse("").pk, consistent=True)
    return [Pulse.model_validate({**item, "agent_id": item["SK"]}) for item in found]


def change(table: Table, agent_id: str, values: dict[str, Any]) -> Agent:
    """Sets what a supervisor decides of an agent: capacity, skills."""
    return _agent(table.update(Update(keys.agent(agent_id), set=values, set_if_absent={"load": 0})))


def takes_one(agent: Agent, now: datetime, default_capacity: int) -> Update:
    """One more ticket in hand, if the agent is still available and has room: what keeps ten assigners from overfilling one."""
    room = Attr("presence").eq(str(Presence.AVAILABLE)) & Attr("load").lt(agent.limit(default_capacity))
    return Update(keys.agent(agent.id), add={"load": 1}, set={"last_assigned_at": stamp(now)}, condition=room)


def given_one(agent_id: str, now: datetime) -> Update:
    """One more ticket in hand whatever the load: a supervisor's decision."""
    return Update(keys.agent(agent_id), add={"load": 1}, set={"last_assigned_at": stamp(now)})


def let_go(before: Ticket, after: Ticket) -> list[Operation]:
    """One ticket less in the hands of whoever had it, if this change takes it out of them."""
    if not before.in_hand or (after.in_hand and after.agent_id == before.agent_id):
        return []
    return [Update(keys.agent(before.agent_id), add={"load": -1})]


def _agent(item: Item) -> Agent:
    return Agent.model_validate({**item, "id": item["SK"]})
