"""Which message answers a wait, and what the step then gets. Pure: storage and simulator both ask here."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from chalicelib.automation.messages import text_of
from chalicelib.dataclass import dataclass

CHANNELS = {"whatsapp"}


@dataclass(frozen=True)
class Sender:
    """Who wrote, by every id we have: `6591234567`, `SG.1349…`."""

    ids: frozenset[str]

    def is_called(self, name: str) -> bool:
        """Whether a `from` input means this person: a phone number with or without +, or a user id."""
        return name in self.ids or _digits(name) in self.ids


def sender_of(document: Mapping[str, Any]) -> Sender:
    """The person an inbound document comes from."""
    user = document.get("payload", {}).get("user", {})
    names = {str(user[key]) for key in ("msisdn", "channelUserId") if user.get(key)}
    return Sender(frozenset(names | {_digits(name) for name in names if _digits(name)}))


def result(documents: Sequence[Mapping[str, Any]]) -> dict[str, JsonValue]:
    """The `step` of a WaitForReply: none on timeout; of a burst, the first with the texts of all."""
    if not documents:
        return {"reply": None, "replies": []}
    first = dict(documents[0])
    if len(documents) > 1:
        payload = first["payload"]
        text = "\n".join(text for text in map(text_of, documents) if text)
        first["payload"] = {**payload, "content": {**payload.get("content", {}), "text": text}}
    return {"reply": first, "replies": [dict(document) for document in documents]}


def _digits(name: str) -> str:
    digits = name.strip().removeprefix("+")
    return digits if digits.isdecimal() else ""
