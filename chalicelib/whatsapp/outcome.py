"""What a send came to. Exactly one of four things, because Meta has no idempotency key:

Accepted    Meta took it and named it; statuses follow by webhook
Refused     Meta answered with an error: it was not taken, and `rule` says what to do
Ambiguous   it may have been taken: never send again, wait for the status webhook
NotSent     it certainly never arrived: sending again is safe
"""

from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.whatsapp import errors, graph
from chalicelib.whatsapp.errors import Action, MetaError, Rule
from chalicelib.whatsapp.http import HttpResponse


@dataclass(frozen=True)
class Accepted:
    wamid: str
    wa_id: str | None = None
    """The person's WhatsApp id; may differ from the number written to (Brazil, Mexico). Absent for a BSUID."""
    user_id: str | None = None
    message_status: str | None = None
    """Templates: accepted, held_for_quality_assessment or paused."""


@dataclass(frozen=True)
class Refused:
    error: MetaError

    @property
    def rule(self) -> Rule:
        return self.error.rule

    @property
    def action(self) -> Action:
        return self.error.rule.action


@dataclass(frozen=True)
class Ambiguous:
    reason: str


@dataclass(frozen=True)
class NotSent:
    reason: str


Outcome = Accepted | Refused | Ambiguous | NotSent


def of_response(response: HttpResponse) -> Outcome:
    """The outcome that an answer to `POST /messages` means."""
    body = graph.decoded(response)
    if graph.refused(response.status, body):
        return Refused(errors.from_response(response.status, body, response.headers))
    message, contact = _first(body, "messages"), _first(body, "contacts")
    wamid = _text(message.get("id"))
    if response.status != 200 or wamid is None:
        return Ambiguous(f"unreadable answer, HTTP {response.status}")
    return Accepted(
        wamid,
        _text(contact.get("wa_id")),
        _text(contact.get("user_id")),
        _text(message.get("message_status")),
    )


def _first(body: Any, name: str) -> dict[str, Any]:
    entries = body.get(name) if isinstance(body, dict) else None
    entry = entries[0] if isinstance(entries, list) and entries else None
    return entry if isinstance(entry, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
