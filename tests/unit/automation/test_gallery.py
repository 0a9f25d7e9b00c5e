"""The gallery's own tests notice every way that is missing: delete any one of them, and a test is red."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.automation import gallery
from chalicelib.automation.definition.importing import import_document
from chalicelib.automation.definition.problems import has_errors
from chalicelib.automation.definition.validation import problems_of
from chalicelib.automation.simulator.testing import run_tests

Json = dict[str, Any]


def documents() -> Iterator[tuple[str, Json]]:
    for entry in gallery.entries():
        yield entry.key, entry.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def steps_of(steps: list[Json]) -> Iterator[Json]:
    for step in steps:
        yield step
        for sequence in step.get("do", []):
            yield from steps_of(sequence)


def without_each_way(document: Json) -> Iterator[tuple[str, Json]]:
    """The document once for each way between two steps, without it."""
    for index, step in enumerate(steps_of(document["definition"]["steps"])):
        for place in ("nextStepId", "selectNextStep", "onError", "do"):
            for name in ways(step, place):
                less = copy.deepcopy(document)
                cut(list(steps_of(less["definition"]["steps"]))[index], place, name)
                yield f"{step['id']}.{place}.{name}", less


def ways(step: Json, place: str) -> list[str]:
    match place:
        case "selectNextStep":
            return list(step.get(place, {}))
        case "onError":
            return [target] if (target := step.get(place, {}).get("nextStepId")) else []
        case "do":
            return [sequence[0]["id"] for sequence in step.get(place, [])]
        case _:
            return [step[place]] if place in step else []


def cut(step: Json, place: str, name: str) -> None:
    match place:
        case "selectNextStep":
            del step[place][name]
        case "onError":
            del step[place]["nextStepId"]
        case _:
            del step[place]


CASES = [
    pytest.param(less, id=f"{key}: {name}")
    for key, document in documents()
    for name, less in without_each_way(document)
]


@pytest.mark.parametrize("document", CASES)
def test_a_workflow_without_one_of_its_ways_is_red(document: Json) -> None:
    workflow = import_document(document).workflow
    if workflow is None or has_errors(problems_of(workflow)):
        return  # it could not even be stored
    assert not all(outcome.passed for outcome in run_tests(workflow))


def test_every_gallery_workflow_has_ways_to_cut() -> None:
    assert {key for key, _ in documents()} == {case.id.partition(":")[0] for case in CASES}
