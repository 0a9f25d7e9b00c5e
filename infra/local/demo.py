"""`make demo`: a campaign to a messy file of 1,000 people, its ledger, and one conversation that follows from it."""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from infra.local.client import Http, Refused, until, upload
from infra.local.demo_data import LANGUAGE, TEMPLATE
from infra.package import ROOT

RECIPIENTS = ROOT / "tests" / "data" / "recipients-1000.csv"
OPTED_OUT = "6591110000"
_DONE = {"completed", "cancelled", "failed", "paused"}
_BAR = 40


@dataclass(frozen=True)
class Demo:
    """The sides of the play."""

    api: Http
    sim: Http
    channel: dict[str, str]
    agent: dict[str, str]

    @classmethod
    def on(cls, stack: dict[str, Any]) -> "Demo":
        """On the stack that stack.json describes."""
        return cls(
            api=Http(f"{stack['api_url']}/api/v1", stack["api_key"]),
            sim=Http(f"{stack['simulator_url']}/_sim"),
            channel=stack["channels"][0],
            agent=next(u for u in stack["users"] if u["role"] == "agent"),
        )


def play(stack: dict[str, Any]) -> None:
    """The whole demo."""
    demo = Demo.on(stack)
    opt_out(demo)
    campaign = prepared(demo)
    demo.api.post(f"/campaigns/{campaign['id']}/launch")
    watched(demo, campaign["id"])
    print("waiting for the last statuses …", flush=True)
    until("WhatsApp has told everything", lambda: demo.sim.get("/stats")["webhooks"]["waiting"] == 0, seconds=180)
    report = until("the ledger is recounted", lambda: _final(demo, campaign["id"]), seconds=180)
    print(ledger(report))
    conversation(demo, campaign["id"])


def opt_out(demo: Demo) -> None:
    """One customer of the file has said STOP before."""
    said(demo, OPTED_OUT, "STOP")
    print(f"+{OPTED_OUT} wrote STOP: a contact who gets no marketing.")


def prepared(demo: Demo) -> dict[str, Any]:
    """A campaign with its recipients read and its message set."""
    campaign: dict[str, Any] = demo.api.post("/campaigns", {"channelId": demo.channel["id"], "name": "Spring vouchers"})
    path = f"/campaigns/{campaign['id']}"
    link = demo.api.post(f"{path}/recipients/upload", {"fileName": RECIPIENTS.name})
    upload(link["url"], link["fields"], RECIPIENTS.name, RECIPIENTS.read_bytes())
    demo.api.post(f"{path}/recipients/process", {})
    recipients = until("the file is read", lambda: _recipients(demo, path), seconds=120)
    summary = recipients["summary"]
    print(
        f"{RECIPIENTS.name}: {summary['total']} rows, {summary['valid']} to send to, {summary['duplicates']} duplicates, "
        f"{summary['invalid']} that cannot be used {summary['invalidByReason']}"
    )
    message = {
        "type": "template",
        "name": TEMPLATE,
        "language": LANGUAGE,
        "parameters": {"body.1": {"field": "FirstName", "default": "friend"}, "body.2": {"field": "Voucher"}},
    }
    demo.api.call("PUT", f"{path}/message", message)
    preview = demo.api.get(f"{path}/preview")
    print(f"To {preview['to']}: {preview['texts'].get('body')}\n")
    return campaign


def watched(demo: Demo, campaign_id: str) -> None:
    """The progress bar, until the campaign has ended."""
    while True:
        progress = demo.api.get(f"/campaigns/{campaign_id}/progress")
        _draw(progress)
        if progress["state"] in _DONE:
            break
        time.sleep(1)
    print()
    if progress["state"] != "completed":
        raise Refused("the campaign", 409, f"{progress['state']}: {progress['stateReason']}")


def ledger(report: dict[str, Any]) -> str:
    """What has become of everybody, as a sum that adds up, and how far the messages came."""
    counts = report["counts"]
    parts = ("sent", "skipped", "failed", "unknown", "cancelled", "queued")
    total = sum(counts[part] for part in parts)
    lines = [
        "",
        f"Ledger        audience {counts['audience']:5}",
        *(f"  {part:10} {counts[part]:14}" for part in parts),
    ]
    lines += [f"    {kind}: {r['count']:4}  {r['explanation']}" for kind in ("skipped", "failed") for r in report[kind]]
    lines += [
        f"  sum        {total:14}  {'adds up' if total == counts['audience'] else 'DOES NOT ADD UP'}",
        "",
        "Funnel",
    ]
    most = max((step["count"] for step in report["funnel"]), default=0) or 1
    lines += [f"  {s['name']:10} {s['count']:5} {'█' * round(_BAR * s['count'] / most)}" for s in report["funnel"]]
    return "\n".join([*lines, ""])


def conversation(demo: Demo, campaign_id: str) -> None:
    """A customer answers, an agent replies; somebody outside the window is not written to freely."""
    customer = until("somebody has the message", lambda: _reached(demo, campaign_id), seconds=30)
    question = "Is the voucher good for the olive tree, too?"
    said(demo, customer, question)
    print(f"+{customer} answers: {question}")
    ticket = until("a ticket opens", lambda: _ticket_about(demo, question))
    print(f"  a ticket opened in the queue {_queue_name(demo, ticket['queueId'])}, status {ticket['status']}")

    agent = signed_in(demo)
    agent.post(f"/tickets/{ticket['id']}/claim")
    sent = agent.post(f"/tickets/{ticket['id']}/messages", _text("Yes, for every plant in the shop!"))
    arrived = until(
        "the reply arrives", lambda: _message(agent, ticket["id"], sent["id"], {"sent", "delivered", "read"})
    )
    print(f"  {demo.agent['email']} replies inside the window: {arrived['status']}")

    late = "6590005555"
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    question = "Are you open on Sunday?"
    said(demo, late, question, at=yesterday)
    ticket = until("the late ticket opens", lambda: _ticket_about(demo, question))
    agent.post(f"/tickets/{ticket['id']}/claim")
    print(f"+{late} wrote 25 hours ago; the agent answers freely:")
    print(f"  {_refusal(agent, ticket['id'])}")


def said(demo: Demo, customer: str, text: str, *, at: datetime | None = None) -> None:
    """A customer writes to the demo's number."""
    message: dict[str, Any] = {
        "phone_number_id": demo.channel["phone_number_id"],
        "type": "text",
        "text": {"body": text},
    }
    if at:
        message["timestamp"] = str(int(at.timestamp()))
    demo.sim.post(f"/customers/{customer}/messages", message)


def signed_in(demo: Demo) -> Http:
    """The API as the agent."""
    entered = demo.api.post("/auth/sign-in", {"email": demo.agent["email"], "password": demo.agent["password"]})
    return Http(demo.api.base, entered["accessToken"])


def _text(body: str) -> dict[str, Any]:
    return {"message": {"type": "text", "text": {"body": body}}}


def _refusal(agent: Http, ticket_id: str) -> str:
    """Why a free-form message is not sent: refused at once, or when its turn came."""
    try:
        sent = agent.post(f"/tickets/{ticket_id}/messages", _text("Yes, from ten to six."))
    except Refused as refused:
        return f"refused: {refused.body['message']}"
    failed = until("the late reply is refused", lambda: _message(agent, ticket_id, sent["id"], {"failed"}))
    return f"refused: {failed['failure']['text']}"


def _recipients(demo: Demo, path: str) -> dict[str, Any] | None:
    found = demo.api.get(path)["recipients"]
    if found["state"] == "refused":
        raise Refused("the recipients file", 400, found["problem"])
    return dict(found) if found["state"] == "ready" else None


def _final(demo: Demo, campaign_id: str) -> dict[str, Any] | None:
    report = demo.api.get(f"/campaigns/{campaign_id}/report")
    reached = {step["name"]: step["count"] for step in report["funnel"]}
    return dict(report) if report["final"] and reached.get("sent") == reached.get("accepted") else None


def _reached(demo: Demo, campaign_id: str) -> str | None:
    for state in ("read", "delivered", "sent"):
        query = urlencode({"state": state, "limit": 1})
        if found := demo.api.get(f"/campaigns/{campaign_id}/recipients?{query}")["items"]:
            return str(found[0]["to"]).lstrip("+")
    return None


def _ticket_about(demo: Demo, text: str) -> dict[str, Any] | None:
    """By what was said: a customer may hide the phone number."""
    tickets = demo.api.get("/tickets?view=all&limit=50")["items"]
    return next((dict(ticket) for ticket in tickets if ticket["preview"] == text), None)


def _queue_name(demo: Demo, queue_id: str) -> str:
    try:
        queues = demo.api.get("/queues")["items"]
    except Refused:
        return queue_id
    return next((str(q["name"]) for q in queues if q["id"] == queue_id), queue_id)


def _message(agent: Http, ticket_id: str, message_id: str, wanted: set[str]) -> dict[str, Any] | None:
    for message in agent.get(f"/tickets/{ticket_id}/messages")["items"]:
        if message["id"] == message_id and message["status"] in wanted:
            return dict(message)
    return None


def _draw(progress: dict[str, Any]) -> None:
    filled = round(_BAR * progress["done"])
    counts = progress["counts"]
    line = f"[{'█' * filled}{'·' * (_BAR - filled)}] {progress['done']:4.0%}  {progress['state']:10} sent {counts['sent']:4}"
    line += f"  {progress['rate']:4.1f}/s of {progress['speed']:.0f}/s"
    end = "\r" if sys.stdout.isatty() else "\n"
    print(f"{line:100}", end=end, flush=True)
