"""Workflows go on after a restart: the emulator keeps their machines and forgets what ran in them.

An instance keeps its place in DynamoDB, so what is lost is an execution and no more. Suspended and resumed, the instance
stands where it stood, in a fresh execution; nothing it did is done again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.local.client import Http, Refused

_LOST = "States.ServiceRestart"
"""How the emulator marks an execution that ran when it ended."""


@dataclass(frozen=True)
class Lost:
    """An instance with an execution that was cut off."""

    definition_id: str
    instance_id: str


def resume(stepfunctions: Any, api: Http, account_id: str, prefix: str) -> int:
    """Brings every running instance forward whose execution was lost; answers how many there were."""
    found = [one for machine in _machines(stepfunctions, prefix) for one in lost_in(stepfunctions, machine, prefix)]
    return sum(_resumed(api, account_id, one) for one in found)


def lost_in(stepfunctions: Any, machine_arn: str, prefix: str) -> list[Lost]:
    """The instances of a machine with a branch whose newest execution was cut off."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    for execution in _pages(stepfunctions.list_executions, "executions", stateMachineArn=machine_arn):
        instance_id, branch, generation = _parts(execution["name"])
        newest[instance_id, branch] = max(
            newest.get((instance_id, branch), (-1, "")), (generation, execution["executionArn"])
        )
    lost = {instance_id for (instance_id, _), (_, arn) in newest.items() if _is_lost(stepfunctions, arn)}
    definition_id = machine_arn.rpartition(":")[2].removeprefix(prefix).rpartition("-v")[0]
    return [Lost(definition_id, instance_id) for instance_id in sorted(lost)]


def _resumed(api: Http, account_id: str, lost: Lost) -> bool:
    path = f"/accounts/{account_id}/definitions/{lost.definition_id}/workflows/{lost.instance_id}"
    try:
        status = api.get(path)["status"]
    except Refused as refused:
        if refused.status != 404:
            raise
        return False  # deleted since
    if status != "Runnable":
        return False  # ended or paused by somebody: not ours to wake
    for command in ("suspend", "resume"):
        api.call("PATCH", path, {"status": command})
    return True


def _machines(stepfunctions: Any, prefix: str) -> Iterator[str]:
    for machine in _pages(stepfunctions.list_state_machines, "stateMachines"):
        if machine["name"].startswith(prefix):
            yield machine["stateMachineArn"]


def _is_lost(stepfunctions: Any, arn: str) -> bool:
    return bool(stepfunctions.describe_execution(executionArn=arn).get("error") == _LOST)


def _parts(name: str) -> tuple[str, str, int]:
    """`<instance>-<branch>-<generation>`, where a branch may have dashes of its own."""
    instance_id, _, rest = name.partition("-")
    branch, _, generation = rest.rpartition("-")
    return instance_id, branch, int(generation)


def _pages(call: Any, name: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = call(**arguments, **token)
        yield from answer[name]
        if not answer.get("nextToken"):
            return
        token = {"nextToken": answer["nextToken"]}
