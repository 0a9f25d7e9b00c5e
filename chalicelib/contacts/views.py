"""How contacts and groups look to a client of the API."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.cloud.table import Table
from chalicelib.contacts import groups
from chalicelib.contacts.addresses import Addresses, shown
from chalicelib.contacts.model import Contact
from chalicelib.contacts.service import Attributes
from chalicelib.shape import SparseShape


class GroupView(SparseShape):
    """A group of contacts; `contacts` is how many are in it."""

    id: int
    name: str
    description: str | None = None
    is_blacklist: bool
    contacts: int
    created_at: datetime
    version: int


class ContactView(SparseShape):
    """A contact. What is not known is left out."""

    id: int
    created_at: datetime
    updated_at: datetime | None = None
    first_name: str | None = None
    last_name: str | None = None
    profile_name: str | None = None
    username: str | None = None
    external_id: str | None = None
    country: str | None = None
    groups: list[GroupView]
    addresses: Addresses
    custom_attributes: Attributes
    tags: list[str]
    opted_out: list[str]
    version: int


def group_view(group: groups.Group) -> GroupView:
    """A group as the API has it."""
    return GroupView(
        id=int(group.id),
        name=group.name,
        description=group.description or None,
        is_blacklist=group.is_blacklist,
        contacts=group.contacts,
        created_at=group.created_at,
        version=group.version,
    )


def contact_views(table: Table, contacts: Iterable[Contact]) -> list[ContactView]:
    """Contacts as the API has them; their groups are read once for all."""
    listed = list(contacts)
    known = groups.some(table, {group_id for contact in listed for group_id in contact.groups})
    return [_contact_view(contact, known) for contact in listed]


def contact_view(table: Table, contact: Contact) -> ContactView:
    """One contact as the API has it."""
    return contact_views(table, [contact])[0]


def _contact_view(contact: Contact, known: dict[str, groups.Group]) -> ContactView:
    ids = sorted(contact.groups & known.keys(), key=int)
    return ContactView(
        id=int(contact.id),
        created_at=contact.created_at,
        updated_at=contact.updated_at,
        first_name=contact.first_name or None,
        last_name=contact.last_name or None,
        profile_name=contact.profile_name or None,
        username=contact.username or None,
        external_id=contact.external_id or None,
        country=contact.country or None,
        groups=[group_view(known[group_id]) for group_id in ids],
        addresses=shown(contact),
        custom_attributes=contact.attributes,
        tags=sorted(contact.tags),
        opted_out=sorted(contact.opted_out),
        version=contact.version,
    )
