"""Who asks? One answer for HTTP requests and WebSocket connections alike.

It runs inside the function that serves the request: a separate authorizer would be one more invocation for each uncached
call, and its cache would keep a revoked key alive. A role is read from our own table each time, so a change acts at once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.access import secrets, store
from chalicelib.access.model import CredentialRefused, CurrentUser, UserState
from chalicelib.wiring import World

_LONGEST = 8192
# "Last used" and "last seen" are for people to look at: written at most this often, so that reading costs no writes.
_NOTE_EVERY = timedelta(minutes=10)


def credential_of(headers: Mapping[str, Any]) -> str:
    """The token or key of a request (X-API-Key, or Authorization: Bearer); empty when there is none."""
    if key := str(headers.get("x-api-key") or "").strip():
        return key
    scheme, _, value = str(headers.get("authorization") or "").strip().partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def authenticate(credential: str, world: World) -> CurrentUser:
    """The person or machine with this token or key. Raises CredentialRefused."""
    if len(credential) > _LONGEST or not credential.isascii():
        raise CredentialRefused("This is neither an access token nor an API key.")
    if credential.startswith(secrets.PREFIX):
        return _machine(credential, world)
    return _person(credential, world)


def _machine(credential: str, world: World) -> CurrentUser:
    now = world.clock()
    parts = secrets.read(credential)
    found = store.api_key(world.table, parts.id) if parts else None
    if parts is None or found is None or not secrets.matches(parts.secret, found.digest):
        raise CredentialRefused("This API key does not exist.")
    if not found.key.is_alive(now):
        raise CredentialRefused("This API key was revoked or has ended.")
    if found.key.last_used_at is None or now - found.key.last_used_at >= _NOTE_EVERY:
        store.note_key_used(world.table, found.key.id, now)
    return found.key.current()


def _person(credential: str, world: World) -> CurrentUser:
    now = world.clock()
    user = store.user(world.table, world.tokens.subject(credential))
    if user is None or user.state is UserState.DISABLED:
        raise CredentialRefused("This user has no access here. Ask an administrator.")
    if user.last_seen_at is None or now - user.last_seen_at >= _NOTE_EVERY:
        store.note_user_seen(world.table, user.id, now)
    return user.current()
