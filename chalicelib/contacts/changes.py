"""What one change of a contact writes, as one transaction: the record, its identities, the words it is found by, its groups
with their counts, and the number of contacts. New contact: 3 items + one per identity, word and group.
"""

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Delete, Item, Operation, Put, Update
from chalicelib.contacts.model import Contact

COUNT_SHARDS = 16

_STATE = ("opted_out", "merged_into", "merged_from")
"""Written by their own acts (consent.py, merging), never by a change of the record."""


def creation(contact: Contact) -> list[Operation]:
    """Everything a new contact writes. Its identities must be free."""
    key = keys.contact(contact.id)
    item: Item = {"PK": key.pk, "SK": key.sk, **_values(contact), **keys.contact_list(contact.id, contact.country)}
    if contact.opted_out:
        item["opted_out"] = set(contact.opted_out)
    return [
        Put(item, Attr("PK").not_exists()),
        *(_claim(kind, value, contact) for kind, value in contact.identities.pairs()),
        *(_word(word, contact.id) for word in contact.words()),
        *(operation for group_id in contact.groups for operation in _join(group_id, contact)),
        _count(contact, +1),
    ]


def change(before: Contact, after: Contact, *, now: datetime, entry_id: str = "", actor: str = "") -> list[Operation]:
    """What turns one version of a contact into the next; empty when nothing differs."""
    old, new = _values(before), _values(after)
    differs = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} - {"version", "updated_at"}
    if not differs:
        return []
    listed = keys.contact_list(after.id, after.country) if "country" in differs else {}
    unlisted = ["GSI2PK", "GSI2SK"] if "country" in differs and not after.country else []
    record = Update(
        keys.contact(after.id),
        set={name: new[name] for name in differs if name in new}
        | listed
        | {"version": before.version + 1, "updated_at": stamp(now)},
        remove=[name for name in differs if name not in new] + unlisted,
        condition=_is(before),
    )
    was = {name: old[name] for name in differs if name in old}
    history = [_history(after.id, now, entry_id, actor, sorted(differs), was=was)] if entry_id else []
    return [
        record,
        *_identities(before, after),
        *_words(before, after),
        *_groups(before, after),
        *_recount(before, after),
        *history,
    ]


def removal(contact: Contact) -> list[Operation]:
    """Everything that forgets a contact. What it said no to stays with its addresses."""
    return [
        Delete(keys.contact(contact.id), _is(contact)),
        *(_release(kind, value, contact) for kind, value in contact.identities.pairs()),
        *(Delete(keys.contact_word(word, contact.id)) for word in contact.words()),
        *(operation for group_id in contact.groups for operation in _leave(group_id, contact)),
        _count(contact, -1),
    ]


def merger(
    kept: Contact, other: Contact, *, now: datetime, entry_id: str = "", actor: str = ""
) -> tuple[Contact, list[Operation]]:
    """What makes two contacts one: `other`'s addresses, groups, opt-outs go to `kept`, and it says where it went.

    Where both have a value the kept one's stays; an address that gives way goes on as an alias.
    """
    marks = kept.opted_out | other.opted_out
    filled = {
        name: getattr(kept, name) or getattr(other, name)
        for name in (
            "phone",
            "bsuid",
            "name",
            "first_name",
            "last_name",
            "profile_name",
            "username",
            "external_id",
            "country",
        )
    }
    after = kept.model_copy(
        update=filled
        | {
            "addresses": other.addresses | kept.addresses,
            "attributes": other.attributes | kept.attributes,
            "tags": kept.tags | other.tags,
            "groups": kept.groups | other.groups,
            "opted_out": marks,
            "merged_from": kept.merged_from | {other.id},
        }
    )
    everyone = {*kept.identities.pairs(), *other.identities.pairs()}
    aliases = {f"{kind}#{value}" for kind, value in everyone - set(after.identities.pairs())}
    after = after.model_copy(update={"aliases": kept.aliases | aliases})
    old, new = _values(kept), _values(after)
    record = Update(
        keys.contact(kept.id),
        set={name: value for name, value in new.items() if old.get(name) != value}
        | keys.contact_list(after.id, after.country)
        | {"version": kept.version + 1, "updated_at": stamp(now)},
        add={"merged_from": frozenset({other.id})} | ({"opted_out": marks} if marks else {}),
        condition=_is(kept),
    )
    gone = Update(
        keys.contact(other.id),
        set={"merged_into": kept.id, "merged_at": stamp(now), "version": other.version + 1},
        remove=["GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "groups"],
        condition=_is(other),
    )
    operations: list[Operation] = [record, gone, _count(other, -1)]
    operations += [_move(kind, value, (kept.id, other.id), after) for kind, value in sorted(everyone)]
    operations += _recount(kept, after)
    operations += [Delete(keys.contact_word(word, other.id)) for word in other.words()]
    operations += _words(kept, after)
    for group_id in other.groups:
        operations.append(Delete(keys.membership(group_id, other.id)))
        operations.append(
            Update(keys.group(group_id), add={"contacts": -1}, condition=Attr("PK").exists())
            if group_id in kept.groups
            else Put(_membership(group_id, after))
        )
    if entry_id:
        operations.append(_history(kept.id, now, entry_id, actor, ["merged_from"], merged=other.id))
    return after, uncrossed(operations)


def uncrossed(operations: list[Operation]) -> list[Operation]:
    """One counter item may be counted only once in a transaction: adds of the same key are summed."""
    kept: dict[Any, Operation] = {}
    for operation in operations:
        key = ("put", operation.item["PK"], operation.item["SK"]) if isinstance(operation, Put) else operation.key
        earlier = kept.get(key)
        if isinstance(operation, Update) and isinstance(earlier, Update) and not operation.set:
            added = dict(earlier.add)
            for name, amount in operation.add.items():
                added[name] = added.get(name, 0) + amount  # type: ignore[operator]
            kept[key] = Update(operation.key, add=added, condition=operation.condition)
        elif isinstance(operation, Put) and earlier is not None:
            raise ValueError(f"one transaction puts {key} twice")
        else:
            kept[key] = operation
    return list(kept.values())


def _is(contact: Contact) -> ConditionBase:
    """The stored contact is the one that was read. (`&` of conditions is DynamoDB's AND.)"""
    return Attr("version").eq(contact.version) & Attr("merged_into").not_exists()


def _values(contact: Contact) -> Item:
    values = contact.model_dump(mode="json", exclude={*_STATE, "created_at", "updated_at", "tags", "groups", "aliases"})
    values |= {name: set(found) for name in ("tags", "groups", "aliases") if (found := getattr(contact, name))}
    found = {name: value for name, value in values.items() if value not in (None, "", {}, [])}
    return {**found, "created_at": stamp(contact.created_at), "version": contact.version}


def _free() -> ConditionBase:
    return Attr("contact_id").not_exists() | Attr("contact_id").eq("")


def _claim(kind: str, value: str, contact: Contact) -> Update:
    sets = {"opted_out": contact.opted_out, "groups": contact.groups}
    return Update(
        keys.identity(kind, value),
        set={"contact_id": contact.id, **keys.address_list(kind, _shown(kind, value, contact))},
        add={name: found for name, found in sets.items() if found},
        condition=_free(),
    )


def _move(kind: str, value: str, holders: tuple[str, str], after: Contact) -> Update:
    sets = {"opted_out": after.opted_out, "groups": after.groups}
    return Update(
        keys.identity(kind, value),
        set={"contact_id": after.id},
        add={name: found for name, found in sets.items() if found},
        condition=Attr("contact_id").is_in(list(holders)),
    )


def _release(kind: str, value: str, contact: Contact) -> Operation:
    """Frees an address. One that opted out keeps its marks: who uses it next must not be written to by mistake."""
    mine = Attr("contact_id").eq(contact.id)
    if contact.opted_out:
        unlisted = ["GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "groups"]
        return Update(keys.identity(kind, value), set={"contact_id": ""}, remove=unlisted, condition=mine)
    return Delete(keys.identity(kind, value), mine & Attr("opted_out").not_exists())


def _shown(kind: str, value: str, contact: Contact) -> str:
    return contact.phone if kind == "phone" and contact.phone else value


def _identities(before: Contact, after: Contact) -> list[Operation]:
    old, new = before.identities.pairs(), after.identities.pairs()
    operations: list[Operation] = [_claim(kind, value, after) for kind, value in new if (kind, value) not in old]
    operations += [_release(kind, value, before) for kind, value in old if (kind, value) not in new]
    if before.groups != after.groups:
        operations += [_regroup(kind, value, before, after) for kind, value in new if (kind, value) in old]
    return operations


def _regroup(kind: str, value: str, before: Contact, after: Contact) -> Update:
    """One clause may name an attribute only once: whoever joins and leaves at once is written whole."""
    mine = Attr("contact_id").eq(after.id)
    joins, leaves = after.groups - before.groups, before.groups - after.groups
    if joins and leaves:
        return Update(keys.identity(kind, value), set={"groups": set(after.groups)}, condition=mine)
    added, left = ({"groups": joins}, {}) if joins else ({}, {"groups": leaves})
    return Update(keys.identity(kind, value), add=added, discard=left, condition=mine)


def _words(before: Contact, after: Contact) -> list[Operation]:
    old, new = before.words(), after.words()
    added: list[Operation] = [_word(word, after.id) for word in new - old]
    return added + [Delete(keys.contact_word(word, after.id)) for word in old - new]


def _word(word: str, contact_id: str) -> Put:
    key = keys.contact_word(word, contact_id)
    return Put({"PK": key.pk, "SK": key.sk, "contact_id": contact_id})


def _groups(before: Contact, after: Contact) -> list[Operation]:
    joined = [operation for group_id in after.groups - before.groups for operation in _join(group_id, after)]
    left = [operation for group_id in before.groups - after.groups for operation in _leave(group_id, after)]
    moved = before.groups & after.groups if before.country != after.country else frozenset()
    return [*joined, *left, *(Put(_membership(group_id, after)) for group_id in moved)]


def _membership(group_id: str, contact: Contact) -> Item:
    key = keys.membership(group_id, contact.id)
    return {"PK": key.pk, "SK": key.sk, "country": contact.country}


def _join(group_id: str, contact: Contact) -> list[Operation]:
    return [
        Put(_membership(group_id, contact), Attr("PK").not_exists()),
        Update(keys.group(group_id), add={"contacts": 1}, condition=Attr("PK").exists()),
    ]


def _leave(group_id: str, contact: Contact) -> list[Operation]:
    return [
        Delete(keys.membership(group_id, contact.id), Attr("PK").exists()),
        Update(keys.group(group_id), add={"contacts": -1}, condition=Attr("PK").exists()),
    ]


def _recount(before: Contact, after: Contact) -> list[Operation]:
    if before.country == after.country:
        return []
    changes = {f"country_{country}": by for country, by in ((before.country, -1), (after.country, +1)) if country}
    return [Update(keys.contact_count(_shard(after)), add=changes)]


def _count(contact: Contact, by: int) -> Update:
    counted = {"total": by} | ({f"country_{contact.country}": by} if contact.country else {})
    return Update(keys.contact_count(_shard(contact)), add=counted)


def _shard(contact: Contact) -> int:
    return int(contact.id) % COUNT_SHARDS


def _history(
    contact_id: str,
    now: datetime,
    entry_id: str,
    actor: str,
    fields: list[str],
    *,
    was: Item | None = None,
    merged: str = "",
) -> Put:
    key = keys.contact_history(contact_id, now, entry_id)
    item: Item = {"PK": key.pk, "SK": key.sk, "at": stamp(now), "actor": actor, "fields": fields}
    return Put(item | ({"was": was} if was else {}) | ({"merged": merged} if merged else {}))
