"""A campaign on the stack that runs here: how much of its share it uses, and the most in any one second.

Not a part of `make bench`, which needs no stack: `python -m tests.bench.stack_pacing [recipients]`, with statuses batched.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.client import upload
from infra.local.demo import Demo
from infra.local.demo_data import LANGUAGE, TEMPLATE
from tests.bench.rows import Row
from tests.support.campaigns import people

STATE = Path(os.environ.get("PARLEY_LOCAL_DIR", ".local")) / "stack.json"
_RESERVE = 0.2
_ENDED = {"completed", "cancelled", "failed", "paused"}


def run(demo: Demo, recipients: int) -> str:
    """A campaign to so many, from its file to its end: its id."""
    campaign = demo.api.post("/campaigns", {"channelId": demo.channel["id"], "name": f"Pacing of {recipients}"})
    path = f"/campaigns/{campaign['id']}"
    link = demo.api.post(f"{path}/recipients/upload", {"fileName": "people.csv"})
    upload(link["url"], link["fields"], "people.csv", people(recipients).encode())
    demo.api.post(f"{path}/recipients/process", {})
    while demo.api.get(path)["recipients"]["state"] != "ready":
        time.sleep(1)
    given = {"body.1": {"field": "FirstName", "default": "friend"}, "body.2": {"value": "SAVE10"}}
    message = {"type": "template", "name": TEMPLATE, "language": LANGUAGE, "parameters": given}
    demo.api.call("PUT", f"{path}/message", message)
    demo.api.post(f"{path}/launch")
    while demo.api.get(f"{path}/progress")["state"] not in _ENDED:
        time.sleep(5)
    return str(campaign["id"])


def accepted(demo: Demo, after: int) -> list[dict[str, Any]]:
    """What WhatsApp took since then."""
    found: list[dict[str, Any]] = demo.sim.get(f"/messages?after={after}")["messages"]
    return [each for each in found if each["type"] == "template"]


def rows(messages: list[dict[str, Any]], recipients: int, refused: int, limit: int) -> Iterator[Row]:
    """Efficiency from the first accepted message to the last, by the seconds of the simulator's clock."""
    seconds = Counter(int(each["timestamp"]) for each in messages)
    share, taken = limit * (1 - _RESERVE), max(seconds) - min(seconds) + 1
    twice = [to for to, n in Counter(each["to"] for each in messages).items() if n > 1]
    yield Row(f"stack, {recipients:,} at {limit}/s: part of its share used", recipients / taken / share, 0.9, True)
    yield Row(f"stack, {recipients:,} at {limit}/s: most in a second of the clock", max(seconds.values()), limit)
    yield Row(f"stack, {recipients:,} at {limit}/s: answers 130429", refused, 0)
    yield Row(f"stack, {recipients:,} at {limit}/s: accepted twice", len(twice), 0)
    yield Row(f"stack, {recipients:,} at {limit}/s: accepted", len(messages), recipients, at_least=True)
    timeline = " ".join(str(seconds[at]) for at in range(min(seconds), max(seconds) + 1))
    print(f"accepted in each second: {timeline}", file=sys.stderr)


def main(recipients: int) -> int:
    """Runs, prints, answers the exit code."""
    demo = Demo.on(json.loads(STATE.read_text()))
    limit = demo.api.get(f"/channels/{demo.channel['id']}")["throughputMps"]
    before = demo.sim.get("/stats")
    last = demo.sim.get("/messages")["after"]
    faults = demo.sim.get("/faults")
    demo.sim.call("PUT", "/faults", {**faults, "batch_statuses": 10})
    try:
        run(demo, recipients)
    finally:
        demo.sim.call("PUT", "/faults", faults)
    after = demo.sim.get("/stats")
    refused = _refused(after) - _refused(before)
    broken = 0
    for row in rows(accepted(demo, last), recipients, refused, limit):
        broken += not row.holds
        sign, verdict = ("≥" if row.at_least else "≤"), ("holds" if row.holds else "**does not hold**")
        print(f"| {row.what} | {row.figure:.4g} | {sign} {row.limit:g} | {verdict} |", flush=True)
    return min(broken, 1)


def _refused(stats: dict[str, Any]) -> int:
    return int(stats["refused"].get("130429", 0))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
