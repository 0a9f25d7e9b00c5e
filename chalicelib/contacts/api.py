"""Routes of contacts: 8x8's Contacts API path for path, and what it lacks."""

from datetime import datetime
from typing import Any, Literal

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.table import Item, Page
from chalicelib.contacts import groups, search, service
from chalicelib.contacts.addresses import InvalidMsisdn
from chalicelib.contacts.json_patch import PatchOperation
from chalicelib.contacts.listing import NumberedPage, NumberedQuery, cut, numbered, page_of
from chalicelib.contacts.model import Contact
from chalicelib.contacts.phones import normalised
from chalicelib.contacts.service import ContactDraft
from chalicelib.contacts.views import ContactView, contact_view, contact_views
from chalicelib.http.endpoint import endpoint
from chalicelib.http.replies import Reply
from chalicelib.shape import Shape, SparseShape
from chalicelib.wiring import World

bp = Blueprint(__name__)

_BASE = "/api/v1/accounts/{accountId}/contacts"


class ContactQuery(NumberedQuery):
    """Which contacts."""

    query: str | None = Field(
        default=None,
        max_length=320,
        description="Beginning of a name's words, of an address or id, or the end of a phone number. Finds at most 500.",
    )
    group_id: int | None = Field(default=None, ge=0, description="Only those in this group.")
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="Only those of this country (ISO).")


class Merger(Shape):
    """Which contact goes into this one."""

    contact_id: int = Field(ge=0)


class HistoryEntry(SparseShape):
    """Something that happened to a contact: a change of fields, a merger, a decision."""

    at: datetime
    kind: Literal["change", "consent"]
    actor: str = ""
    fields: list[str] = Field(default_factory=list)
    merged: int | None = None
    category: str | None = None
    allowed: bool | None = None
    subaccount_id: str | None = None
    source: str | None = None
    text: str | None = None


@endpoint(bp, "GET", _BASE, permission=Permission.CONTACTS_READ, omit_none=True)
def search_contacts(query: ContactQuery, world: World) -> NumberedPage[ContactView]:
    """Searches contacts, newest first."""
    totals = search.totals(world.table)
    total, country = totals.get("total", 0), (query.country or "").upper()
    if query.query:
        found = [c for c in search.matches(world.table, query.query) if _fits(c, query)]
        return numbered(contact_views(world.table, cut(found, query)), query, total=total, filtered=len(found))
    if query.group_id is not None:
        return _of_group(query, world, total)
    listing = f"contacts#{country}"
    page = page_of(world.table, listing, query, lambda start: _listed(world, country, query, start), world.clock())
    filtered = totals.get(f"country_{country}", 0) if country else total
    items = contact_views(world.table, [Contact.model_validate(item) for item in page.items])
    return numbered(items, query, total=total, filtered=filtered, more=page.next is not None)


@endpoint(bp, "POST", _BASE, permission=Permission.CONTACTS_WRITE, status=201, other_statuses=(200,), omit_none=True)
def create_contact(user: CurrentUser, body: ContactDraft, world: World) -> Reply[ContactView]:
    """Creates a contact, or merges it into the one that has one of its addresses.

    201: created. 200: merged; what is said wins, what is not said stays. 409: the addresses belong to several contacts.
    """
    contact, is_new = service.upsert(world, body, user)
    return Reply(contact_view(world.table, contact), 201 if is_new else 200)


@endpoint(bp, "POST", f"{_BASE}/blacklist/{{msisdn}}", permission=Permission.CONTACTS_WRITE, omit_none=True)
def blacklist_msisdn(user: CurrentUser, msisdn: str, body: str | None, world: World) -> ContactView:
    """Puts a number on the account's blacklist: nothing is sent to it from the next message on."""
    phone = normalised(msisdn)
    if phone is None:
        raise InvalidMsisdn("msisdn")
    return contact_view(world.table, service.blacklist(world, phone, user))


@endpoint(bp, "GET", f"{_BASE}/{{contactId}}", permission=Permission.CONTACTS_READ, omit_none=True)
def get_contact(contact_id: int, world: World) -> ContactView:
    """Reads one contact."""
    return contact_view(world.table, service.get(world, str(contact_id)))


@endpoint(bp, "DELETE", f"{_BASE}/{{contactId}}", permission=Permission.CONTACTS_DELETE)
def delete_contact(contact_id: int, world: World) -> None:
    """Deletes one contact; what it said no to stays with its addresses."""
    service.delete(world, str(contact_id))


@endpoint(bp, "PATCH", f"{_BASE}/{{contactId}}", permission=Permission.CONTACTS_WRITE, omit_none=True,
          consumes=("application/json", "application/json-patch+json"))  # fmt: skip
def change_contact(
    user: CurrentUser, contact_id: int, body: list[PatchOperation], if_match: int | None, world: World
) -> ContactView:
    """Changes a contact by JSON Patch: all steps or none."""
    return contact_view(world.table, service.patch(world, str(contact_id), body, user, version=if_match))


@endpoint(bp, "POST", f"{_BASE}/{{contactId}}/merge", permission=Permission.CONTACTS_WRITE, omit_none=True)
def merge_contacts(user: CurrentUser, contact_id: int, body: Merger, world: World) -> ContactView:
    """Merges another contact into this one.

    What both have stays as this one has it; addresses, groups, tags and opt-outs of both are kept.
    """
    return contact_view(world.table, service.merge(world, str(contact_id), str(body.contact_id), user))


@endpoint(bp, "GET", f"{_BASE}/{{contactId}}/history", permission=Permission.CONTACTS_READ, omit_none=True)
def list_contact_history(contact_id: int, world: World) -> list[HistoryEntry]:
    """Lists what happened to a contact's record and consent, newest first, at most 200 entries."""
    return [_entry(item) for item in service.history(world, str(contact_id))]


def _fits(contact: Contact, query: ContactQuery) -> bool:
    in_group = query.group_id is None or str(query.group_id) in contact.groups
    return in_group and (query.country is None or contact.country == query.country.upper())


def _listed(world: World, country: str, query: ContactQuery, start: Item | None) -> Page:
    return search.listed(world.table, country, limit=query.limit, start=start)


def _of_group(query: ContactQuery, world: World, total: int) -> NumberedPage[ContactView]:
    group, country = groups.get(world.table, str(query.group_id)), (query.country or "").upper()
    only = groups.of_country(country)
    pk = keys.membership(group.id, "0").pk

    def read(start: Item | None) -> Page:
        return world.table.query(pk, limit=query.limit, start=start, filter=only)

    page = page_of(world.table, f"group#{group.id}#{country}", query, read, world.clock())
    contacts = groups.load(world.table, [str(int(item["SK"])) for item in page.items])
    filtered = world.table.count(pk, filter=only) if only else group.contacts
    items = contact_views(world.table, contacts)
    return numbered(items, query, total=total, filtered=filtered, more=page.next is not None)


def _entry(item: dict[str, Any]) -> HistoryEntry:
    values = {name: value for name, value in item.items() if name in HistoryEntry.model_fields and value != ""}
    return HistoryEntry.model_validate(values | ({"merged": int(item["merged"])} if "merged" in item else {}))
