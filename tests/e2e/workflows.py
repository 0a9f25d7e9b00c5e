"""Workflows on a local stack: a definition installed for a while, a customer who talks, and the systems a workflow calls."""

import csv
import io
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.automation import messages
from infra.local.client import Http, until, upload
from infra.local.demo import Demo
from infra.local.demo_data import LANGUAGE, TEMPLATE

Json = dict[str, Any]
SECONDS = 90


@dataclass(frozen=True)
class Bench:
    """One stack, and the account whose definitions are tried."""

    demo: Demo
    account: str
    elsewhere: tuple[str, int]
    """Where a system that workflows may call can listen."""

    @contextmanager
    def enabled(self, document: Json) -> Iterator[str]:
        """The definition's id; it is gone afterwards."""
        definitions = f"/accounts/{self.account}/definitions"
        moved = in_subaccount(document, str(self.demo.channel["subaccount_id"]))
        made = self.demo.api.post(definitions, {**moved, "status": "enabled"})
        try:
            yield str(made["id"])
        finally:
            self.demo.api.call("DELETE", f"{definitions}/{made['id']}")

    def instances(self, definition: str) -> list[Json]:
        """What has been started, newest first."""
        return list(self.demo.api.get(f"/accounts/{self.account}/definitions/{definition}/workflows"))

    def log(self, definition: str, instance: str) -> list[Json]:
        """The steps of one run."""
        path = f"/accounts/{self.account}/definitions/{definition}/workflows/{instance}?includeLogs=true"
        return list(self.demo.api.get(path)["logs"])


@dataclass
class Customer:
    """A person with a phone, and what was said on it."""

    demo: Demo
    phone: str
    chat: list[str] = field(default_factory=list)
    heard: int = 0
    sent: list[Json] = field(default_factory=list)

    @classmethod
    def new(cls, demo: Demo, like: str = "6591234567", name: str = "Alex") -> "Customer":
        """Somebody nobody has heard of, of the same country."""
        kept = len(like) - 6  # the country's and the first digits: whatever follows is a number there
        phone = f"{like[:kept]}{secrets.randbelow(10**6):06}"
        demo.sim.call("PUT", f"/customers/{phone}", {"name": name, "hides_phone": False, "on_whatsapp": True})
        return cls(demo, phone)

    def say(self, words: str, **more: Any) -> None:
        self._post({"type": "text", "text": {"body": words}, **more})
        self.chat.append(f"customer: {words}")

    def tap(self, title: str) -> None:
        """A button or a row of the newest message that has any."""
        offer = next(one for one in reversed(self.sent) if messages.options(one))
        option = next(one for one in messages.options(offer) if title in (one["title"], one["id"]))
        content = messages.tapped(option)["interactive"]
        self._post({"type": "interactive", "interactive": content, "context": {"message_id": offer["wamid"]}})
        self.chat.append(f"customer: {title}")

    def hear(self) -> Json:
        """The next message the customer gets."""
        message: Json = until("the bot answers", self.next, seconds=SECONDS)
        self.chat.append(f"bot: {messages.body(message)}")
        return message

    def next(self) -> Json | None:
        """The next message if there is one."""
        found = self.demo.sim.get(f"/messages?wa_id={self.phone}&after={self.heard or ''}&limit=1")["messages"]
        if not found:
            return None
        self.heard = found[0]["seq"]
        self.sent.append(found[0])
        return dict(found[0])

    def ticket(self, api: Http) -> str | None:
        """The id of the customer's ticket, as somebody who oversees all of them sees it."""
        listed = api.get("/tickets?view=all&limit=50")["items"]
        return next((str(one["id"]) for one in listed if one["contact"]["phone"] == f"+{self.phone}"), None)

    def _post(self, message: Json) -> None:
        number = self.demo.channel["phone_number_id"]
        self.demo.sim.post(f"/customers/{self.phone}/messages", {"phone_number_id": number, **message})


class Elsewhere(ThreadingHTTPServer):
    """A system that workflows call. `answer` gets (method, path, body) and tells (status, body)."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Callable[[str, str, Any], tuple[int, Any]]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Any]] = []
        super().__init__(address, _Asked)

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Asked(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = (self.command, self.path, json.loads(body) if body else None)
        self.server.asked.append(asked)
        status, reply = self.server.answer(*asked)
        content = b"" if reply is None else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name http.server calls

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def listening(
    address: tuple[str, int], answer: Callable[[str, str, Any], tuple[int, Any]] = lambda *_: (200, {})
) -> Iterator[Elsewhere]:
    """The other system, while this lasts."""
    with Elsewhere(address, answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def in_subaccount(document: Json, subaccount_id: str) -> Json:
    """The definition in this stack's subaccount: the others are named after their authors' accounts."""

    def moved(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                name: subaccount_id if name == "subAccountId" and "{{" not in str(one) else moved(one)
                for name, one in value.items()
            }
        return [moved(one) for one in value] if isinstance(value, list) else value

    return {**moved(document), "subAccountId": subaccount_id}


def with_durations(value: Any, names: tuple[str, ...], length: str) -> Any:
    """The definition with every duration of these names made so long: nobody waits five minutes for a test."""
    if isinstance(value, Mapping):
        return {
            name: length if name in names and isinstance(one, str) else with_durations(one, names, length)
            for name, one in value.items()
        }
    return [with_durations(one, names, length) for one in value] if isinstance(value, list) else value


def campaign_to(demo: Demo, phone: str) -> str:
    """The id of a campaign that has reached this one person."""
    campaign = demo.api.post("/campaigns", {"channelId": demo.channel["id"], "name": "Workflows"})
    path = f"/campaigns/{campaign['id']}"
    rows = io.StringIO()
    csv.writer(rows).writerows([["Phone Number", "First Name", "Voucher"], [f"+{phone}", "Alex", "SAVE10"]])
    link = demo.api.post(f"{path}/recipients/upload", {"fileName": "one.csv"})
    upload(link["url"], link["fields"], "one.csv", rows.getvalue().encode())
    demo.api.post(f"{path}/recipients/process", {})
    until("the file is read", lambda: _is_read(demo.api, path), seconds=60)
    message = {
        "type": "template", "name": TEMPLATE, "language": LANGUAGE,
        "parameters": {"body.1": {"field": "FirstName", "default": "friend"}, "body.2": {"field": "Voucher"}},
    }  # fmt: skip
    demo.api.call("PUT", f"{path}/message", message)
    demo.api.post(f"{path}/launch")
    until("the campaign is out", lambda: demo.api.get(f"{path}/progress")["state"] == "completed", seconds=120)
    return str(campaign["id"])


def _is_read(api: Http, path: str) -> bool:
    return bool(api.get(path)["recipients"]["state"] == "ready")
