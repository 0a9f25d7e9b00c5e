"""JSON Patch (RFC 6902) over plain JSON values: add, remove, replace, copy, move, test; all of it or nothing."""

import copy
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, JsonValue

from chalicelib.problems import Conflict, Invalid
from chalicelib.shape import Shape


class PatchOperation(Shape):
    """One step of a patch; `path` and `from` are JSON Pointers (RFC 6901)."""

    op: Literal["add", "remove", "replace", "copy", "move", "test"]
    path: str = Field(max_length=500)
    from_: str | None = Field(default=None, alias="from", max_length=500)
    value: JsonValue = None


class PatchTestFailed(Conflict):
    """A `test` step did not find its value; nothing was changed."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The test of {path} failed; nothing was changed.")
        self.path = path


def apply(document: dict[str, Any], steps: Sequence[PatchOperation]) -> dict[str, Any]:
    """The document after all steps. Names match whatever their case, as in 8x8's API. Raises Invalid, PatchTestFailed."""
    root: dict[str, Any] = {"": copy.deepcopy(document)}
    for position, step in enumerate(steps):
        try:
            _apply(root, step)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise Invalid(f"There is nothing to {step.op} at {step.path}.", field=f"{position}.path") from error
    found = root.get("")
    if not isinstance(found, dict):
        raise Invalid("A patch cannot replace the whole by something else.", field="path")
    return found


def _apply(root: dict[str, Any], step: PatchOperation) -> None:
    match step.op:
        case "add":
            _add(root, step.path, step.value)
        case "remove":
            _take(root, step.path)
        case "replace":
            _set(root, step.path, step.value)
        case "copy":
            _add(root, step.path, copy.deepcopy(_get(root, step.from_ or "/")))
        case "move":
            if step.path.startswith(f"{step.from_}/"):
                raise ValueError(step.path)
            _add(root, step.path, _take(root, step.from_ or "/"))
        case "test":
            if _get(root, step.path) != step.value:
                raise PatchTestFailed(step.path)


def _parent(root: dict[str, Any], pointer: str) -> tuple[Any, str]:
    if pointer and not pointer.startswith("/"):
        raise ValueError(pointer)
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")]
    value: Any = root
    for part in parts[:-1]:
        value = value[_index(value, part)] if isinstance(value, list) else value[_name(value, part)]
    return value, parts[-1]


def _get(root: dict[str, Any], pointer: str) -> Any:
    parent, part = _parent(root, pointer)
    return parent[_index(parent, part)] if isinstance(parent, list) else parent[_name(parent, part)]


def _take(root: dict[str, Any], pointer: str) -> Any:
    parent, part = _parent(root, pointer)
    return parent.pop(_index(parent, part)) if isinstance(parent, list) else parent.pop(_name(parent, part))


def _set(root: dict[str, Any], pointer: str, value: Any) -> None:
    _get(root, pointer)
    parent, part = _parent(root, pointer)
    parent[_index(parent, part) if isinstance(parent, list) else _name(parent, part)] = value


def _add(root: dict[str, Any], pointer: str, value: Any) -> None:
    parent, part = _parent(root, pointer)
    if isinstance(parent, list):
        parent.insert(len(parent) if part == "-" else _index(parent, part, past_end=True), value)
    else:
        parent[_name(parent, part)] = value


def _index(array: list[Any], part: str, *, past_end: bool = False) -> int:
    index = int(part)
    if not part.isascii() or not 0 <= index < len(array) + past_end:
        raise IndexError(part)
    return index


def _name(value: dict[str, Any], part: str) -> str:
    """The member a part means: exactly, else the only one that differs in case alone."""
    if part in value:
        return part
    similar = [name for name in value if name.casefold() == part.casefold()]
    return similar[0] if len(similar) == 1 else part
