"""Finding contacts: by the beginning of any word of a name, of a phone number, an e-mail address or another id, or by the end
of a phone number. A search looks at the first 500 matches of its best key; it never reads the whole table.
"""

import re
from collections.abc import Iterable

from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Page, Table
from chalicelib.contacts import groups
from chalicelib.contacts.changes import COUNT_SHARDS
from chalicelib.contacts.model import OTHER_ADDRESSES, Contact, words_of

MOST_MATCHES = 500

_PHONE = re.compile(r"^\+?[\d\s().-]{3,}$")
_FEWEST_DIGITS = 3
_SHORTEST = 2


def matches(table: Table, text: str) -> list[Contact]:
    """The contacts a search finds, newest first, at most MOST_MATCHES."""
    ids = list(dict.fromkeys(_candidates(table, text.strip())))[:MOST_MATCHES]
    words = words_of(text)
    found = groups.load(table, ids)
    if not _is_phone(text) and "@" not in text:
        found = [contact for contact in found if _has_words(contact, words) or _has_address(contact, text)]
    return sorted(found, key=lambda contact: int(contact.id), reverse=True)


def totals(table: Table) -> dict[str, int]:
    """How many contacts there are: `total`, and `country_SG` for each country."""
    summed: dict[str, int] = {}
    for item in table.get_many(keys.contact_count(shard) for shard in range(COUNT_SHARDS)).values():
        for name, value in item.items():
            if name not in {"PK", "SK"}:
                summed[name] = summed.get(name, 0) + int(value)
    return summed


def listed(table: Table, country: str, *, limit: int, start: Item | None) -> Page:
    """All contacts, or those of a country, newest first."""
    index, pk = ("GSI2", f"COUNTRY#{country}") if country else ("GSI1", "CONTACTS")
    return table.query(pk, index=index, limit=limit, start=start, forward=False)


def _candidates(table: Table, text: str) -> Iterable[str]:
    if len(text) < _SHORTEST:
        return
    digits = re.sub(r"\D", "", text)
    if _is_phone(text) and len(digits) >= _FEWEST_DIGITS:
        yield from _by(table, "GSI1", "ADDRESSES#phone", digits)
        yield from _by(table, "GSI2", "PHONE_ENDINGS", digits[::-1])
        return
    folded = text.lower()
    if "@" in text:
        yield from _by(table, "GSI1", "ADDRESSES#email", folded)
        return
    for word in sorted(words_of(text), key=len, reverse=True)[:1]:
        if len(word) > 1:
            key = keys.contact_word(word, "")
            page = table.query(key.pk, prefix=word, limit=MOST_MATCHES)
            yield from (str(item["contact_id"]) for item in page.items)
    for kind in ("bsuid", "email", *OTHER_ADDRESSES[1:]):
        yield from _by(table, "GSI1", f"ADDRESSES#{kind}", folded)


def _by(table: Table, index: str, pk: str, beginning: str) -> Iterable[str]:
    page = table.query(pk, index=index, prefix=beginning, limit=MOST_MATCHES)
    return [str(item["contact_id"]) for item in page.items if item.get("contact_id")]


def _is_phone(text: str) -> bool:
    return bool(_PHONE.match(text.strip()))


def _has_words(contact: Contact, words: list[str]) -> bool:
    own = contact.words()
    return all(any(word.startswith(each) for word in own) for each in words)


def _has_address(contact: Contact, text: str) -> bool:
    return any(value.lower().startswith(text.strip().lower()) for _, value in contact.identities.pairs())
