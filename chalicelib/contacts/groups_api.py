"""Routes of groups."""

from chalice.app import Blueprint
from pydantic import Field, ValidationError

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.contacts import groups, jobs, json_patch
from chalicelib.contacts.json_patch import PatchOperation
from chalicelib.contacts.listing import NumberedPage, NumberedQuery, cut, numbered
from chalicelib.contacts.views import GroupView, group_view
from chalicelib.http.endpoint import endpoint
from chalicelib.http.errors import invalid
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)

_BASE = "/api/v1/accounts/{accountId}/groups"


class GroupDraft(Shape):
    """A group to make."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    description: str | None = Field(default=None, max_length=100)
    is_blacklist: bool = Field(default=False, description="Nothing is sent to its members.")


class GroupQuery(NumberedQuery):
    """Which groups."""

    name: str | None = Field(default=None, max_length=100, description="Part of the name.")


class ContactIds(Shape):
    """Contacts by their ids."""

    contacts: list[int] = Field(max_length=1000)


@endpoint(bp, "GET", _BASE, permission=Permission.CONTACTS_READ, omit_none=True, tag="Groups")
def search_groups(query: GroupQuery, world: World) -> NumberedPage[GroupView]:
    """Searches groups by name, oldest first."""
    every = groups.every(world.table)
    found = [group for group in every if (query.name or "").casefold() in group.name.casefold()]
    return numbered([group_view(group) for group in cut(found, query)], query, total=len(every), filtered=len(found))


@endpoint(bp, "POST", _BASE, permission=Permission.CONTACTS_WRITE, status=201, omit_none=True, tag="Groups")
def create_group(body: GroupDraft, world: World) -> GroupView:
    """Creates a group. Its name is its own, whatever the case."""
    made = groups.create(
        world.table,
        body.name,
        body.description or "",
        is_blacklist=body.is_blacklist,
        now=world.clock(),
        new_id=world.new_id(),
    )
    return group_view(made)


@endpoint(bp, "GET", f"{_BASE}/{{groupId}}", permission=Permission.CONTACTS_READ, omit_none=True, tag="Groups")
def get_group(group_id: int, world: World) -> GroupView:
    """Reads one group."""
    return group_view(groups.get(world.table, str(group_id)))


@endpoint(bp, "DELETE", f"{_BASE}/{{groupId}}", permission=Permission.CONTACTS_DELETE, tag="Groups")
def delete_group(user: CurrentUser, group_id: int, world: World) -> None:
    """Deletes a group and keeps its contacts. One that a campaign still needs is refused."""
    group = groups.get(world.table, str(group_id))
    groups.hide(world.table, group, world.clock())
    # Out of sight at once; its members are let go by a job, however many they are.
    jobs.start(world, jobs.JobType.DELETE_GROUPS, user.id, groups=[group.id], delete_contacts=False)


@endpoint(bp, "PATCH", f"{_BASE}/{{groupId}}", permission=Permission.CONTACTS_WRITE, omit_none=True, tag="Groups",
          consumes=("application/json", "application/json-patch+json"))  # fmt: skip
def change_group(group_id: int, body: list[PatchOperation], if_match: int | None, world: World) -> GroupView:
    """Changes a group's name, description or kind by JSON Patch."""
    before = groups.get(world.table, str(group_id))
    if if_match is not None and if_match != before.version:
        raise groups.GroupChanged(before.id)
    document = {"name": before.name, "description": before.description or None, "isBlacklist": before.is_blacklist}
    try:
        # Lax: 8x8's own examples send "true" for true.
        wish = GroupDraft.model_validate(json_patch.apply(document, body), by_alias=True, by_name=False)
    except ValidationError as error:
        raise invalid(error, "body") from error
    after = before.model_copy(
        update={"name": wish.name, "description": wish.description or "", "is_blacklist": wish.is_blacklist}
    )
    return group_view(groups.replace(world.table, before, after))


@endpoint(
    bp,
    "POST",
    f"{_BASE}/{{groupId}}/contacts",
    permission=Permission.CONTACTS_WRITE,
    status=201,
    omit_none=True,
    tag="Groups",
)
def add_contacts_to_group(group_id: int, body: ContactIds, world: World) -> GroupView:
    """Puts contacts into a group, at most 1,000 at once; unknown ones are passed over."""
    return _change(world, str(group_id), body, joins=True)


@endpoint(
    bp, "DELETE", f"{_BASE}/{{groupId}}/contacts", permission=Permission.CONTACTS_WRITE, omit_none=True, tag="Groups"
)
def remove_contacts_from_group(group_id: int, body: ContactIds, world: World) -> GroupView:
    """Takes contacts out of a group, at most 1,000 at once."""
    return _change(world, str(group_id), body, joins=False)


def _change(world: World, group_id: str, body: ContactIds, *, joins: bool) -> GroupView:
    groups.get(world.table, group_id)
    ids = [str(contact_id) for contact_id in body.contacts if contact_id >= 0]
    groups.change_members(world.table, group_id, ids, joins=joins, now=world.clock())
    return group_view(groups.get(world.table, group_id))
