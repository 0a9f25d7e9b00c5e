"""A branch parks its task token with the conversation it waits on; an answer, or its deadline, wakes it."""

from datetime import timedelta

from chalicelib.automation.compiler import literal_deadline
from chalicelib.automation.instances.model import Instance, State
from chalicelib.automation.instances.ports import Ports
from chalicelib.automation.instances.waits import Wait, WaitStatus, best_held

EARLY = timedelta(seconds=2)
"""Step Functions counts a wait from when its Task was scheduled, we from when it was parked."""


def park(instance: Instance, state: State, token: str, ports: Ports) -> None:
    """Writes the wait, then looks whether its answer is here already: people write faster than machines park."""
    now, pointer = ports.clock(), instance.branches[state.branch]
    conversation = ports.conversation_of(instance, pointer.sender) or f"nobody.{instance.id}"
    instance = ports.instances.speaks_in(instance, conversation)
    wait = Wait(
        instance_id=instance.id,
        branch=state.branch,
        seq=state.seq,
        conversation_id=conversation,
        sender=pointer.sender,
        deadline=pointer.until or now,
        parked_at=now,
        newer_than=instance.last_sent_at,
        token=token,
        coalesce_seconds=pointer.coalesce_seconds,
    )
    if _is_over(wait, ports, remind=_needs_timer(instance, state, ports)):
        ports.machines.answer(token)


def deadline(conversation_id: str, wait_id: str, ports: Ports) -> None:
    """A timer says that a wait's time is up: its execution goes on, in the no-reply branch if nobody answered."""
    wait = ports.waits.find_wait(conversation_id, wait_id)
    if wait is None or wait.deadline > ports.clock() + EARLY:
        return
    if wait.status is WaitStatus.WAITING:
        wait = ports.waits.end_wait(wait, WaitStatus.TIMED_OUT)
    if wait.status in (WaitStatus.TIMED_OUT, WaitStatus.ANSWERED):
        ports.machines.answer(wait.token)


def _needs_timer(instance: Instance, state: State, ports: Ports) -> bool:
    """Whether Step Functions' own time-out is not this wait's: it was computed, or the wait goes on in a fresh execution."""
    graph = ports.programs(instance.definition_id, instance.version).graph
    return state.generation > 0 or not literal_deadline(graph.steps[instance.branches[state.branch].step])


def _is_over(wait: Wait, ports: Ports, *, remind: bool) -> bool:
    parked = ports.waits.park(wait)
    if parked.status is not WaitStatus.WAITING:
        return True
    if remind:
        ports.remind(parked)
    while held := best_held(parked, ports.waits.around(parked.conversation_id).held):
        if ports.waits.answer(parked, held, ports.clock()):
            return True
        parked = ports.waits.find_wait(parked.conversation_id, parked.id) or parked
        if parked.status is not WaitStatus.WAITING:
            return True
    return False
