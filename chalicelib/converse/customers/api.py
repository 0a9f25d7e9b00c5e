"""Routes of what agents know of a customer beyond the ticket at hand."""

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.converse.customers import notes
from chalicelib.converse.customers.notes import CustomerNote, NoteText
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_READ, _WRITE = Permission.CONTACTS_READ, Permission.CONTACTS_WRITE
_NOTES = "/api/v1/contacts/{contactId}/notes"
_TAG = "Customers"


class NoteQuery(Shape):
    """Where to go on."""

    limit: int = Field(default=50, ge=1, le=200)
    next: str | None = Field(default=None, pattern=r"^[0-9A-Z]{1,40}$", description="From the page before.")


@endpoint(bp, "GET", _NOTES, permission=_READ, tag=_TAG)
def list_customer_notes(contact_id: str, query: NoteQuery, world: World) -> Page[CustomerNote]:
    """Lists the notes about a customer, newest first; they follow the person from ticket to ticket."""
    found, following = notes.page(world.table, contact_id, limit=query.limit, before=query.next or "")
    return Page[CustomerNote](items=found, next=following or None)


@endpoint(bp, "POST", _NOTES, permission=_WRITE, status=201, tag=_TAG)
def add_customer_note(user: CurrentUser, contact_id: str, body: NoteText, world: World) -> CustomerNote:
    """Writes a note about a customer."""
    return notes.add(world, user, contact_id, body.text)


@endpoint(bp, "PUT", f"{_NOTES}/{{noteId}}", permission=_WRITE, tag=_TAG)
def replace_customer_note(
    user: CurrentUser, contact_id: str, note_id: str, body: NoteText, world: World
) -> CustomerNote:
    """Writes a note anew: its author may, and who answers for all tickets."""
    return notes.change(world, user, contact_id, note_id, body.text)


@endpoint(bp, "DELETE", f"{_NOTES}/{{noteId}}", permission=_WRITE, tag=_TAG)
def delete_customer_note(user: CurrentUser, contact_id: str, note_id: str, world: World) -> None:
    """Removes a note: its author may, and who answers for all tickets."""
    notes.delete(world, user, contact_id, note_id)
