"""Use cases around the keys of machines."""

import os

from chalicelib.access import secrets, store
from chalicelib.access.model import ApiKey, ApiKeyDraft, ApiKeyUnknown, CurrentUser, NewApiKey
from chalicelib.access.users import require_grantable
from chalicelib.cloud.table import TransactionRefused
from chalicelib.problems import Invalid
from chalicelib.wiring import World


def create(world: World, actor: CurrentUser, draft: ApiKeyDraft) -> NewApiKey:
    """A new key; its secret is in this answer and nowhere else. Raises Invalid, GrantsTooMuch."""
    require_grantable(actor, draft)
    now = world.clock()
    if draft.expires_at is not None and (draft.expires_at.tzinfo is None or draft.expires_at <= now):
        raise Invalid("The end must be a time in the future, with its zone.", field="expiresAt")
    parts = secrets.make(os.urandom(10), os.urandom(32))
    new = ApiKey(
        id=parts.id,
        prefix=secrets.PREFIX + parts.id[:6],
        name=draft.name,
        role=draft.role,
        permissions=draft.permissions,
        subaccounts=draft.subaccounts,
        created_at=now,
        created_by=actor.id,
        expires_at=draft.expires_at,
    )
    detail = {"name": new.name, "role": new.role}
    entry = store.entry_of(actor, "api-key.created", new.id, now=now, entry_id=world.new_id(), detail=detail)
    store.put_api_key(world.table, new, secrets.digest(parts.secret), entry)
    return NewApiKey(**new.model_dump(), key=secrets.written(parts))


def get(world: World, key_id: str) -> ApiKey:
    """Raises ApiKeyUnknown."""
    found = store.api_key(world.table, key_id)
    if found is None:
        raise ApiKeyUnknown(key_id)
    return found.key


def revoke(world: World, actor: CurrentUser, key_id: str) -> None:
    """Ends a key from the next request on; one that was ended before stays so. Raises ApiKeyUnknown."""
    now = world.clock()
    if get(world, key_id).revoked_at is not None:
        return
    entry = store.entry_of(actor, "api-key.revoked", key_id, now=now, entry_id=world.new_id())
    try:
        store.revoke_api_key(world.table, key_id, now, entry)
    except TransactionRefused:
        get(world, key_id)  # another request was faster, which is as good
