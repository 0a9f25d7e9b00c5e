"""Starting an instance: leading pure steps run first, so a workflow that does not apply leaves no trace and costs nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from chalicelib.automation import engine
from chalicelib.automation.engine import Failure, Walk
from chalicelib.automation.instances import ending, runner
from chalicelib.automation.instances.model import FIRST_BRANCH, Instance, InstanceStatus, Pointer, child_branch
from chalicelib.automation.instances.ports import Ports, Program
from chalicelib.automation.instances.store import DataTooLarge, check_size
from chalicelib.dataclass import dataclass


def instance_id(definition_id: str, trigger_id: str) -> str:
    """The id follows from what is started and by what: a redelivered trigger starts nothing twice. 24 hex digits, as theirs."""
    return hashlib.sha256(f"{definition_id}/{trigger_id}".encode()).hexdigest()[:24]


def first_walk(program: Program, data: Mapping[str, JsonValue], now: datetime, trigger_id: str) -> Walk:
    """The leading pure steps. A walk without stops and without a failure means: the workflow does not apply."""
    return engine.begin(program.graph, data, now, instance_id(program.definition_id, trigger_id))


@dataclass(frozen=True)
class Where:
    """For whom an instance runs: the subaccount, the conversation and its owner's epoch when it starts.

    `hears`: messages of the conversation are the instance's from its start on; otherwise from its first words on.
    `after_ticket`: the resolved ticket that started it; it is silent when agents take that up again.
    """

    sub_account_id: str | None = None
    conversation_id: str | None = None
    epoch: int | None = None
    hears: bool = True
    after_ticket: str | None = None


def start(
    program: Program,
    data: Mapping[str, JsonValue],
    trigger_id: str,
    ports: Ports,
    where: Where | None = None,
    *,
    always: bool = False,
) -> Instance | None:
    """Starts an instance unless its leading steps end it. `always` keeps one even then: a test run wants its log.

    Raises DataTooLarge for the trigger's data; what the leading steps add to it is a failure of the instance.
    """
    where = where or Where()
    now = ports.clock()
    walk = _fitting(first_walk(program, data, now, trigger_id), data, program)
    if not walk.stops and not walk.failure and not always:
        return None
    instance = _made(program, {**data, **walk.changes}, walk, now, instance_id(program.definition_id, trigger_id))
    instance = instance.model_copy(
        update={
            "sub_account_id": where.sub_account_id,
            "conversations": (where.conversation_id,) if where.conversation_id and walk.stops else (),
            "epoch": where.epoch,
            "hears": where.hears,
            "after_ticket": where.after_ticket,
        }
    )
    if not ports.instances.create(instance, walk.log):
        known = ports.instances.find(instance.id)
        instance = known or instance
    if instance.status is InstanceStatus.RUNNABLE:
        begin(instance, program, ports)
    return instance


def begin(instance: Instance, program: Program, ports: Ports) -> None:
    """Starts the executions of all open branches; harmless when they run."""
    for branch in instance.branches:
        runner.start_branch(instance, branch, program, ports)
    if instance.open <= 0:
        ending.complete(instance, ports)


def _fitting(walk: Walk, data: Mapping[str, JsonValue], program: Program) -> Walk:
    check_size(data)
    try:
        check_size({**data, **walk.changes})
    except DataTooLarge as error:
        last = walk.log[-1].step if walk.log else program.graph.start
        return Walk(log=walk.log, failure=Failure(last, str(error)))
    return walk


def _made(program: Program, data: dict[str, JsonValue], walk: Walk, now: datetime, new_id: str) -> Instance:
    names = [FIRST_BRANCH, *(child_branch(FIRST_BRANCH, 0, index) for index in range(1, len(walk.stops)))]
    branches = {name: Pointer.at(stop, since=now, seq=1) for name, stop in zip(names, walk.stops, strict=False)}
    failed = walk.failure
    return Instance(
        id=new_id,
        definition_id=program.definition_id,
        version=program.version,
        status=InstanceStatus.TERMINATED if failed else InstanceStatus.RUNNABLE,
        started_at=now,
        completed_at=now if failed else None,
        data=data,
        branches=branches,
        open=len(branches),
        failed_step=failed.step if failed else None,
        failure=failed.message if failed else None,
    )
