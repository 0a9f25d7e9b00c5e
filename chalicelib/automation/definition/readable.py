"""What can still be read of a document whose form is broken in places, so that every mistake is told at once.

A step that cannot be read becomes a stand-in that does no harm, and what stands outside of steps its default: the others keep
their places and can be judged.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.problems import Problem, Severity

_PREFIX = "\0unread "
_INSTEAD: dict[str, Any] = {"trigger": "inbound_chat_apps", "name": "unread"}

Place = tuple[str | int, ...]


def readable(document: dict[str, Any], broken: Iterable[Place]) -> Workflow | None:
    """The workflow of the parts that are not broken; None when too little is left."""
    whole = deepcopy(document)
    for number, place in enumerate(sorted({_part(one) for one in broken}, key=len, reverse=True)):
        _replace(whole, place, number)
    try:
        return Workflow.model_validate(whole)
    except ValidationError:
        return None


def of_what_was_read(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Mistakes in what could be read. Warnings may come from what could not: a target that is there, but broken."""
    for problem in problems:
        if problem.severity is Severity.ERROR and not (problem.step or "").startswith(_PREFIX):
            yield problem


def _part(place: Place) -> Place:
    """The innermost step around a place; outside of steps the member of the document or of its definition."""
    inside = place[:1] == ("definition",)
    if place[:2] != ("definition", "steps") or len(place) < 3:
        return place[: 2 if inside else 1]
    end = 3
    while len(place) >= end + 3 and place[end] == "do" and isinstance(place[end + 2], int):
        end += 3
    return place[:end]


def _replace(whole: dict[str, Any], place: Place, number: int) -> None:
    parent: Any = whole
    for part in place[:-1]:
        parent = parent[part]
    name = place[-1]
    if isinstance(name, int):
        parent[name] = {"id": f"{_PREFIX}{number}", "stepType": "Wait", "inputs": {"duration": "1"}}
    elif name in _INSTEAD:
        parent[name] = _INSTEAD[name]
    else:
        parent.pop(name, None)
    if name == "trigger":
        parent.pop("triggerInputs", None)
