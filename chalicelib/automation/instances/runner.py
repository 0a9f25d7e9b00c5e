"""The step handler's work: one invocation brings one branch from the stop it stands at to the next.

read → decide (the engine, pure) → act (once per key) → store (one conditional transaction) → start what was born.
Any part may be repeated: a branch that has moved answers where it stands; an act is known by its key; executions by
their names.
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.automation import compiler, engine, replies
from chalicelib.automation.engine import Walk
from chalicelib.automation.instances import ending, parking
from chalicelib.automation.instances.model import (
    Instance,
    InstanceStatus,
    Pointer,
    State,
    child_branch,
    children_of,
    execution_name,
)
from chalicelib.automation.instances.parking import EARLY
from chalicelib.automation.instances.ports import MAX_RUNS, Done, Ports, Program, TakenOver
from chalicelib.automation.instances.store import DataTooLarge, Moved
from chalicelib.automation.instances.waits import Wait, WaitStatus
from chalicelib.automation.messages import timestamp
from chalicelib.automation.steps import Kind
from chalicelib.automation.steps.commands import AwaitReply, Choose, Nothing, SetValues, Sleep, StepFailed

EVENTS_PER_CALL = 10
"""History events between two calls of the handler, at most: a Task, a Choice, a Wait, a few to spare."""


def handle(event: dict[str, Any], ports: Ports) -> dict[str, Any]:
    """One invocation by a state machine: `{step, phase, state, execution, token?}` in, the next state out."""
    state = State.model_validate(event["state"])
    phase, step_id, execution = event["phase"], event["step"], event.get("execution", "")
    instance = ports.instances.find(state.instance)
    if instance is None or _is_stale(instance, state):
        ports.machines.stop(execution)
        return _ended(state)
    if phase == compiler.FAULT:
        ending.terminate(
            instance, "The step handler failed repeatedly.", ports, step=instance.branches[state.branch].step
        )
        return _ended(state)
    pointer = instance.branches[state.branch]
    program = ports.programs(instance.definition_id, instance.version)
    if pointer.seq > state.seq or pointer.step != step_id:
        _start_born(instance, state.branch, state.seq, program, ports)
        return _standing(instance, state, ports, phase)
    if phase == compiler.PARK:
        parking.park(instance, state, event["token"], ports)
        return _ended(state)
    return _Visit(instance, state, program, ports, execution, phase).go()


def starting_state(instance: Instance, branch: str) -> State:
    """The input of the execution that runs a branch from where it stands."""
    return _at(State(instance=instance.id, branch=branch), instance.branches[branch])


def start_branch(instance: Instance, branch: str, program: Program, ports: Ports) -> None:
    """Starts the execution of a branch; harmless when it runs."""
    pointer = instance.branches[branch]
    if pointer.ended:
        return
    name = execution_name(instance.id, branch, pointer.generation)
    ports.machines.start(program.machine_arn, name, starting_state(instance, branch).json_input())


class _Visit:
    """One stop of one branch being left."""

    def __init__(
        self, instance: Instance, state: State, program: Program, ports: Ports, execution: str, phase: str
    ) -> None:
        self._instance, self._state, self._program, self._ports = instance, state, program, ports
        self._execution, self._phase = execution, phase
        self._pointer = instance.branches[state.branch]
        self._now = ports.clock()
        self._step = program.graph.steps[self._pointer.step]
        self._seed = f"{instance.id}/{state.branch}/{state.seq}"
        self._sent_at: datetime | None = None

    def go(self) -> dict[str, Any]:
        if self._instance.runs >= MAX_RUNS:
            return self._give_up(f"Stopped after {MAX_RUNS} steps: an endless loop.")
        if self._phase == compiler.RUN:
            return self._act()
        return self._wake() if self._pointer.kind is Kind.SLEEP else self._reply()

    def _act(self) -> dict[str, Any]:
        inputs = None
        try:
            inputs, wanted = engine.command(
                self._program.graph, self._step.id, self._instance.data, self._now, self._seed
            )
            done = self._perform(wanted)
        except StepFailed as error:
            return self._failed(error)
        except TakenOver:
            ending.suspend(self._instance, self._ports, keep=self._execution)
            self._ports.machines.stop(self._execution)
            return _ended(self._state)
        if done.spoke_in:
            self._instance = self._ports.instances.speaks_in(self._instance, done.spoke_in)
            self._sent_at = self._ports.clock()
        return self._leave(done.result, inputs=inputs)

    def _perform(self, wanted: Any) -> Done:
        if isinstance(wanted, Nothing | Choose | SetValues | Sleep | AwaitReply):
            raise StepFailed(f"{self._step.id} cannot act.")
        return self._ports.acts(
            wanted, self._instance, f"{self._instance.id}-{self._state.branch}-{self._state.seq}", self._step.id
        )

    def _wake(self) -> dict[str, Any]:
        if self._pointer.until and self._pointer.until > self._now + timedelta(seconds=1):
            return self._hand_over()
        return self._leave({})

    def _reply(self) -> dict[str, Any]:
        wait = self._wait()
        if wait is None:
            return self._hand_over()
        if wait.status is WaitStatus.WAITING:
            if not compiler.literal_deadline(self._step) and wait.deadline > self._now + EARLY:
                return self._hand_over()
            wait = self._ports.waits.end_wait(wait, WaitStatus.TIMED_OUT)
        if wait.status is not WaitStatus.ANSWERED:
            return self._leave(replies.result([]), timed_out=True)
        if wait.coalesce_seconds and wait.answered_at:
            ends = wait.answered_at + timedelta(seconds=wait.coalesce_seconds)
            if ends > self._now:
                return self._come_back(ends)
        return self._leave(replies.result(self._burst(wait)))

    def _wait(self) -> Wait | None:
        wait_id = f"{self._instance.id}-{self._state.branch}-{self._state.seq}"
        for conversation in reversed(self._instance.conversations):
            if wait := self._ports.waits.find_wait(conversation, wait_id):
                return wait
        return None

    def _burst(self, wait: Wait) -> list[dict[str, Any]]:
        """The answer, and with coalescing what the same person wrote right after it."""
        documents = [wait.answer or {}]
        if wait.coalesce_seconds:
            for held in sorted(self._ports.waits.around(wait.conversation_id).held, key=lambda one: one.position):
                later = held.claimed_by in ("", f"{wait.id}+") and held.arrived_at >= (wait.answered_at or self._now)
                if later and self._ports.waits.claim_held(held, f"{wait.id}+"):
                    documents.append(held.document)
        return documents

    def _failed(self, error: StepFailed) -> dict[str, Any]:
        if error.transient and (again := engine.retry_at(self._step, self._state.attempt, self._now)):
            entry = engine.Entry(self._step.id, engine.StepStatus.FAILED, self._now, self._now, error=error.message)
            self._ports.instances.logged(self._instance.id, self._state.branch, self._state.seq, [entry])
            return self._come_back(again, attempt=self._state.attempt + 1)
        walk = engine.fail(
            self._program.graph, self._step.id, error.message, self._instance.data, self._now, self._seed
        )
        return self._take(walk)

    def _leave(self, result: dict[str, Any], *, inputs: Any = None, timed_out: bool = False) -> dict[str, Any]:
        walk = engine.complete(
            self._program.graph, self._step.id, result, self._instance.data, self._now, self._seed,
            inputs=inputs, timed_out=timed_out,
        )  # fmt: skip
        return self._take(walk)

    def _take(self, walk: Walk) -> dict[str, Any]:
        """Stores what the walk changed and says where the branch goes on."""
        branch, seq, now = self._state.branch, self._state.seq, self._now
        pointer, born = _pointers(walk, self._pointer, branch, seq, now)
        try:
            moved = self._ports.instances.advance(
                self._instance,
                branch,
                pointer,
                born=born,
                changes=walk.changes,
                log=walk.log,
                sent_at=self._sent_at,
                now=now,
            )
        except DataTooLarge as error:
            return self._give_up(str(error))
        except Moved:
            return self._moved()
        if walk.failure:
            ending.terminate(moved, walk.failure.message, self._ports, step=walk.failure.step, keep=self._execution)
            self._ports.machines.stop(self._execution)
            return _ended(self._state)
        _start_born(moved, branch, seq, self._program, self._ports)
        return _standing(moved, self._state, self._ports, self._phase)

    def _moved(self) -> dict[str, Any]:
        """Somebody did this stop meanwhile, or ended the instance: say where the branch stands now."""
        instance = self._ports.instances.find(self._instance.id)
        if instance is None or _is_stale(instance, self._state):
            self._ports.machines.stop(self._execution)
            return _ended(self._state)
        _start_born(instance, self._state.branch, self._state.seq, self._program, self._ports)
        return _standing(instance, self._state, self._ports, self._phase)

    def _come_back(self, at: datetime, attempt: int = 0) -> dict[str, Any]:
        state = self._state.model_copy(
            update={"next": compiler.AGAIN, "until": timestamp(at, 3), "attempt": attempt, "events": self._events()}
        )
        return state.json_input()

    def _hand_over(self) -> dict[str, Any]:
        """Goes on waiting in a fresh execution: this one's time is up before the wait's."""
        return _in_fresh_execution(self._instance, self._state, self._program, self._ports)

    def _give_up(self, message: str) -> dict[str, Any]:
        ending.terminate(self._instance, message, self._ports, step=self._step.id, keep=self._execution)
        self._ports.machines.stop(self._execution)
        return _ended(self._state)

    def _events(self) -> int:
        return self._state.events + EVENTS_PER_CALL


def _pointers(walk: Walk, before: Pointer, branch: str, seq: int, now: datetime) -> tuple[Pointer, dict[str, Pointer]]:
    """The branch goes on at the first stop; each further one is a branch born beside it."""
    if not walk.stops:
        return before.model_copy(update={"seq": seq + 1, "ended": True, "until": None, "since": now}), {}
    first, *others = walk.stops
    pointer = Pointer.at(first, since=now, seq=seq + 1, generation=before.generation)
    return pointer, {
        child_branch(branch, seq, index): Pointer.at(stop, since=now) for index, stop in enumerate(others, 1)
    }


def _start_born(instance: Instance, branch: str, seq: int, program: Program, ports: Ports) -> None:
    for name in children_of(instance.branches, branch, seq):
        start_branch(instance, name, program, ports)


def _standing(instance: Instance, state: State, ports: Ports, phase: str) -> dict[str, Any]:
    """The state for where a branch stands; ends the instance behind its last branch.

    A long history goes on in a fresh execution behind a wait: every loop has one, and a Choice behind it.
    """
    pointer = instance.branches[state.branch]
    if pointer.ended:
        if instance.open <= 0:
            ending.complete(instance, ports)
        return _ended(state)
    events = state.events + EVENTS_PER_CALL
    if events >= ports.history_quota and phase == compiler.AFTER:
        program = ports.programs(instance.definition_id, instance.version)
        return _in_fresh_execution(instance, state, program, ports)
    return _at(state.model_copy(update={"events": events, "attempt": 0}), pointer).json_input()


def _in_fresh_execution(instance: Instance, state: State, program: Program, ports: Ports) -> dict[str, Any]:
    try:
        pointer = ports.instances.next_generation(instance, state.branch)
    except Moved:
        return _ended(state)
    branches = {**instance.branches, state.branch: pointer}
    start_branch(instance.model_copy(update={"branches": branches}), state.branch, program, ports)
    return _ended(state)


def _at(state: State, pointer: Pointer) -> State:
    until = pointer.until or pointer.since
    chunk = min(until, pointer.since + compiler.MAX_WAIT) if pointer.kind is Kind.SLEEP else until
    return state.model_copy(
        update={
            "generation": pointer.generation,
            "seq": pointer.seq,
            "next": pointer.step,
            "until": timestamp(chunk, 3),
        }
    )


def _is_stale(instance: Instance, state: State) -> bool:
    """Whether this execution no longer runs the branch: the instance stopped, or another generation has taken over."""
    pointer = instance.branches.get(state.branch)
    gone = pointer is None or pointer.generation != state.generation
    return gone or (instance.status is not InstanceStatus.RUNNABLE and not (pointer and pointer.ended))


def _ended(state: State) -> dict[str, Any]:
    return state.model_copy(update={"next": ""}).json_input()
