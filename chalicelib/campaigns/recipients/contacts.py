"""Recipients out of the contacts: people chosen one by one, members of groups, whoever fits a segment, as records like a file's."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field

from chalicelib.campaigns.recipients.mapping import FIELD_NAME, MOBILE
from chalicelib.campaigns.recipients.reading import Options
from chalicelib.cloud.objects import Objects
from chalicelib.cloud.table import Table
from chalicelib.contacts import groups
from chalicelib.contacts.model import Contact
from chalicelib.contacts.sheets.source import Record
from chalicelib.segments import finding
from chalicelib.segments import store as segments
from chalicelib.shape import Shape

_OWN = ("FirstName", "LastName", "ProfileName", "ExternalId")
_PAGE = 100


class Choice(Shape):
    """Who is chosen, and which of their attributes are to be at hand as fields."""

    contact_ids: tuple[str, ...] = Field(default=(), max_length=10_000)
    group_ids: tuple[str, ...] = Field(default=(), max_length=20)
    segment_ids: tuple[str, ...] = Field(default=(), max_length=20)
    attributes: tuple[str, ...] = Field(default=(), max_length=50)


def options_of(choice: Choice) -> Options:
    """The columns that `records` makes. Raises ValidationError for an attribute that cannot be a field."""
    return Options(columns=(MOBILE, *_OWN, *choice.attributes), header=False)


def may_be_field(attribute: str) -> bool:
    """Can this attribute be a field beside the contact's own?"""
    return FIELD_NAME.fullmatch(attribute) is not None and attribute not in {MOBILE, *_OWN}


def put(media: Objects, key: str, choice: Choice) -> None:
    """Keeps the choice: ten thousand ids are more than a campaign's item should carry."""
    media.put(key, choice.model_dump_json().encode(), "application/json")


def get(media: Objects, key: str) -> Choice:
    """The choice."""
    return Choice.model_validate(json.loads(media.get(key)))


def records(table: Table, ledger: Table, choice: Choice, now: datetime) -> Iterator[Record]:
    """One record per person, those chosen one by one first. Somebody in two groups comes twice: reading finds duplicates."""
    for line, contact in enumerate(_people(table, ledger, choice, now), start=1):
        yield line, _cells(contact, choice.attributes)


def _people(table: Table, ledger: Table, choice: Choice, now: datetime) -> Iterator[Contact]:
    chosen = list(dict.fromkeys(choice.contact_ids))
    for start in range(0, len(chosen), _PAGE):
        yield from groups.load(table, chosen[start : start + _PAGE])
    for group_id in choice.group_ids:
        yield from groups.members(table, group_id)
    for segment_id in choice.segment_ids:
        segment = segments.find(table, segment_id)
        if segment:  # one that was deleted since has nobody
            yield from finding.members(table, ledger, segment.filter, now)


def _cells(contact: Contact, attributes: Sequence[str]) -> list[str]:
    own = (contact.first_name, contact.last_name, contact.profile_name, contact.external_id)
    custom = (contact.attributes.get(name) for name in attributes)
    # Somebody without an address we can send to is a row, too: the summary says how many there are.
    return [contact.phone or contact.bsuid or " ", *own, *("" if each is None else _text(each) for each in custom)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
