"""One workflow, one customer, one clock that moves only when told to.

It runs the engine the Lambda handlers run. What leaves the workflow (messages, HTTP calls, hand-overs) ends in
lists; an HTTP call stands still until `answer` is called.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from chalicelib.automation import engine, messages, replies
from chalicelib.automation.definition import triggers
from chalicelib.automation.definition.graph import Graph, graph
from chalicelib.automation.definition.model import TriggerType, Workflow
from chalicelib.automation.definition.test_case import Customer
from chalicelib.automation.engine import Entry, Failure, Stop
from chalicelib.automation.expressions import secrets
from chalicelib.automation.steps import Kind
from chalicelib.automation.steps.commands import (
    Act,
    AwaitReply,
    Call,
    ChangeConsent,
    ChangeContact,
    ChangeGroup,
    Command,
    HandOver,
    Send,
    StartAnother,
    StepFailed,
)
from chalicelib.dataclass import dataclass

Json = dict[str, Any]
MAX_RUNS = 10_000
"""Steps one instance may run: a loop with waits in it ends here."""
ACCOUNT = "simulation"
CHANNEL = "channel-1"


@dataclass
class Path:
    """One branch of the running instance, standing at a stop."""

    name: str
    stop: Stop
    attempt: int = 0
    inputs: JsonValue = None
    call: Call | None = None
    awaits: AwaitReply | None = None
    burst: list[Json] = field(default_factory=list)


@dataclass
class Simulation:
    workflow: Workflow
    now: datetime
    customer: Customer = field(default_factory=Customer)
    transcript: list[str] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    outbox: list[Json] = field(default_factory=list)
    handed_over: list[HandOver] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    snapshots: list[Json] = field(default_factory=list)
    """`data` after each entry of the log."""
    data: Json = field(default_factory=dict)
    failure: Failure | None = None
    started: int = 0
    _paths: list[Path] = field(default_factory=list)
    _held: list[Json] = field(default_factory=list)
    _heard_at_last_send: int = 0
    _messages: int = 0
    _runs: int = 0

    def __post_init__(self) -> None:
        self._graph: Graph = graph(self.workflow.definition)

    @property
    def running(self) -> bool:
        return bool(self._paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where each branch stands."""
        return tuple(self._paths)

    @property
    def pending_call(self) -> Call | None:
        """The HTTP call the workflow waits for."""
        return next((path.call for path in self._paths if path.call), None)

    def say(self, content: Mapping[str, JsonValue], kind: str = "Text") -> None:
        """The customer writes: resumes the wait for them, is held while the instance is busy, or starts one."""
        self._messages += 1
        document = self._document(content, kind)
        self.transcript.append(f"customer: {messages.text_of(document) or kind}")
        self._deliver(document)
        self._run()

    def start(self, data: Mapping[str, JsonValue]) -> None:
        """Starts an instance by a trigger that is no message."""
        self._begin({**data, "accountId": ACCOUNT, "triggeredAt": messages.timestamp(self.now, 7)})
        self._run()

    def advance(self, duration: timedelta) -> None:
        """Moves the clock, stopping at each moment something is due."""
        until = self.now + duration
        self.transcript.append(f"clock: +{duration}")
        while (path := self._next_due(until)) is not None:
            self.now = max(self.now, path.stop.until or self.now)
            self._wake(path)
            self._run()
        self.now = until

    def answer(self, status: int, reply: JsonValue, reason: str = "") -> None:
        """The server answers the pending call."""
        path = next(path for path in self._paths if path.call)
        call = path.call
        path.call = None
        assert call is not None
        self.transcript.append(f"http: {call.method} {call.url} -> {status}")
        self._complete(path, {"responseCode": status, "reasonPhrase": reason, "responseBody": reply})
        self._run()

    def refuse(self, message: str) -> None:
        """The pending call fails: no answer at all."""
        path = next(path for path in self._paths if path.call)
        path.call = None
        self._failed(path, StepFailed(message, transient=True))
        self._run()

    # --- inside --------------------------------------------------------------------------------------------------

    def _deliver(self, document: Json) -> None:
        sender = replies.sender_of(document)
        for path in self._paths:
            if path.awaits and not path.burst and sender.is_called(path.awaits.sender):
                self._answered(path, document)
                return
        if self._paths:
            self._held.append(document)
        elif self._applies(document):
            self._begin(messages.trigger_data(_plain(document), ACCOUNT, self.workflow.sub_account_id, self.now))

    def _applies(self, document: Json) -> bool:
        match self.workflow.trigger:
            case TriggerType.KEYWORD:
                wanted = triggers.inputs(self.workflow.trigger, self.workflow.trigger_inputs)
                return isinstance(wanted, triggers.Keyword) and wanted.applies(messages.text_of(document))
            case TriggerType.INBOUND_CHAT_APPS | TriggerType.CAMPAIGN_REPLY:
                return True
            case _:
                return False

    def _begin(self, data: Json) -> None:
        self.data, self.failure = data, None
        self._runs, self._heard_at_last_send = 0, self._messages
        self.started += 1
        self._take(engine.begin(self._graph, data, self.now, self._seed("0")), None)

    def _run(self) -> None:
        while path := next((one for one in self._paths if one.stop.kind is Kind.ACT and not one.call), None):
            if path.stop.until and path.stop.until > self.now:
                return
            self._act(path)

    def _act(self, path: Path) -> None:
        self._runs += 1
        try:
            path.inputs, wanted = self._command(path)
            result = self._perform(path, wanted)
        except StepFailed as error:
            self._failed(path, error)
            return
        if result is not None:
            self._complete(path, result)

    def _command(self, path: Path) -> tuple[JsonValue, Command]:
        if self._runs > MAX_RUNS:
            raise StepFailed(f"Stopped after {MAX_RUNS} steps: an endless loop.")
        return engine.command(self._graph, path.stop.step, self.data, self.now, self._seed(path.name))

    def _perform(self, path: Path, wanted: Command) -> Json | None:
        match wanted:
            case Send():
                return self._send(wanted)
            case Call():
                path.call = wanted
                return None
            case HandOver():
                self.handed_over.append(wanted)
                self.transcript.append(f"agents: ticket{f' in {wanted.queue}' if wanted.queue else ''}")
                return {"ticketId": self._new_id()}
            case ChangeGroup() | ChangeConsent() | ChangeContact() | StartAnother():
                self.transcript.append(_noted(wanted))
                return {"workflowId": self._new_id()} if isinstance(wanted, StartAnother) else {}
            case _:
                raise StepFailed(f"{path.stop.step} cannot act.")

    def _send(self, wanted: Send) -> Json:
        message = dict(wanted.message)
        self.sent.append(message)
        self.outbox.append(message)
        self.transcript.append(f"bot: {messages.shown(message)}")
        self._heard_at_last_send = self._messages
        return {"requestId": self._new_id(), "umid": self._new_id(), "status": "queued", "description": "Accepted"}

    def _complete(self, path: Path, result: Json, *, timed_out: bool = False) -> None:
        walk = engine.complete(
            self._graph, path.stop.step, result, self.data, self.now, self._seed(path.name),
            inputs=path.inputs, timed_out=timed_out,
        )  # fmt: skip
        self._take(walk, path)

    def _failed(self, path: Path, error: StepFailed) -> None:
        step = self._graph.steps[path.stop.step]
        if error.transient and (again := engine.retry_at(step, path.attempt, self.now)):
            path.attempt += 1
            path.stop = Stop(step.id, Kind.ACT, again)
            return
        self._take(engine.fail(self._graph, step.id, error.message, self.data, self.now, self._seed(path.name)), path)

    def _take(self, walk: engine.Walk, path: Path | None) -> None:
        """Applies a walk: the path goes on at the first stop, each further one is a branch beside it."""
        for entry in walk.log:
            self.data = {**self.data, **entry.changes}
            self.log.append(entry)
            self.snapshots.append(self.data)
        self.data = {**self.data, **walk.changes}
        self._paths = [one for one in self._paths if one is not path]
        name = path.name if path else "0"
        if walk.failure:
            self.failure = walk.failure
            self.transcript.append(f"failed: {walk.failure.step}: {walk.failure.message}")
            self._paths = []
        for index, stop in enumerate(walk.stops):
            self._paths.append(Path(name if index == 0 else f"{name}.{self._runs}.{index}", stop))
        for one in [one for one in self._paths if one.stop.kind is Kind.REPLY and one.awaits is None]:
            self._park(one)
        self._release()

    def _park(self, path: Path) -> None:
        try:
            path.inputs, wanted = self._command(path)
        except StepFailed as error:
            self._failed(path, error)
            return
        assert isinstance(wanted, AwaitReply)
        path.awaits = wanted
        for document in self._held:
            newer = document["order"] > self._heard_at_last_send
            if newer and replies.sender_of(document).is_called(wanted.sender):
                self._held.remove(document)
                self._answered(path, document)
                return

    def _answered(self, path: Path, document: Json) -> None:
        assert path.awaits is not None
        if path.awaits.coalesce:
            path.burst = [document]
            path.stop = Stop(path.stop.step, Kind.REPLY, self.now + path.awaits.coalesce)
        else:
            self._complete(path, replies.result([_plain(document)]))

    def _wake(self, path: Path) -> None:
        if path.stop.kind is Kind.SLEEP:
            self._complete(path, {})
        elif path.stop.kind is Kind.REPLY:
            burst = [*path.burst, *self._held] if path.burst else []
            self._held = [] if path.burst else self._held
            self._complete(path, replies.result([_plain(one) for one in burst]), timed_out=not burst)
        else:
            path.stop = Stop(path.stop.step, Kind.ACT)

    def _next_due(self, until: datetime) -> Path | None:
        due = [path for path in self._paths if path.stop.until and path.stop.until <= until]
        return min(due, key=lambda path: path.stop.until or until, default=None)

    def _release(self) -> None:
        """When the instance ends, what came after its last words goes back to the front door; the rest was answered."""
        while self._held and not self._paths:
            document = self._held.pop(0)
            if document["order"] > self._heard_at_last_send:
                self._deliver(document)

    def _document(self, content: Mapping[str, JsonValue], kind: str) -> Json:
        document = messages.inbound_document(
            umid=self._new_id(),
            sub_account_id=self.workflow.sub_account_id,
            channel_id=CHANNEL,
            at=self.now,
            user={
                "msisdn": f"+{self.customer.phone}",
                "channelUserId": self.customer.phone,
                "name": self.customer.name,
            },
            kind=kind,
            content=content,
        )
        return {**document, "order": self._messages}

    def _new_id(self) -> str:
        return str(
            uuid.uuid5(uuid.NAMESPACE_OID, f"{self.started}/{len(self.transcript)}/{self._runs}/{self._messages}")
        )

    def _seed(self, path: str) -> str:
        return f"{self.started}/{path}/{self._runs}"


def _plain(document: Json) -> Json:
    return {key: value for key, value in document.items() if key != "order"}


def _noted(wanted: Act) -> str:
    match wanted:
        case ChangeGroup():
            return f"group: {wanted.change} {wanted.group}"
        case ChangeConsent():
            return f"consent: {'in' if wanted.opted_in else 'out'}"
        case ChangeContact():
            return f"contact: {json.dumps(wanted.fields, ensure_ascii=False)}"
        case StartAnother():
            return f"starts: {wanted.definition_id}"
        case _:
            return str(secrets.shown(str(wanted)))
