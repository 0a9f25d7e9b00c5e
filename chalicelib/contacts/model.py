"""Who a customer is. Our own id stays; phone and BSUID are identities that point to it and may come, change or be missing."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contacts.phones import match_key


class Identities(BaseModel):
    """What a message or a file tells about who somebody is; at least one is set.

    `phone` is E.164 with `+`; `bsuid` is WhatsApp's business-scoped user id, whole (`US.1349…`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{4,17}$")
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")

    def pairs(self) -> list[tuple[str, str]]:
        """(kind, value) of each identity, the BSUID first: it is the one Meta always sends."""
        found = [("bsuid", self.bsuid)] if self.bsuid else []
        return found + ([("phone", match_key(self.phone))] if self.phone else [])


class Contact(BaseModel):
    """Our record of a customer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    created_at: datetime
    phone: str | None = None
    bsuid: str | None = None
    name: str = ""
    profile_name: str = ""
    username: str = ""
    country: str = ""
    merged_into: str | None = None
    opted_out: frozenset[str] = frozenset()

    @property
    def identities(self) -> Identities:
        """The identities this contact has now."""
        return Identities(phone=self.phone, bsuid=self.bsuid)


class ConsentCategory(StrEnum):
    """What a person said no to."""

    MARKETING = "marketing"
    ALL = "all"


def consent_mark(category: ConsentCategory, subaccount_id: str | None) -> str:
    """How one opt-out is noted on a contact and its identities: for one subaccount, or (None) for the account."""
    return f"{category}@{subaccount_id}" if subaccount_id else str(category)


def has_opted_out(marks: frozenset[str], *, marketing: bool, subaccount_id: str) -> bool:
    """Whether somebody with these marks must not get a message of this kind from this subaccount."""
    categories = [ConsentCategory.ALL, ConsentCategory.MARKETING] if marketing else [ConsentCategory.ALL]
    return any(consent_mark(category, scope) in marks for category in categories for scope in (None, subaccount_id))
