"""A customer writes: every type of message a webhook can bring, and what it does to the window."""

import random
from base64 import b64decode
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from . import customers, media, webhooks
from .ids import wamid
from .records import Chat, Customer, Message, Number, Waba
from .world import World

TYPES = Literal[
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "button", "interactive",
    "reaction", "order", "system", "edit", "revoke", "unsupported", "request_welcome",
]  # fmt: skip
MEDIA = ("image", "video", "audio", "document", "sticker")
# These come from WhatsApp, not from the customer's hand: they open no window.
NOT_BY_HAND = ("system",)


class Problem(Exception):
    """Bad input to the control API: which field, and what is wrong with it."""

    def __init__(self, field: str, message: str, status: int = 400) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message, self.status = field, message, status


class Body(BaseModel):
    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True)


class TextBody(Body):
    body: Annotated[str, Field(min_length=1, max_length=65_536)]


class FileBody(Body):
    """`data` is the file itself in base64; without it, and without the `id` of one that is here, a sample is made."""

    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,128}$")] | None = None
    mime_type: Annotated[str, Field(pattern=r"^[ -~]{3,200}$")] | None = None
    filename: Annotated[str, Field(max_length=240)] | None = None
    caption: str | None = None
    data: str | None = None

    @field_validator("data")
    @classmethod
    def _decodes(cls, data: str | None) -> str | None:
        if data is not None:
            b64decode(data, validate=True)
        return data


class LocationBody(Body):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class ButtonBody(Body):
    text: str
    payload: str | None = None


class ReplyBody(Body):
    id: str
    title: str


class FlowBody(Body):
    name: str = "flow"
    body: str = "Sent"
    response_json: str


class InteractiveBody(Body):
    type: Literal["button_reply", "list_reply", "nfm_reply", "call_permission_reply"]
    button_reply: ReplyBody | None = None
    list_reply: ReplyBody | None = None
    nfm_reply: FlowBody | None = None
    call_permission_reply: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> "InteractiveBody":
        if getattr(self, self.type) is None:
            raise ValueError(f"needs the field {self.type}")
        return self


class ReactionBody(Body):
    message_id: str
    emoji: str | None = None


class OrderBody(Body):
    catalog_id: str
    product_items: Annotated[list[dict[str, Any]], Field(min_length=1)]
    text: str | None = None


class SystemBody(Body):
    type: Literal["user_changed_number", "user_changed_user_id", "customer_identity_changed"]
    wa_id: str | None = None


class RevokeBody(Body):
    original_message_id: str


class EditBody(RevokeBody):
    message: dict[str, Any]


class CardBody(Body):
    name: dict[str, Any]


class CustomerMessage(BaseModel):
    """What `POST /_sim/customers/{wa_id}/messages` takes."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    phone_number_id: str
    type: TYPES
    timestamp: Annotated[int, Field(ge=0, le=32_503_680_000)] | None = None
    id: str | None = None
    context: dict[str, Any] | None = None
    referral: dict[str, Any] | None = None
    errors: list[dict[str, Any]] | None = None
    text: TextBody | None = None
    image: FileBody | None = None
    video: FileBody | None = None
    audio: FileBody | None = None
    document: FileBody | None = None
    sticker: FileBody | None = None
    location: LocationBody | None = None
    contacts: Annotated[list[CardBody], Field(min_length=1)] | None = None
    button: ButtonBody | None = None
    interactive: InteractiveBody | None = None
    reaction: ReactionBody | None = None
    order: OrderBody | None = None
    system: SystemBody | None = None
    edit: EditBody | None = None
    revoke: RevokeBody | None = None
    unsupported: Body | None = None
    request_welcome: Body | None = None
    origin: str | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> "CustomerMessage":
        bare = self.type in ("unsupported", "request_welcome", *MEDIA)
        if not bare and getattr(self, self.type) is None:
            raise ValueError(f"a message of type {self.type} needs the field {self.type}")
        return self

    def content(self) -> Any:
        value = getattr(self, self.type)
        if isinstance(value, list):
            return [item.model_dump(exclude_none=True) for item in value]
        return value.model_dump(exclude_none=True) if value is not None else {}


def receive(world: World, wa_id: str, sent: CustomerMessage) -> str:
    """The customer's message is on its way to the business; answers its wamid."""
    number = number_or_problem(world, sent.phone_number_id)
    waba, store = world.waba_of(number), world.store
    customer = customers.known(store, world.config, wa_id)
    chat = store.chat(number.id, wa_id)
    at = float(sent.timestamp) if sent.timestamp is not None else world.now()
    if chat.blocked:
        raise Problem("wa_id", "this customer is blocked by the business, the message never arrives", 409)
    content = _content(world, waba, number, customer, sent)
    made = sent.id or wamid(wa_id, outbound=False)
    if store.message(made):
        raise Problem("id", "a message with this id exists", 409)
    message = Message(
        wamid=made,
        phone_number_id=number.id,
        wa_id=wa_id,
        outbound=False,
        type=sent.type,
        at=at,
        payload={"type": sent.type, sent.type: content} | _extras(number, sent),
    )
    user_id = customers.user_id(store, world.config, waba.portfolio_id, customer)
    webhook = _webhook(world, waba, customer, message, user_id)
    contact = customers.contact(
        store, world.config, waba.portfolio_id, customer, world.now(), identity_check=number.identity_check
    )
    store.add_message(message)
    if sent.type not in NOT_BY_HAND:
        _touch(chat, at, sent)
        store.put_chat(chat)
        world.count_message(number)
    # Changes of number or user id come without `contacts`; a changed identity key comes with it.
    moved = sent.system is not None and sent.system.type != "customer_identity_changed"
    shown = None if moved else contact
    webhooks.put_message(world, waba, number, webhook, shown, wa_id=wa_id)
    world.notify(wa_id)
    return made


def number_or_problem(world: World, phone_number_id: str) -> Number:
    number = world.store.number(phone_number_id)
    if number is None:
        raise Problem("phone_number_id", f"there is no phone number {phone_number_id} here")
    return number


def _touch(chat: Chat, at: float, sent: CustomerMessage) -> None:
    chat.inbound_at = max(at, chat.inbound_at or 0.0)
    if sent.referral is not None:
        chat.ad_at = at


def _extras(number: Number, sent: CustomerMessage) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if sent.context:
        context = dict(sent.context)
        if "message_id" in context:
            context["id"] = context.pop("message_id")
        if "id" in context:
            context.setdefault("from", number.digits)
        extras["context"] = context
    if sent.referral:
        extras["referral"] = sent.referral
    if sent.origin:
        extras["origin"] = sent.origin
    errors = sent.errors
    if sent.type == "unsupported":
        errors = errors or [
            {
                "code": 131051,
                "title": "Message type unknown",
                "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."},
            }
        ]
    if errors:
        extras["errors"] = errors
    return extras


def _content(world: World, waba: Waba, number: Number, customer: Customer, sent: CustomerMessage) -> Any:
    content = sent.content()
    if sent.type in MEDIA:
        return media.received(world, number, sent.type, content)
    if sent.type == "button":
        return {"payload": content.get("payload") or content["text"], "text": content["text"]}
    if sent.type == "unsupported":
        return {"type": content.get("type", "unknown")}
    if sent.type == "system":
        return _system(world, waba, customer, content)
    return content


def _system(world: World, waba: Waba, customer: Customer, content: dict[str, Any]) -> dict[str, Any]:
    """Carries the change out before telling of it. A new number or user id makes the old BSUID void."""
    store, kind = world.store, content["type"]
    if kind == "customer_identity_changed":
        return content | {"body": f"{customer.name} may have changed"}
    if kind == "user_changed_user_id":
        old, new = customers.change_user_id(store, world.config, waba.portfolio_id, customer)
        return {"type": kind, "body": f"{customer.name} changed", "user_id": new, "previous_user_id": old}
    new_wa_id = "".join(filter(str.isdecimal, content.get("wa_id") or ""))
    if not 7 <= len(new_wa_id) <= 15 or new_wa_id == customer.wa_id:
        raise Problem("system.wa_id", "the new number, 7 to 15 digits and other than the old one")
    old = customers.user_id(store, world.config, waba.portfolio_id, customer)
    moved = customer.model_copy(update={"wa_id": new_wa_id, "generation": customer.generation + 1})
    store.put_customer(moved)
    store.run("DELETE FROM identities WHERE wa_id=?", new_wa_id)
    new = customers.user_id(store, world.config, waba.portfolio_id, moved)
    return {
        "type": kind,
        "body": f"User {customer.name} changed from {customer.wa_id} to {new_wa_id}",
        "wa_id": new_wa_id,
        "user_id": new,
        "previous_user_id": old,
    }


def _webhook(world: World, waba: Waba, customer: Customer, message: Message, user_id: str) -> dict[str, Any]:
    webhook: dict[str, Any] = {}
    # The old number is what a change of number is about.
    changed = message.type == "system"
    if changed or customers.shows_phone(world.store, waba.portfolio_id, customer, world.now()):
        webhook["from"] = customer.wa_id
    webhook["from_user_id"] = user_id
    if parent := customers.parent_user_id(world.config, customer.wa_id):
        webhook["from_parent_user_id"] = parent
    webhook |= {"id": message.wamid, "timestamp": str(int(message.at))}
    webhook |= message.payload
    if message.type == "system" and message.payload["system"]["type"] == "customer_identity_changed":
        webhook["identity"] = {
            "acknowledged": False,
            "created_timestamp": str(int(message.at)),
            "hash": customers.identity_key_hash(customer),
        }
    return webhook


def answer_by_itself(world: World, delivered: str) -> None:
    """Demo customers: a rule whose word stands in a delivered message puts the answer on the agenda."""
    message = world.store.message(delivered)
    if message is None or not world.config.auto_replies:
        return
    said = str(message.template or message.payload).lower()
    for rule in world.config.auto_replies:
        chance = random.Random(f"{world.config.seed}:{message.wa_id}:{rule.text}").random()  # noqa: S311
        if rule.when.lower() in said and chance < rule.share:
            reply = {
                "phone_number_id": message.phone_number_id,
                "type": "text",
                "text": {"body": rule.text},
            }
            due = world.now() + rule.after_ms / 1000
            world.schedule((due, "receive", {"wa_id": message.wa_id, "message": reply}))
            return
