"""Starts the newest version of a definition by something that happened, and counts it."""

from collections.abc import Mapping

from pydantic import JsonValue

from chalicelib.automation import messages
from chalicelib.automation.instances import starting
from chalicelib.automation.instances.model import Instance
from chalicelib.automation.instances.starting import Where
from chalicelib.automation.versions import Head
from chalicelib.automation.wired import Automation


def launch(
    room: Automation, head: Head, data: Mapping[str, JsonValue], trigger_id: str, where: Where | None = None
) -> Instance | None:
    """One instance per definition and trigger, however often it is asked; None when its leading steps end it."""
    where = where or Where()
    whole = messages.trigger_data(data, room.world.settings.account_id, where.sub_account_id, room.world.clock())
    program = room.versions.program(head.id, head.version)
    started = starting.start(program, whole, trigger_id, room.ports, where)
    if started is not None:
        room.instances.count(started)
    return started
