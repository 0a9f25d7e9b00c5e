"""From identities to a contact, exactly one however many messages arrive at once.

Each identity is an item of its own, claimed by a conditional transaction together with the contact it points to. It also
carries the contact's opt-out marks, so that the sender's check before each message is one consistent read.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.cloud import keys
from chalicelib.cloud.ids import number_of
from chalicelib.cloud.table import Item, Key, Table, TransactionRefused
from chalicelib.contacts import forgotten
from chalicelib.contacts.changes import change, creation, merger
from chalicelib.contacts.model import Contact, Identities, marks_of
from chalicelib.contacts.phones import country_of

_TRIES = 8


class IdentityContended(Exception):
    """Other writers kept changing the same identities; nothing was written. Try again later."""


def get(table: Table, contact_id: str) -> Contact | None:
    """The contact, or None. A merged one is answered as it was left, with `merged_into`."""
    item = table.get(keys.contact(contact_id))
    return Contact.model_validate(item) if item else None


def find(table: Table, who: Identities) -> Contact | None:
    """The contact that has one of these identities (the BSUID's when they point to two), or None."""
    owner = next(iter(owners(table, who)), None)
    return get(table, owner) if owner else None


def owners(table: Table, who: Identities) -> list[str]:
    """The ids of all contacts that have one of these identities, the BSUID's first."""
    return _owners(_lookup(table, who))


def opted_out(table: Table, who: Identities, erasure_key: str = "") -> frozenset[str]:
    """The opt-out marks of whoever has one of these identities, blacklists included, read afresh: the sender's check.

    With the installation's key, also of who had them and was erased. One request, and for who is in a group a second one: which
    groups are blacklists.
    """
    wanted = [keys.identity(kind, value) for kind, value in who.pairs()]
    remembered = forgotten.places(erasure_key, who)
    found = table.get_many([*wanted, *remembered])
    grouped = any(found[key].get("groups") for key in wanted if key in found)
    blacklists = (table.get(keys.BLACKLIST) or {}).get("groups", ()) if grouped else ()
    opted_in = frozenset().union(*(found[key].get("opted_in", ()) for key in wanted if key in found))
    known = [marks_of(found[key], blacklists) for key in wanted if key in found]
    erased = [forgotten.in_force(found[key], opted_in) for key in remembered if key in found]
    return frozenset().union(*known, *erased)


def resolve(
    table: Table,
    who: Identities,
    *,
    now: datetime,
    new_id: Callable[[], str],
    profile_name: str = "",
    username: str = "",
) -> Contact:
    """The contact with these identities: found, completed by an identity it lacked, merged from two, or made.

    Raises IdentityContended.
    """
    for _ in range(_TRIES):
        found = _lookup(table, who)
        claimed = _owners(found)
        try:
            if not claimed:
                marks = frozenset().union(*(item.get("opted_out", ()) for item in found.values()))
                return _create(table, who, new_id(), now, profile_name, username, marks)
            contact = _existing(table, claimed[0])
            if len(claimed) > 1:
                absorb(table, contact, _existing(table, claimed[1]), now)
                continue
            return _completed(table, contact, who, found, profile_name, username, now)
        except TransactionRefused:
            continue  # somebody was faster: look again
    raise IdentityContended


def replace(table: Table, contact: Contact, now_has: Identities, now: datetime) -> None:
    """Moves a contact to new identities: WhatsApp says the person changed number. The old ones may soon be somebody else's.

    Harmless when repeated. Raises TransactionRefused when a new identity is another contact's (merge them first).
    """
    values = {"phone": now_has.phone or contact.phone, "bsuid": now_has.bsuid or contact.bsuid}
    if operations := change(contact, contact.model_copy(update=values), now=now):
        table.transact(operations)


def absorb(table: Table, kept: Contact, other: Contact, now: datetime) -> None:
    """Makes two contacts one: what `other` has goes to `kept`, and it says where it went.

    Raises TransactionRefused when either changed meanwhile.
    """
    table.transact(merger(kept, other, now=now)[1])


def _lookup(table: Table, who: Identities) -> dict[Key, Item]:
    wanted = [keys.identity(kind, value) for kind, value in who.pairs()]
    found = table.get_many(wanted)
    return {key: found[key] for key in wanted if key in found}


def _owners(found: dict[Key, Item]) -> list[str]:
    return list(dict.fromkeys(item["contact_id"] for item in found.values() if item.get("contact_id")))


def _existing(table: Table, contact_id: str) -> Contact:
    contact = get(table, contact_id)
    if contact is None:
        raise IdentityContended(f"identity points to contact {contact_id}, which is gone")
    return contact


def _create(
    table: Table,
    who: Identities,
    new_id: str,
    now: datetime,
    profile_name: str,
    username: str,
    opted_out: frozenset[str],
) -> Contact:
    contact = Contact(
        id=str(number_of(new_id)),
        created_at=now,
        phone=who.phone,
        bsuid=who.bsuid,
        aliases=who.also,
        profile_name=profile_name,
        username=username,
        country=country_of(who.phone, who.bsuid),
        opted_out=opted_out,
        source="inbound",
    )
    table.transact(creation(contact))
    return contact


def _completed(
    table: Table,
    contact: Contact,
    who: Identities,
    found: dict[Key, Item],
    profile_name: str,
    username: str,
    now: datetime,
) -> Contact:
    """Attaches identities the contact lacked and keeps its profile name current; writes nothing when nothing is new."""
    news = {name: value for name, value in {"profile_name": profile_name, "username": username}.items() if value}
    missing = [pair for pair in who.pairs() if not found.get(keys.identity(*pair), {}).get("contact_id")]
    news |= {
        kind: value for kind, value in (("phone", who.phone), ("bsuid", who.bsuid)) if value and kind in dict(missing)
    }
    # What WhatsApp says now is what we write to; by what it said before the person may still come.
    aliases = {f"{kind}#{value}" for kind, value in contact.identities.pairs() if kind in dict(missing)}
    changed = contact.model_copy(update={**news, "aliases": contact.aliases | aliases})
    if not changed.country:
        changed = changed.model_copy(update={"country": country_of(changed.phone, changed.bsuid)})
    if operations := change(contact, changed, now=now):
        table.transact(operations)
        return changed.model_copy(update={"version": contact.version + 1, "updated_at": now})
    return contact
