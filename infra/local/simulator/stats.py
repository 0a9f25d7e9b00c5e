"""What happened so far, in numbers."""

from typing import Any

from .world import World


def summary(world: World) -> dict[str, Any]:
    counters = world.store.counters()
    return {
        "accepted": counters.get("accepted", 0),
        "refused": _tagged(counters, "refused:"),
        "lost_responses": counters.get("lost_responses", 0),
        "webhooks": {
            name: counters.get(f"webhooks_{name}", 0)
            for name in ("sent", "acknowledged", "retried", "dropped", "unsubscribed")
        }
        | {"waiting": _waiting(world)},
        "max_messages_per_second": _tagged(counters, "mps:"),
        "webhook": webhook_health(world),
    }


def webhook_health(world: World) -> dict[str, Any]:
    url = world.config.webhook_url
    return {"url": url, "verified": bool(url and world.saved.verified.get(url) == world.config.verify_token)}


def _tagged(counters: dict[str, int], tag: str) -> dict[str, int]:
    return {name.removeprefix(tag): n for name, n in sorted(counters.items()) if name.startswith(tag)}


def _waiting(world: World) -> int:
    rows = [world.store.row(f"SELECT count(*) FROM {table}") for table in ("events", "deliveries")]  # noqa: S608
    return sum(int(row[0]) for row in rows if row)
