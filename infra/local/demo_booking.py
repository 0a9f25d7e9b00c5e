"""`make demo-booking`: a customer books an appointment with a workflow, and the conversation is printed as it happens."""

import json
from dataclasses import dataclass
from typing import Any

from infra.local.client import Http, until
from infra.local.demo import Demo
from infra.package import ROOT

GALLERY = ROOT / "chalicelib" / "automation" / "gallery" / "appointment-booking.json"
CUSTOMER = "6598887766"
_SECONDS = 120


def play(stack: dict[str, Any]) -> None:
    """Schedule appointment -> free times -> choice -> booked -> confirmed."""
    demo = Demo.on(stack)
    definition = installed(demo, stack["account_id"], stack["simulator_url"])
    try:
        booked(demo, stack["simulator_url"])
    finally:
        demo.api.call("DELETE", f"/accounts/{stack['account_id']}/definitions/{definition}")


def installed(demo: Demo, account_id: str, simulator_url: str) -> str:
    """The gallery's workflow, enabled, with the simulator's calendar."""
    text = GALLERY.read_text("utf-8").replace("https://calendar.example.com", f"{simulator_url}/_calendar")
    document = json.loads(text)
    made = demo.api.post(f"/accounts/{account_id}/definitions", {**document, "status": "enabled"})
    return str(made["id"])


def booked(demo: Demo, simulator_url: str) -> list[str]:
    """Plays the customer; answers the lines of the conversation."""
    talk = Talk.begun(demo)
    talk.takes(talk.asks())
    calendar = Http(f"{simulator_url}/_calendar").get("/bookings")
    print(f"\nThe calendar has it: {calendar['bookings'][-1]}")
    return talk.lines


@dataclass
class Talk:
    """A conversation with the bot, printed as it happens."""

    demo: Demo
    lines: list[str]
    heard: int

    @classmethod
    def begun(cls, demo: Demo) -> "Talk":
        """From what was said before on."""
        return cls(demo, [], _newest(demo))

    def asks(self) -> dict[str, Any]:
        """The customer asks for an appointment; answers what the bot offers."""
        self.say({"type": "text", "text": {"body": "Schedule appointment"}}, "Schedule appointment")
        return self.hear()

    def takes(self, offer: dict[str, Any]) -> dict[str, Any]:
        """The customer taps the first time offered; answers what the bot confirms."""
        row = offer["interactive"]["action"]["sections"][0]["rows"][0]
        reply = {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": row}}
        self.say({**reply, "context": {"message_id": offer["wamid"]}}, f"[{row['title']}]")
        return self.hear()

    def say(self, message: dict[str, Any], shown: str) -> None:
        self._tell(f"customer: {shown}")
        number = self.demo.channel["phone_number_id"]
        self.demo.sim.post(f"/customers/{CUSTOMER}/messages", {"phone_number_id": number, **message})

    def hear(self) -> dict[str, Any]:
        """The bot's next message."""
        message: dict[str, Any] = until("the bot answers", self._next, seconds=_SECONDS)
        self.heard = message["seq"]
        self._tell(f"bot: {_shown(message)}")
        return message

    def _next(self) -> dict[str, Any] | None:
        found = self.demo.sim.get(f"/messages?wa_id={CUSTOMER}&after={self.heard}&limit=1")["messages"]
        return found[0] if found else None

    def _tell(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)


def _newest(demo: Demo) -> int:
    return int(demo.sim.get(f"/messages?wa_id={CUSTOMER}")["after"])


def _shown(message: dict[str, Any]) -> str:
    interactive = message.get("interactive", {})
    rows = [row["title"] for part in interactive.get("action", {}).get("sections", []) for row in part["rows"]]
    words = str(message.get("text", {}).get("body") or interactive.get("body", {}).get("text", ""))
    return words + "".join(f" [{row}]" for row in rows)
