"""Routes of users, API keys and the audit log."""

from chalice.app import Blueprint

from chalicelib.access import api_keys, store, users
from chalicelib.access.model import (
    ApiKey,
    ApiKeyDraft,
    AuditEntry,
    CurrentUser,
    Me,
    NewApiKey,
    User,
    UserChange,
    UserDraft,
)
from chalicelib.access.permissions import Permission
from chalicelib.http.endpoint import endpoint
from chalicelib.http.operations import SIGNED_IN
from chalicelib.http.paging import Page, PageQuery
from chalicelib.wiring import World

bp = Blueprint(__name__)


@endpoint(bp, "GET", "/api/v1/me", permission=SIGNED_IN)
def get_me(user: CurrentUser, world: World) -> Me:
    """Tells who the caller is and what they may do."""
    return Me(
        id=user.id,
        kind=user.kind,
        name=user.name,
        email=user.email,
        role=user.role,
        permissions=sorted(user.permissions),
        subaccounts=user.subaccounts,
        account_id=world.settings.account_id,
    )


@endpoint(bp, "GET", "/api/v1/users", permission=Permission.USERS_READ, tag="Users")
def list_users(world: World) -> Page[User]:
    """Lists everybody who may sign in."""
    return Page[User](items=store.users(world.table))


@endpoint(bp, "POST", "/api/v1/users", permission=Permission.USERS_WRITE, status=201, tag="Users")
def invite_user(user: CurrentUser, body: UserDraft, world: World) -> User:
    """Invites a person.

    They get a temporary password by mail and choose their own when they first sign in.
    """
    return users.invite(world, user, body)


@endpoint(bp, "GET", "/api/v1/users/{userId}", permission=Permission.USERS_READ, tag="Users")
def get_user(user_id: str, world: World) -> User:
    """Reads one person."""
    return users.get(world, user_id)


@endpoint(bp, "PATCH", "/api/v1/users/{userId}", permission=Permission.USERS_WRITE, tag="Users")
def change_user(user: CurrentUser, user_id: str, body: UserChange, if_match: int | None, world: World) -> User:
    """Changes a person's name, role, rights, or whether they may sign in.

    A role acts from the next request on. The last administrator cannot be disabled or given another role.
    """
    return users.change(world, user, user_id, body, version=if_match)


@endpoint(bp, "POST", "/api/v1/users/{userId}/invitation", permission=Permission.USERS_WRITE, tag="Users")
def repeat_invitation(user_id: str, world: World) -> None:
    """Mails the invitation again to somebody who has not signed in yet."""
    users.remind(world, user_id)


@endpoint(bp, "GET", "/api/v1/api-keys", permission=Permission.API_KEYS_READ, tag="API keys")
def list_api_keys(world: World) -> Page[ApiKey]:
    """Lists the keys of machines, revoked ones too; never their secrets."""
    return Page[ApiKey](items=store.api_keys(world.table))


@endpoint(bp, "POST", "/api/v1/api-keys", permission=Permission.API_KEYS_WRITE, status=201, tag="API keys")
def create_api_key(user: CurrentUser, body: ApiKeyDraft, world: World) -> NewApiKey:
    """Makes a key. This answer is the only one that shows it."""
    return api_keys.create(world, user, body)


@endpoint(bp, "GET", "/api/v1/api-keys/{keyId}", permission=Permission.API_KEYS_READ, tag="API keys")
def get_api_key(key_id: str, world: World) -> ApiKey:
    """Reads one key, without its secret."""
    return api_keys.get(world, key_id)


@endpoint(bp, "DELETE", "/api/v1/api-keys/{keyId}", permission=Permission.API_KEYS_WRITE, tag="API keys")
def revoke_api_key(user: CurrentUser, key_id: str, world: World) -> None:
    """Ends a key for good, from the next request on. It stays in the list, as revoked."""
    api_keys.revoke(world, user, key_id)


@endpoint(bp, "GET", "/api/v1/audit", permission=Permission.AUDIT_READ, tag="Audit log")
def list_audit_entries(query: PageQuery, world: World) -> Page[AuditEntry]:
    """Lists who changed what of the platform's set-up, newest first."""
    page = store.audit_log(world.table, limit=query.limit, token=query.next)
    return Page[AuditEntry](items=[store.audit_entry(item) for item in page.items], next=page.next)
