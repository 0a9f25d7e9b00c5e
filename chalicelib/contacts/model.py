"""Who a customer is. Our own id stays; addresses are identities that point to it and may come, change or be missing."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from chalicelib.contacts.phones import match_key

MOST_GROUPS = 20
"""Of one contact: a change of all of them is still one transaction."""
MOST_ATTRIBUTES = 50

OTHER_ADDRESSES = ("email", "weChatUserId", "facebookUserId", "zaloId", "lineId", "kakaoTalkId")
"""The kinds of identity beside phone and BSUID, by their names in the API."""

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 8

IdSet = Annotated[frozenset[str], BeforeValidator(lambda value: frozenset(str(each) for each in value))]


class Identities(BaseModel):
    """What a message or a file tells about who somebody is; at least one is set.

    `phone` is E.164 with `+`; `bsuid` is WhatsApp's business-scoped user id, whole (`US.1349…`).
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    phone: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{4,17}$")
    bsuid: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")
    others: dict[str, str] = Field(default_factory=dict)
    also: frozenset[str] = frozenset()
    """Further ones as `kind#value`, which came with a merged contact."""

    def pairs(self) -> list[tuple[str, str]]:
        """(kind, value) of each identity, the BSUID first: it is the one Meta always sends."""
        found = [("bsuid", self.bsuid)] if self.bsuid else []
        found += [("phone", match_key(self.phone))] if self.phone else []
        found += [(kind, self.others[kind].lower()) for kind in OTHER_ADDRESSES if self.others.get(kind)]
        more = [(kind, value) for kind, _, value in (each.partition("#") for each in sorted(self.also))]
        return list(dict.fromkeys(found + more))


def visitor(visitor_id: str) -> str:
    """The further identity (`kind#value`) of a web chat's visitor."""
    return f"web_visitor#{visitor_id}"


class Contact(BaseModel):
    """Our record of a customer."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    """A whole number below 2^53, in decimal."""
    created_at: datetime
    phone: str | None = None
    bsuid: str | None = None
    addresses: dict[str, str] = Field(default_factory=dict)
    """Other addresses by their kind (OTHER_ADDRESSES)."""
    aliases: IdSet = frozenset()
    """Identities beyond those, as `kind#value`: a merged contact's, by which the person still comes."""
    name: str = ""
    """First and last name as one."""
    first_name: str = ""
    last_name: str = ""
    profile_name: str = ""
    """What the person calls themselves in WhatsApp."""
    username: str = ""
    external_id: str = ""
    country: str = ""
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    tags: IdSet = frozenset()
    groups: IdSet = frozenset()
    merged_into: str | None = None
    merged_from: IdSet = frozenset()
    opted_out: frozenset[str] = frozenset()
    source: str = ""
    """Where the record comes from: inbound | api | agent | import:<job>:<line>."""
    updated_at: datetime | None = None
    version: int = 1

    @property
    def identities(self) -> Identities:
        """The identities this contact has now."""
        return Identities(phone=self.phone, bsuid=self.bsuid, others=self.addresses, also=self.aliases)

    def words(self) -> frozenset[str]:
        """What a search by name finds this contact by."""
        return frozenset(words_of(f"{self.name} {self.profile_name} {self.username}")[:_MOST_WORDS])


def words_of(text: str) -> list[str]:
    """The words of a name or a search, in lower case, each once.

    >>> words_of("Mei-Lin O'Neil")
    ['mei', 'lin', 'o', 'neil']
    """
    return list(dict.fromkeys(word.casefold()[:40] for word in _WORD.findall(text)))


def full_name(first: str, last: str) -> str:
    """First and last name as one."""
    return f"{first} {last}".strip()


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


def marks_of(identity_item: dict[str, Any], blacklists: Iterable[str]) -> frozenset[str]:
    """The opt-out marks in force for an identity: its own, and `all` when its contact is in a blacklist group."""
    own = frozenset(identity_item.get("opted_out", ()))
    blocked = not frozenset(identity_item.get("groups", ())).isdisjoint(blacklists)
    return own | {ConsentCategory.ALL.value} if blocked else own
