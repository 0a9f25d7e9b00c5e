"""The route by which people and programs say that somebody wants no more messages. It answers once nothing can leave any more."""

from datetime import datetime

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.contacts import service
from chalicelib.contacts.model import ConsentCategory
from chalicelib.contacts.views import ContactView, contact_view
from chalicelib.conversations import opting_out
from chalicelib.http.endpoint import endpoint
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)


class Decision(Shape):
    """What somebody said yes or no to, and how we know."""

    category: ConsentCategory
    allowed: bool
    subaccount_id: str | None = Field(default=None, max_length=64, description="Only there; null is everywhere.")
    text: str = Field(default="", max_length=1000, description="What was said, for the record.")
    at: datetime | None = Field(default=None, description="When; null is now.")


@endpoint(bp, "POST", "/api/v1/accounts/{accountId}/contacts/{contactId}/consent",
          permission=Permission.CONTACTS_WRITE, omit_none=True, tag="Contacts")  # fmt: skip
def record_consent(user: CurrentUser, contact_id: int, body: Decision, world: World) -> ContactView:
    """Records that somebody opted out or in, with what was said and when.

    An opt-out is answered when no message that it forbids can reach them any more.
    """
    contact = service.get(world, str(contact_id))
    opting_out.record(
        world,
        contact,
        body.category,
        allowed=body.allowed,
        subaccount_id=body.subaccount_id,
        source="agent" if user.kind == "person" else "api",
        text=body.text,
        at=body.at or world.clock(),
        entry_id=world.new_id(),
    )
    return contact_view(world.table, service.get(world, contact.id))
