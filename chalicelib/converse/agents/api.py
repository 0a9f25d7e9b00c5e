"""Routes of agents: who is at work, with what in hand, and their own presence."""

from datetime import datetime, timedelta

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access import store as people
from chalicelib.access.model import CurrentUser, User, UserState, UserUnknown
from chalicelib.access.permissions import Permission, Role
from chalicelib.cloud.table import Table
from chalicelib.converse import assignment, settings
from chalicelib.converse.agents import presence as use
from chalicelib.converse.agents import store
from chalicelib.converse.agents.log import PresenceEntry, presence_log
from chalicelib.converse.agents.model import Agent, Presence
from chalicelib.converse.queues import store as queues
from chalicelib.converse.queues.model import Queue, Skill
from chalicelib.converse.sight import takes_tickets
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.problems import Invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class AgentView(Shape):
    """Somebody who takes tickets."""

    id: str
    name: str
    email: str
    role: Role
    presence: Presence
    aux_code: str
    presence_since: datetime | None
    capacity: int
    load: int = Field(description="Tickets in hand: open, pending or on hold.")
    skills: tuple[Skill, ...]
    queues: list[str] = Field(description="Ids of the queues they serve.")


class AgentList(Shape):
    """All agents, and the seats they take up."""

    items: list[AgentView]
    next: None = None
    seats: int | None = Field(description="null is no limit.")
    seats_taken: int


class AgentChange(Shape):
    """What to change of an agent; what is absent stays."""

    capacity: int | None = Field(default=None, ge=1, le=100)
    skills: tuple[Skill, ...] | None = Field(default=None, max_length=50)


class PresenceChange(Shape):
    """Where somebody is."""

    presence: Presence
    aux_code: str = Field(default="", max_length=60, description="One of the account's codes for away or busy.")


class LogQuery(Shape):
    """From when until when, at most 31 days."""

    since: datetime | None = Field(default=None, description="Without it: a day before `until`.")
    until: datetime | None = Field(default=None, description="Without it: now.")


@endpoint(bp, "GET", "/api/v1/agents", permission=Permission.AGENTS_READ)
def list_agents(world: World) -> AgentList:
    """Lists everybody who takes tickets, with presence, load and capacity."""
    found = _team(world.table)
    return AgentList(items=found, seats=settings.load(world.table).seats, seats_taken=len(found))


@endpoint(bp, "GET", "/api/v1/agents/{agentId}", permission=Permission.AGENTS_READ)
def get_agent(user: CurrentUser, agent_id: str, world: World) -> AgentView:
    """Reads one agent."""
    return _shown(world.table, _person(world.table, user, agent_id))


@endpoint(bp, "PATCH", "/api/v1/agents/{agentId}", permission=Permission.AGENTS_WRITE)
def change_agent(user: CurrentUser, agent_id: str, body: AgentChange, world: World) -> AgentView:
    """Changes an agent's capacity or skills; who gets room gets tickets."""
    person = _person(world.table, user, agent_id)
    values = body.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if values:
        store.change(world.table, person.id, values)
        assignment.drain_for(world, person.id)
    return _shown(world.table, person)


@endpoint(bp, "PUT", "/api/v1/agents/me/presence", permission=Permission.TICKETS_WRITE)
def set_my_presence(user: CurrentUser, body: PresenceChange, world: World) -> AgentView:
    """Says where the caller is; only somebody available gets tickets.

    Give a sign of life (`POST /api/v1/agents/me/heartbeat`, a ping on the WebSocket, or a read of `/api/v1/changes`) at least
    every 20 seconds: after 45 seconds without one the agent counts as vanished and the tickets go back into their lines.
    """
    use.change(world, user, body.presence, body.aux_code)
    return _shown(world.table, _person(world.table, user, "me"))


@endpoint(bp, "PUT", "/api/v1/agents/{agentId}/presence", permission=Permission.AGENTS_WRITE)
def set_agent_presence(user: CurrentUser, agent_id: str, body: PresenceChange, world: World) -> AgentView:
    """Sets somebody else's presence: a supervisor signs off who forgot to."""
    person = _person(world.table, user, agent_id)
    use.change(world, person.current(), body.presence, body.aux_code)
    return _shown(world.table, person)


@endpoint(bp, "POST", "/api/v1/agents/me/heartbeat", permission=Permission.TICKETS_WRITE)
def send_heartbeat(user: CurrentUser, world: World) -> None:
    """Gives a sign of life."""
    if takes_tickets(user):
        use.hear(world.table, user.id, world.clock())


@endpoint(bp, "GET", "/api/v1/agents/{agentId}/presence-log", permission=Permission.AGENTS_READ)
def get_presence_log(user: CurrentUser, agent_id: str, query: LogQuery, world: World) -> Page[PresenceEntry]:
    """Lists where an agent was and how long, aux codes included."""
    person = _person(world.table, user, agent_id)
    until = query.until or world.clock()
    since = query.since or until - timedelta(days=1)
    if not timedelta() <= until - since <= timedelta(days=31):
        raise Invalid("Choose at most 31 days.", field="since")
    return Page[PresenceEntry](items=presence_log(world.table, person.id, since, until))


def _person(table: Table, user: CurrentUser, agent_id: str) -> User:
    person = people.user(table, user.id if agent_id == "me" else agent_id)
    if person is None or not takes_tickets(person.current()):
        raise UserUnknown(agent_id)
    return person


def _team(table: Table) -> list[AgentView]:
    known = {agent.id: agent for agent in store.every(table)}
    every_queue, capacity = queues.every(table), settings.load(table).capacity
    return [
        _view(person, known.get(person.id, Agent(id=person.id)), every_queue, capacity)
        for person in people.users(table)
        if takes_tickets(person.current()) and person.state is not UserState.DISABLED
    ]


def _shown(table: Table, person: User) -> AgentView:
    return _view(person, store.get(table, person.id), queues.every(table), settings.load(table).capacity)


def _view(person: User, agent: Agent, every_queue: list[Queue], capacity: int) -> AgentView:
    return AgentView(
        id=person.id,
        name=person.name,
        email=person.email,
        role=person.role,
        presence=agent.presence,
        aux_code=agent.aux_code,
        presence_since=agent.presence_since,
        capacity=agent.limit(capacity),
        load=agent.load,
        skills=agent.skills,
        queues=[queue.id for queue in every_queue if queue.has_agent(person.id)],
    )
