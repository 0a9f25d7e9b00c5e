"""Use cases around people: invite, change, disable; never without an administrator left."""

from chalicelib.access import seats, store
from chalicelib.access.model import (
    ApiKeyDraft,
    CurrentUser,
    EmailTaken,
    LastAdministrator,
    User,
    UserChange,
    UserDraft,
    UserState,
    UserUnknown,
)
from chalicelib.access.permissions import Role, permissions_of
from chalicelib.cloud.table import TransactionRefused
from chalicelib.problems import Conflict, Forbidden
from chalicelib.wiring import World


class ChangedMeanwhile(Conflict):
    """The thing is not as the caller last saw it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"This was changed meanwhile (version {version}). Read it again and repeat.")
        self.version = version


class GrantsTooMuch(Forbidden):
    """Nobody gives away more than they have."""

    def __init__(self) -> None:
        super().__init__("You cannot give permissions or subaccounts that you do not have yourself.")


def invite(world: World, actor: CurrentUser, draft: UserDraft, *, password: str | None = None) -> User:
    """Adds a person. `password` (to seed a demonstration) keeps Cognito from mailing one.

    A person whom Cognito has but we do not (an earlier try stopped half-way) is completed. Raises EmailTaken, SeatsTaken.
    """
    require_grantable(actor, draft)
    user_id = world.directory.find(draft.email)
    if user_id is not None and store.user(world.table, user_id) is not None:
        raise EmailTaken(user_id)
    now = world.clock()
    new = User(
        id=user_id or "",
        email=draft.email,
        name=draft.name,
        role=draft.role,
        permissions=draft.permissions,
        subaccounts=draft.subaccounts,
        state=UserState.ACTIVE if password else UserState.INVITED,
        created_at=now,
    )
    seats.require_free(world.table, None, new)
    detail = {"email": new.email, "role": new.role}
    entry = store.entry_of(actor, "user.invited", new.id, now=now, entry_id=world.new_id(), detail=detail)
    if user_id is None:
        store.audit_attempt(world.table, entry)  # Cognito writes to the person before our table knows them
        user_id = world.directory.invite(draft.email, password=password)
        new = new.model_copy(update={"id": user_id})
    try:
        store.put_user(world.table, new, entry.model_copy(update={"target": user_id}))
    except TransactionRefused as error:  # another request was faster, and has its own line
        raise EmailTaken(user_id) from error
    return new


def get(world: World, user_id: str) -> User:
    """Raises UserUnknown."""
    found = store.user(world.table, user_id)
    if found is None:
        raise UserUnknown(user_id)
    return found


def change(world: World, actor: CurrentUser, user_id: str, wish: UserChange, *, version: int | None = None) -> User:
    """Changes a person's name, role, rights, or whether they may sign in. Raises LastAdministrator, ChangedMeanwhile,
    SeatsTaken.

    Our table decides and is written first; Cognito follows and is told again when the same change is sent twice.
    """
    before = get(world, user_id)
    if version is not None and version != before.version:
        raise ChangedMeanwhile(before.version)
    after = _changed(before, wish)
    require_grantable(actor, after)
    seats.require_free(world.table, before, after)
    loses_one = _is_active_administrator(before) and not _is_active_administrator(after)
    remaining = _another_administrator(world, user_id) if loses_one else None
    if after != before:
        after = after.model_copy(update={"version": before.version + 1})
        detail = wish.model_dump(mode="json", exclude_unset=True)
        entry = store.entry_of(
            actor, "user.changed", user_id, now=world.clock(), entry_id=world.new_id(), detail=detail
        )
        try:
            store.replace_user(world.table, after, entry, remaining)
        except TransactionRefused as error:
            raise ChangedMeanwhile(get(world, user_id).version) from error
    if wish.enabled is False:
        world.directory.disable(after.email)
    elif wish.enabled:
        world.directory.enable(after.email)
    return after


def remind(world: World, user_id: str) -> None:
    """Mails the invitation again. Raises UserUnknown, Conflict when they have signed in already."""
    user = get(world, user_id)
    if user.state is not UserState.INVITED:
        raise Conflict(f"There is no invitation to repeat: this person is {user.state}.", code="not_invited")
    world.directory.remind(user.email)


def _changed(before: User, wish: UserChange) -> User:
    values = {name: getattr(wish, name) for name in wish.model_fields_set - {"enabled"}}
    kept = {name: value for name, value in values.items() if value is not None or name == "subaccounts"}
    if wish.enabled is False:
        kept["state"] = UserState.DISABLED
    elif wish.enabled and before.state is UserState.DISABLED:
        kept["state"] = UserState.ACTIVE
    return before.model_copy(update=kept)


def require_grantable(actor: CurrentUser, wanted: UserDraft | User | ApiKeyDraft) -> None:
    """Nobody gives away more than they have. Raises GrantsTooMuch."""
    if not permissions_of(wanted.role, wanted.permissions) <= actor.permissions:
        raise GrantsTooMuch
    if actor.subaccounts is None:
        return
    if wanted.subaccounts is None or not set(wanted.subaccounts) <= set(actor.subaccounts):
        raise GrantsTooMuch


def _is_active_administrator(user: User) -> bool:
    return user.role is Role.ADMINISTRATOR and user.state is not UserState.DISABLED


def _another_administrator(world: World, user_id: str) -> User:
    for user in store.users(world.table):
        if user.id != user_id and _is_active_administrator(user):
            return user
    raise LastAdministrator
