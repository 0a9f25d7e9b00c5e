"""A lane's SQS message → typed updates: the worker's half of `lanes`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.inbound.lanes import VERSION
from chalicelib.whatsapp import webhook
from chalicelib.whatsapp.webhook import Update


class UnknownVersion(Exception):
    """The message was written by a newer deployment: SQS keeps it until that one reads it."""

    def __init__(self, version: Any) -> None:
        super().__init__(f"lane message of version {version}, at most {VERSION} is known")
        self.version = version


@dataclass(frozen=True)
class Unpacked:
    """The updates of one lane message and when the webhook that brought them was received."""

    received_at: datetime
    updates: tuple[Update, ...]


def unpack(body: str, fetch: Callable[[str], bytes]) -> Unpacked:
    """Reads a lane message; `fetch` gets an oversize one from the archive bucket by its key. Raises UnknownVersion."""
    message = _checked(webhook.decode(body))
    if "ref" in message:
        message = _checked(webhook.decode(fetch(message["ref"])))
    received_at = datetime.fromtimestamp(message["at"] / 1000, UTC)
    return Unpacked(received_at, tuple(webhook.parse(message)))


def _checked(message: Any) -> dict[str, Any]:
    version = message.get("v") if isinstance(message, dict) else None
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise UnknownVersion(version)
    return dict(message)
