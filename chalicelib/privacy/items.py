"""What becomes of one stored item when a person is forgotten. Pure: an item in, what is to be done out.

Counts stay: a ticket remains with its times and its queue, a campaign's row with its state. What is only about the person goes.
"""

import base64

from chalicelib.campaigns.rows import RowState
from chalicelib.cloud.table import Item, Key
from chalicelib.privacy.model import GONE, Person, as_text

Rewritten = Item | None
"""The item as it is to be, or None: it goes."""

_REASON = "opted_out"
"""Why a row is skipped: who wants to be forgotten wants no messages."""
_NEVER = ("PRIVACY_JOBS",)
"""The job itself, which forgets the person when it is done."""
_WITH_THE_PERSON = (
    "CONTACT#",
    "IDENTITY#",
    "CONTACT_WORDS#",
    "GROUP#",
    "WAMID#",
    "MESSAGE_WORDS#",
    "LISTING#",
    "LOG_EXPORTS",
)
ROOMS = ("TICKET#", "INSTANCE#", "CONVERSATION#", "EVENTS#")
"""Partitions that belong to one thing: found in one item, all of them are looked at."""


def partition_of(item: Item, person: Person) -> str:
    """The partition that is about the person because this item is; empty when only the item is."""
    pk = str(item["PK"])
    if not pk.startswith(ROOMS) or not person.is_meant_in(as_text(item)):
        return ""
    return pk


def rewritten(item: Item, person: Person) -> Rewritten:
    """The item without the person. The same item when it has nothing to do with them."""
    text, pk = as_text(item), str(item["PK"])
    if pk.startswith(_NEVER) or not person.is_meant_in(text):
        return item
    if pk.startswith(_WITH_THE_PERSON) and _is_theirs(item, person):
        return None
    if pk.startswith(ROOMS):
        return of_partition(item, person)
    return _generic(item, person) if person.is_named_in(text) else item


def of_partition(item: Item, person: Person) -> Rewritten:
    """An item of a ticket, an instance, a conversation or its events that is the person's."""
    pk, sk = str(item["PK"]), str(item["SK"])
    match pk.partition("#")[0], sk.partition("#")[0]:
        case "CONVERSATION", "STATE":
            kept = {name: value for name, value in item.items() if name not in {"phone", "bsuid"}}
            return _generic(kept, person)
        case "CONVERSATION" | "EVENTS", _:
            return None
        case "TICKET", "TICKET":
            return _generic({**item, "preview": GONE, "summary": GONE}, person)
        case "TICKET", "HISTORY":
            changes = {name: value for name, value in item.get("changes", {}).items() if name != "summary"}
            return _generic({**item, "note": GONE, "changes": changes}, person)
        case "TICKET", _:
            return None
        case "INSTANCE", "STATE":
            return _generic({**item, "data": {}, "failure": GONE}, person)
        case "INSTANCE", _:
            return None
        case _:
            return _generic(item, person)


def ledger_row(item: Item, person: Person) -> Rewritten:
    """A campaign's row: its state and what it cost stay. One that was still to be sent is skipped."""
    if is_receipts(item):
        return _receipts(item, person)
    if not person.is_meant_in(as_text(item)):
        return item
    kept = {name: value for name, value in item.items() if name not in {"wamid", "client_id", "GSI1PK", "GSI1SK"}}
    if "to" in kept:
        kept["to"] = GONE
    return _generic(kept | _skipped(item), person)


def is_receipts(item: Item) -> bool:
    """Is this what WhatsApp took of many people's messages?"""
    return str(item["PK"]).startswith("RECEIPTS#")


def _receipts(item: Item, person: Person) -> Item:
    """The others' stay as they are. WhatsApp's id of a message has its recipient's address in it, in base64."""
    rows = {
        row: [GONE, *rest] if person.is_named_in(f"{wamid} {_decoded(wamid)}") else [wamid, *rest]
        for row, (wamid, *rest) in item["rows"].items()
    }
    return {**item, "rows": rows}


def _decoded(wamid: str) -> str:
    try:
        return base64.b64decode(wamid.removeprefix("wamid.") + "==").decode("latin-1")
    except ValueError:
        return ""


def _skipped(item: Item) -> Item:
    """What makes a row that nobody has been sent for one that nobody will be."""
    if item.get("state") != RowState.QUEUED:
        return {}
    return {"state": str(RowState.SKIPPED), "rank": RowState.SKIPPED.rank, "reason": _REASON}


def _is_theirs(item: Item, person: Person) -> bool:
    """Whether the item is about nobody else."""
    pk, sk = str(item["PK"]), str(item["SK"])
    if pk.startswith("GROUP#"):
        return sk.lstrip("0") in person.contact_ids
    owner = str(item.get("contact_id") or item.get("id") or pk.partition("#")[2])
    if owner in person.contact_ids or str(item.get("conversation_id", "")) in person.conversation_ids:
        return True
    return pk.startswith(("IDENTITY#", "LISTING#", "LOG_EXPORTS")) and person.is_named_in(as_text(item))


def _generic(item: Item, person: Person) -> Rewritten:
    """The item with the person's addresses and names cut out of its values; gone when they are in its key."""
    if person.is_named_in(f"{item['PK']} {item['SK']}"):
        return None
    kept = {name: value for name, value in item.items() if name in {"PK", "SK"}}
    rest = {name: value for name, value in item.items() if name not in kept}
    return {**kept, **person.stripped(rest)}


def key_of(item: Item) -> Key:
    """Where the item lives."""
    return Key(item["PK"], item["SK"])
