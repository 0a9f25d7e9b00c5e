"""Use cases around one contact: make, change, merge, delete."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field, JsonValue, ValidationError

from chalicelib.access.model import CurrentUser
from chalicelib.cloud import keys
from chalicelib.cloud.ids import number_of
from chalicelib.cloud.table import Operation, TransactionContended, TransactionRefused
from chalicelib.contacts import groups, identity, json_patch
from chalicelib.contacts.addresses import Addresses, kept, shown
from chalicelib.contacts.changes import change, creation, merger, removal
from chalicelib.contacts.model import MOST_ATTRIBUTES, MOST_GROUPS, Contact, Identities, full_name
from chalicelib.contacts.phones import country_of
from chalicelib.problems import Conflict, FieldError, Invalid, NotFound
from chalicelib.shape import Shape
from chalicelib.wiring import World

_TRIES = 6
_OPERATIONS = 100

Attributes = dict[str, JsonValue]


class GroupId(Shape):
    """A group by its id."""

    id: int = Field(ge=0)


class ContactFields(Shape):
    """What a client may say of a contact."""

    first_name: str | None = Field(default=None, max_length=200)
    last_name: str | None = Field(default=None, max_length=200)
    external_id: str | None = Field(default=None, max_length=50)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="ISO 3166 alpha-2.")
    groups: list[GroupId] = Field(default_factory=list, max_length=MOST_GROUPS)
    addresses: Addresses
    custom_attributes: Attributes = Field(default_factory=dict, max_length=MOST_ATTRIBUTES)
    tags: list[str] = Field(default_factory=list, max_length=50)


class ContactDraft(ContactFields):
    """A contact to make, or to merge into the one that has one of its addresses."""

    groups: list[GroupId] = Field(default_factory=list, max_length=10)


class ContactUnknown(NotFound):
    """No such contact (any more)."""

    def __init__(self, contact_id: str, merged_into: str = "") -> None:
        where = f" It was merged into contact {merged_into}." if merged_into else ""
        super().__init__(f"There is no contact {contact_id}.{where}")
        self.contact_id, self.merged_into = contact_id, merged_into


class AddressesOfSeveral(Conflict):
    """The addresses belong to more than one contact."""

    def __init__(self, contact_ids: Iterable[str]) -> None:
        self.contact_ids = tuple(contact_ids)
        super().__init__(
            f"These addresses belong to contacts {' and '.join(self.contact_ids)}. Merge them, or leave one address out."
        )


class AddressTaken(Conflict):
    """Another contact has this address."""

    def __init__(self, contact_ids: Iterable[str]) -> None:
        self.contact_ids = tuple(contact_ids)
        super().__init__(f"An address belongs to contact {' and '.join(self.contact_ids)} already.")


class ContactChanged(Conflict):
    """Somebody changed the contact at the same time."""

    def __init__(self, contact_id: str) -> None:
        super().__init__("This contact was changed meanwhile. Read it again and repeat.")
        self.contact_id = contact_id


def get(world: World, contact_id: str) -> Contact:
    """Raises ContactUnknown."""
    found = identity.get(world.table, contact_id)
    if found is None or found.merged_into:
        raise ContactUnknown(contact_id, found.merged_into or "" if found else "")
    return found


def upsert(world: World, draft: ContactDraft, actor: CurrentUser) -> tuple[Contact, bool]:
    """Makes a contact, or merges what is said into the one that has one of its addresses; tells whether it is new.

    Raises AddressesOfSeveral, groups.GroupUnknown, and the complaints of addresses.py.
    """
    values = _values(world, draft)
    who = Identities(phone=values["phone"], bsuid=values["bsuid"], others=values["addresses"])
    for _ in range(_TRIES):
        owners = identity.owners(world.table, who)
        if len(owners) > 1:
            raise AddressesOfSeveral(owners)
        try:
            if owners:
                return _merge_in(world, get(world, owners[0]), values, actor), False
            return _create(world, who, values, source="api"), True
        except TransactionRefused:
            continue  # somebody was faster: look again
    raise TransactionContended("contact")


def patch(
    world: World,
    contact_id: str,
    steps: list[json_patch.PatchOperation],
    actor: CurrentUser,
    *,
    version: int | None = None,
) -> Contact:
    """Changes a contact by JSON Patch. Raises ContactUnknown, ContactChanged, AddressTaken, Invalid."""
    before = get(world, contact_id)
    if version is not None and version != before.version:
        raise ContactChanged(contact_id)
    changed = json_patch.apply(document(before), steps)
    try:
        wish = ContactFields.model_validate(changed, by_alias=True, by_name=False)
    except ValidationError as error:
        raise _invalid(error) from error
    after = before.model_copy(update=_values(world, wish, before))
    if after.bsuid is None and after.phone is None and not after.addresses:
        raise Invalid("A contact has at least one address.", field="addresses")
    return _store(world, before, after, actor)


def merge(world: World, kept_id: str, other_id: str, actor: CurrentUser) -> Contact:
    """Makes two contacts one; what both have stays as the first has it. Raises ContactUnknown, ContactChanged, Invalid."""
    if kept_id == other_id:
        raise Invalid("A contact cannot be merged with itself.", field="contactId")
    first, second = get(world, kept_id), get(world, other_id)
    if len(first.groups | second.groups) > MOST_GROUPS:
        raise groups.TooManyGroups(kept_id)
    after, operations = merger(first, second, now=world.clock(), entry_id=world.new_id(), actor=actor.id)
    _transact(world, operations, kept_id)
    return after.model_copy(update={"version": first.version + 1})


def delete(world: World, contact_id: str) -> None:
    """Forgets a contact; one that is gone is fine. What it said no to stays with its addresses."""
    for _ in range(_TRIES):
        found = identity.get(world.table, contact_id)
        if found is None or found.merged_into:
            return
        try:
            world.table.transact(removal(found))
            return
        except TransactionRefused:
            continue  # it changed meanwhile: look again
    raise TransactionContended(f"contact {contact_id}")


def blacklist(world: World, phone: str, actor: CurrentUser, group_name: str = "Blacklist") -> Contact:
    """Puts a number into the account's blacklist group, which is made when there is none. In force with the next send."""
    values: dict[str, Any] = {"phone": phone, "bsuid": None, "addresses": {}, "country": country_of(phone)}
    who = Identities(phone=phone)
    for _ in range(_TRIES):
        owner = next(iter(identity.owners(world.table, who)), None)
        try:
            contact = get(world, owner) if owner else _create(world, who, values, source="api")
        except TransactionRefused:
            continue
        group = _blacklist_group(world, group_name)
        groups.change_members(world.table, group.id, [contact.id], joins=True, now=world.clock())
        return get(world, contact.id)
    raise TransactionContended("contact")


def document(contact: Contact) -> dict[str, Any]:
    """What a patch works on: every field, null where there is nothing."""
    return {
        "firstName": contact.first_name or None,
        "lastName": contact.last_name or None,
        "externalId": contact.external_id or None,
        "country": contact.country or None,
        "groups": [{"id": int(group_id)} for group_id in sorted(contact.groups, key=int)],
        "addresses": shown(contact).model_dump(by_alias=True),
        "customAttributes": contact.attributes,
        "tags": sorted(contact.tags),
    }


def history(world: World, contact_id: str) -> list[dict[str, Any]]:
    """What happened to a contact's record and consent, newest first, those it absorbed included. Raises ContactUnknown."""
    contact = get(world, contact_id)
    found: list[dict[str, Any]] = []
    for each in (contact.id, *contact.merged_from):
        pk = keys.contact(each).pk
        for prefix, kind in (("HISTORY#", "change"), ("CONSENT#", "consent")):
            page = world.table.query(pk, prefix=prefix, forward=False, limit=200)
            found += [{**item, "kind": kind} for item in page.items]
    return sorted(found, key=lambda entry: str(entry["at"]), reverse=True)[:200]


def _create(world: World, who: Identities, values: dict[str, Any], *, source: str) -> Contact:
    items = world.table.get_many(keys.identity(*pair) for pair in who.pairs())
    marks = frozenset().union(*(item.get("opted_out", ()) for item in items.values()))
    contact = Contact(
        id=str(number_of(world.new_id())), created_at=world.clock(), opted_out=marks, source=source, **values
    )
    world.table.transact(creation(contact))
    return contact


def _merge_in(world: World, before: Contact, values: dict[str, Any], actor: CurrentUser) -> Contact:
    """What is said wins over what was known; what is not said stays; groups, tags and attributes add up."""
    said = {name: value for name, value in values.items() if value}
    after = before.model_copy(
        update=said
        | {
            "addresses": before.addresses | values["addresses"],
            "attributes": before.attributes | values.get("attributes", {}),
            "tags": before.tags | values.get("tags", frozenset()),
            "groups": before.groups | values.get("groups", frozenset()),
        }
    )
    after = after.model_copy(update={"name": full_name(after.first_name, after.last_name) or after.name})
    if len(after.attributes) > MOST_ATTRIBUTES:
        raise Invalid(f"A contact has at most {MOST_ATTRIBUTES} attributes.", field="customAttributes")
    if len(after.groups) > MOST_GROUPS:
        raise groups.TooManyGroups(before.id)
    operations = change(before, after, now=world.clock(), entry_id=world.new_id(), actor=actor.id)
    if not operations:
        return before
    world.table.transact(_few_enough(operations))
    return after.model_copy(update={"version": before.version + 1, "updated_at": world.clock()})


def _store(world: World, before: Contact, after: Contact, actor: CurrentUser) -> Contact:
    operations = change(before, after, now=world.clock(), entry_id=world.new_id(), actor=actor.id)
    if not operations:
        return before
    others = [owner for owner in identity.owners(world.table, after.identities) if owner != before.id]
    if others:
        raise AddressTaken(others)
    _transact(world, operations, before.id)
    return after.model_copy(update={"version": before.version + 1, "updated_at": world.clock()})


def _transact(world: World, operations: list[Operation], contact_id: str) -> None:
    try:
        world.table.transact(_few_enough(operations))
    except TransactionRefused as error:
        raise ContactChanged(contact_id) from error


def _few_enough(operations: list[Operation]) -> list[Operation]:
    if len(operations) > _OPERATIONS:
        raise Invalid("This changes too much at once. Do it in smaller steps.", code="too_much_at_once")
    return operations


def _values(world: World, wish: ContactFields, before: Contact | None = None) -> dict[str, Any]:
    """A contact's values out of what a client says. Raises the complaints of addresses.py, groups.GroupUnknown."""
    country = (wish.country or "").upper()
    values = kept(wish.addresses, country)
    known = before.groups if before else frozenset()
    wanted = frozenset(str(group.id) for group in wish.groups)
    new = wanted - known
    missing = new - groups.some(world.table, new).keys() if new else frozenset()
    if missing:
        raise groups.GroupUnknown(min(missing))
    first, last = wish.first_name or "", wish.last_name or ""
    return values | {
        "first_name": first,
        "last_name": last,
        "name": full_name(first, last),
        "external_id": wish.external_id or "",
        "country": country or country_of(str(values["phone"]) if values["phone"] else None, wish.addresses.bsuid),
        "attributes": wish.custom_attributes,
        "tags": frozenset(wish.tags),
        "groups": wanted,
    }


def _blacklist_group(world: World, name: str) -> groups.Group:
    found = next((group for group in groups.every(world.table) if group.name.casefold() == name.casefold()), None)
    if found is None:
        try:
            return groups.create(world.table, name, "", is_blacklist=True, now=world.clock(), new_id=world.new_id())
        except groups.GroupNameTaken:
            return _blacklist_group(world, name)
    if not found.is_blacklist:
        return groups.replace(world.table, found, found.model_copy(update={"is_blacklist": True}))
    return found


def _invalid(error: ValidationError) -> Invalid:
    found = [FieldError(".".join(str(part) for part in item["loc"]), item["msg"]) for item in error.errors()]
    return Invalid(f"{found[0].field}: {found[0].message}", errors=found)
