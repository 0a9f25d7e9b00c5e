"""The automation room of this process, built from its world: what the handlers, the API and the front door share."""

from datetime import timedelta
from weakref import WeakKeyDictionary

from chalicelib.automation.acts import WorldActs
from chalicelib.automation.connections import Connections
from chalicelib.automation.handing_over import hand_over
from chalicelib.automation.instances import starting
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.ports import Machines, Ports
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.instances.store import DataTooLarge, Instances
from chalicelib.automation.instances.waiting import Waits
from chalicelib.automation.instances.waits import Held, Wait
from chalicelib.automation.steps import user
from chalicelib.automation.steps.commands import Call, StartAnother, StepFailed
from chalicelib.automation.tokens import Fetch
from chalicelib.automation.turns import Turns
from chalicelib.automation.vault import Vault
from chalicelib.automation.versions import DefinitionNotFound, Versions
from chalicelib.cloud.state_machines import StateMachines
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations.model import conversation_id
from chalicelib.dataclass import dataclass
from chalicelib.egress import Answer, Egress, NoAnswer, Request
from chalicelib.timers import kinds
from chalicelib.timers import store as timers
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

MAX_CHAIN = 10
"""Workflows that start workflows: so deep and no deeper, or two could start each other for ever."""

_INHERITED = ("accountId", "subAccountId", "triggeredAt")


@dataclass(frozen=True)
class Automation:
    world: World
    versions: Versions
    instances: Instances
    waits: Waits
    machines: StateMachines
    vault: Vault
    ports: Ports


def automation(world: World) -> Automation:
    """The room; one per world, so that programs and tokens stay in memory."""
    known = _rooms.get(world)
    if known is None:
        known = _rooms[world] = _built(world)
    return known


def _built(world: World) -> Automation:
    settings = world.settings
    versions, instances, waits = Versions(world.table), Instances(world.table, world.media), Waits(world.table)
    machines = StateMachines(
        world.client("stepfunctions"), _prefix(settings.step_function_arn), settings.state_machine_role_arn
    )
    connections = Connections(world.secrets, _calls(world.egress), Turns(world.table, world.clock, world.new_id))
    room: list[Automation] = []

    def start_another(wanted: StartAnother, instance: Instance, key: str) -> str:
        return _start_another(room[0], wanted, instance, key)

    acts = WorldActs(world, connections, lambda *given: hand_over(world, *given), start_another)
    ports = Ports(
        instances=instances,
        waits=waits,
        programs=versions.program,
        machines=_typed(machines),
        acts=acts,
        conversation_of=lambda instance, sender: _conversation_of(world, instance, sender),
        clock=world.clock,
        release=lambda held: give_back(world, held),
        remind=lambda wait: _remind(world, wait),
    )
    room.append(Automation(world, versions, instances, waits, machines, Vault(world.table, connections), ports))
    return room[0]


def give_back(world: World, held: Held) -> None:
    """The next minute's run takes the message to the front door again."""
    data = {"conversation_id": held.conversation_id, "position": held.position}
    timer = Timer(
        id=f"released-{held.message_id}",
        kind=kinds.MESSAGE_RELEASED,
        subject=held.message_id,
        due_at=world.clock(),
        data=data,
    )
    world.table.transact([timers.armed(timer, world.clock())])


def _remind(world: World, wait: Wait) -> None:
    data = {"conversation_id": wait.conversation_id, "wait_id": wait.id}
    timer = Timer(
        id=f"wait-{wait.id}", kind=kinds.WORKFLOW_WAIT, subject=wait.instance_id, due_at=wait.deadline, data=data
    )
    world.table.transact([timers.armed(timer, world.clock())])


def delete_later(
    world: World, definition_id: str, version: int | None, *, after: timedelta = timedelta(seconds=1)
) -> None:
    """The next minute's run ends what runs and removes machines, versions and logs."""
    now = world.clock()
    timer = Timer(
        id=f"delete-{definition_id}-{version or 'all'}", kind=kinds.WORKFLOW_DELETE, subject=definition_id,
        due_at=now + after, data={"version": version or 0},
    )  # fmt: skip
    world.table.transact([timers.armed(timer, now)])


def _conversation_of(world: World, instance: Instance, sender: str) -> str | None:
    """The conversation with this person on the channel the instance speaks on."""
    try:
        who = user.identify("from", sender)
    except StepFailed:
        return None
    contact = identity.find(world.table, Identities(phone=who.phone, bsuid=who.bsuid))
    if contact is None or instance.conversation_id is None:
        return None
    return conversation_id(instance.conversation_id.partition(".")[0], contact.id)


def _start_another(room: Automation, wanted: StartAnother, instance: Instance, key: str) -> str:
    depth = instance.data.get("workflowDepth")
    depth = depth if isinstance(depth, int) else 0
    if depth >= MAX_CHAIN:
        raise StepFailed(f"{MAX_CHAIN} workflows have started each other: an endless chain.")
    try:
        head = room.versions.head(wanted.definition_id)
    except DefinitionNotFound as missing:
        raise StepFailed(str(missing)) from missing
    known = {name: value for name, value in instance.data.items() if name in _INHERITED}
    data = {**known, **wanted.data, "workflowDepth": depth + 1}
    program = room.versions.program(head.id, head.version)
    where = Where(instance.sub_account_id, instance.conversation_id, instance.epoch, after_ticket=instance.after_ticket)
    try:
        started = starting.start(program, data, key, room.ports, where, always=True)
    except DataTooLarge as error:
        raise StepFailed(str(error)) from error
    return started.id if started else ""


def _calls(egress: Egress) -> Fetch:
    def fetch(call: Call) -> Answer:
        try:
            return egress.fetch(Request(call.method, call.url, call.headers, call.body, call.timeout_seconds))
        except NoAnswer as failed:
            raise StepFailed(failed.message, transient=failed.transient) from failed

    return fetch


def _prefix(step_function_arn: str) -> str:
    """Machines are named like the functions of their stack: its policies end in `<stack>-*`."""
    return step_function_arn.rpartition(":")[2].removesuffix("step")


def _typed(machines: StateMachines) -> Machines:
    return machines


_rooms: WeakKeyDictionary[World, Automation] = WeakKeyDictionary()
