"""What timers of this room do when they are due. Each is harmless when repeated."""

from chalicelib.automation.instances import ending, parking
from chalicelib.automation.wired import Automation, automation
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

_A_RUN = 200
"""Instances ended in one go; what is left comes with the next run."""


def wait_is_over(timer: Timer, world: World) -> None:
    """A reply did not come in time."""
    parking.deadline(timer.data["conversation_id"], timer.data["wait_id"], automation(world).ports)


def delete(timer: Timer, world: World) -> None:
    """Ends every instance of a deleted definition (or version) and removes its machine, its text and its logs."""
    room = automation(world)
    wanted = int(timer.data.get("version") or 0)
    for version in list(room.versions.every(timer.subject)):
        if wanted in (0, version.version):
            _end_all(room, timer.subject, version.version)
            room.machines.delete(version.machine_arn)
            room.versions.forget(timer.subject, version.version)


def _end_all(room: Automation, definition_id: str, version: int) -> None:
    while items := room.instances.of_version(definition_id, version, limit=_A_RUN).items:
        for item in items:
            instance = room.instances.from_item(item)
            if not instance.status.is_over:
                ending.terminate(instance, "The definition was deleted.", room.ports)
            room.instances.forget(instance.id)
