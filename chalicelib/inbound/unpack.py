"""A lane's SQS message → typed updates: the worker's half of `lanes`."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.inbound.lanes import VERSION
from chalicelib.whatsapp import webhook
from chalicelib.whatsapp.webhook import Update


class UnknownVersion(Exception):
    """The message was written by a newer deployment: SQS keeps it until that one reads it."""

    def __init__(self, version: Any) -> None:
        super().__init__(f"lane message of version {version}, at most {VERSION} is known")
        self.version = version


def updates_of(message: dict[str, Any], fetch: Callable[[str], bytes]) -> Iterator[Update]:
    """Reads a lane message; `fetch` gets an oversize one from the archive bucket by its key. Raises UnknownVersion."""
    if not 1 <= _version(message) <= VERSION:
        raise UnknownVersion(message.get("v"))
    return webhook.parse(json.loads(fetch(message["ref"])) if "ref" in message else message)


def _version(message: dict[str, Any]) -> int:
    version = message.get("v")
    return version if isinstance(version, int) else 0
