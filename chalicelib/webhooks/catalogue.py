"""Every type of event a webhook can ask for, with what it tells. docs/webhooks.md lists the same."""

from collections.abc import Mapping

CATALOGUE: Mapping[str, str] = {
    "message.received": "A customer wrote.",
    "message.submitted": "An agent, a workflow or the API has handed in a message to send.",
    "message.status": "A message we sent has come further: accepted, sent, delivered, read, failed, …",
    "ticket.*": "A ticket was created, assigned, transferred, resolved, closed, …",
    "campaign.*": "A campaign has gone to another state: scheduled, sending, paused, completed, cancelled, …",
    "template.*": "Meta has changed a template's status, quality or category.",
    "channel.*": "Meta has changed what a number may do, or how good it is.",
    "account.*": "Meta has said something about the WhatsApp Business Account.",
    "contact.opted_out": "A person wants no (marketing) messages any more.",
    "contact.opted_in": "A person wants them again.",
}
"""A name ends in `.*` where there are several of a kind."""

COMPATIBLE = frozenset({"message.received", "message.status"})
"""What the compatible format has a shape for."""

TEST = "webhook.test"
"""Sent by the test button only."""

_NEVER = frozenset({"ticket.gone"})
"""For our own views alone."""


def is_offered(event_type: str) -> bool:
    """Whether anybody may subscribe to events of this type."""
    return event_type not in _NEVER and any(covers(pattern, event_type) for pattern in CATALOGUE)


def covers(pattern: str, event_type: str) -> bool:
    """Whether a name of the catalogue (or `*`) means this type.

    >>> covers("ticket.*", "ticket.resolved"), covers("ticket.resolved", "ticket.closed"), covers("*", "message.received")
    (True, False, True)
    """
    if pattern == "*":
        return True
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else event_type == pattern
