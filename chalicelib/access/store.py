"""Users' profiles, API keys and the audit log in the main table."""

from datetime import datetime
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.access.model import ApiKey, AuditEntry, CurrentUser, Outcome, User, UserState
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.pages import TokenPage, read_page
from chalicelib.cloud.table import Check, ConditionFailed, Item, Kept, Key, Operation, Put, Table, Update


class StoredKey(NamedTuple):
    """A key and the digest that proves its secret."""

    key: ApiKey
    digest: str


def user(table: Table, user_id: str) -> User | None:
    """The profile of one person."""
    item = table.get(keys.user(user_id))
    return User.model_validate(_values(item)) if item else None


def users(table: Table) -> list[User]:
    """Everybody. They are few: one partition, read whole."""
    return [User.model_validate(_values(item)) for item in table.query_all(keys.user("").pk, consistent=True)]


def put_user(table: Table, new: User, entry: AuditEntry) -> None:
    """Stores a profile that must not exist yet. Raises TransactionRefused."""
    table.transact([Put(_item(keys.user(new.id), new), Attr("PK").not_exists()), audit_put(entry)])


def replace_user(table: Table, changed: User, entry: AuditEntry, remaining: User | None = None) -> None:
    """Stores a profile over the version before it. Raises TransactionRefused when that is not what is stored.

    `remaining` must still be as it was read: two administrators may not take the role from each other at once.
    """
    before = Attr("version").eq(changed.version - 1)
    operations: list[Operation] = [Put(_item(keys.user(changed.id), changed), before), audit_put(entry)]
    if remaining:
        operations.append(Check(keys.user(remaining.id), Attr("version").eq(remaining.version)))
    table.transact(operations)


def note_user_seen(table: Table, user_id: str, now: datetime) -> None:
    """Remembers that the person was here; the first time an invitation becomes an account."""
    key, exists = keys.user(user_id), Attr("PK").exists()
    seen = {"last_seen_at": stamp(now)}
    try:
        table.update(
            Update(key, set={**seen, "state": "active"}, condition=exists & Attr("state").eq(UserState.INVITED.value))
        )
    except ConditionFailed:
        table.update(Update(key, set=seen, condition=exists))


def api_key(table: Table, key_id: str) -> StoredKey | None:
    """One key, dead or alive."""
    item = table.get(keys.api_key(key_id))
    return _stored(item) if item else None


def api_keys(table: Table) -> list[ApiKey]:
    """All keys, revoked ones too."""
    return [_stored(item).key for item in table.query_all(keys.api_key("").pk, consistent=True)]


def put_api_key(table: Table, new: ApiKey, digest: str, entry: AuditEntry) -> None:
    """Stores a new key."""
    item = {**_item(keys.api_key(new.id), new), "digest": digest}
    table.transact([Put(item, Attr("PK").not_exists()), audit_put(entry)])


def revoke_api_key(table: Table, key_id: str, now: datetime, entry: AuditEntry) -> None:
    """Ends a key for good. Raises TransactionRefused when it is absent or ended already."""
    alive = Attr("PK").exists() & Attr("revoked_at").not_exists()
    table.transact([Update(keys.api_key(key_id), set={"revoked_at": stamp(now)}, condition=alive), audit_put(entry)])


def note_key_used(table: Table, key_id: str, now: datetime) -> None:
    """Remembers when a key was last used."""
    table.update(Update(keys.api_key(key_id), set={"last_used_at": stamp(now)}, condition=Attr("PK").exists()))


def audit_log(table: Table, *, limit: int, token: str | None) -> TokenPage:
    """Newest first. Raises BadPageToken."""
    return read_page(table, keys.AUDIT, token=token, limit=limit, forward=False)


def audit_entry(item: Item) -> AuditEntry:
    """An entry out of its item."""
    return AuditEntry.model_validate(_values(item))


def entry_of(
    actor: CurrentUser, action: str, target: str, *, now: datetime, entry_id: str, detail: dict[str, Any] | None = None
) -> AuditEntry:
    """What to note of a change: `action` as `user.invited`, `target` the thing's id, `detail` the new values (no secrets)."""
    return AuditEntry(
        id=entry_id,
        at=now,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        target=target,
        detail={name: str(value) for name, value in (detail or {}).items()},
    )


def audit_attempt(table: Table, entry: AuditEntry) -> AuditEntry:
    """Notes what is about to be done, for a change that is no single transaction: whoever is killed in it leaves this line.

    `audit_settle`, or the entry put again with the change, says how it ended.
    """
    begun = audit_put(entry.model_copy(update={"outcome": Outcome.ATTEMPTED}))
    table.put(begun.item, kept=begun.kept)
    return entry


def audit_settle(
    table: Table, entry: AuditEntry, outcome: Outcome, *, target: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Says how it ended, on which thing where that was not known before."""
    values: dict[str, Any] = {"outcome": str(outcome), "target": target or entry.target}
    values |= {"detail": {name: str(value) for name, value in detail.items()}} if detail else {}
    table.update(Update(keys.audit(entry.at, entry.id), set=values, condition=Attr("PK").exists()))


def audit_put(entry: AuditEntry) -> Put:
    """The entry as a part of the transaction that makes the change."""
    return Put(_item(keys.audit(entry.at, entry.id), entry), kept=Kept("audit", entry.at))


def _item(key: Key, model: User | ApiKey | AuditEntry) -> Item:
    return {"PK": key.pk, "SK": key.sk, **model.model_dump(mode="json", exclude_none=True)}


def _values(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in {"PK", "SK", "expires"}}


def _stored(item: Item) -> StoredKey:
    values = _values(item)
    digest = str(values.pop("digest"))
    return StoredKey(ApiKey.model_validate(values), digest)
