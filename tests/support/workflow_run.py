"""A compiled workflow on the real step handler and store, with what AWS would bill counted: states entered, DynamoDB units.

The state machine is walked here, state by state, so that nothing waits in real time. Units follow from the sizes of the items, as
DynamoDB bills them: 1 KB a write, 4 KB a read, half of it when it need not be consistent, twice in a transaction, and
an indexed item once more.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from chalicelib.automation import compiler, messages
from chalicelib.automation.definition import durations
from chalicelib.automation.definition.graph import graph
from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.definition.test_case import TestCase, Turn
from chalicelib.automation.instances import offering, runner, starting
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.ports import Done, Ports, Program
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.store import Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.automation.instances.waits import Held
from chalicelib.automation.steps.commands import Call, HandOver, Send, StepFailed
from chalicelib.cloud.keys import message_position
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.table import Table

Json = dict[str, Any]
_plain = TypeDeserializer()


class Metered:
    """A DynamoDB client that adds up what its calls cost."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.read = self.written = 0.0

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            answer = getattr(self._client, name)(**request)
            self._count(name, request, answer)
            return answer

        return call

    def _count(self, name: str, request: Json, answer: Json) -> None:
        match name:
            case "get_item":
                self._reads([answer.get("Item", {})], request.get("ConsistentRead", False))
            case "query":
                self._reads(answer["Items"], request.get("ConsistentRead", False))
            case "put_item" | "update_item" | "delete_item":
                self._writes(request, 1)
            case "transact_write_items":
                for operation in request["TransactItems"]:
                    self._writes(next(iter(operation.values())), 2)

    def _reads(self, items: list[Json], consistent: bool) -> None:
        units = max(math.ceil(sum(map(_size, items)) / 4096), 1)
        self.read += units if consistent else units / 2

    def _writes(self, operation: Json, times: int) -> None:
        key = operation.get("Key") or {name: operation["Item"][name] for name in ("PK", "SK")}
        item = self._client.get_item(TableName=operation["TableName"], Key=key).get("Item", key)
        units = max(math.ceil(_size(item) / 1024), 1)
        self.written += units * times + (units if "GSI1PK" in item else 0)


@dataclass
class Execution:
    """Where one execution stands. `token` or `until` when it waits."""

    arn: str
    state: str
    input: Json
    token: str | None = None
    until: datetime | None = None
    ended: bool = False


@dataclass
class Run:
    """Plays a test case of a definition."""

    workflow: Workflow
    client: Metered
    now: datetime
    transitions: int = 0
    sent: list[Json] = field(default_factory=list)
    stubs: list[Turn] = field(default_factory=list)
    executions: dict[str, Execution] = field(default_factory=dict)
    tokens: int = 0
    heard: int = 0

    def __post_init__(self) -> None:
        table = Table(self.client, "main")
        self.machine = compiler.compile_definition(self.workflow.definition, "handler")
        self.program = Program("d1", 1, graph(self.workflow.definition), "machine")
        self.ports = Ports(
            instances=Instances(table, Objects(None, "media")),
            waits=Waits(table),
            programs=lambda *_: self.program,
            machines=self,
            acts=self._act,
            conversation_of=lambda instance, sender: f"channel.{sender.lstrip('+')}",
            clock=lambda: self.now,
            release=lambda held: None,
        )

    def play(self, case: TestCase) -> None:
        """The turns of the case; what the bot says is not checked here."""
        self.stubs = [turn for turn in case.turns if turn.http]
        self.phone = case.customer.phone
        if case.trigger is not None:
            starting.start(self.program, dict(case.trigger), "trigger", self.ports, Where("demo"))
            self._go()
        for turn in case.turns:
            if turn.customer is not None:
                self._say(turn.customer)
            if turn.advance:
                self._advance(durations.parse(turn.advance))

    # Step Functions, as the handler sees it.

    def start(self, machine_arn: str, name: str, state: Json) -> None:
        self.executions.setdefault(name, Execution(name, self.machine["StartAt"], state))

    def stop(self, execution_arn: str) -> None:
        if execution_arn in self.executions:
            self.executions[execution_arn].ended = True

    def answer(self, token: str) -> None:
        for one in self.executions.values():
            if one.token == token:
                one.token = one.until = None
                one.state = self.machine["States"][one.state]["Next"]

    def execution_arn(self, machine_arn: str, name: str) -> str:
        return name

    # Inside.

    def _say(self, said: str | Mapping[str, Any]) -> None:
        self.now += timedelta(seconds=1)
        self.heard += 1
        content: Json = {"text": said} if isinstance(said, str) else dict(said.get("content") or {})
        if not isinstance(said, str) and "tap" in said:
            offered = next(found for one in reversed(self.sent) if (found := messages.options(one)))
            content = messages.tapped(next(one for one in offered if said["tap"] in (one["title"], one["id"])))
        document = messages.inbound_document(
            umid=f"m{self.heard}", sub_account_id="demo", channel_id="channel", at=self.now, kind="Text",
            user={"msisdn": f"+{self.phone}", "channelUserId": self.phone, "name": "Alex"}, content=content,
        )  # fmt: skip
        conversation = f"channel.{self.phone}"
        held = Held(
            message_id=f"m{self.heard}", position=message_position(self.now, self.now, f"m{self.heard}"),
            conversation_id=conversation, arrived_at=self.now, document=document,
        )  # fmt: skip
        if not (self.ports.waits.around(conversation).instances and offering.offer(held, self.ports)):
            data = messages.trigger_data(document, "demo", "demo", self.now)
            starting.start(self.program, data, held.message_id, self.ports, Where("demo", conversation, 0))
        self._go()

    def _advance(self, length: timedelta) -> None:
        end = self.now + length
        while due := [one for one in self.executions.values() if not one.ended and one.until and one.until <= end]:
            first = min(due, key=lambda one: one.until or end)
            self.now = max(self.now, first.until or end)
            if first.token:  # States.Timeout is caught into the state behind the wait
                first.token, first.state = None, self.machine["States"][first.state]["Catch"][0]["Next"]
            else:
                first.state = self.machine["States"][first.state]["Next"]
            first.until = None
            self._go()
        self.now = end

    def _go(self) -> None:
        while ready := [one for one in self.executions.values() if not (one.ended or one.token or one.until)]:
            self._enter(ready[0])

    def _enter(self, execution: Execution) -> None:
        state = self.machine["States"][execution.state]
        self.transitions += 1
        match state["Type"]:
            case "Task":
                self._task(execution, state)
            case "Wait":
                execution.until = datetime.fromisoformat(execution.input["until"])
                if execution.until <= self.now:
                    execution.until, execution.state = None, state["Next"]
            case "Choice":
                rules = (rule["Next"] for rule in state["Choices"] if rule["StringEquals"] == execution.input["next"])
                execution.state = next(rules, state["Default"])
            case "Pass":
                execution.state = state["Next"]
            case _:
                execution.ended = True

    def _task(self, execution: Execution, state: Json) -> None:
        given = state["Parameters"]["Payload"]
        event = {"step": given["step"], "phase": given["phase"], "state": execution.input, "execution": execution.arn}
        if given["phase"] == compiler.PARK:
            self.tokens += 1
            execution.token = f"t{self.tokens}"
            execution.until = self.now + timedelta(seconds=state["TimeoutSeconds"])
            runner.handle({**event, "token": execution.token}, self.ports)
            return
        execution.input = json.loads(json.dumps(runner.handle(event, self.ports)))
        execution.ended = execution.ended or bool(state.get("End"))
        execution.state = state.get("Next", "")

    def _act(self, wanted: Any, instance: Instance, key: str, step: str) -> Done:
        match wanted:
            case Send():
                self.sent.append(dict(wanted.message))
                return Done({"umid": key, "status": "queued"}, spoke_in=f"channel.{str(wanted.user.phone).lstrip('+')}")
            case Call():
                stub = self.stubs.pop(0).http
                assert stub is not None
                if stub.fails:
                    raise StepFailed(stub.fails, transient=True)
                return Done({"responseCode": stub.status, "reasonPhrase": "", "responseBody": stub.reply})
            case HandOver():
                return Done({"ticketId": "ticket"})
            case _:
                return Done({})


def _size(item: Json) -> int:
    """About as DynamoDB counts it: names and values as text."""
    return sum(len(name) + len(str(_plain.deserialize(value))) for name, value in item.items())
