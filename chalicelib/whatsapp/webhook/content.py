"""What a customer sent: one model per kind, told apart by our own `type`."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, ValidationError

from chalicelib.whatsapp.webhook.base import Reading, first_problem, node, text


class Text(Reading):
    type: Literal["text"] = "text"
    body: str


class Media(Reading):
    """A file; Meta keeps it seven days under `media_id`."""

    type: Literal["image", "video", "audio", "document", "sticker"]
    media_id: str = Field(validation_alias="id")
    mime_type: str | None = None
    sha256: str | None = None
    url: str | None = None
    """Five minutes' worth of address; may be absent."""
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    animated: bool = False


class Location(Reading):
    type: Literal["location"] = "location"
    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class Contacts(Reading):
    type: Literal["contacts"] = "contacts"
    contacts: tuple[dict[str, Any], ...]
    origin: str | None = None
    """`contact_request` when it answers our own request for the phone number."""


class Button(Reading):
    """A quick reply of a template; `context.id` of the message is the template's wamid."""

    type: Literal["button"] = "button"
    payload: str | None = None
    text: str


class ButtonReply(Reading):
    type: Literal["button_reply"] = "button_reply"
    id: str
    title: str


class ListReply(Reading):
    type: Literal["list_reply"] = "list_reply"
    id: str
    title: str
    description: str | None = None


class FlowReply(Reading):
    """A filled-in flow. Which flow it was, only `flow_token` can tell."""

    type: Literal["flow_reply"] = "flow_reply"
    name: str | None = None
    body: str | None = None
    response: dict[str, Any]
    flow_token: str | None = None


class CallPermissionReply(Reading):
    type: Literal["call_permission_reply"] = "call_permission_reply"
    response: str | None = None
    expiration_timestamp: str | None = None
    response_source: str | None = None


class Reaction(Reading):
    type: Literal["reaction"] = "reaction"
    message_id: str
    emoji: str = ""
    """Empty: an earlier reaction was taken back."""


class OrderItem(Reading):
    product_retailer_id: str
    quantity: str
    item_price: str | None = None
    currency: str | None = None


class Order(Reading):
    type: Literal["order"] = "order"
    catalog_id: str | None = None
    text: str | None = None
    product_items: tuple[OrderItem, ...] = ()


class System(Reading):
    """A fact about the customer: a new number or user id (`kind`: user_changed_number, user_changed_user_id...)."""

    type: Literal["system"] = "system"
    kind: str
    body: str | None = None
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    previous_user_id: str | None = None
    previous_parent_user_id: str | None = None


class Edit(Reading):
    type: Literal["edit"] = "edit"
    original_message_id: str
    message: dict[str, Any] = Field(default_factory=dict)


class Revoke(Reading):
    type: Literal["revoke"] = "revoke"
    original_message_id: str


class RequestWelcome(Reading):
    """The customer opened the chat for the first time; nothing was written."""

    type: Literal["request_welcome"] = "request_welcome"


class Unsupported(Reading):
    """Something WhatsApp or we cannot read; the raw message is kept beside it. It opens the window like any other."""

    type: Literal["unsupported"] = "unsupported"
    kind: str
    """Meta's word for it, for example poll_creation."""
    reason: str | None = None


Content = Annotated[
    Text
    | Media
    | Location
    | Contacts
    | Button
    | ButtonReply
    | ListReply
    | FlowReply
    | CallPermissionReply
    | Reaction
    | Order
    | System
    | Edit
    | Revoke
    | RequestWelcome
    | Unsupported,
    Discriminator("type"),
]

_REPLIES: Mapping[str, type[Reading]] = {
    "button_reply": ButtonReply,
    "list_reply": ListReply,
    "call_permission_reply": CallPermissionReply,
}


def read_content(message: dict[str, Any]) -> Any:
    """The content of Meta's message. What cannot be read becomes Unsupported, never an exception."""
    kind = text(message.get("type")) or "unknown"
    reader = _READERS.get(kind)
    if reader is None:
        return Unsupported(kind=kind, reason="unknown type")
    try:
        return reader(message)
    except ValidationError as error:
        return Unsupported(kind=kind, reason=first_problem(error))


def _plain(kind: str, model: type[Reading]) -> Callable[[dict[str, Any]], Any]:
    return lambda message: model.model_validate({**node(message.get(kind)), "type": kind})


def _contacts(message: dict[str, Any]) -> Any:
    body = {"contacts": message.get("contacts"), "origin": text(message.get("origin"))}
    return Contacts.model_validate(body)


def _system(message: dict[str, Any]) -> Any:
    details = node(message.get("system"))
    return System.model_validate({**details, "kind": details.get("type") or "unknown", "type": "system"})


def _unsupported(message: dict[str, Any]) -> Any:
    return Unsupported(kind=text(node(message.get("unsupported")).get("type")) or "unknown")


def _interactive(message: dict[str, Any]) -> Any:
    body = node(message.get("interactive"))
    kind = text(body.get("type")) or "unknown"
    answer = node(body.get(kind))
    if kind == "nfm_reply":
        return _flow_reply(answer)
    if model := _REPLIES.get(kind):
        return model.model_validate({**answer, "type": kind})
    return Unsupported(kind=f"interactive {kind}", reason="unknown type")


def _flow_reply(answer: dict[str, Any]) -> Any:
    """`response_json` is a JSON text inside the JSON."""
    try:
        response = json.loads(answer.get("response_json") or "{}")
    except (ValueError, TypeError, RecursionError):
        return Unsupported(kind="interactive nfm_reply", reason="response_json is not JSON")
    fields = node(response)
    return FlowReply(
        name=text(answer.get("name")),
        body=text(answer.get("body")),
        response=fields,
        flow_token=text(fields.get("flow_token")),
    )


_READERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "text": _plain("text", Text),
    "location": _plain("location", Location),
    "button": _plain("button", Button),
    "reaction": _plain("reaction", Reaction),
    "order": _plain("order", Order),
    "edit": _plain("edit", Edit),
    "revoke": _plain("revoke", Revoke),
    "request_welcome": _plain("request_welcome", RequestWelcome),
    "image": _plain("image", Media),
    "video": _plain("video", Media),
    "audio": _plain("audio", Media),
    "document": _plain("document", Media),
    "sticker": _plain("sticker", Media),
    "contacts": _contacts,
    "system": _system,
    "interactive": _interactive,
    "unsupported": _unsupported,
}
