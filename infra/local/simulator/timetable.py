"""When each status of an accepted message comes; and messages that wait for a link or for pacing."""

import random
from typing import Any

from . import customers, templates
from .errors import webhook_error
from .outgoing import media_of
from .records import Customer, Message, Template
from .world import World


def go_on(world: World, wamid: str, failure: dict[str, Any] | None) -> None:
    """After its links were fetched, or it was let go by pacing: the message takes its way, or fails."""
    message = world.store.message(wamid)
    if message is None:
        return
    customer = customers.known(world.store, world.config, message.wa_id)
    message.held = False
    world.store.put_message(message)
    world.schedule(*plan(world, message, customer, failure, fetched=True))


def plan(
    world: World,
    message: Message,
    customer: Customer,
    failure: dict[str, Any] | None,
    *,
    fetched: bool = False,
) -> list[tuple[float, str, dict[str, Any]]]:
    """The agenda of an accepted message: which status comes when."""
    chance = random.Random(f"{world.config.seed}:{message.wa_id}:{message.seq}")  # noqa: S311
    timing, at = world.config.timing, world.now()

    def later(between: tuple[int, int]) -> float:
        nonlocal at
        at += chance.uniform(*between) / 1000
        return at

    if message.held:
        return []
    if failure is not None:
        return [_status(later(timing.sent_ms), message, "failed", [failure])]
    if not fetched and any("link" in reference for _, reference in media_of(message.payload, message.type)):
        return [(world.now(), "fetch", {"wamid": message.wamid})]
    if message.type == "reaction":
        return [_status(later(timing.sent_ms), message, "sent")]
    jobs = [_status(later(timing.sent_ms), message, "sent")]
    if not customer.online:
        return jobs
    jobs.append(_status(later(timing.delivered_ms), message, "delivered"))
    if customer.reads:
        jobs.append(_status(later(timing.read_ms), message, "read"))
        if message.type == "audio" and message.payload["audio"].get("voice"):
            jobs.append(_status(later(timing.read_ms), message, "played"))
    return jobs


def _status(
    due: float, message: Message, status: str, errors: list[dict[str, Any]] | None = None
) -> tuple[float, str, dict[str, Any]]:
    return due, "status", {"wamid": message.wamid, "status": status, "errors": errors}


def pace(world: World, template: Template, decision: str) -> int:
    """Template pacing. Answers how many held messages were let go or dropped."""
    template.held = decision == "hold"
    world.store.put(template.id, template)
    if decision == "hold":
        return 0
    held = [
        m for m in world.store.messages(outbound=True) if m.held and (m.template or {}).get("name") == template.name
    ]
    for message in held:
        go_on(world, message.wamid, webhook_error(132015) if decision == "drop" else None)
    if decision == "drop":
        templates.set_status(
            world,
            template,
            "PAUSED",
            extra={"other_info": {"title": "FIRST_PAUSE", "description": "Paused by pacing."}},
        )
    return len(held)
