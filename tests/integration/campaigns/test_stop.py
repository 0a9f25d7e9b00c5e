"""STOP in the middle of a campaign: once the webhook's worker has taken it, nothing more is sent to that person."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.inbound.account_lane import take_account
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


def prefers_stop(world: World, phone: str) -> None:
    """The customer's switch in WhatsApp itself, as the worker takes it from the account lane."""
    wish = {
        "wa_id": phone,
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(world.clock().timestamp()),
    }
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"}, "user_preferences": [wish]}
    entry = {"id": "200", "changes": [{"field": "user_preferences", "value": value}]}
    for update in parse({"object": "whatsapp_business_account", "entry": [entry]}):
        take_account(update, world)  # type: ignore[arg-type]


def tells_the_api(world: World, phone: str, role: Role = Role.SUPERVISOR) -> None:
    """A person or a program says it for them."""
    caller = Caller(app, world).as_(role)
    person = identity.find(world.table, Identities(phone=f"+{phone}"))
    assert person
    said = {"category": "marketing", "allowed": False}
    assert caller.post(f"/api/v1/accounts/parley/contacts/{person.id}/consent", said).status == 200


def tells_an_agent(world: World, phone: str) -> None:
    """An agent hears it on the telephone."""
    tells_the_api(world, phone, Role.AGENT)


def is_blacklisted(world: World, phone: str) -> None:
    """Somebody puts the number on 8x8's blacklist, known or not."""
    caller = Caller(app, world).as_(Role.SUPERVISOR)
    assert caller.post(f"/api/v1/accounts/parley/contacts/blacklist/{phone}").status < 300


@pytest.mark.parametrize("opts_out", [writes_stop, prefers_stop, tells_the_api])
def test_an_opt_out_is_acknowledged_only_when_no_message_to_that_person_is_on_the_wire(
    opts_out: Callable[[World, str], None], api: Caller, world: World, clock: Clock
) -> None:
    identity.resolve(world.table, Identities(phone="+6591000201"), now=clock(), new_id=world.new_id)
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Stop'}).json['id']}"
    api.post(f"{campaign}/recipients/typed", {"recipients": [{"Mobile": "+6591000201"}]})
    pump(world, clock)
    parameters = {place: {"value": "x"} for place in ("header.1", "body.1", "body.2", "button.0.payload")}
    message = {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters}
    api.put(f"{campaign}/message", message)
    meta: Any = world.transport
    stop = threading.Thread(target=opts_out, args=(world, "6591000201"))
    acknowledged_early = []

    def answer(body: dict[str, Any]) -> HttpResponse | None:
        if body["type"] == "template":
            stop.start()
            stop.join(2)
            acknowledged_early.append(not stop.is_alive())
        return None

    meta.answer = answer
    api.post(f"{campaign}/launch")
    pump(world, clock, threads=1)
    stop.join(20)
    assert (acknowledged_early, stop.is_alive()) == ([False], False)
    assert identity.opted_out(world.table, Identities(phone="+6591000201")) != frozenset()


@pytest.mark.parametrize("opts_out", [writes_stop, prefers_stop, tells_the_api, tells_an_agent, is_blacklisted])
def test_nobody_gets_the_campaign_after_their_stop_was_taken(
    opts_out: Callable[[World, str], None], api: Caller, world: World, clock: Clock
) -> None:
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Stop'}).json['id']}"
    typed = [{"Mobile": f"+65910002{n:02d}"} for n in range(12)]
    for each in typed:
        identity.resolve(world.table, Identities(phone=each["Mobile"]), now=clock(), new_id=world.new_id)
    api.post(f"{campaign}/recipients/typed", {"recipients": typed})
    pump(world, clock)
    parameters = {place: {"value": "x"} for place in ("header.1", "body.1", "body.2", "button.0.payload")}
    api.put(
        f"{campaign}/message", {"type": "template", "name": "spring_offer", "language": "en", "parameters": parameters}
    )
    meta: Any = world.transport
    stopped: list[str] = []

    def answer(body: dict[str, Any]) -> HttpResponse | None:
        if len(meta.accepted) == 5 and not stopped:
            sent = {each["to"] for each in meta.accepted} | {body["to"]}
            stopped.extend(each["Mobile"] for each in typed if each["Mobile"] not in sent)
            for phone in stopped:
                opts_out(world, phone.lstrip("+"))
        return None

    meta.answer = answer
    api.post(f"{campaign}/launch")
    pump(world, clock, threads=1)
    marketing = [each["to"] for each in meta.accepted if each["type"] == "template"]
    assert (len(stopped), len(marketing), set(marketing) & set(stopped)) == (6, 6, set())
    found = api.get(f"{campaign}/report").json
    assert found["counts"]["skipped"] == 6
    assert [(each["reason"], each["count"]) for each in found["skipped"]] == [("opted_out", 6)]
