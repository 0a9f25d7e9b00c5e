"""How an instance ends, or pauses: its waits, its markers and the messages it held."""

from chalicelib.automation.instances.model import Instance, InstanceStatus, execution_name
from chalicelib.automation.instances.ports import Ports
from chalicelib.automation.instances.waits import WaitStatus
from chalicelib.wiring import World


def complete(instance: Instance, ports: Ports) -> None:
    """All branches have ended. Repeating it finishes what an earlier call left."""
    if ports.instances.complete(instance, ports.clock()):
        _leave_conversations(instance, ports)
        return
    known = ports.instances.find(instance.id)
    if known is not None and known.status is InstanceStatus.COMPLETE:
        _leave_conversations(known, ports)


def terminate(instance: Instance, message: str, ports: Ports, *, step: str = "", keep: str = "") -> bool:
    """Ends the instance for good. `keep` is the execution that asks, which stops itself."""
    ended = ports.instances.change_status(
        instance,
        InstanceStatus.TERMINATED,
        ports.clock(),
        allowed=(InstanceStatus.RUNNABLE, InstanceStatus.SUSPENDED),
        failed_step=step,
        failure=message,
    )
    stop_executions(instance, ports, keep=keep)
    _leave_conversations(instance, ports)
    return ended


def suspend(instance: Instance, ports: Ports, *, keep: str = "") -> bool:
    """Pauses the instance where it stands. Its waits stay open but nothing answers them: messages go to the agents."""
    paused = ports.instances.change_status(instance, InstanceStatus.SUSPENDED, ports.clock())
    stop_executions(instance, ports, keep=keep)
    ports.instances.unmark(instance)
    return paused


def forget_objects(world: World, instance_id: str) -> None:
    """Removes the large values that S3 has of an instance; harmless when repeated."""
    for key in list(world.media.keys(f"workflow-data/{instance_id}/")):
        world.media.delete(key)


def stop_executions(instance: Instance, ports: Ports, *, keep: str = "") -> None:
    """Stops every execution of the instance but one."""
    program = ports.programs(instance.definition_id, instance.version)
    for branch, pointer in instance.branches.items():
        name = execution_name(instance.id, branch, pointer.generation)
        arn = ports.machines.execution_arn(program.machine_arn, name)
        if not pointer.ended and arn != keep:
            ports.machines.stop(arn)


def _leave_conversations(instance: Instance, ports: Ports) -> None:
    """Closes open waits; messages nobody will take any more go back to the front door, in their order.

    The marker goes first: whoever holds a message after that sees no instance and takes the message back itself.
    """
    ports.instances.unmark(instance)
    for conversation in instance.conversations:
        around = ports.waits.around(conversation)
        for wait in around.waits:
            if wait.instance_id == instance.id and wait.status is WaitStatus.WAITING:
                ports.waits.end_wait(wait, WaitStatus.CANCELLED)
        if around.instances:
            continue  # another instance runs here and may still take them
        for held in sorted(around.held, key=lambda one: one.position):
            unanswered = instance.last_sent_at is None or held.arrived_at > instance.last_sent_at
            if held.claimed_by in ("", "released") and unanswered and ports.waits.claim_held(held, "released"):
                ports.release(held)
                ports.waits.forget_held(held)
