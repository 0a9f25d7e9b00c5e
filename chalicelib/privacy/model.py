"""A job about one person, and what the person is known by."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contacts.model import Contact
from chalicelib.contacts.phones import match_key

GONE = ""
"""What stands where something about the person stood."""
_SHORTEST_NUMBER = 6
_OUR_WORDS = frozenset(
    {"status", "state", "type", "kind", "action", "direction", "priority", "role", "origin", "verdict", "id", "at"}
)
"""Fields that hold words of ours: somebody may be called Open."""


class Person(BaseModel):
    """What finds a person. Lives in the job while the job runs, and goes with it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    contact_ids: frozenset[str]
    conversation_ids: frozenset[str] = frozenset()
    addresses: frozenset[str] = Field(default=frozenset(), repr=False)
    """Digits of phone numbers, BSUIDs, e-mail addresses and the like: whatever has one of them is about this person."""
    names: frozenset[str] = Field(default=frozenset(), repr=False)
    """Others may have the same: looked for only where an address or an id has been found."""

    @classmethod
    def of(cls, contacts: Iterable[Contact], conversation_ids: Iterable[str]) -> "Person":
        """Of a contact and those that were merged into it."""
        known = list(contacts)
        return cls(
            contact_ids=frozenset(each.id for each in known),
            conversation_ids=frozenset(conversation_ids),
            addresses=frozenset(found for each in known for found in _addresses(each)),
            names=frozenset(found for each in known for found in _names(each)),
        )

    def is_named_in(self, text: str) -> bool:
        """Whether the text has an address of theirs."""
        folded = text.casefold()
        return any(each in folded for each in self.addresses)

    def is_meant_in(self, text: str) -> bool:
        """Whether the text has an address or an id of theirs."""
        return self.is_named_in(text) or any(each in text for each in self.contact_ids)

    def without(self, text: str, *, names: bool = True) -> str:
        """The text without what tells who they are; names only as whole words."""
        for each in sorted(self.addresses, key=len, reverse=True):
            text = re.sub(re.escape(each), GONE, text, flags=re.IGNORECASE)
        for each in sorted(self.names, key=len, reverse=True) if names else ():
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", GONE, text, flags=re.IGNORECASE)
        return text

    def stripped(self, value: Any, *, names: bool = True) -> Any:
        """A value without what tells who they are, however deep."""
        match value:
            case str():
                return self.without(value, names=names)
            case dict():
                return {
                    self.without(str(name), names=False): self.stripped(inner, names=names and name not in _OUR_WORDS)
                    for name, inner in value.items()
                }
            case list() | tuple():
                return [self.stripped(inner, names=names) for inner in value]
            case set() | frozenset():
                return {found for inner in value if (found := self.stripped(inner, names=names))}
            case _:
                return value


def _addresses(contact: Contact) -> Iterable[str]:
    phones = [contact.phone] if contact.phone else []
    for kind, value in contact.identities.pairs():
        if kind == "phone":
            phones.append(value)
        else:
            yield value.casefold()
    yield from (value.casefold() for value in contact.addresses.values())
    if contact.username:
        yield contact.username.casefold()
    for phone in phones:
        for spelling in (phone, match_key(phone)):
            digits = "".join(filter(str.isdecimal, spelling))
            if len(digits) >= _SHORTEST_NUMBER:
                yield digits


def _names(contact: Contact) -> Iterable[str]:
    given = (contact.name, contact.profile_name, contact.first_name, contact.last_name)
    yield from (each for each in given if len(each) > 1)


def as_text(value: Any) -> str:
    """A stored value as text to look through."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)


class Kind(StrEnum):
    """What is done for the person."""

    EXPORT = "export"
    ERASE = "erase"


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


class Phase(StrEnum):
    """What a job looks through, in this order. Its own things come first: from then on nothing is sent to the person."""

    OWN = "own"
    MAIN = "main"
    LEDGER = "ledger"
    FILES = "files"
    ARCHIVE = "archive"
    DEAD_LETTERS = "dead-letters"


PHASES: dict[Kind, tuple[Phase, ...]] = {
    Kind.ERASE: tuple(Phase),
    Kind.EXPORT: (Phase.OWN, Phase.LEDGER),
}


class Job(BaseModel):
    """One job; `person` is there until it is done."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    kind: Kind
    state: State = State.QUEUED
    contact_id: str
    created_at: datetime
    created_by: str
    finished_at: datetime | None = None
    phase: Phase = Phase.OWN
    position: Any = None
    """Where the next step goes on."""
    step: int = 0
    counts: dict[str, int] = Field(default_factory=dict)
    """What was changed or found, by phase."""
    person: Person | None = None

    def after(self, found: int, position: Any) -> "Job":
        """After one step: at the same phase's next place, or (None) at the next phase."""
        counts = {**self.counts, str(self.phase): self.counts.get(str(self.phase), 0) + found}
        news: dict[str, Any] = {"state": State.RUNNING, "step": self.step + 1, "counts": counts, "position": position}
        if position is None:
            following = _following(self.kind, self.phase)
            news |= {"phase": following} if following else {"state": State.DONE}
        return self.model_copy(update=news)


def _following(kind: Kind, phase: Phase) -> Phase | None:
    phases = PHASES[kind]
    place = phases.index(phase) + 1
    return phases[place] if place < len(phases) else None
