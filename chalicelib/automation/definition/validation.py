"""Everything that is wrong with a definition, at once: each problem with its step id and its path."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue, ValidationError

from chalicelib.automation.definition import durations, triggers
from chalicelib.automation.definition.graph import Graph, cycles, graph
from chalicelib.automation.definition.importing import Imported
from chalicelib.automation.definition.model import Step, TriggerType, Workflow
from chalicelib.automation.definition.problems import Problem, error, warning
from chalicelib.automation.definition.readable import of_what_was_read
from chalicelib.automation.expressions import secrets
from chalicelib.automation.expressions.sandbox import SyntaxCheck
from chalicelib.automation.expressions.template import OPEN, UnclosedScript, is_computed, scripts_in, strings_in
from chalicelib.automation.steps import Kind, StepType, find
from chalicelib.automation.steps.commands import StepFailed

MAX_STEPS = 500
MAX_DEPTH = 10
_A_TIME = datetime(2026, 1, 5, tzinfo=UTC)
_RESERVED_OUTPUTS = {"__proto__", "constructor", "prototype"}


def all_problems(imported: Imported) -> list[Problem]:
    """Those of form and those of sense, the latter also where the form is broken elsewhere."""
    if imported.workflow is not None:
        return [*imported.problems, *problems_of(imported.workflow)]
    others = of_what_was_read(problems_of(imported.rest)) if imported.rest else ()
    return [*imported.problems, *others]


def problems_of(workflow: Workflow) -> list[Problem]:
    """Errors make a definition unusable, warnings name what will not do what it seems to say."""
    whole = graph(workflow.definition)
    placed = list(_placed(workflow.definition.steps, "/definition/steps"))
    found = [*_trigger_problems(workflow), *_size_problems(placed), *_repeated_ids(placed)]
    check = SyntaxCheck()
    for path, step in placed:
        found += _step_problems(step, path, whole, check)
    found += _cycle_problems(whole)
    found += _unreachable(placed, whole)
    return found


def enable_problems(workflow: Workflow) -> list[Problem]:
    """What keeps a well-formed definition from running here: channels that are not connected."""
    refused = [
        error("channel_not_connected", f"{step.step_type}: channel not connected.", f"{path}/stepType", step.id)
        for path, step in _placed(workflow.definition.steps, "/definition/steps")
        if (known := find(step.step_type)) and known.kind is Kind.NOT_CONNECTED
    ]
    if workflow.trigger is TriggerType.INBOUND_SMS:
        refused.append(error("channel_not_connected", "inbound_sms: channel not connected.", "/trigger"))
    return refused


def _trigger_problems(workflow: Workflow) -> Iterator[Problem]:
    for path, message in triggers.problems(workflow.trigger, workflow.trigger_inputs):
        yield error("trigger_inputs", f"triggerInputs{path}: {message}", f"/triggerInputs{path}")


def _size_problems(placed: list[tuple[str, Step]]) -> Iterator[Problem]:
    if len(placed) > MAX_STEPS:
        yield error("too_many_steps", f"{len(placed)} steps, {MAX_STEPS} are allowed.", "/definition/steps")
    for path, step in placed:
        if path.count("/do/") > MAX_DEPTH:
            yield error("too_deep", f"More than {MAX_DEPTH} Ifs inside each other.", path, step.id)


def _repeated_ids(placed: list[tuple[str, Step]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, step in placed:
        if step.id in first:
            yield error(
                "duplicate_id", f"The id {step.id!r} is already used at {first[step.id]}.", f"{path}/id", step.id
            )
        first.setdefault(step.id, path)


def _step_problems(step: Step, path: str, whole: Graph, check: SyntaxCheck) -> Iterator[Problem]:
    known = find(step.step_type)
    if known is None:
        yield error("unknown_step", f"{step.step_type!r} is not a step type.", f"{path}/stepType", step.id)
    yield from _script_problems(step, path, check)
    yield from _way_problems(step, path, whole)
    if known is not None:
        yield from _input_problems(step, path, known)
        yield from _shape_problems(step, path, known)


def _script_problems(step: Step, path: str, check: SyntaxCheck) -> Iterator[Problem]:
    for part, values in (("inputs", step.inputs), ("outputs", step.outputs), ("selectNextStep", step.select_next_step)):
        for at, text in strings_in(values, f"{path}/{part}"):
            try:
                scripts = scripts_in(text) if OPEN in text else []
            except UnclosedScript:
                yield error("unclosed_script", "{{ without its }}.", at, step.id)
                continue
            for script in scripts:
                yield from _one_script(script, step, at, check, may_be_secret=part == "inputs")
    for name in step.outputs:
        if name in _RESERVED_OUTPUTS or not name:
            yield error("output_name", f"{name!r} cannot be the name of an output.", f"{path}/outputs/{name}", step.id)


def _one_script(script: str, step: Step, at: str, check: SyntaxCheck, *, may_be_secret: bool) -> Iterator[Problem]:
    if not script.startswith("secret."):
        if reason := check(script):
            yield error("script", f"Script {{{{{script[:80]}}}}}: {reason}", at, step.id)
    elif not may_be_secret or step.step_type != "HttpRequest":
        yield error("secret_here", "Secrets can be used in the inputs of HttpRequest only.", at, step.id)
    elif secrets.named_by(script) is None:
        yield error("secret_alone", "A secret stands alone: {{secret.name}}.", at, step.id)


def _way_problems(step: Step, path: str, whole: Graph) -> Iterator[Problem]:
    if step.next_step_id and step.select_next_step:
        message = "nextStepId and selectNextStep cannot be set together."
        yield error("two_ways_on", message, f"{path}/nextStepId", step.id)
    named = [(f"{path}/selectNextStep/{target}", target) for target in step.select_next_step]
    if step.next_step_id:
        named.append((f"{path}/nextStepId", step.next_step_id))
    if step.on_error and step.on_error.next_step_id:
        named.append((f"{path}/onError/nextStepId", step.on_error.next_step_id))
    for at, target in named:
        if target not in whole.steps:
            yield warning("dangling_target", f"There is no step {target!r}: this path ends here.", at, step.id)
    if step.on_error and (reason := _not_a_duration(step.on_error.delay)):
        yield error("duration", f"delay: {reason}", f"{path}/onError/delay", step.id)


def _input_problems(step: Step, path: str, known: StepType[Any]) -> Iterator[Problem]:
    try:
        inputs = known.inputs.model_validate(step.inputs)
    except ValidationError as reason:
        for one in reason.errors(include_url=False):
            if not _is_computed(one["input"], one["type"]):
                at = "/".join(str(part) for part in one["loc"])
                name = str(one["loc"][0]) if one["loc"] else "inputs"
                message = f"{name} is required." if one["type"] == "missing" else f"{name}: {one['msg']}"
                yield error("inputs", message, f"{path}/inputs/{at}", step.id)
        return
    for name in step.inputs:
        if name not in _input_names(known) and not (known.kind is Kind.PURE and name == "minutes"):
            yield warning("unknown_input", f"{step.step_type} has no input {name!r}.", f"{path}/inputs/{name}", step.id)
    if refusal := _refusal(step, known, inputs):
        yield error("inputs", refusal, f"{path}/inputs", step.id)


def _refusal(step: Step, known: StepType[Any], inputs: Any) -> str | None:
    """What the step will say to these inputs, as far as that is known before anything is computed."""
    try:
        if known.kind is not Kind.NOT_CONNECTED and not is_computed(step.inputs):
            known.decide(inputs, _A_TIME)
        elif known.check and not is_computed({name: step.inputs.get(name) for name in known.checked}):
            known.check(inputs)
    except StepFailed as reason:
        return reason.message
    return None


def _shape_problems(step: Step, path: str, known: StepType[Any]) -> Iterator[Problem]:
    if step.do and known.name != "If":
        yield error("do", "Only If has inner steps.", f"{path}/do", step.id)
    if known.name == "If" and not any(step.do):
        yield warning("do", "This If has no inner steps.", f"{path}/do", step.id)
    if len(step.do) > 1:
        yield error("do", "An If has one sequence of inner steps.", f"{path}/do/1", step.id)
    if known.name == "Branch" and not step.select_next_step:
        yield error("select_next_step", "selectNextStep is required.", f"{path}/selectNextStep", step.id)
    if step.on_error and known.kind is not Kind.ACT:
        yield warning("on_error", f"{known.name} has nothing to try again.", f"{path}/onError", step.id)


def _cycle_problems(whole: Graph) -> Iterator[Problem]:
    for cycle in cycles(whole):
        names = " → ".join((*cycle, cycle[0]))
        yield error("cycle", f"These steps run round without ever waiting: {names}.", "/definition/steps", cycle[0])


def _unreachable(placed: list[tuple[str, Step]], whole: Graph) -> Iterator[Problem]:
    reachable = whole.reachable()
    for path, step in placed:
        if step.id not in reachable:
            yield warning("unreachable", "No path leads to this step.", path, step.id)


def _is_computed(value: Any, kind: str) -> bool:
    """A script's type is known when it has run."""
    return kind != "missing" and isinstance(value, str) and OPEN in value


def _input_names(known: StepType[Any]) -> set[str]:
    return {field.alias or name for name, field in known.inputs.model_fields.items()}


def _not_a_duration(text: JsonValue) -> str | None:
    try:
        durations.parse(text)
    except durations.NotADuration as reason:
        return str(reason)
    return None


def _placed(steps: tuple[Step, ...], path: str) -> Iterator[tuple[str, Step]]:
    for index, step in enumerate(steps):
        yield f"{path}/{index}", step
        for number, sequence in enumerate(step.do):
            yield from _placed(sequence, f"{path}/{index}/do/{number}")
