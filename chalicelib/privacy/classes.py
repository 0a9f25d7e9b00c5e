"""Which class of retention a stored item is of, and since when it is kept. Pure.

The other half of what stores say when they write (`Kept`): a test writes through them and finds that nothing here says otherwise.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.automation.instances.model import InstanceStatus
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Kept
from chalicelib.converse.tickets.model import Status

Since = Callable[[Item], str | None]
"""The time, as text, from which an item is kept; None: it stays as long as it is wanted, or has an end of its own."""


def class_of(item: Item) -> Kept | None:
    """Of an item of the main table; None for one of no class."""
    room, kind = str(item["PK"]).partition("#")[0], str(item["SK"]).partition("#")[0]
    what, since_of = _MAIN.get((room, kind)) or _MAIN.get((room, "")) or ("", _never)
    since = since_of(item)
    return Kept(what, datetime.fromisoformat(since)) if since else None


def class_of_row(item: Item) -> Kept | None:
    """Of an item of the ledger: a recipient; not the run, its sums or its minutes."""
    is_recipient = "to" in item and "row" in item
    return Kept("recipients", datetime.fromisoformat(item["at"])) if is_recipient else None


def _never(item: Item) -> str | None:
    return None


def _field(name: str) -> Since:
    return lambda item: item.get(name)


def _position(name: str) -> Since:
    """A message's position begins with its time."""
    return lambda item: str(item[name]).partition("#")[0]


def _wish(item: Item) -> str | None:
    return max(str(item.get("scheduled_at") or ""), str(item["created_at"]))


def _received(item: Item) -> str | None:
    return str(item["created_at"]) if item["source"] == "customer" else None


def _closed(item: Item) -> str | None:
    return _field("closed_at")(item) if item["status"] == str(Status.CLOSED) else None


def _over(item: Item) -> str | None:
    return _field("completed_at")(item) if InstanceStatus(item["status"]).is_over else None


def _waited(item: Item) -> str | None:
    """Of a wait its deadline, of a held message when it came; the mark of a running instance has neither."""
    return item.get("deadline") or item.get("arrived_at")


def _settled(item: Item) -> str | None:
    return str((item.get("last") or {}).get("at") or item["queued_at"])


_MAIN: dict[tuple[str, str], tuple[str, Since]] = {
    ("CONVERSATION", "MESSAGE"): ("messages", _field("at")),
    ("CONVERSATION", "DRAFT"): ("messages", _position("position")),
    ("CONVERSATION", "AUTOMATION"): ("workflows", _waited),
    ("WAMID", ""): ("messages", _position("position")),
    ("MESSAGE_WORDS", ""): ("words", _position("SK")),
    ("SEND", ""): ("sends", _wish),
    ("SEND_BATCH", ""): ("sends", _wish),
    ("MEDIA", "MEDIA"): ("received_files", _received),
    ("TICKET", "TICKET"): ("tickets", _closed),
    ("INSTANCE", "STATE"): ("workflows", _over),
    ("INSTANCE", "LOG"): ("workflows", _field("completed_at")),
    ("WEBHOOK", "LOG"): ("webhook_deliveries", _settled),
    ("EVENTS", "EVENT"): ("events", _field("at")),
    ("FEED", "ROW"): ("events", _field("at")),
    ("LOG_EXPORTS", ""): ("exports", _field("created_at")),
    (keys.AUDIT, ""): ("audit", _field("at")),
}
"""By the first word of the partition key and of the sort key; "" is any."""
