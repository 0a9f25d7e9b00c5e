"""Meta's news in the middle of a run, as the account lane takes them: the campaign pauses with the reason, and a person goes on."""

from typing import Any

import pytest

from chalicelib.inbound.account_lane import take_account
from chalicelib.whatsapp.http import HttpResponse
from chalicelib.whatsapp.webhook import parse
from chalicelib.wiring import World
from tests.integration.campaigns.test_api import BASE, pump
from tests.integration.conftest import Clock
from tests.support.api import Caller

RECIPIENTS = 40
TEMPLATE = {"message_template_id": 1, "message_template_name": "spring_offer", "message_template_language": "en"}
NUMBER = {"display_phone_number": "6580000000"}


def hears(world: World, field: str, value: dict[str, Any]) -> None:
    """One webhook of the account lane."""
    entry = {"id": "200", "time": int(world.clock().timestamp()), "changes": [{"field": field, "value": value}]}
    for update in parse({"object": "whatsapp_business_account", "entry": [entry]}):
        take_account(update, world)


def status(event: str) -> tuple[str, dict[str, Any]]:
    return "message_template_status_update", {"event": event, **TEMPLATE, "reason": "NONE"}


def quality(event: str) -> tuple[str, dict[str, Any]]:
    return "phone_number_quality_update", {**NUMBER, "event": event, "current_limit": "TIER_10K"}


def ban(state: str) -> tuple[str, dict[str, Any]]:
    return "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}}


@pytest.mark.parametrize(
    ("news", "amends", "reason"),
    [
        (status("PAUSED"), status("REINSTATED"), "template: it is paused"),
        (status("DISABLED"), status("APPROVED"), "template: it is disabled"),
        (status("REJECTED"), status("APPROVED"), "template: it is rejected"),
        (status("PENDING_DELETION"), status("APPROVED"), "template: it is pending_deletion"),
        (quality("FLAGGED"), quality("UNFLAGGED"), "number_quality: too many people block or report this number"),
        (ban("DISABLE"), ban("REINSTATE"), "number_stopped: WhatsApp account: DISABLE"),
    ],
    ids=["paused", "disabled", "rejected", "deleted", "red", "banned"],
)
def test_news_stop_a_run_and_when_they_are_over_a_person_goes_on(
    news: tuple[str, dict[str, Any]],
    amends: tuple[str, dict[str, Any]],
    reason: str,
    api: Caller,
    world: World,
    clock: Clock,
) -> None:
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Spring'}).json['id']}"
    typed = [{"Mobile": f"+65910003{n:02d}"} for n in range(RECIPIENTS)]
    api.post(f"{campaign}/recipients/typed", {"recipients": typed})
    pump(world, clock)
    parameters = {place: {"value": "x"} for place in ("header.1", "body.1", "body.2", "button.0.payload")}
    message = {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters}
    assert api.put(f"{campaign}/message", message).status == 200
    meta: Any = world.transport
    told: list[int] = []

    def answer(_: dict[str, Any]) -> HttpResponse | None:
        if len(meta.accepted) == 10 and not told:
            told.append(10)
            hears(world, *news)
            clock.advance(seconds=2)
        return None

    meta.answer = answer
    api.post(f"{campaign}/launch")
    pump(world, clock, threads=1)
    seen = api.get(f"{campaign}/progress").json
    assert (seen["state"], seen["stateReason"]) == ("paused", reason)
    assert (len(meta.accepted), seen["counts"]["failed"]) == (11, 0), "the one whose call was under way"
    clock.advance(seconds=60)
    hears(world, *amends)
    assert api.post(f"{campaign}/resume").status == 200
    pump(world, clock)
    done = api.get(f"{campaign}/report").json
    assert (done["state"], done["counts"]["sent"]) == ("completed", RECIPIENTS)
    assert len({each["to"] for each in meta.accepted}) == len(meta.accepted) == RECIPIENTS
