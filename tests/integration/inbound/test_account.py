"""Our records follow what Meta says, the newest word wins, and a preference is an opt-out at once."""

from typing import Any

import pytest

from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import Channel
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.inbound import account
from chalicelib.whatsapp.answers import Page
from chalicelib.whatsapp.webhook import AccountUpdate, parse
from chalicelib.wiring import World

NOW = 1795348800  # the world's clock in whole seconds


class OneTemplate:
    """Meta's list with one template in it."""

    def templates(self, waba_id: str, **_: Any) -> Page:
        listed = {"id": "7", "name": "offer", "language": "en", "status": "APPROVED", "category": "MARKETING"}
        return Page(items=({**listed, "components": [{"type": "BODY", "text": "Hi"}]},), after=None)


@pytest.fixture(autouse=True)
def _known(world: World) -> None:
    templates.sync(world.table, OneTemplate(), "2", world.clock())
    channels.create(
        world.table,
        Channel(
            id="ch1", subaccount_id="acme", name="Shop", created_at=world.clock(),
            phone_number_id="1", display_phone_number="+65 6000 0000", waba_id="2",
        ),
    )  # fmt: skip


def told(world: World, field: str, value: dict[str, Any], time: int = NOW + 10) -> None:
    payload = {"entry": [{"id": "2", "time": time, "changes": [{"field": field, "value": value}]}]}
    for update in parse(payload):
        assert isinstance(update, AccountUpdate)
        account.apply(update, world)


def status(event: str, **more: Any) -> dict[str, Any]:
    named = {"message_template_id": 7, "message_template_name": "offer", "message_template_language": "en"}
    return {"event": event, **named, **more}


def test_a_paused_template_cannot_be_sent_and_a_reinstated_one_can(world: World) -> None:
    told(world, "message_template_status_update", status("PAUSED", other_info={"title": "FIRST_PAUSE"}))
    paused = templates.get(world.table, "2", "offer", "en")
    assert (paused.sendable, paused.reason) == (False, "FIRST_PAUSE")
    told(world, "message_template_status_update", status("REINSTATED"), NOW + 20)
    assert templates.get(world.table, "2", "offer", "en").sendable


def test_an_older_word_that_comes_late_changes_nothing(world: World) -> None:
    told(world, "message_template_status_update", status("DISABLED"), NOW + 20)
    told(world, "message_template_status_update", status("APPROVED"), NOW + 10)
    assert templates.get(world.table, "2", "offer", "en").status == "DISABLED"


def test_a_throughput_upgrade_raises_the_rate(world: World) -> None:
    told(
        world,
        "phone_number_quality_update",
        {
            "display_phone_number": "6560000000",
            "event": "THROUGHPUT_UPGRADE",
            "max_daily_conversations_per_business": -1,
        },
    )
    channel = channels.get(world.table, "ch1")
    assert (channel.throughput_mps, channel.tier) == (1000, "TIER_UNLIMITED")


def test_a_ban_stops_the_number_and_its_end_frees_it(world: World) -> None:
    told(world, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}})
    assert channels.get(world.table, "ch1").stopped
    told(world, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}})
    assert channels.get(world.table, "ch1").stopped is None


def test_a_preference_stops_marketing_and_its_resume_lifts_only_that(world: World) -> None:
    for value, expected in (("stop", {"marketing"}), ("resume", set())):
        entry = {"wa_id": "6591234567", "category": "marketing_messages", "value": value, "timestamp": NOW}
        told(world, "user_preferences", {"user_preferences": [entry]})
        assert identity.opted_out(world.table, Identities(phone="+6591234567")) == expected


def test_a_template_that_meta_no_longer_lists_is_forgotten_by_sync(world: World) -> None:
    class Nothing:
        def templates(self, waba_id: str, **_: Any) -> Page:
            return Page(items=())

    templates.sync(world.table, Nothing(), "2", world.clock())
    assert templates.all_of(world.table, "2") == []
