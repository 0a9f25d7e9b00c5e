"""What the use cases of campaigns touch of the world."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.campaigns.templates import FindTemplate, finder
from chalicelib.cloud.clock import Clock
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.queues import Queues
from chalicelib.cloud.schedules import Schedules
from chalicelib.cloud.table import Table
from chalicelib.conversations import window
from chalicelib.dataclass import dataclass
from chalicelib.whatsapp.media import SNIFF_BYTES
from chalicelib.wiring import World

if TYPE_CHECKING:
    from chalicelib.egress import Glance


@dataclass(frozen=True)
class Desk:
    """The adapters, handed in. `table` is the main table, `ledger` the campaigns' own, `media` the bucket of files and chunks."""

    table: Table
    ledger: Table
    queues: Queues
    media: Objects
    schedules: Schedules
    clock: Clock
    new_id: Callable[[], str]
    find_template: FindTemplate
    window_margin: timedelta
    """How long before a window closes free text must not begin any more."""
    glance: "Callable[[str, int], Glance]"
    """(address, limit) → what lies there; its size is counted up to the limit. Raises egress.NoAnswer."""


def desk_of(world: World) -> Desk:
    """The desk in a world."""
    s = world.settings
    return Desk(
        table=world.table,
        ledger=world.ledger,
        queues=world.queues,
        media=world.media,
        schedules=world.schedules,
        clock=world.clock,
        new_id=world.new_id,
        find_template=finder(world.table),
        window_margin=window.margin(s.graph_connect_timeout_seconds, s.graph_read_timeout_seconds),
        glance=lambda url, limit: world.egress.glance(url, head=SNIFF_BYTES, limit=limit),
    )
