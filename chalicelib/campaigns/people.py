"""What the contacts and conversations know of a part's recipients: two batch reads for all of them."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.campaigns import ledger as rows_of_run
from chalicelib.campaigns.model import FrequencyCap
from chalicelib.campaigns.partition import NOBODY, Person
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.cloud import keys
from chalicelib.cloud.table import Key, Table
from chalicelib.contacts.model import marks_of
from chalicelib.contacts.phones import match_key
from chalicelib.conversations.model import conversation_id

Capped = Callable[[str], bool]
"""Has this address had as many campaign messages lately as is allowed?"""
_ASKERS = 8


def capped_by(ledger: Table, cap: FrequencyCap | None, now: datetime) -> Capped | None:
    """The question whether somebody has had enough, as a subaccount's cap puts it; None without one."""
    if cap is None:
        return None
    since = now - timedelta(days=cap.days)
    return lambda to: rows_of_run.messages_to(ledger, to, since, cap.messages) >= cap.messages


def look_up(
    table: Table, channel_id: str, rows: Sequence[Row], *, windows: bool, capped: Capped | None = None
) -> dict[int, Person]:
    """The person behind each row that has an address, by row number; `windows`: with their conversation's window."""
    people = _known(table, channel_id, rows, windows=windows)
    if capped is None:
        return people
    asked = [row for row in rows if row.to and not row.reason]
    with ThreadPoolExecutor(_ASKERS) as pool:
        for row, enough in zip(asked, pool.map(capped, [row.to for row in asked]), strict=True):
            if enough:
                people[row.number] = replace(people.get(row.number, NOBODY), capped=True)
    return people


def _known(table: Table, channel_id: str, rows: Sequence[Row], *, windows: bool) -> dict[int, Person]:
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
