"""Groups of contacts. A blacklist group acts at once: which groups are blacklists is read before each send."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import BaseModel, ConfigDict

from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.ids import number_of
from chalicelib.cloud.table import ConditionFailed, Delete, Item, Operation, Put, Table, TransactionRefused, Update
from chalicelib.contacts.changes import change
from chalicelib.contacts.model import MOST_GROUPS, Contact
from chalicelib.problems import Conflict, Invalid, NotFound

_TRIES = 8
_OPERATIONS = 100


class Group(BaseModel):
    """A named set of contacts."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    id: str
    name: str
    description: str = ""
    is_blacklist: bool = False
    contacts: int = 0
    created_at: datetime
    version: int = 1


class GroupUnknown(NotFound):
    """No such group."""

    def __init__(self, group_id: str) -> None:
        super().__init__(f"There is no group {group_id}.")
        self.group_id = group_id


class GroupNameTaken(Conflict):
    """Another group has this name."""

    code = 5003

    def __init__(self, name: str) -> None:
        super().__init__("A group with the same name already exists.")
        self.name = name


class GroupInUse(Conflict):
    """Something that has not ended sends to this group."""

    def __init__(self, group_id: str, users: Iterable[str]) -> None:
        self.group_id, self.users = group_id, tuple(users)
        super().__init__(f"This group is used by {', '.join(self.users)}. Wait for the end or take it out there first.")


class GroupChanged(Conflict):
    """Somebody changed the group at the same time."""

    def __init__(self, group_id: str) -> None:
        super().__init__("This group was changed meanwhile. Read it again and repeat.")
        self.group_id = group_id


class TooManyGroups(Invalid):
    """More groups than one contact can be in."""

    def __init__(self, contact_id: str) -> None:
        super().__init__(f"Contact {contact_id} would be in more than {MOST_GROUPS} groups.", field="groups")
        self.contact_id = contact_id


def create(table: Table, name: str, description: str, *, is_blacklist: bool, now: datetime, new_id: str) -> Group:
    """Makes an empty group. Raises GroupNameTaken."""
    group = Group(
        id=str(number_of(new_id)), name=name, description=description, is_blacklist=is_blacklist, created_at=now
    )
    key = keys.group(group.id)
    item = {"PK": key.pk, "SK": key.sk, **group.model_dump(exclude={"created_at"}), "created_at": stamp(now)}
    operations: list[Operation] = [Put(item, Attr("PK").not_exists()), _claim_name(group)]
    try:
        table.transact([*operations, *_blacklist(group)])
    except TransactionRefused as error:
        raise GroupNameTaken(name) from error
    return group


def get(table: Table, group_id: str) -> Group:
    """Raises GroupUnknown."""
    item = table.get(keys.group(group_id))
    if item is None or "deleted_at" in item:
        raise GroupUnknown(group_id)
    return Group.model_validate(item)


def some(table: Table, group_ids: Iterable[str]) -> dict[str, Group]:
    """Those of the groups that exist, by id."""
    found = table.get_many(keys.group(group_id) for group_id in group_ids)
    groups = [Group.model_validate(item) for item in found.values() if "deleted_at" not in item]
    return {group.id: group for group in groups}


def every(table: Table) -> list[Group]:
    """All groups, oldest first."""
    items = table.query_all(keys.group("").pk, consistent=True)
    return [Group.model_validate(item) for item in items if "deleted_at" not in item]


def replace(table: Table, before: Group, after: Group) -> Group:
    """Stores a group's new name, description or kind. Raises GroupNameTaken, GroupChanged."""
    if after == before:
        return before
    values = {"name": after.name, "description": after.description, "is_blacklist": after.is_blacklist}
    same = Attr("version").eq(before.version) & Attr("deleted_at").not_exists()
    operations: list[Operation] = [
        Update(keys.group(after.id), set={**values, "version": before.version + 1}, condition=same)
    ]
    if keys.group_name(after.name) != keys.group_name(before.name):
        operations += [_claim_name(after), Delete(keys.group_name(before.name))]
    if after.is_blacklist != before.is_blacklist:
        operations += _blacklist(after) or [Update(keys.BLACKLIST, discard={"groups": frozenset({after.id})})]
    try:
        table.transact(operations)
    except TransactionRefused as error:
        raise (GroupChanged(after.id) if 0 in error.failed else GroupNameTaken(after.name)) from error
    return after.model_copy(update={"version": before.version + 1})


def hide(table: Table, group: Group, now: datetime) -> None:
    """Takes a group out of sight and frees its name; a job then lets its members go. Raises GroupInUse, GroupChanged."""
    require_unused(table, group.id)
    unused = Attr("PK").exists() & (Attr("used_by").not_exists() | Attr("used_by").size().eq(0))
    operations: list[Operation] = [
        Update(keys.group(group.id), set={"deleted_at": stamp(now)}, condition=unused),
        Delete(keys.group_name(group.name)),
        Update(keys.BLACKLIST, discard={"groups": frozenset({group.id})}),
    ]
    try:
        table.transact(operations)
    except TransactionRefused as error:
        raise GroupChanged(group.id) from error


def require_unused(table: Table, group_id: str) -> None:
    """Raises GroupInUse."""
    users = frozenset((table.get(keys.group(group_id)) or {}).get("used_by", ()))
    if users:
        raise GroupInUse(group_id, sorted(users))


def some_members(table: Table, group_id: str, limit: int) -> list[str]:
    """The first members of a group."""
    page = table.query(keys.membership(group_id, "0").pk, limit=limit, consistent=True)
    return [str(int(item["SK"])) for item in page.items]


def let_go(table: Table, group_id: str, contact_ids: list[str], now: datetime) -> None:
    """Takes contacts out of a group, whatever became of them."""
    change_members(table, group_id, contact_ids, joins=False, now=now)
    # A membership whose contact knows nothing of it would be met again for ever.
    table.write_many([], [keys.membership(group_id, contact_id) for contact_id in contact_ids])


def forget(table: Table, group_id: str) -> None:
    """The end of a hidden group that has no members left."""
    table.delete(keys.group(group_id))


def note_use(table: Table, group_id: str, user: str, *, uses: bool) -> None:
    """Remembers that something (`campaign 01K…`) needs the group, or no longer does. Raises GroupUnknown."""
    mark = frozenset({user})
    alive = Attr("PK").exists() & Attr("deleted_at").not_exists()
    try:
        table.update(
            Update(
                keys.group(group_id),
                add={"used_by": mark} if uses else {},
                discard={} if uses else {"used_by": mark},
                condition=alive,
            )
        )
    except ConditionFailed as error:
        if uses:
            raise GroupUnknown(group_id) from error


def members(table: Table, group_id: str) -> Iterator[Contact]:
    """Everybody in a group, page after page: one query and one read of the records per hundred."""
    ids: list[str] = []
    for item in table.query_all(keys.membership(group_id, "").pk):
        ids.append(str(int(item["SK"])))
        if len(ids) == 100:
            yield from load(table, ids)
            ids = []
    yield from load(table, ids)


def of_country(country: str) -> ConditionBase | None:
    """The filter of a group's members by country, None for everybody."""
    return Attr("country").eq(country) if country else None


def load(table: Table, contact_ids: Iterable[str]) -> list[Contact]:
    """Those of the contacts that exist (and were not merged away), in the order given."""
    wanted = [keys.contact(contact_id) for contact_id in contact_ids]
    found = table.get_many(wanted)
    contacts = [Contact.model_validate(found[key]) for key in wanted if key in found]
    return [contact for contact in contacts if not contact.merged_into]


def change_members(table: Table, group_id: str, contact_ids: Iterable[str], *, joins: bool, now: datetime) -> int:
    """Puts contacts into a group or takes them out; answers how many were not so before. Unknown contacts are passed over.

    Raises TooManyGroups.
    """
    wanted, changed = list(dict.fromkeys(contact_ids)), 0
    for start in range(0, len(wanted), 100):
        changed += _change_some(table, group_id, wanted[start : start + 100], joins=joins, now=now)
    return changed


def _change_some(table: Table, group_id: str, contact_ids: list[str], *, joins: bool, now: datetime) -> int:
    for _ in range(_TRIES):
        contacts = [c for c in load(table, contact_ids) if (group_id in c.groups) != joins]
        done = 0
        try:
            for part in _parts(group_id, contacts, joins=joins, now=now):
                table.transact(part[0])
                done += part[1]
        except TransactionRefused:
            if _gone(table, group_id, joins=joins):
                raise GroupUnknown(group_id) from None
            continue  # one of them changed meanwhile: look again; what is done stays done
        return done
    raise GroupChanged(group_id)


def _parts(
    group_id: str, contacts: Iterable[Contact], *, joins: bool, now: datetime
) -> Iterator[tuple[list[Operation], int]]:
    """Transactions of as many members as fit, each with one count for all of them."""
    operations: list[Operation] = []
    count = 0
    for contact in contacts:
        own = _member_operations(group_id, contact, joins=joins, now=now)
        if operations and len(operations) + len(own) > _OPERATIONS - 1:
            yield [*operations, _counted(group_id, count, joins=joins)], count
            operations, count = [], 0
        operations += own
        count += 1
    if operations:
        yield [*operations, _counted(group_id, count, joins=joins)], count


def _member_operations(group_id: str, contact: Contact, *, joins: bool, now: datetime) -> list[Operation]:
    after = contact.groups | {group_id} if joins else contact.groups - {group_id}
    if len(after) > MOST_GROUPS:
        raise TooManyGroups(contact.id)
    key = keys.group(group_id)
    found = change(contact, contact.model_copy(update={"groups": after}), now=now)
    return [operation for operation in found if not (isinstance(operation, Update) and operation.key == key)]


def _counted(group_id: str, count: int, *, joins: bool) -> Update:
    alive = Attr("PK").exists() & Attr("deleted_at").not_exists() if joins else Attr("PK").exists()
    return Update(keys.group(group_id), add={"contacts": count if joins else -count}, condition=alive)


def _gone(table: Table, group_id: str, *, joins: bool) -> bool:
    item: Item | None = table.get(keys.group(group_id))
    return item is None or (joins and "deleted_at" in item)


def _claim_name(group: Group) -> Put:
    key = keys.group_name(group.name)
    return Put({"PK": key.pk, "SK": key.sk, "group_id": group.id}, Attr("PK").not_exists())


def _blacklist(group: Group) -> list[Operation]:
    return [Update(keys.BLACKLIST, add={"groups": frozenset({group.id})})] if group.is_blacklist else []
