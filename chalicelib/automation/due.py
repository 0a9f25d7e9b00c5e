"""What timers of this room do when they are due. Each is harmless when repeated."""

from datetime import datetime, timedelta

from chalicelib.automation.instances import ending, parking
from chalicelib.automation.wired import Automation, automation, delete_later
from chalicelib.timers.model import Timer
from chalicelib.wiring import World

_PAGE = 100
_TURN = timedelta(seconds=10)
"""So long ends one run the instances of a deleted definition: other timers are due, too. What is left comes with the next run."""


def wait_is_over(timer: Timer, world: World) -> None:
    """A reply did not come in time."""
    parking.deadline(timer.data["conversation_id"], timer.data["wait_id"], automation(world).ports)


def delete(timer: Timer, world: World) -> None:
    """Ends every instance of a deleted definition (or version) and removes its machine, its text and its logs."""
    room, turn_ends = automation(world), world.clock() + _TURN
    wanted = int(timer.data.get("version") or 0)
    for version in list(room.versions.every(timer.subject)):
        if wanted in (0, version.version):
            if not _end_all(room, timer.subject, version.version, turn_ends):
                delete_later(world, timer.subject, wanted or None, after=timedelta(minutes=1))
                return
            room.machines.delete(version.machine_arn)
            room.versions.forget(timer.subject, version.version)


def _end_all(room: Automation, definition_id: str, version: int, until: datetime) -> bool:
    """Whether none is left."""
    while items := room.instances.of_version(definition_id, version, limit=_PAGE).items:
        for item in items:
            if room.world.clock() >= until:
                return False
            instance = room.instances.from_item(item)
            if not instance.status.is_over:
                ending.terminate(instance, "The definition was deleted.", room.ports)
            room.instances.forget(instance.id)
    return True
