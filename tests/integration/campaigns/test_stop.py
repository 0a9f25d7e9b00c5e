"""STOP in the middle of a campaign: once the webhook's worker has taken it, nothing more is sent to that person."""

from typing import Any

from chalicelib.inbound.front import front_door
from chalicelib.inbound.message_lane import take_message
from chalicelib.whatsapp.http import HttpResponse
from chalicelib.whatsapp.webhook import parse
from chalicelib.wiring import World
from tests.integration.campaigns.test_api import BASE, pump
from tests.integration.conftest import Clock
from tests.support.api import Caller


def writes_stop(world: World, phone: str) -> None:
    """A customer's word, as the worker takes it from the inbound lane."""
    said = {"from": phone, "id": f"wamid.in.{phone}", "timestamp": str(int(world.clock().timestamp())), "type": "text"}
    value = {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "100", "display_phone_number": "6580000000"},
        "contacts": [{"wa_id": phone, "profile": {"name": "Ann"}}], "messages": [{**said, "text": {"body": "STOP"}}],
    }  # fmt: skip
    entry = {"id": "200", "changes": [{"field": "messages", "value": value}]}
    for update in parse({"object": "whatsapp_business_account", "entry": [entry]}):
        take_message(update, front_door(world))


def test_nobody_gets_the_campaign_after_their_stop_was_taken(api: Caller, world: World, clock: Clock) -> None:
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Stop'}).json['id']}"
    typed = [{"Mobile": f"+65910002{n:02d}"} for n in range(24)]
    api.post(f"{campaign}/recipients/typed", {"recipients": typed})
    pump(world, clock)
    parameters = {place: {"value": "x"} for place in ("header.1", "body.1", "body.2", "button.0.payload")}
    api.put(
        f"{campaign}/message", {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters}
    )
    meta: Any = world.transport
    stopped: list[str] = []

    def answer(body: dict[str, Any]) -> HttpResponse | None:
        if len(meta.accepted) == 8 and not stopped:
            sent = {each["to"] for each in meta.accepted} | {body["to"]}
            stopped.extend(each["Mobile"] for each in typed if each["Mobile"] not in sent)
            for phone in stopped:
                writes_stop(world, phone.lstrip("+"))
        return None

    meta.answer = answer
    api.post(f"{campaign}/launch")
    pump(world, clock, threads=1)
    marketing = [each["to"] for each in meta.accepted if each["type"] == "template"]
    assert (len(stopped), len(marketing), set(marketing) & set(stopped)) == (15, 9, set())
    found = api.get(f"{campaign}/report").json
    assert found["counts"]["skipped"] == 15
    assert [(each["reason"], each["count"]) for each in found["skipped"]] == [("opted_out", 15)]
