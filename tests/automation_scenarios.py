"""Chats that every engine must produce alike. Written by hand from the definitions; a bot's turn names the step that speaks."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.automation.definition.importing import import_text
from chalicelib.automation.definition.model import Workflow

OURS = Path(__file__).parent / "data" / "workflows"
PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "examples" / "workflows"
FILES = {
    "auto-reply": PUBLISHED / "examples.auto-reply-chatapps.json",
    "auto-reply-2": PUBLISHED / "getting-started-with-automation-api.auto-reply-chatapps.json",
    "chatbot-123": PUBLISHED / "examples.chatbot-123.json",
    "out-of-office": PUBLISHED / "examples.out-of-office.json",
    "ours-parallel": OURS / "ours-parallel.json",
    "ours-pauses": OURS / "ours-pauses.json",
}


@dataclass(frozen=True)
class Scenario:
    workflow_name: str
    name: str
    turns: tuple[dict[str, Any], ...]
    at: datetime = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
    phone: str = "6591234567"

    def workflow(self) -> Workflow:
        return read(FILES[self.workflow_name])

    def is_here(self) -> bool:
        return FILES[self.workflow_name].exists()

    def __str__(self) -> str:
        return f"{self.workflow_name}: {self.name}"

    def chat(self) -> list[str]:
        """The expected conversation: what the customer says and the words of the steps that answer."""
        words = {step.id: step.inputs.get("content", {}).get("text") for step in self.workflow().definition.all_steps()}
        lines = []
        for turn in self.turns:
            if "say" in turn:
                lines.append(f"customer: {turn['say']}")
            if "bot" in turn:
                lines.append(f"bot: {words[turn['bot']]}")
        return lines


@cache
def read(path: Path) -> Workflow:
    workflow = import_text(path.read_bytes()).workflow
    assert workflow is not None
    return workflow


def scenarios() -> list[Scenario]:
    found = []
    for one in json.loads((OURS.parent / "workflow_scenarios.json").read_text("utf-8")):
        more = {"phone": one["phone"]} if "phone" in one else {}
        at = {"at": datetime.fromisoformat(one["at"])} if "at" in one else {}
        found.append(Scenario(one["workflow"], one["name"], tuple(one["turns"]), **at, **more))
    return found


def unordered_branches(chat: list[str]) -> list[list[str]]:
    """The bot's words between two of the customer's: branches side by side have no order among them."""
    turns: list[list[str]] = [[]]
    for line in chat:
        if line.startswith("customer"):
            turns.append([])
        else:
            turns[-1].append(line)
    return [sorted(turn) for turn in turns]
