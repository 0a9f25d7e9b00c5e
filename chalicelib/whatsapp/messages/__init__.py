"""Every message that can leave, as typed models in Meta's own shape, and the envelope they travel in.

`Message` is the union of all types, told apart by `type`. `Outbound` adds to whom and in answer to what.
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, TypeAdapter, model_validator

from chalicelib.whatsapp.messages.base import Bsuid, Phone, Wamid, Wire, limited
from chalicelib.whatsapp.messages.contacts import Contacts
from chalicelib.whatsapp.messages.interactive import Interactive
from chalicelib.whatsapp.messages.location import Location
from chalicelib.whatsapp.messages.media import Audio, Document, Image, Sticker, Video
from chalicelib.whatsapp.messages.reaction import Reaction
from chalicelib.whatsapp.messages.template import Template
from chalicelib.whatsapp.messages.text import Text

Message = Annotated[
    Text | Image | Video | Audio | Document | Sticker | Location | Contacts | Reaction | Interactive | Template,
    Discriminator("type"),
]

_message: TypeAdapter[Message] = TypeAdapter(Message, config=ConfigDict(defer_build=True))

CALLBACK_DATA_LIMIT = 512


class Outbound(Wire):
    """One message to one person. `to` wins at Meta when both ways to name the person are given."""

    to: Phone | None = None
    recipient: Bsuid | None = None
    message: Message
    reply_to: Wamid | None = None
    callback_data: Annotated[str, limited(CALLBACK_DATA_LIMIT)] | None = None
    """Comes back in every status of this message: the only thread to follow when the answer is lost."""
    identity_key_hash: Annotated[str, limited(512)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Outbound":
        if self.to is None and self.recipient is None:
            raise ValueError("give to or recipient")
        if self.reply_to is not None and self.message.type == "reaction":
            raise ValueError("a reaction cannot be a reply")
        return self


def parse_message(value: Any) -> Message:
    """A message from its JSON (`{"type": "text", "text": {...}}`); ValidationError if it breaks a rule."""
    return _message.validate_python(value)


def to_json(outbound: Outbound) -> dict[str, Any]:
    """The body of `POST /{phone-number-id}/messages`."""
    addressed = {
        "to": outbound.to,
        "recipient": outbound.recipient,
        "context": {"message_id": outbound.reply_to} if outbound.reply_to else None,
        "biz_opaque_callback_data": outbound.callback_data,
        "recipient_identity_key_hash": outbound.identity_key_hash,
    }
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **{key: value for key, value in addressed.items() if value is not None},
        **outbound.message.model_dump(mode="json", exclude_none=True),
    }


def mark_read_json(wamid: str, *, typing: bool = False) -> dict[str, Any]:
    """Marks a message and all earlier ones as read; `typing` also shows the dots, for 25 s at most."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    return body | {"typing_indicator": {"type": "text"}} if typing else body
