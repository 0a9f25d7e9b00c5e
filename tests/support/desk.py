"""A shop's desk with memory for AWS: fast enough for storms of thousands of messages in one process."""

from datetime import datetime
from typing import Any

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.settings import Settings
from chalicelib.wiring import World
from tests.fakes import FakeMeta
from tests.integration.conftest import Clock
from tests.integration.converse.conftest import Shop, Verifier
from tests.support.memory import MemoryObjects, MemoryQueues, MemoryTable


def desk(now: datetime | None = None, archive: Any = None) -> Shop:
    """A shop with two numbers, nobody at work and no customers."""
    clock = Clock(now) if now else Clock()
    world = World(Settings(), clock)
    for name, value in {
        "table": MemoryTable(),
        "ledger": MemoryTable(),
        "queues": MemoryQueues(clock),
        "archive": archive or MemoryObjects(),
        "media": MemoryObjects(),
        "tokens": Verifier(),
    }.items():
        setattr(world, name, value)
    for number in ("1", "9"):
        channel = Channel(
            id=f"ch{number}", subaccount_id="acme", name="Shop", created_at=clock(),
            phone_number_id=number, display_phone_number="+6560000000", waba_id="2",
        )  # fmt: skip
        channels.create(world.table, channel)
    return Shop(world, clock, FakeMeta())
