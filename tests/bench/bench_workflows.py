"""What a run of a workflow costs: billed state transitions, DynamoDB units, and the step handler's CPU.

Each gallery workflow plays its first test case, customer to end. Units are the automation's own; what sending a message or opening
a ticket costs is counted where that is done.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.automation import gallery
from chalicelib.automation.compiler import compile_definition
from chalicelib.automation.definition.graph import graph
from chalicelib.automation.definition.importing import import_document
from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.test_case import TestCase
from chalicelib.automation.expressions import Scope, evaluate
from chalicelib.automation.instances import runner
from chalicelib.automation.instances.model import Instance, Pointer
from chalicelib.automation.instances.ports import Done, Ports, Program
from chalicelib.automation.instances.store import Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.cloud import keys, retention
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.table import Put, Table, Update, _dump
from tests.bench.rows import Row
from tests.integration.conftest import _make_table
from tests.support.dynamo import Socket, table
from tests.support.workflow_run import Metered, Run

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
HANDLER = "arn:aws:lambda:us-east-1:123456789012:function:step"
LIMITS = {  # transitions, units written, units read: what they are today, since counts do not vary
    "appointment-booking": (10, 58, 12),
    "lead-capture": (13, 97, 20),
    "menu-bot": (6, 42, 10),
    "opt-out": (4, 26, 4),
    "out-of-office": (2, 25, 3),
    "survey": (10, 44, 11),
}


def measure() -> Iterator[Row]:
    """Every figure of this room."""
    for entry in gallery.entries():
        transitions, written, read = _cost(entry.workflow, entry.workflow.definition.tests[0])
        most = LIMITS[entry.key]
        yield Row(f"{entry.key}: state transitions of a run", transitions, most[0])
        yield Row(f"{entry.key}: DynamoDB units written by a run", written, most[1])
        yield Row(f"{entry.key}: DynamoDB units read by a run", read, most[2])
    one, ten = _cost(_chain(1), _greeting())[0], _cost(_chain(10), _greeting())[0]
    yield Row("ten Branch and SetData steps: transitions more than one costs", ten - one, 0)
    yield Row("compiling 200 steps / compiling 20", _compiling(200) / _compiling(20), 12)
    yield Row("step handler CPU / one read, one write, one expression", _handling(), 2)


def _cost(workflow: Workflow, case: TestCase) -> tuple[int, float, float]:
    with _table() as client:
        run = Run(workflow, client, case.at)
        retention.current(run.ports.waits.table)  # a process reads it once in five minutes
        before = client.read
        run.play(case)
        return run.transitions, client.written, client.read - before


@contextmanager
def _table() -> Iterator[Metered]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        _make_table(client, "main")
        yield Metered(client)


def _chain(length: int) -> Workflow:
    """So many pure steps, every other a Branch, then a message."""
    steps: list[dict[str, Any]] = []
    for number in range(length):
        following = f"s{number + 1}" if number + 1 < length else "hello"
        if number % 2:
            steps.append({"id": f"s{number}", "stepType": "Branch", "selectNextStep": {following: None}})
        else:
            values = {"values": {f"v{number}": number}}
            steps.append({"id": f"s{number}", "stepType": "SetData", "inputs": values, "nextStepId": following})
    return _workflow([*steps, _message("hello")])


def _greeting() -> TestCase:
    return TestCase.model_validate({"name": "one", "turns": [{"customer": "Hi"}]})


def _compiling(count: int) -> float:
    """CPU seconds, the least of five."""
    steps: list[dict[str, Any]] = []
    for number in range(0, count, 2):
        steps.append({**_message(f"s{number}"), "nextStepId": f"s{number + 1}"})
        others = {f"s{number + 2}": "{{data.a}}", f"s{max(number - 8, 0)}": None} if number % 10 == 8 else {}
        steps.append(
            {"id": f"s{number + 1}", "stepType": "Branch", "selectNextStep": others or {f"s{number + 2}": None}}
        )
    definition = _workflow(steps).definition
    return _least(lambda: compile_definition(definition, HANDLER), 1, rounds=5)


def _handling() -> float:
    """The handler bringing a branch over one sending step, against the calls it cannot do without, on the same client."""
    workflow = _workflow([{**_message("hello"), "nextStepId": "p"}, _pause()])
    state = {"instance": "i", "branch": "0", "seq": 1, "next": "hello"}
    instance = Instance(
        id="i", definition_id="d", version=1, started_at=NOW, open=1, conversations=("c.1",),
        data={"payload": {"user": {"name": "Alex"}}}, branches={"0": Pointer(seq=1, step="hello", since=NOW)},
    )  # fmt: skip
    socket = _Answering(instance)
    known = table(socket, "main")
    program = Program("d", 1, graph(workflow.definition), "machine")
    ports = Ports(
        instances=Instances(known, Objects(None, "media")), waits=Waits(known), programs=lambda *_: program,
        machines=_Nothing(), acts=lambda *_: Done({"umid": "m"}), conversation_of=lambda *_: None, clock=lambda: NOW,
        release=lambda held: None,
    )  # fmt: skip
    event = {"step": "hello", "phase": "run", "state": state, "execution": "e"}
    ours = _least(lambda: runner.handle(event, ports), 200)
    return ours / _least(lambda: _bare(known, instance), 200)


def _bare(known: Table, instance: Instance) -> None:
    known.get(keys.instance("i"))
    evaluate({"text": "Hello {{data.payload.user.name}}"}, Scope(instance.data, NOW, None, "seed"))
    line = keys.instance_log("i", NOW, "0#000001#0000")
    known.transact(
        [
            Update(keys.instance("i"), set={"branches.0": {"seq": 2, "step": "p"}}, add={"runs": 1}),
            Put({"PK": line.pk, "SK": line.sk, "step": "hello", "status": "Complete", "inputs": "{}", "outputs": "{}"}),
        ]
    )


class _Answering(Socket):
    """DynamoDB with one instance in it."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(0)
        item = instance.model_dump(mode="json", exclude_none=True)
        item["data"] = {name: json.dumps(value) for name, value in instance.data.items()}
        self.answers = {"GetItem": {"Item": _dump({"PK": "INSTANCE#i", "SK": "STATE", **item})}}


class _Nothing:
    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def _least(work: Any, times: int, rounds: int = 7) -> float:
    best = []
    for _ in range(rounds):
        before = time.process_time()
        for _ in range(times):
            work()
        best.append(time.process_time() - before)
    return min(best)


def _message(step_id: str) -> dict[str, Any]:
    inputs = {
        "subAccountId": "demo", "user": {"msisdn": "+6591234567"}, "type": "text",
        "content": {"text": "Hello {{data.payload.user.name}}"},
    }  # fmt: skip
    return {"id": step_id, "stepType": "ChatAppsMessage", "inputs": inputs}


def _pause() -> dict[str, Any]:
    return {"id": "p", "stepType": "Wait", "inputs": {"duration": "01:00:00"}}


def _workflow(steps: list[dict[str, Any]]) -> Workflow:
    imported = import_document({"trigger": "inbound_chat_apps", "definition": {"name": "T", "steps": steps}})
    assert imported.workflow is not None, imported.problems
    return imported.workflow
