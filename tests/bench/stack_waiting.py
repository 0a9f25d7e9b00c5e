"""A thousand customers whom workflows wait for answer at once, on the stack that runs here: all go on, each once.

Not a part of `make bench`, which needs no stack: `python -m tests.bench.stack_waiting [instances]`. Customers' messages come in
batches, as Meta sends them in a rush. How fast is the emulator's affair as much as ours; how many and how often is ours alone.
"""

import json
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.cloud.clock import stamp
from infra.deploy import Emulator
from infra.local.client import until
from infra.local.demo import Demo
from infra.local.places import Places
from tests.bench.rows import Row

STATE = Path(os.environ.get("PARLEY_LOCAL_DIR", ".local")) / "stack.json"
MESSAGES_A_POST = 100
PATIENCE = 240.0
"""So many seconds may pass with nothing new: a batch whose worker was killed comes again after 180."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a crowd."""

    statuses: Counter[str]
    """Instances by status."""
    thanked: Counter[str]
    """Messages that WhatsApp accepted, by customer."""
    wrong: int
    """Messages that did not repeat the customer's own answer."""
    parking: list[float]
    going_on: list[float]
    """Seconds from the first message until each further tenth of the crowd had a workflow, or had been thanked."""


def crowd(demo: Demo, emulator: Emulator, account: str, size: int) -> Outcome:
    """So many instances, parked and then answered at once."""
    run, first = secrets.token_hex(3), 91_000_000 + secrets.randbelow(7_000) * 1_000
    people = {f"65{first + number}": f"{run} answer {number}" for number in range(size)}
    definitions = f"/accounts/{account}/definitions"
    made = demo.api.post(definitions, _document(f"crowd {run}", str(demo.channel["subaccount_id"])))
    instances = f"{definitions}/{made['id']}/workflows"
    last, since = demo.sim.get("/messages")["after"], stamp(datetime.now(UTC))
    try:
        with _batched(demo):
            parking = _timed(demo, dict.fromkeys(people, f"crowd {run}"), lambda: size - _queued(emulator))
            until("all wait", lambda: _waits(emulator, since) >= size, seconds=PATIENCE, pause=10)
            going_on = _timed(demo, people, lambda: len(_accepted(demo, last)))
        time.sleep(10)  # for what should not come: a second message to somebody
        found = _accepted(demo, last)
        statuses = Counter(str(one["status"]) for one in _every(demo, instances))
    finally:
        demo.api.call("DELETE", f"{definitions}/{made['id']}")
    wrong = sum(one["text"]["body"] != f"Thank you for: {people.get(one['wa_id'])}" for one in found)
    return Outcome(statuses, Counter(str(one["wa_id"]) for one in found), wrong, parking, going_on)


def rows(outcome: Outcome, size: int) -> Iterator[Row]:
    """All resumed, exactly once."""
    twice = sum(count > 1 for count in outcome.thanked.values())
    yield Row(f"stack, {size:,} waiting answered at once: complete", outcome.statuses["Complete"], size, at_least=True)
    yield Row(f"stack, {size:,} waiting answered at once: thanked", len(outcome.thanked), size, at_least=True)
    yield Row(f"stack, {size:,} waiting answered at once: thanked twice", twice, 0)
    yield Row(f"stack, {size:,} waiting answered at once: thanked for another's words", outcome.wrong, 0)


def main(size: int) -> int:
    """Runs, prints, answers the exit code."""
    stack = json.loads(STATE.read_text())
    emulator = Emulator(Places.of({"PARLEY_PORT_BASE": stack["portal_url"].rpartition(":")[2]}).emulator_url)
    outcome = crowd(Demo.on(stack), emulator, stack["account_id"], size)
    for what, seconds in (("has its workflow", outcome.parking), ("has been thanked", outcome.going_on)):
        print(f"seconds until each tenth {what}: {' '.join(f'{one:.0f}' for one in seconds)}", file=sys.stderr)
    broken = 0
    for row in rows(outcome, size):
        broken += not row.holds
        sign, verdict = ("≥" if row.at_least else "≤"), ("holds" if row.holds else "**does not hold**")
        print(f"| {row.what} | {row.figure:.4g} | {sign} {row.limit:g} | {verdict} |", flush=True)
    return min(broken, 1)


def _document(word: str, subaccount: str) -> Json:
    customer = "{{data.payload.user.channelUserId}}"
    text = "Thank you for: {{data.said}}"
    thanks = {"subAccountId": subaccount, "user": {"msisdn": customer}, "type": "text", "content": {"text": text}}
    steps = [
        {
            "id": "wait", "stepType": "WaitForReply", "nextStepId": "thank",
            "inputs": {"from": customer, "channel": "whatsapp", "timeout": "01:00:00"},
            "outputs": {"said": "{{step.reply.payload.content.text}}"},
        },
        {"id": "thank", "stepType": "ChatAppsMessage", "inputs": thanks},
    ]  # fmt: skip
    return {
        "subAccountId": subaccount, "trigger": "keyword", "triggerInputs": {"keywords": [word]}, "status": "enabled",
        "definition": {"name": word, "steps": steps},
    }  # fmt: skip


@contextmanager
def _batched(demo: Demo) -> Iterator[None]:
    before = demo.sim.get("/config")["batch_messages"]
    demo.sim.call("PUT", "/config", {"batch_messages": MESSAGES_A_POST})
    try:
        yield
    finally:
        demo.sim.call("PUT", "/config", {"batch_messages": before})


def _timed(demo: Demo, said: Mapping[str, str], reached: Callable[[], int]) -> list[float]:
    """Everybody writes; answers when each tenth of them was through. What stops getting more is left as it is."""
    number, start = demo.channel["phone_number_id"], time.monotonic()

    def write(person: tuple[str, str]) -> None:
        message = {"phone_number_id": number, "type": "text", "text": {"body": person[1]}}
        demo.sim.post(f"/customers/{person[0]}/messages", message)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, said.items()))
    until("WhatsApp has told everything", lambda: demo.sim.get("/stats")["webhooks"]["waiting"] == 0, seconds=PATIENCE)
    tenths: list[float] = []
    before, moved = 0, time.monotonic()
    while before < len(said) and time.monotonic() - moved < PATIENCE:
        time.sleep(1)
        now = reached()
        if now != before:
            before, moved = now, time.monotonic()
        while len(tenths) < now * 10 // len(said):
            tenths.append(moved - start)
    return tenths


def _accepted(demo: Demo, after: int) -> list[Json]:
    """What WhatsApp took since then."""
    return list(demo.sim.get(f"/messages?after={after}")["messages"])


def _queued(emulator: Emulator) -> int:
    """Inbound messages that are not done."""
    sqs = emulator.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = sqs.get_queue_url(QueueName="parley-local-inbound.fifo")["QueueUrl"]
    return sum(map(int, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))


def _waits(emulator: Emulator, since: str) -> int:
    """Waits that were parked since then and are open: read behind the API's back, which shows no such number, and seldom."""
    pages = emulator.client("dynamodb").get_paginator("scan").paginate(
        TableName="parley-local-main", Select="COUNT",
        FilterExpression="begins_with(SK, :wait) AND #status = :waiting AND parked_at >= :since",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":wait": {"S": "AUTOMATION#WAIT#"}, ":waiting": {"S": "waiting"}, ":since": {"S": since},
        },
    )  # fmt: skip
    return sum(page["Count"] for page in pages)


def _every(demo: Demo, instances: str) -> Iterator[Json]:
    for page in range(100):
        found = demo.api.get(f"{instances}?limit=100&offset={page}")
        yield from found
        if len(found) < 100:
            return


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
