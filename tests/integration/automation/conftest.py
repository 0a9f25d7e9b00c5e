"""Compiled workflows on moto: its Step Functions call our step handler in process, and the clock is a test's own."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import lambda_simple_backends

import app as application
from chalicelib.access.permissions import Role
from chalicelib.automation import compiler, messages
from chalicelib.automation.definition.graph import graph
from chalicelib.automation.definition.model import Workflow
from chalicelib.automation.instances import offering, parking, runner, starting
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.ports import Done, Ports, Program
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.store import Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.automation.instances.waits import Held, WaitStatus
from chalicelib.automation.steps.commands import Call, HandOver, Send, StepFailed
from chalicelib.cloud.keys import message_position
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.state_machines import StateMachines
from chalicelib.cloud.table import Table
from tests.integration.conftest import OneCallAtATime, _make_table
from tests.support.api import Caller

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:step"
TRIGGER = "arn:aws:lambda:us-east-1:123456789012:function:parley-test-trigger"
NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


class Time:
    """A clock others can wait for."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self._moved = threading.Condition()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        with self._moved:
            self.now += timedelta(seconds=seconds)
            self._moved.notify_all()

    def reaches(self, at: datetime) -> None:
        with self._moved:
            self._moved.wait_for(lambda: self.now >= at, timeout=60)


@dataclass
class Stage:
    """Everything around one workflow. `crash` may raise before or after the step handler's work."""

    time: Time
    instances: Instances
    waits: Waits
    machines: StateMachines
    chat: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    tickets: list[HandOver] = field(default_factory=list)
    released: list[Held] = field(default_factory=list)
    invocations: list[dict[str, Any]] = field(default_factory=list)
    crash: Callable[[str, dict[str, Any]], None] = lambda *_: None
    quota: int = 20_000
    workflow: Workflow | None = None
    program: Program | None = None
    messages: int = 0
    asleep: set[str] = field(default_factory=set)

    def ports(self) -> Ports:
        return Ports(
            instances=self.instances,
            waits=self.waits,
            programs=lambda *_: self._program(),
            machines=self.machines,
            acts=self._act,
            conversation_of=lambda instance, sender: f"channel.{sender.lstrip('+')}",
            clock=self.time,
            release=self.released.append,
            history_quota=self.quota,
        )

    def install(self, workflow: Workflow) -> Program:
        machine = compiler.compile_definition(workflow.definition, FUNCTION)
        arn = self.machines.create(f"d1-v{self.messages}", machine)
        self.workflow, self.program = workflow, Program("d1", 1, graph(workflow.definition), arn)
        return self.program

    def say(self, text: str, phone: str = "6591234567") -> Instance | None:
        """The customer writes, and everything that follows at once has happened when it answers."""
        self.messages += 1
        self.chat.append(f"customer: {text}")
        started = self.receive(self.held(text, f"channel.{phone}", f"m{self.messages}", phone))
        self.settle()
        return started

    def held(self, text: str, conversation: str, message_id: str, phone: str = "6591234567") -> Held:
        """A message as the front door offers it."""
        document = messages.inbound_document(
            umid=message_id, sub_account_id="demo", channel_id="channel", at=self.time(), kind="Text",
            user={"msisdn": f"+{phone}", "channelUserId": phone, "name": "Alex"}, content={"text": text},
        )  # fmt: skip
        position = message_position(self.time(), self.time(), message_id)
        return Held(
            message_id=message_id,
            position=position,
            conversation_id=conversation,
            arrived_at=self.time(),
            document=document,
        )

    def receive(self, held: Held) -> Instance | None:
        """The front door's decision: to a running instance, else to a new one."""
        around = self.waits.around(held.conversation_id)
        if around.instances and offering.offer(held, self.ports()):
            return None
        data = messages.trigger_data(held.document, "demo", "demo", self.time())
        return starting.start(
            self._program(), data, held.message_id, self.ports(), Where(conversation_id=held.conversation_id)
        )

    def advance(self, seconds: float) -> None:
        """Moves the clock; timers and pauses that fall due are over when it answers."""
        self.time.advance(seconds)
        for conversation in self.conversations():
            for wait in self.waits.around(conversation).waits:
                if wait.status is WaitStatus.WAITING and wait.deadline <= self.time():
                    parking.deadline(conversation, wait.id, self.ports())
        self.settle()

    def conversations(self) -> set[str]:
        scanned = self.instances.table.client.scan(TableName=self.instances.table.name)["Items"]
        return {item["PK"]["S"].removeprefix("CONVERSATION#") for item in scanned if item["PK"]["S"].startswith("CONV")}

    def settle(self) -> None:
        """Waits until every execution has ended or waits for a reply or for the clock."""
        quiet = 0
        while quiet < 3:
            time.sleep(0.01)
            quiet = quiet + 1 if all(self._rests(arn) for arn in self.executions("RUNNING")) else 0

    def executions(self, status: str | None = None) -> list[str]:
        asked = {"statusFilter": status} if status else {}
        found = self.machines.client.list_executions(stateMachineArn=self._program().machine_arn, **asked)
        return [one["executionArn"] for one in found["executions"]]

    def history(self, arn: str) -> list[dict[str, Any]]:
        return list(self.machines.client.get_execution_history(executionArn=arn, maxResults=1000)["events"])

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """What Lambda does."""
        self._sleep(event["state"], event["phase"])
        self.invocations.append(event)
        self.crash("before", event)
        answer = runner.handle(event, self.ports())
        self.crash("after", event)
        return answer

    def _sleep(self, state: dict[str, Any], phase: str) -> None:
        """Step Functions waits in real time, and `until` is long past there: the pause is made up for here."""
        until = self.time()
        if state.get("next") == compiler.AGAIN:
            until = datetime.fromisoformat(state["until"])
        instance = self.instances.find(state["instance"])
        pointer = instance.branches.get(state["branch"]) if instance else None
        if phase == compiler.AFTER and pointer and pointer.kind == "sleep" and pointer.seq == state["seq"]:
            until = pointer.until or until
        self.asleep.add(_place(state))
        self.time.reaches(until)
        self.asleep.discard(_place(state))

    def _program(self) -> Program:
        assert self.program is not None
        return self.program

    def _act(self, wanted: Any, instance: Instance, key: str, step: str) -> Done:
        match wanted:
            case Send():
                if key not in self.sent:
                    self.sent[key] = messages.shown(wanted.message)
                    self.chat.append(f"bot: {self.sent[key]}")
                self.crash("sent", {"step": step, "key": key})
                phone = str(wanted.user.phone).lstrip("+")
                return Done({"umid": key, "status": "queued"}, spoke_in=f"channel.{phone}")
            case Call():
                self.calls.append(wanted)
                answer = self.answers.pop(0) if self.answers else (200, {})
                if isinstance(answer, str):
                    raise StepFailed(answer, transient=True)
                return Done({"responseCode": answer[0], "reasonPhrase": "", "responseBody": answer[1]})
            case HandOver():
                self.tickets.append(wanted)
                return Done({"ticketId": f"ticket-{len(self.tickets)}"})
            case _:
                return Done({})

    def _rests(self, arn: str) -> bool:
        """Whether an execution waits for something only the test can bring."""
        events = self.history(arn)
        entered = next((e for e in reversed(events) if e["type"] in ("TaskStateEntered", "WaitStateEntered")), None)
        if entered is None:
            return False
        state = json.loads(entered["stateEnteredEventDetails"]["input"])
        match events[-1]["type"]:
            case "TaskSubmitted":
                return _place(state) in self._open_waits()
            case "TaskStarted" | "TaskScheduled":
                return _place(state) in self.asleep
            case _:
                return False

    def _open_waits(self) -> set[str]:
        waits = [wait for one in self.conversations() for wait in self.waits.around(one).waits]
        return {wait.id for wait in waits if wait.status is WaitStatus.WAITING}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}):
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        _make_table(dynamodb, "main")
        s3.create_bucket(Bucket="media")
        role = "arn:aws:iam::123456789012:role/any"
        table = Table(OneCallAtATime(dynamodb), "main")
        stage = Stage(
            Time(),
            Instances(table, Objects(s3, "media")),
            Waits(table),
            StateMachines(boto3.client("stepfunctions"), "parley-", role),
        )
        backend = lambda_simple_backends["123456789012"]["us-east-1"]
        monkeypatch.setattr(backend, "invoke", _dispatcher(stage), raising=False)
        yield stage
        for arn in stage.executions("RUNNING") if stage.program else ():
            stage.machines.stop(arn)


@pytest.fixture
def api(world: Any) -> Caller:
    """The API, as its administrator."""
    role = "arn:aws:iam::123456789012:role/any"
    arn = "arn:aws:lambda:us-east-1:123456789012:function:parley-test-step"
    world.settings = world.settings.model_copy(
        update={"step_function_arn": arn, "state_machine_role_arn": role, "trigger_function_arn": TRIGGER}
    )
    return Caller(application.app, world).as_(Role.ADMINISTRATOR)


def _place(state: dict[str, Any]) -> str:
    return f"{state['instance']}-{state['branch']}-{state['seq']}"


def _dispatcher(stage: Stage) -> Callable[..., bytes]:
    def invoke(
        function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: dict[str, Any]
    ) -> bytes:
        try:
            return json.dumps(stage.handle(json.loads(body))).encode()
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()

    return invoke
