"""Who acts: people (Cognito users with a profile of ours) and machines (API keys)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.access.permissions import Permission, Role, permissions_of
from chalicelib.problems import Conflict, Forbidden, NotFound, Unauthorized
from chalicelib.shape import Shape

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
# Cognito itself is the judge of what it mails to; this keeps out what is no address at all.
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s]+\.[^@\s]+$"
    ),
]
SubaccountId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Subaccounts = Annotated[tuple[SubaccountId, ...] | None, Field(max_length=200)]


class CurrentUser(BaseModel):
    """Who asks, as every view gets it."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    kind: Literal["person", "machine"]
    name: str
    email: str = ""
    role: Role
    permissions: frozenset[Permission]
    subaccounts: tuple[str, ...] | None = None
    """The subaccounts they may act in; None is all."""

    def may(self, permission: Permission) -> bool:
        """Whether they have the permission."""
        return permission in self.permissions

    def may_enter(self, subaccount_id: str) -> bool:
        """Whether they may act in the subaccount."""
        return self.subaccounts is None or subaccount_id in self.subaccounts

    def enter(self, subaccount_id: str) -> None:
        """Raises SubaccountClosed when they may not act in the subaccount."""
        if not self.may_enter(subaccount_id):
            raise SubaccountClosed(subaccount_id)


class UserState(StrEnum):
    """Whether somebody can sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class UserDraft(Shape):
    """A person to invite; Cognito mails them a temporary password."""

    email: Email
    name: Name
    role: Role
    permissions: frozenset[Permission] = Field(default=frozenset(), description="Beyond what the role has.")
    subaccounts: Subaccounts = Field(default=None, description="Only these; null is all.")


class UserChange(Shape):
    """What to change of a person; what is absent stays."""

    name: Name | None = None
    role: Role | None = None
    permissions: frozenset[Permission] | None = None
    subaccounts: Subaccounts = None
    enabled: bool | None = None


class User(Shape):
    """A person who may sign in. `id` is Cognito's `sub`."""

    id: str
    email: str
    name: str
    role: Role
    permissions: frozenset[Permission] = frozenset()
    subaccounts: Subaccounts = None
    state: UserState
    created_at: datetime
    last_seen_at: datetime | None = None
    version: int = 1

    def current(self) -> CurrentUser:
        """This person as the one who asks."""
        return CurrentUser(
            id=self.id,
            kind="person",
            name=self.name,
            email=self.email,
            role=self.role,
            permissions=permissions_of(self.role, self.permissions),
            subaccounts=self.subaccounts,
        )


class Me(Shape):
    """Who the caller is and what they may do."""

    id: str
    kind: Literal["person", "machine"]
    name: str
    email: str
    role: Role
    permissions: list[Permission]
    subaccounts: tuple[str, ...] | None
    account_id: str


class ApiKeyDraft(Shape):
    """A key to make for a machine."""

    name: Name
    role: Role
    permissions: frozenset[Permission] = Field(default=frozenset(), description="Beyond what the role has.")
    subaccounts: Subaccounts = Field(default=None, description="Only these; null is all.")
    expires_at: datetime | None = Field(default=None, description="When it ends by itself; null is never.")


class ApiKey(Shape):
    """A machine's key, without its secret. `prefix` is how the key begins, to recognise it by."""

    id: str
    prefix: str
    name: str
    role: Role
    permissions: frozenset[Permission] = frozenset()
    subaccounts: Subaccounts = None
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        """Whether the key opens anything at this time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def current(self) -> CurrentUser:
        """This key as the one who asks."""
        return CurrentUser(
            id=self.id,
            kind="machine",
            name=self.name,
            role=self.role,
            permissions=permissions_of(self.role, self.permissions),
            subaccounts=self.subaccounts,
        )


class NewApiKey(ApiKey):
    """A key just made: the one time its secret is shown."""

    key: str


class Outcome(StrEnum):
    """What became of what somebody did."""

    ATTEMPTED = "attempted"
    """It was begun, and nobody lived to say how it ended: it may have happened."""
    DONE = "done"
    REFUSED = "refused"


class AuditEntry(Shape):
    """One change of how the platform is set up: who did what to which thing, and the values that changed."""

    id: str
    at: datetime
    actor_id: str
    actor_name: str
    action: str
    target: str
    detail: dict[str, str] = Field(default_factory=dict)
    outcome: Outcome = Outcome.DONE


class CredentialRefused(Unauthorized):
    """The token or key is not one of ours, has ended, or its owner may not sign in."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class SubaccountClosed(Forbidden):
    """The caller is limited to other subaccounts."""

    def __init__(self, subaccount_id: str) -> None:
        super().__init__(f"You have no access to subaccount {subaccount_id}.")
        self.subaccount_id = subaccount_id


class UserUnknown(NotFound):
    """No such person."""

    def __init__(self, user_id: str) -> None:
        super().__init__("There is no user with this id.")
        self.user_id = user_id


class EmailTaken(Conflict):
    """Somebody has this address already."""

    def __init__(self, user_id: str = "") -> None:
        super().__init__("A user with this e-mail address exists already.")
        self.user_id = user_id


class LastAdministrator(Conflict):
    """The change would leave nobody who can manage users."""

    def __init__(self) -> None:
        super().__init__("This is the last active administrator. Make somebody else an administrator first.")


class ApiKeyUnknown(NotFound):
    """No such key."""

    def __init__(self, key_id: str) -> None:
        super().__init__("There is no API key with this id.")
        self.key_id = key_id
