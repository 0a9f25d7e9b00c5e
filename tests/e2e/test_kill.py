"""The send worker killed in the middle of a campaign, on the packaged stack: nobody gets two, and the ledger tells the truth."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from infra.local.client import Http, until
from infra.local.demo import Demo, prepared
from tests.e2e.conftest import Json, LocalStack

CONFIRM_AFTER_SECONDS = 30
ENDED = {"completed", "cancelled", "failed", "paused"}


def workers(stack: LocalStack, function: str) -> list[int]:
    """The processes of this stack's emulator that run one Lambda function."""
    marked = f"{stack.folder}/tmp/ministack-lambda-parley-local-{function}-"
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # ended while we looked
        if marked in command:
            found.append(int(process.name))
    return found


def accepted_for(sim: Http, campaign_run: str) -> Counter[str]:
    """How many messages WhatsApp accepted per recipient of the run, by the callback data that travelled with each."""
    counted: Counter[str] = Counter()
    after = ""
    while True:
        query = urlencode({"limit": 500} | ({"after": after} if after else {}))
        page = sim.get(f"/messages?{query}")
        for message in page["messages"]:
            callback = str(message.get("biz_opaque_callback_data") or "")
            if callback.startswith(f"c:{campaign_run}:"):
                counted[callback.rsplit(":", 1)[0]] += 1
        if not page["messages"]:
            return counted
        after = page["after"]


def rows_of(demo: Demo, campaign_id: str) -> list[Json]:
    rows: list[Json] = []
    token = None
    while True:
        query = urlencode({"limit": 200} | ({"next": token} if token else {}))
        page = demo.api.get(f"/campaigns/{campaign_id}/recipients?{query}")
        rows += page["items"]
        token = page["next"]
        if token is None:
            return rows


def kill_workers(stack: LocalStack) -> None:
    killed = workers(stack, "send")
    assert killed, "no process to kill: this test would prove nothing"
    for pid in killed:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def whatsapp_taking_nothing(sim: Http) -> Iterator[None]:
    """While this lasts every send hangs and is then refused: a worker killed inside leaves rows claimed and never taken."""
    usual = sim.get("/faults")
    sim.call("PUT", "/faults", usual | {"latency_ms": 4000, "error_rate": 1.0})
    time.sleep(1.5)  # the workers have claimed, and wait
    yield
    time.sleep(4.5)  # what they had asked is refused
    sim.call("PUT", "/faults", usual)


@pytest.fixture
def demo(stack: Json) -> Demo:
    return Demo.on(stack)


def test_a_killed_send_worker_sends_nobody_two_and_what_nobody_can_know_is_not_confirmed(
    local_stack: LocalStack, demo: Demo
) -> None:
    campaign = prepared(demo)["id"]
    demo.api.call("PATCH", f"/campaigns/{campaign}", {"confirmAfterSeconds": CONFIRM_AFTER_SECONDS})
    demo.api.post(f"/campaigns/{campaign}/launch")
    for least in (60, 250):
        until("some are sent", lambda least=least: _sent(demo, campaign) >= least, seconds=240)
        kill_workers(local_stack)
    until("half are sent", lambda: _sent(demo, campaign) >= 500, seconds=240)
    with whatsapp_taking_nothing(demo.sim):
        kill_workers(local_stack)
    until("the campaign has ended", lambda: _ended(demo, campaign), seconds=600, pause=2)
    report = until("the ledger is recounted", lambda: _final(demo, campaign), seconds=120)
    counts = report["counts"]
    parts = ("sent", "skipped", "failed", "unknown", "cancelled", "queued")
    assert sum(counts[part] for part in parts) == counts["audience"]
    assert (counts["unknown"], counts["queued"]) == (0, 0)

    rows = rows_of(demo, campaign)
    assert len(rows) == counts["audience"]
    taken = accepted_for(demo.sim, demo.api.get(f"/campaigns/{campaign}")["runId"])
    assert max(taken.values()) == 1, "somebody was accepted twice"
    settled = {"accepted", "sent", "delivered", "read", "played"}
    states = Counter("accepted" if row["state"] in settled else row["state"] for row in rows)
    print(f"WhatsApp accepted {sum(taken.values())}; rows {dict(states)}")
    assert states["accepted"] + states["failed"] == sum(taken.values())
    in_doubt = [row for row in rows if row["state"] == "not_confirmed"]
    assert in_doubt, "nobody was between claim and answer when the worker died: this test would prove less than it says"
    assert {row["reason"] for row in in_doubt} == {"not_confirmed"}

    # A person decides to write to them after all; nobody else is written to.
    demo.api.post(f"/campaigns/{campaign}/retry", {"notConfirmed": True})
    until("the second run has ended", lambda: _ended(demo, campaign), seconds=240, pause=2)
    again = accepted_for(demo.sim, demo.api.get(f"/campaigns/{campaign}")["runId"])
    assert max(again.values()) == 1
    assert {row["to"] for row in in_doubt} <= {row["to"] for row in rows_of(demo, campaign) if row["state"] in settled}


def _sent(demo: Demo, campaign: str) -> int:
    return int(demo.api.get(f"/campaigns/{campaign}/progress")["counts"]["sent"])


def _ended(demo: Demo, campaign: str) -> bool:
    return demo.api.get(f"/campaigns/{campaign}/progress")["state"] in ENDED


def _final(demo: Demo, campaign: str) -> Json | None:
    report: Json = demo.api.get(f"/campaigns/{campaign}/report")
    return report if report["final"] else None
