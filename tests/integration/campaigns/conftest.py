"""A shop with one channel and one approved template, and somebody who has opted out."""

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.wiring import World
from tests.fakes import FakeMeta
from tests.integration.conftest import Clock
from tests.support.api import Caller
from tests.support.memory import MemoryQueues

NAMES = {"waba_id": "200", "id": "1", "name": "spring_offer", "language": "en", "synced_at": "2026-11-22T12:00:00.000Z"}


@pytest.fixture
def world(world: World, clock: Clock) -> World:
    world.__dict__["queues"] = MemoryQueues(clock)
    world.__dict__["transport"] = FakeMeta()
    world.secrets.put("token/200", "secret")
    channel = Channel(
        id="main",
        subaccount_id="shop",
        name="Shop",
        created_at=clock(),
        phone_number_id="100",
        display_phone_number="+65 8000 0000",
        waba_id="200",
        default_country="SG",
    )
    channels.create(world.table, channel)
    key = keys.template("200", "spring_offer", "en")
    components = [
        {"type": "HEADER", "format": "TEXT", "text": "For {{1}}", "example": {"header_text": ["Ann"]}},
        {"type": "BODY", "text": "Hi {{1}}, your code is {{2}}.", "example": {"body_text": [["Ann", "X1"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop promotions"}]},
    ]
    world.table.put(
        {"PK": key.pk, "SK": key.sk, "category": "MARKETING", "status": "APPROVED", "components": components, **NAMES}
    )
    out = identity.resolve(world.table, Identities(phone="+6591000009"), now=clock(), new_id=world.new_id)
    consent.record(
        world.table, out, ConsentCategory.MARKETING, allowed=False, subaccount_id=None, source="api", text="no", at=clock(),
        entry_id="1",
    )  # fmt: skip
    return world


@pytest.fixture
def api(world: World) -> Caller:
    return Caller(app, world).as_(Role.SUPERVISOR)
