"""What we hold about one person, read by who they are."""

import json
from collections.abc import Iterator
from typing import Any

from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Table
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.conversations.model import conversation_id
from chalicelib.converse.tickets import views
from chalicelib.privacy.model import Person


def person(table: Table, contact: Contact) -> Person:
    """Everything the person is known by: merged records, all spellings, conversations on every channel."""
    merged = [found for each in sorted(contact.merged_from) if (found := identity.get(table, each))]
    everyone = [contact, *merged]
    lines = [conversation_id(channel.id, each.id) for channel in channels.channels(table) for each in everyone]
    return Person.of(everyone, lines)


def own_partitions(table: Table, who: Person) -> Iterator[str]:
    """The partitions that are the person's alone: records, conversations with their events, tickets."""
    for contact_id in sorted(who.contact_ids):
        yield keys.contact(contact_id).pk
        for row in table.query_all(keys.ticket_view(views.customer(contact_id), "").pk):
            yield keys.ticket(row["SK"]).pk
    for line in sorted(who.conversation_ids):
        yield keys.conversation(line).pk
        yield keys.event(line, "").pk


def items(table: Table, who: Person) -> Iterator[Item]:
    """Every item of those partitions."""
    for pk in own_partitions(table, who):
        yield from table.query_all(pk, consistent=True)


def media_of(item: Item) -> set[str]:
    """Our ids of the files a message has."""
    if not str(item["SK"]).startswith("MESSAGE#"):
        return set()
    return {str(found) for found in _ids(item.get("content")) if found} | (
        {str(item["media_id"])} if item.get("media_id") else set()
    )


def _ids(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"id", "media_id"}:
                yield inner
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


def line_of(item: Item) -> str:
    """An item as a line of an export."""
    shown = {name: value for name, value in item.items() if not name.startswith("GSI")}
    return json.dumps(shown, ensure_ascii=False, default=_plain, separators=(",", ":"))


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, set) else str(value)
