"""What running an instance needs of the world, as functions: the Lambda handler passes the real ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from chalicelib.automation.definition.graph import Graph
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.store import Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.automation.instances.waits import Held, Wait
from chalicelib.automation.steps.commands import Act
from chalicelib.dataclass import dataclass

HISTORY_QUOTA = 20_000
"""Of the 25,000 events an execution may have. Loops go on in a fresh execution."""
MAX_RUNS = 10_000
"""Stops one instance may leave: a loop with waits in it ends here, with a readable error."""


@dataclass(frozen=True)
class Program:
    """A version, ready to run."""

    definition_id: str
    version: int
    graph: Graph
    machine_arn: str


class Machines(Protocol):
    """Step Functions. Each call is harmless when repeated."""

    def start(self, machine_arn: str, name: str, state: dict[str, Any]) -> None: ...
    def stop(self, execution_arn: str) -> None: ...
    def answer(self, token: str) -> None: ...
    def execution_arn(self, machine_arn: str, name: str) -> str: ...


class Acts(Protocol):
    """Does what a step wants, once per key however often it is asked. Raises StepFailed, TakenOver."""

    def __call__(self, wanted: Act, instance: Instance, key: str, step: str) -> "Done": ...


class TakenOver(Exception):
    """An agent has the conversation now: the instance pauses, nothing it decided before may be said."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id)
        self.conversation_id = conversation_id


@dataclass(frozen=True)
class Done:
    """The step's result, and the conversation it spoke in, if any."""

    result: dict[str, Any]
    spoke_in: str | None = None


@dataclass(frozen=True)
class Ports:
    instances: Instances
    waits: Waits
    programs: Callable[[str, int], Program]
    machines: Machines
    acts: Acts
    conversation_of: Callable[[Instance, str], str | None]
    """The conversation in which an instance waits for a person: by phone number or user id."""
    clock: Callable[[], datetime]
    release: Callable[[Held], None]
    """Gives a message that no wait took back to the front door."""
    remind: Callable[[Wait], None] = lambda _: None
    """Calls `parking.deadline` for the wait when its time is up."""
    history_quota: int = HISTORY_QUOTA
