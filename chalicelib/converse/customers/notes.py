"""Notes about a customer: they follow the person from ticket to ticket, and the customer never sees them."""

import heapq
from datetime import datetime
from itertools import islice
from typing import Annotated

from boto3.dynamodb.conditions import Attr
from pydantic import Field, StringConstraints

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.cloud.clock import stamp
from chalicelib.cloud.table import Delete, Item, Operation, Put, Table, TransactionRefused
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.problems import Conflict, Forbidden, NotFound
from chalicelib.shape import Shape
from chalicelib.wiring import World


class NoteText(Shape):
    """What is to be remembered of a customer."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class CustomerNote(NoteText):
    """A note about a customer."""

    id: str
    at: datetime
    author_id: str
    author_name: str
    edited_at: datetime | None = Field(default=None, description="When its author last changed it.")
    version: int = 1


class CustomerUnknown(NotFound):
    """No such customer."""

    def __init__(self, contact_id: str) -> None:
        super().__init__("There is no contact with this id.")
        self.contact_id = contact_id


class NoteMissing(NotFound):
    """The customer has no such note."""

    def __init__(self, note_id: str) -> None:
        super().__init__("This customer has no note with this id.")
        self.note_id = note_id


class NotTheAuthor(Forbidden):
    """Somebody else wrote it."""

    def __init__(self, note_id: str) -> None:
        super().__init__("Only its author, or who answers for all tickets, may change this note.")
        self.note_id = note_id


class NoteChanged(Conflict):
    """The note was changed meanwhile."""

    def __init__(self, note_id: str) -> None:
        super().__init__("This note was changed meanwhile. Read it again and repeat.")
        self.note_id = note_id


def page(table: Table, contact_id: str, *, limit: int, before: str) -> tuple[list[CustomerNote], str]:
    """Notes newest first, from below the note `before`; and where the next page begins, or nothing.

    A contact into which others were merged has their notes too; one query for each. Raises CustomerUnknown.
    """
    contact = _contact(table, contact_id)
    lists = [_notes(table, each, limit + 1, before) for each in (contact.id, *sorted(contact.merged_from))]
    found = list(islice(heapq.merge(*lists, key=lambda item: item["SK"], reverse=True), limit + 1))
    shown = [_note(item) for item in found[:limit]]
    return shown, shown[-1].id if len(found) > limit else ""


def add(world: World, user: CurrentUser, contact_id: str, text: str) -> CustomerNote:
    """Writes a note. Raises CustomerUnknown."""
    contact = _contact(world.table, contact_id)
    note = CustomerNote(
        id=world.new_id(), at=world.clock(), author_id=user.id, author_name=user.name or user.id, text=text
    )
    _write(world, contact.id, note, Put(_item(contact.id, note), Attr("PK").not_exists()))
    return note


def change(world: World, user: CurrentUser, contact_id: str, note_id: str, text: str) -> CustomerNote:
    """Writes a note anew. Raises CustomerUnknown, NoteMissing, NotTheAuthor, NoteChanged."""
    owner, before = _own(world.table, user, contact_id, note_id)
    after = before.model_copy(update={"text": text, "edited_at": world.clock(), "version": before.version + 1})
    _write(world, owner, after, Put(_item(owner, after), Attr("version").eq(before.version)))
    return after


def delete(world: World, user: CurrentUser, contact_id: str, note_id: str) -> None:
    """Removes a note. Raises as `change`."""
    owner, note = _own(world.table, user, contact_id, note_id)
    _write(world, owner, note, Delete(keys.customer_note(owner, note_id), Attr("version").eq(note.version)))


def _contact(table: Table, contact_id: str) -> Contact:
    contact = identity.get(table, contact_id)
    if contact is None:
        raise CustomerUnknown(contact_id)
    return contact


def _notes(table: Table, contact_id: str, limit: int, before: str) -> list[Item]:
    key = keys.customer_note(contact_id, before)
    if not before:
        return table.query(key.pk, prefix=key.sk, forward=False, limit=limit, consistent=True).items
    # Both ends of BETWEEN are in: one more, and the note of the page before left out.
    first = keys.customer_note(contact_id, "").sk
    found = table.query(key.pk, between=(first, key.sk), forward=False, limit=limit + 1, consistent=True).items
    return [item for item in found if item["SK"] != key.sk][:limit]


def _own(table: Table, user: CurrentUser, contact_id: str, note_id: str) -> tuple[str, CustomerNote]:
    """The contact under which the note lies, and the note."""
    contact = _contact(table, contact_id)
    places = {each: keys.customer_note(each, note_id) for each in (contact.id, *contact.merged_from)}
    found = table.get_many(places.values())
    owner = next((each for each, key in places.items() if key in found), None)
    if owner is None:
        raise NoteMissing(note_id)
    note = _note(found[places[owner]])
    if note.author_id != user.id and not user.may(Permission.TICKETS_WRITE_ALL):
        raise NotTheAuthor(note_id)
    return owner, note


def _write(world: World, contact_id: str, note: CustomerNote, operation: Operation) -> None:
    told = Event(
        id=f"{note.id}.{note.version}{'.gone' if isinstance(operation, Delete) else ''}",
        type="contact.noted",
        at=world.clock(),
        topic="contact",
        subject=contact_id,
        data={"note_id": note.id},
    )
    try:
        world.table.transact([operation, events.stored(told)])
    except TransactionRefused as refused:
        raise NoteChanged(note.id) from refused


def _item(contact_id: str, note: CustomerNote) -> Item:
    key = keys.customer_note(contact_id, note.id)
    values = note.model_dump(mode="json", exclude_none=True)
    edited = {"edited_at": stamp(note.edited_at)} if note.edited_at else {}
    return {"PK": key.pk, "SK": key.sk, **values, "at": stamp(note.at), **edited}


def _note(item: Item) -> CustomerNote:
    return CustomerNote.model_validate({name: value for name, value in item.items() if name not in {"PK", "SK"}})
