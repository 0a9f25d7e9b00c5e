"""A simulator without a network: a clock that stands still, its webhooks read before they leave."""

import json
from pathlib import Path
from typing import Any

from infra.local.simulator import agenda, demo_accounts, inbound, sending, webhooks
from infra.local.simulator.clock import Clock
from infra.local.simulator.config import Config, Timing
from infra.local.simulator.errors import GraphError
from infra.local.simulator.inbound import CustomerMessage
from infra.local.simulator.records import Number
from infra.local.simulator.world import World

WABA = demo_accounts.WABA
NUMBER = "106540352242922"
CUSTOMER = "6591234567"
T0 = 1_795_000_000.0
PROMPT = Timing(sent_ms=(10, 10), delivered_ms=(10, 10), read_ms=(10, 10), read_share=1.0)


def simulator(folder: Path, **config: Any) -> World:
    settings: dict[str, Any] = {"webhook_url": "http://callback", "timing": PROMPT, "hidden_phone_share": 0.0}
    made = World(folder, Config(**(settings | config)), Clock(real=lambda: T0))
    demo_accounts.seed(made)
    return made


def number(world: World) -> Number:
    found = world.store.number(NUMBER)
    assert found is not None
    return found


def text(body: str = "hello", to: str = "+" + CUSTOMER, **fields: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}} | fields


def template(name: str, *components: dict[str, Any], to: str = "+" + CUSTOMER, **fields: Any) -> dict[str, Any]:
    content = {"name": name, "language": {"code": "en_US"}, "components": list(components)}
    return {"messaging_product": "whatsapp", "to": to, "type": "template", "template": content} | fields


def body_of(*values: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}


def hello(to: str = "+" + CUSTOMER, **fields: Any) -> dict[str, Any]:
    return template("hello_world", to=to, **fields)


def send(world: World, payload: dict[str, Any], product: str = "cloud") -> str:
    """The wamid of an accepted message."""
    return str(sending.send(world, number(world), payload, product)["messages"][0]["id"])


def refusal(world: World, payload: dict[str, Any], product: str = "cloud") -> GraphError:
    try:
        sending.send(world, number(world), payload, product)
    except GraphError as error:
        return error
    raise AssertionError("the message was accepted")


def customer_writes(world: World, body: str = "hi", wa_id: str = CUSTOMER, **fields: Any) -> str:
    message = {"phone_number_id": NUMBER, "type": "text", "text": {"body": body}} | fields
    return inbound.receive(world, wa_id, CustomerMessage.model_validate(message))


def later(world: World, seconds: float = 60.0) -> None:
    """Time passes, and what was due then has happened."""
    world.clock.advance(seconds)
    while agenda.run_due(world, lambda job_id, wamid: None):
        pass


def posts(world: World) -> list[dict[str, Any]]:
    """The webhooks that would go out now, in order; they count as gone."""
    world.clock.advance(5)
    webhooks.pack(world)
    rows = world.store.rows("SELECT body FROM deliveries ORDER BY id")
    world.store.run("DELETE FROM deliveries")
    return [json.loads(body) for (body,) in rows]


def values(world: World) -> list[dict[str, Any]]:
    """The values of all webhooks that would go out now."""
    return [change["value"] for post in posts(world) for entry in post["entry"] for change in entry["changes"]]


def statuses(world: World) -> list[dict[str, Any]]:
    return [status for value in values(world) for status in value.get("statuses", [])]


def failure(world: World, payload: dict[str, Any]) -> int | None:
    """The code of the failed webhook an accepted message leads to."""
    wamid = send(world, payload)
    later(world)
    errors = [s["errors"][0]["code"] for s in statuses(world) if s["id"] == wamid and s["status"] == "failed"]
    return errors[0] if errors else None
