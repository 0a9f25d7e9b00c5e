"""Reads a definition in any of its three shapes: API input, what GET answers, the builder's download.

Quirks of definitions found in the wild are mended here and reported as warnings, so that the rest of the
code knows one shape. Nothing raises: the answer is the workflow, or why there is none.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.problems import Problem, error, warning
from chalicelib.automation.definition.readable import readable
from chalicelib.automation.steps import find

MAX_BYTES = 300_000

_PLACEHOLDER = re.compile(r"variable \d+")
_IGNORED = ("id", "version", "accountId", "createdAt")


class Imported(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)
    workflow: Workflow | None
    problems: tuple[Problem, ...]
    rest: Workflow | None = None
    """Where there is no workflow: what could be read, to look for further mistakes in."""


def import_text(text: str | bytes) -> Imported:
    """Like `import_document`, from JSON text."""
    if len(text) > MAX_BYTES:
        return _refused(error("too_large", f"The definition has {len(text)} bytes, {MAX_BYTES} are allowed."))
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as reason:
        return _refused(error("not_json", f"The definition is not JSON: {reason}"))
    return import_document(document)


def import_document(document: object) -> Imported:
    """The workflow of a parsed JSON document, with every problem of its form."""
    if not isinstance(document, dict):
        return _refused(error("wrong_type", "The definition must be a JSON object."))
    problems: list[Problem] = []
    mended = _mended(document, problems)
    try:
        workflow = Workflow.model_validate(mended)
    except ValidationError as reason:
        found = reason.errors(include_url=False)
        problems += [_form_problem(one, mended) for one in found]
        rest = readable(mended, [one["loc"] for one in found])
        return Imported(workflow=None, problems=tuple(problems), rest=rest)
    except RecursionError:
        return _refused(error("too_deep", "The definition is nested too deeply."))
    return Imported(workflow=workflow, problems=tuple(problems))


def _mended(document: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    mended = {key: value for key, value in document.items() if key not in _IGNORED}
    if "subaccountId" in mended:
        mended.setdefault("subAccountId", mended.pop("subaccountId"))
    if isinstance(inner := mended.get("definition"), dict):
        inner = {key: value for key, value in inner.items() if key not in _IGNORED}
        if isinstance(inner.get("steps"), list):
            inner["steps"] = [
                _mended_step(step, f"/definition/steps/{index}", problems) for index, step in enumerate(inner["steps"])
            ]
            if mended.get("trigger") == "http_request":
                _drop_placeholders(inner["steps"], problems)
        mended["definition"] = inner
    return {key: value for key, value in mended.items() if value is not None}


def _mended_step(step: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(step, dict):
        return step
    # null stands for "not given" everywhere but inside inputs, outputs and conditions.
    mended = {key: value for key, value in step.items() if value is not None}
    name = mended.get("stepType")
    if isinstance(name, str) and (known := find(name)):
        mended["stepType"] = known.name
    inputs = mended.get("inputs")
    if isinstance(inputs, dict) and isinstance(inputs.get("outputs"), dict) and not mended.get("outputs"):
        mended["inputs"] = {key: value for key, value in inputs.items() if key != "outputs"}
        mended["outputs"] = inputs["outputs"]
        message = "outputs stood inside inputs and was moved out."
        problems.append(warning("outputs_inside_inputs", message, f"{path}/inputs/outputs", _id(step)))
    if isinstance(do := mended.get("do"), list):
        mended["do"] = [
            [_mended_step(inner, f"{path}/do/{i}/{j}", problems) for j, inner in enumerate(sequence)]
            if isinstance(sequence, list)
            else sequence
            for i, sequence in enumerate(do)
        ]
    return mended


def _drop_placeholders(steps: list[Any], problems: list[Problem]) -> None:
    """The builder writes the parameters an HTTP trigger declares as outputs ("variable 0") of the first step.

    Executed, they would overwrite the caller's data with those words.
    """
    first = steps[0] if steps else None
    if not isinstance(first, dict) or not isinstance(outputs := first.get("outputs"), dict):
        return
    for name, value in outputs.items():
        if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            message = f"The placeholder {value!r} of the trigger's parameter {name!r} was dropped."
            problems.append(warning("placeholder_output", message, f"/definition/steps/0/outputs/{name}", _id(first)))
    kept = {
        name: value for name, value in outputs.items() if not (isinstance(value, str) and _PLACEHOLDER.fullmatch(value))
    }
    steps[0] = {**first, "outputs": kept}


def _form_problem(reason: Any, document: dict[str, Any]) -> Problem:
    location = [str(part) for part in reason["loc"]]
    path = "/" + "/".join(location)
    message = _message(reason["type"], location, reason["msg"])
    return error(reason["type"], message, path, _enclosing_step(document, location))


def _message(kind: str, location: list[str], message: str) -> str:
    name = location[-1]
    if location == ["definition", "name"]:
        return "Workflow name is required."
    if kind == "missing":
        return f"{name} is required."
    if kind == "extra_forbidden":
        return f"{name} is not known."
    return f"{name}: {message}"


def _enclosing_step(document: Any, location: list[str]) -> str | None:
    """The id of the innermost step on the way to a place of the document."""
    found, value = None, document
    for part, parent in zip(location, [None, *location], strict=False):
        value = _child(value, part)
        is_step = isinstance(value, dict) and part.isdecimal() and parent is not None
        if is_step and _id(value) is not None:
            found = _id(value)
    return found


def _child(value: Any, part: str) -> Any:
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return value[int(part)]
    return value.get(part) if isinstance(value, dict) else None


def _id(step: dict[str, Any]) -> str | None:
    return step["id"] if isinstance(step.get("id"), str) else None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON readers keep the last of two equal keys; here that would silently drop a branch."""
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(_repeated(names))!r} stands twice in one object")
    return result


def _repeated(names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


def _refused(problem: Problem) -> Imported:
    return Imported(workflow=None, problems=(problem,))
