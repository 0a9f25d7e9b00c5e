"""What the contacts and conversations know of a part's recipients: two batch reads for all of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.campaigns.partition import NOBODY, Person
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.cloud import keys
from chalicelib.cloud.table import Key, Table
from chalicelib.contacts.model import marks_of
from chalicelib.contacts.phones import match_key
from chalicelib.conversations.model import conversation_id


def look_up(table: Table, channel_id: str, rows: Sequence[Row], *, windows: bool) -> dict[int, Person]:
    """The person behind each row that has an address, by row number; `windows`: with their conversation's window."""
    wanted = {row.number: _key(row) for row in rows if row.to and not row.reason}
    # Not a consistent read: the sender asks again, consistently, before each message.
    found = table.get_many([*wanted.values(), keys.BLACKLIST], consistent=False)
    blacklists = found.pop(keys.BLACKLIST, {}).get("groups", ())
    items = {number: found[key] for number, key in wanted.items() if key in found}
    contacts = {number: str(item.get("contact_id", "")) for number, item in items.items()}
    closes = _windows(table, channel_id, filter(None, contacts.values())) if windows else {}
    return {
        number: Person(contacts[number], marks_of(item, blacklists), closes.get(contacts[number]))
        for number, item in items.items()
    }


def known(people: dict[int, Person], row: Row) -> Person:
    """The person behind a row; nobody yet when we have no contact."""
    return people.get(row.number, NOBODY)


def _key(row: Row) -> Key:
    return keys.identity("bsuid", row.to) if row.is_bsuid else keys.identity("phone", match_key(row.to))


def _windows(table: Table, channel_id: str, contact_ids: Iterable[str]) -> dict[str, datetime]:
    by_key = {keys.conversation(conversation_id(channel_id, each)): each for each in contact_ids}
    found = table.get_many(by_key, consistent=False)
    return {
        by_key[key]: datetime.fromisoformat(item["window_closes_at"])
        for key, item in found.items()
        if item.get("window_closes_at")
    }
