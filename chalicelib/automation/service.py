"""Use cases around definitions and instances: what the API does."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import JsonValue

from chalicelib.automation import compiler, engine, messages, scheduling
from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.model import Status, TriggerType, Workflow
from chalicelib.automation.definition.problems import Problem, Severity, has_errors
from chalicelib.automation.definition.validation import all_problems, enable_problems
from chalicelib.automation.instances import ending, starting
from chalicelib.automation.instances.model import Instance, InstanceStatus, Pointer
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.launch import launch
from chalicelib.automation.simulator.testing import Outcome, run_tests
from chalicelib.automation.versions import DefinitionChanged, DefinitionNotFound, Head, Version
from chalicelib.automation.ways import Counted, count
from chalicelib.automation.wired import Automation, delete_later
from chalicelib.conversations import store as conversations
from chalicelib.problems import Conflict, FieldError, Invalid, NotFound

_INSTANCE_ID = re.compile(r"[0-9a-f]{24}")


class DefinitionInvalid(Invalid):
    """Everything that is wrong with a definition, at once."""

    code = 5001

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = [problem for problem in problems if problem.severity is Severity.ERROR]
        first = self.problems[0]
        more = f" ({len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        errors = [FieldError(_field(problem), _where(problem) + problem.message) for problem in self.problems]
        super().__init__(f"{_where(first)}{first.message}{more}", errors=errors)


class TestsAreRed(Invalid):
    """A workflow whose own tests fail cannot be enabled."""

    __test__ = False
    code = 5002

    def __init__(self, red: list[Outcome]) -> None:
        errors = [FieldError(f"definition.tests.{one.name}", f"turn {one.turn}: {one.reason}") for one in red]
        super().__init__(f"The test {red[0].name!r} fails at turn {red[0].turn}: {red[0].reason}.", errors=errors)


class IdInvalid(Invalid):
    code = 1000


class InstanceNotFound(NotFound):
    code = 1300

    def __init__(self, instance_id: str) -> None:
        super().__init__(f"Workflow {instance_id} not found.")
        self.instance_id = instance_id


class WrongStatus(Conflict):
    """The instance is not in a status that allows the command."""

    def __init__(self, instance: Instance, command: str) -> None:
        super().__init__(f"This workflow is {instance.status} and cannot {command}.")
        self.instance_id = instance.id


def checked(document: Mapping[str, Any]) -> tuple[Workflow, list[Problem]]:
    """The workflow of a document with its warnings. Raises DefinitionInvalid."""
    imported = import_text(json.dumps(document, ensure_ascii=False))
    problems = all_problems(imported)
    if imported.workflow is None or has_errors(problems):
        raise DefinitionInvalid(problems)
    return imported.workflow, problems


def create(room: Automation, document: Mapping[str, Any], by: str) -> Version:
    """Stores a new definition; enabled, it starts with the next message. Raises DefinitionInvalid, TestsAreRed."""
    workflow, _ = checked(document)
    return _store(room, str(uuid4()), 1, workflow, by)


def update(
    room: Automation, definition_id: str, document: Mapping[str, Any], by: str, read: int | None = None
) -> Version:
    """Stores the next version; running instances finish on theirs. Raises also DefinitionNotFound, DefinitionChanged.

    `read` is the version the document was made from, when its author says so."""
    head = room.versions.head(valid_id(definition_id))
    if read is not None and read != head.version:
        raise DefinitionChanged(definition_id)
    workflow, _ = checked(document)
    return _store(room, definition_id, head.version + 1, workflow, by)


def set_status(room: Automation, definition_id: str, status: Status, by: str) -> Version:
    """Enables or disables: the newest version again, with the other status."""
    newest = room.versions.get(valid_id(definition_id))
    workflow = newest.workflow.model_copy(update={"status": status})
    return newest if workflow == newest.workflow else _store(room, definition_id, newest.version + 1, workflow, by)


def roll_back(room: Automation, definition_id: str, version: int, by: str) -> Version:
    """An older version once more, as the newest."""
    head = room.versions.head(valid_id(definition_id))
    return _store(room, definition_id, head.version + 1, room.versions.get(definition_id, version).workflow, by)


def delete(room: Automation, definition_id: str, version: int | None) -> None:
    """Starts nothing any more from now on; what runs is ended and everything removed by the next minute's run."""
    head = room.versions.head(valid_id(definition_id))
    known = {one.version for one in room.versions.every(definition_id)}
    if version is not None and version not in known:
        raise DefinitionNotFound(definition_id)
    if version is None or known == {version}:
        room.versions.hide(definition_id)
        scheduling.forget(room.world.workflow_schedules, definition_id)
        version = None
    elif version == head.version:
        raise Conflict("The newest version can be deleted only with all others. Store another one first.")
    delete_later(room.world, definition_id, version)


def test_run(room: Automation, definition_id: str, version: int | None, data: Mapping[str, JsonValue]) -> Instance:
    """Starts an instance by hand with simulated trigger data."""
    head = room.versions.head(valid_id(definition_id))
    program = room.versions.program(definition_id, room.versions.get(definition_id, version or head.version).version)
    trigger_id = room.world.new_id()
    whole = _data(room, data, head.sub_account_id)
    started = starting.start(program, whole, trigger_id, room.ports, Where(head.sub_account_id), always=True)
    assert started is not None
    room.instances.count(started)
    return started


def raise_http_event(room: Automation, data: Mapping[str, JsonValue], sub_account_id: str | None) -> list[Instance]:
    """Starts every enabled definition with the http_request trigger for this subaccount."""
    event_id = room.world.new_id()
    heads = [head for head in room.versions.enabled(TriggerType.HTTP_REQUEST) if head.serves(sub_account_id)]
    started = [launch(room, head, data, event_id, Where(sub_account_id)) for head in heads]
    return [one for one in started if one is not None]


def instance(room: Automation, definition_id: str, instance_id: str) -> Instance:
    """Raises IdInvalid, InstanceNotFound."""
    valid_id(definition_id)
    if not _INSTANCE_ID.fullmatch(instance_id):
        raise IdInvalid("Invalid workflow id.", field="workflowId")
    found = room.instances.find(instance_id)
    if found is None or found.definition_id != definition_id:
        raise InstanceNotFound(instance_id)
    return found


def instances(
    room: Automation, definition_id: str, version: int | None, status: InstanceStatus | None,
    between: tuple[str, str], *, skip: int, limit: int,
) -> list[Instance]:  # fmt: skip
    """Instances of a version (the newest unless named), newest first."""
    try:
        wanted = version or room.versions.head(valid_id(definition_id)).version
    except DefinitionNotFound:
        return []
    found: list[Instance] = []
    for item in _every_item(room, definition_id, wanted, between):
        if status is None or item["status"] == status:
            skip -= 1
            if skip < 0:
                found.append(room.instances.from_item(item))
        if len(found) == limit:
            break
    return found


def ways(room: Automation, definition_id: str, version: int | None) -> Counted:
    """Raises DefinitionNotFound."""
    wanted = version or room.versions.head(definition_id).version
    return count(room.instances, definition_id, room.versions.get(definition_id, wanted).version)


def _every_item(
    room: Automation, definition_id: str, version: int, between: tuple[str, str]
) -> Iterator[dict[str, Any]]:
    start = None
    while True:
        page = room.instances.of_version(definition_id, version, between=between, start=start)
        yield from page.items
        start = page.next
        if start is None:
            return


def command(room: Automation, found: Instance, wanted: str) -> None:
    """suspend, resume or terminate. Raises WrongStatus."""
    match wanted:
        case "suspend":
            if not ending.suspend(found, room.ports):
                raise WrongStatus(found, wanted)
        case "resume":
            _resume(room, found)
        case "terminate":
            if not ending.terminate(found, "Terminated by hand.", room.ports):
                raise WrongStatus(found, wanted)
        case _:
            raise Invalid("This is no command.", field="status")


def retry(room: Automation, found: Instance, step_id: str) -> Instance:
    """Runs a faulted instance again from a step of choice. Raises WrongStatus, Invalid."""
    program = room.versions.program(found.definition_id, found.version)
    if step_id not in program.graph.steps:
        raise Invalid("This version has no such step.", field="step")
    if found.status is not InstanceStatus.TERMINATED:
        raise WrongStatus(found, "be retried")
    now = room.world.clock()
    walk = engine.resume(program.graph, step_id, found.data, now, f"{found.id}/retry/{found.runs}")
    branches = {f"r{found.runs}n{index}": Pointer.at(stop, since=now) for index, stop in enumerate(walk.stops)}
    again = room.instances.restart(found, branches, walk.changes, _epoch(room, found), now)
    room.instances.logged(found.id, f"r{found.runs}", 0, walk.log)
    if walk.failure:
        ending.terminate(again, walk.failure.message, room.ports, step=walk.failure.step)
        return room.instances.find(found.id) or again
    starting.begin(again, program, room.ports)
    return again


def valid_id(definition_id: str) -> str:
    """Raises IdInvalid when it can be no definition's id."""
    try:
        UUID(definition_id)
    except ValueError as error:
        raise IdInvalid("Invalid definition id.", field="definitionId") from error
    return definition_id


def gate(workflow: Workflow) -> None:
    """What enabling asks of a workflow. Raises DefinitionInvalid, TestsAreRed."""
    if problems := enable_problems(workflow):
        raise DefinitionInvalid(problems)
    if red := [outcome for outcome in run_tests(workflow) if not outcome.passed]:
        raise TestsAreRed(red)


def _store(room: Automation, definition_id: str, version: int, workflow: Workflow, by: str) -> Version:
    if workflow.status is Status.ENABLED:
        gate(workflow)
    machine = compiler.compile_definition(
        workflow.definition, room.world.settings.step_function_arn, f"{definition_id} version {version}"
    )
    arn = room.machines.create(f"{definition_id}-v{version}", machine)
    schedules = room.world.workflow_schedules
    scheduling.before_storing(schedules, definition_id, workflow)
    try:
        stored = room.versions.add(definition_id, version, workflow, arn, room.world.clock(), by)
    except DefinitionChanged:
        _reschedule(room, definition_id)
        raise
    if version > 1:
        scheduling.after_storing(schedules, definition_id, workflow)
    return stored


def _reschedule(room: Automation, definition_id: str) -> None:
    """Somebody else's version won: its schedule is the one that counts."""
    newest = room.versions.get(definition_id).workflow
    scheduling.before_storing(room.world.workflow_schedules, definition_id, newest)
    scheduling.after_storing(room.world.workflow_schedules, definition_id, newest)


def _resume(room: Automation, found: Instance) -> None:
    resumed = room.instances.resume(found, _epoch(room, found), room.world.clock())
    if resumed is None:
        raise WrongStatus(found, "resume")
    starting.begin(resumed, room.versions.program(found.definition_id, found.version), room.ports)


def _epoch(room: Automation, found: Instance) -> int | None:
    """The owner's epoch now: whoever resumes an instance lets it speak again."""
    if not found.conversations:
        return None
    conversation = conversations.find(room.world.table, found.conversations[0])
    return conversation.epoch if conversation else None


def _data(room: Automation, data: Mapping[str, JsonValue], sub_account_id: str | None) -> dict[str, JsonValue]:
    return messages.trigger_data(data, room.world.settings.account_id, sub_account_id, room.world.clock())


def _field(problem: Problem) -> str:
    return problem.path.removeprefix("/").replace("/", ".") or "body"


def _where(problem: Problem) -> str:
    return f"Step {problem.step}: " if problem.step else ""


def listed(heads: Iterable[Head], status: str) -> list[Head]:
    """The definitions of a status; `all` are all."""
    return [head for head in heads if status in ("all", head.status)]


def month_of(at: datetime) -> str:
    return f"{at:%Y-%m}"
