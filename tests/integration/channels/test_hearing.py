"""Every kind of webhook tells that Meta's webhooks reach us, at one write a minute."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.channels import store
from chalicelib.channels.model import Channel
from chalicelib.inbound.account_lane import take_account
from chalicelib.inbound.status_lane import take_statuses
from chalicelib.whatsapp.webhook import parse
from chalicelib.wiring import World
from tests.integration.conftest import Clock

STATUS = {"id": "wamid.1", "status": "sent", "timestamp": "1795348800", "recipient_id": "6591234567"}


@pytest.fixture
def channel(world: World, clock: Clock) -> Channel:
    """A number that no other test of this process has heard of: workers remember whom they noted."""
    number = str(uuid4().int)[:15]
    made = Channel(
        id="c1", subaccount_id="shop", name="Shop", created_at=clock(), phone_number_id=number,
        display_phone_number="+65 8000 0000", waba_id=f"9{number}", throughput_mps=80, default_country="SG",
    )  # fmt: skip
    store.create(world.table, made)
    return made


def _heard(world: World) -> datetime | None:
    return store.get(world.table, "c1").last_webhook_at


def _statuses(world: World, channel: Channel) -> None:
    value = {"metadata": {"phone_number_id": channel.phone_number_id}, "statuses": [STATUS]}
    take_statuses(list(parse(_webhook(channel, "messages", value))), world)


def _account_update(world: World, channel: Channel) -> None:
    value = {"display_phone_number": "6580000000", "event": "FLAGGED", "current_limit": "TIER_1K"}
    for update in parse(_webhook(channel, "phone_number_quality_update", value)):
        take_account(update, world)


def _webhook(channel: Channel, field: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"entry": [{"id": channel.waba_id, "time": 1795348800, "changes": [{"field": field, "value": value}]}]}


@pytest.mark.parametrize("comes", [_statuses, _account_update])
def test_statuses_and_account_updates_are_heard(comes: Any, world: World, channel: Channel, clock: Clock) -> None:
    assert _heard(world) is None
    comes(world, channel)
    first = clock()
    assert _heard(world) == first
    clock.advance(seconds=59)
    comes(world, channel)
    assert _heard(world) == first
    clock.advance(seconds=2)
    comes(world, channel)
    assert _heard(world) == clock()


def test_a_thousand_statuses_in_a_minute_look_the_number_up_once(
    world: World, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = store.of_number
    monkeypatch.setattr(store, "of_number", lambda table, number: looked.append(number) or real(table, number))
    for _ in range(20):
        _statuses(world, channel)
    assert looked == [channel.phone_number_id]
