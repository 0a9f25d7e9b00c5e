"""From identities to a contact, exactly one however many messages arrive at once.

Each identity is an item of its own, claimed by a conditional transaction together with the contact it points to. It also
carries the contact's opt-out marks, so that the sender's check before each message is one consistent read.
"""

from collections.abc import Callable
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Delete, Item, Key, Operation, Put, Table, TransactionRefused, Update
from chalicelib.contacts.model import Contact, Identities
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
    found = _lookup(table, who)
    owner = next(iter(found.values()), None)
    return get(table, owner["contact_id"]) if owner else None


def opted_out(table: Table, who: Identities) -> frozenset[str]:
    """The opt-out marks of whoever has one of these identities, read afresh: the sender's check."""
    marks: frozenset[str] = frozenset()
    for item in _lookup(table, who).values():
        marks |= frozenset(item.get("opted_out", ()))
    return marks


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
        owners = list(dict.fromkeys(item["contact_id"] for item in found.values()))
        try:
            if not owners:
                return _create(table, who, new_id(), now, profile_name, username)
            contact = _existing(table, owners[0])
            if len(owners) > 1:
                absorb(table, contact, _existing(table, owners[1]), now)
                continue
            return _completed(table, contact, who, found, profile_name, username)
        except TransactionRefused:
            continue  # somebody was faster: look again
    raise IdentityContended


def replace(table: Table, contact: Contact, now_has: Identities) -> None:
    """Moves a contact to new identities: WhatsApp says the person changed number. The old ones may soon be somebody else's.

    Harmless when repeated. Raises TransactionRefused when a new identity is another contact's (merge them first).
    """
    old, new = set(contact.identities.pairs()), set(now_has.pairs())
    values = {"phone": now_has.phone or contact.phone, "bsuid": now_has.bsuid or contact.bsuid}
    kinds = {kind for kind, _ in new}
    mine = Attr("PK").not_exists() | Attr("contact_id").eq(contact.id)
    operations: list[Operation] = [Update(keys.contact(contact.id), set=values, condition=Attr("PK").exists())]
    operations += [Delete(keys.identity(*pair), mine) for pair in old - new if pair[0] in kinds]
    operations += [Put(_identity_item(*pair, contact), mine) for pair in new]
    table.transact(operations)


def absorb(table: Table, kept: Contact, other: Contact, now: datetime) -> None:
    """Makes two contacts one: `other`'s identities and opt-outs go to `kept`, and it says where it went.

    Raises TransactionRefused when either changed meanwhile.
    """
    marks = kept.opted_out | other.opted_out
    merged = Identities(phone=kept.phone or other.phone, bsuid=kept.bsuid or other.bsuid)
    operations: list[Operation] = [
        Update(
            keys.contact(kept.id),
            set={"phone": merged.phone, "bsuid": merged.bsuid, "name": kept.name or other.name},
            add={"merged_from": frozenset({other.id})} | ({"opted_out": marks} if marks else {}),
            condition=Attr("PK").exists() & Attr("merged_into").not_exists(),
        ),
        Update(
            keys.contact(other.id),
            set={"merged_into": kept.id, "merged_at": stamp(now)},
            condition=Attr("PK").exists() & Attr("merged_into").not_exists(),
        ),
    ]
    for key in {keys.identity(*pair) for pair in (*kept.identities.pairs(), *other.identities.pairs())}:
        operations.append(
            Update(
                key,
                set={"contact_id": kept.id},
                add={"opted_out": marks} if marks else {},
                condition=Attr("contact_id").is_in([kept.id, other.id]),
            )
        )
    table.transact(operations)


def _lookup(table: Table, who: Identities) -> dict[Key, Item]:
    wanted = [keys.identity(kind, value) for kind, value in who.pairs()]
    found = table.get_many(wanted)
    return {key: found[key] for key in wanted if key in found}


def _existing(table: Table, contact_id: str) -> Contact:
    contact = get(table, contact_id)
    if contact is None:
        raise IdentityContended(f"identity points to contact {contact_id}, which is gone")
    return contact


def _create(table: Table, who: Identities, contact_id: str, now: datetime, profile_name: str, username: str) -> Contact:
    contact = Contact(
        id=contact_id,
        created_at=now,
        phone=who.phone,
        bsuid=who.bsuid,
        profile_name=profile_name,
        username=username,
        country=country_of(who.phone, who.bsuid),
    )
    operations: list[Operation] = [Put(_item(contact), Attr("PK").not_exists())]
    operations += [Put(_identity_item(kind, value, contact), Attr("PK").not_exists()) for kind, value in who.pairs()]
    table.transact(operations)
    return contact


def _completed(
    table: Table, contact: Contact, who: Identities, found: dict[Key, Item], profile_name: str, username: str
) -> Contact:
    """Attaches identities the contact lacked and keeps its profile name current; writes nothing when nothing is new."""
    news = {
        name: value
        for name, value in {"profile_name": profile_name, "username": username}.items()
        if value and value != getattr(contact, name)
    }
    missing = [(kind, value) for kind, value in who.pairs() if keys.identity(kind, value) not in found]
    if missing:
        news |= {name: value for name, value in (("phone", who.phone), ("bsuid", who.bsuid)) if value}
    if not news:
        return contact
    changed = contact.model_copy(update=news)
    if not changed.country:
        changed = changed.model_copy(update={"country": country_of(changed.phone, changed.bsuid)})
    operations: list[Operation] = [
        Update(
            keys.contact(contact.id),
            set={**news, "country": changed.country},
            condition=Attr("PK").exists() & Attr("merged_into").not_exists(),
        )
    ]
    operations += [Put(_identity_item(kind, value, changed), Attr("PK").not_exists()) for kind, value in missing]
    table.transact(operations)
    return changed


def _item(contact: Contact) -> Item:
    key = keys.contact(contact.id)
    values = contact.model_dump(mode="json", exclude={"opted_out", "created_at"}, exclude_none=True)
    marks = {"opted_out": set(contact.opted_out)} if contact.opted_out else {}
    return {"PK": key.pk, "SK": key.sk, **values, "created_at": stamp(contact.created_at), **marks}


def _identity_item(kind: str, value: str, contact: Contact) -> Item:
    key = keys.identity(kind, value)
    marks = {"opted_out": set(contact.opted_out)} if contact.opted_out else {}
    return {"PK": key.pk, "SK": key.sk, "contact_id": contact.id, **marks}
