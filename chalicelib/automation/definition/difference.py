"""What changed between two versions of a definition, step by step."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.automation.definition.model import Step, Workflow


class Change(BaseModel):
    """One value that differs; `path` is a JSON pointer below the step (or below the document)."""

    model_config = ConfigDict(defer_build=True, frozen=True)
    path: str
    before: Any = None
    after: Any = None


class StepChange(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)
    step: str
    changes: tuple[Change, ...]


class Difference(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[StepChange, ...]
    document: tuple[Change, ...]


def difference(before: Workflow, after: Workflow) -> Difference:
    """Steps count as the same by id. `document` has what changed outside the steps."""
    old, new = _steps(before), _steps(after)
    common = [step_id for step_id in new if step_id in old]
    changed = [StepChange(step=step_id, changes=tuple(_changes(old[step_id], new[step_id]))) for step_id in common]
    return Difference(
        added=tuple(step_id for step_id in new if step_id not in old),
        removed=tuple(step_id for step_id in old if step_id not in new),
        changed=tuple(one for one in changed if one.changes),
        document=tuple(_changes(_outside(before), _outside(after))),
    )


def _steps(workflow: Workflow) -> dict[str, Any]:
    return {step.id: _bare(step) for step in workflow.definition.all_steps()}


def _bare(step: Step) -> Any:
    bare = step.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if step.do:  # inner steps are steps of their own: here only which ones
        bare["do"] = [[inner.id for inner in sequence] for sequence in step.do]
    return bare


def _outside(workflow: Workflow) -> Any:
    document = workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    document["definition"].pop("steps")
    document["definition"]["first"] = workflow.definition.steps[0].id
    return document


def _changes(before: Any, after: Any, path: str = "") -> list[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = dict.fromkeys([*before, *after])
        return [change for name in names for change in _changes(before.get(name), after.get(name), f"{path}/{name}")]
    return [] if before == after else [Change(path=path, before=before, after=after)]
