"""What every step type is: its name in the JSON, its inputs, and what it decides to do."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from chalicelib.automation.steps.commands import Command
from chalicelib.dataclass import dataclass


class StepInputs(BaseModel):
    """Inputs after evaluation. Unknown ones are ignored at run time and warned about when a definition is checked."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


InputsT = TypeVar("InputsT", bound=StepInputs)


class Kind(StrEnum):
    """How a step runs. Pure ones are fused into the Task before them; a wait is a state of its own."""

    PURE = "pure"
    ACT = "act"
    SLEEP = "sleep"
    REPLY = "reply"
    NOT_CONNECTED = "not connected"


@dataclass(frozen=True)
class StepType(Generic[InputsT]):
    """`decide` is pure: evaluated inputs and the time in, what to do out. Raises StepFailed."""

    name: str
    kind: Kind
    description: str
    inputs: type[InputsT]
    decide: Callable[[InputsT, datetime], Command]
    outputs: tuple[str, ...] = ()
    check: Callable[[InputsT], object] | None = None
    """Raises StepFailed for what is wrong whatever is computed; asked when none of the inputs in `checked` is."""
    checked: tuple[str, ...] = ()
