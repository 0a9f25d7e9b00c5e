"""An agent at work: presence, capacity and load. The person behind it (name, role, rights) is in access/."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chalicelib.converse.queues.model import Skill

DEFAULT_CAPACITY = 5
VANISHED_AFTER = timedelta(seconds=45)
"""Nothing heard for so long (or the connection broke so long ago): the tickets go back."""
LOGGED_OUT_AFTER = timedelta(minutes=15)
"""Somebody who said good-bye keeps the tickets for so long, in case it was a break."""


class Presence(StrEnum):
    """Only somebody available gets tickets."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class Agent(BaseModel):
    """What assignment knows of a person. `load` counts the tickets in hand and changes only together with a ticket."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    name: str = ""
    presence: Presence = Presence.OFFLINE
    aux_code: str = ""
    presence_since: datetime | None = None
    capacity: int | None = None
    """None is the account's own."""
    load: int = 0
    last_assigned_at: datetime | None = None
    skills: tuple[Skill, ...] = ()

    def level(self, skill: str) -> int:
        """How well the agent masters the skill; 0 is not at all."""
        return next((each.level for each in self.skills if each.name == skill), 0)

    def limit(self, default: int = DEFAULT_CAPACITY) -> int:
        """How many tickets the agent takes at the same time."""
        return default if self.capacity is None else self.capacity

    def has_room(self, default: int = DEFAULT_CAPACITY) -> bool:
        """Whether one more ticket may be given by itself."""
        return self.presence is Presence.AVAILABLE and self.load < self.limit(default)


class Pulse(BaseModel):
    """When an agent was last heard of."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    agent_id: str
    heard_at: datetime
    connections: frozenset[str] = frozenset()
    disconnected_at: datetime | None = None


def has_vanished(pulse: Pulse, now: datetime) -> bool:
    """Whether somebody who should be there is not: the connection broke, or nothing was heard, 45 s ago."""
    broken = pulse.disconnected_at if not pulse.connections else None
    return now - (broken or pulse.heard_at) >= VANISHED_AFTER
