"""`POST /{phone-number-id}/messages`: every type a business can send, with Meta's limits."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from . import interactive
from .errors import GraphError, required
from .interactive import MediaRef
from .shapes import Shape, absent, chars, read

USER_ID = r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$"


class Text(Shape):
    body: Annotated[str, chars(4096)]
    preview_url: bool = False


class Captioned(MediaRef):
    caption: Annotated[str, chars(1024, 0)] | None = None


class Image(Captioned):
    filename: None = None


class Document(Captioned):
    filename: Annotated[str, chars(240)] | None = None


class Audio(MediaRef):
    caption: None = None
    voice: bool = False


class Sticker(MediaRef):
    caption: None = None


class Location(Shape):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: Annotated[str, chars(1000, 0)] | None = None
    address: Annotated[str, chars(1000, 0)] | None = None


class ContactName(Shape):
    formatted_name: Annotated[str, chars(1024)]
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    prefix: str | None = None


class ContactPhone(Shape):
    phone: str | None = None
    type: str | None = None
    wa_id: str | None = None


class ContactCard(Shape):
    name: ContactName
    phones: list[ContactPhone] | None = None
    emails: list[dict[str, str]] | None = None
    addresses: list[dict[str, str]] | None = None
    urls: list[dict[str, str]] | None = None
    org: dict[str, str] | None = None
    birthday: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class Reaction(Shape):
    message_id: str
    emoji: str


class Language(Shape):
    code: str
    policy: Literal["deterministic"] | None = None


class Parameter(Shape):
    type: Literal[
        "text", "currency", "date_time", "image", "video", "document", "location", "payload", "coupon_code",
        "action", "limited_time_offer", "product", "gif", "ttl_minutes", "button", "order_status",
    ]  # fmt: skip
    parameter_name: str | None = None
    text: str | None = None
    payload: str | None = None
    coupon_code: str | None = None
    currency: dict[str, Any] | None = None
    date_time: dict[str, Any] | None = None
    image: MediaRef | None = None
    video: MediaRef | None = None
    gif: MediaRef | None = None
    document: MediaRef | None = None
    location: Location | None = None
    action: dict[str, Any] | None = None
    limited_time_offer: dict[str, Any] | None = None
    product: dict[str, Any] | None = None
    ttl_minutes: int | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> "Parameter":
        if getattr(self, self.type, "") is None:
            raise absent(f"Parameter of type {self.type} is missing its value")
        return self


class CardComponents(Shape):
    card_index: Annotated[int, Field(ge=0, le=9)]
    components: list["Component"]


class Component(Shape):
    type: Literal["header", "body", "button", "carousel", "limited_time_offer", "footer", "order_status"]
    sub_type: (
        Literal[
            "url", "quick_reply", "copy_code", "flow", "catalog", "mpm", "voice_call", "order_details",
            "booking_confirmation", "reminder",
        ] | None
    ) = None  # fmt: skip
    index: Annotated[str, StringConstraints(pattern=r"^\d$")] | None = None
    parameters: list[Parameter] = Field(default_factory=list)
    cards: list[CardComponents] | None = None

    @model_validator(mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return value | {k: value[k].lower() for k in ("type", "sub_type") if isinstance(value.get(k), str)}

    @model_validator(mode="after")
    def _button_says_which(self) -> "Component":
        if self.type == "button" and (self.sub_type is None or self.index is None):
            raise absent("Button components need 'sub_type' and 'index'")
        return self


class TemplateSend(Shape):
    name: Annotated[str, chars(512)]
    language: Language
    components: list[Component] = Field(default_factory=list)
    namespace: str | None = None


class Context(Shape):
    message_id: str


class Envelope(BaseModel):
    """Fields outside the typed object. Graph ignores top-level parameters it does not know."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual", "group"] = "individual"
    to: str | None = None
    recipient: str | None = None
    type: Literal[
        "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction",
        "interactive", "template",
    ] = "text"  # fmt: skip
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, StringConstraints(max_length=512)] | None = None
    recipient_identity_key_hash: str | None = None
    product_policy: Literal["CLOUD_API_FALLBACK", "STRICT"] = "CLOUD_API_FALLBACK"
    message_activity_sharing: bool | None = None


class MarkRead(BaseModel):
    model_config = ConfigDict(extra="ignore")
    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: str
    typing_indicator: "Typing | None" = None


class Typing(Shape):
    type: Literal["text"]


CONTENT: dict[str, type[Shape]] = {
    "text": Text,
    "image": Image,
    "video": Image,
    "audio": Audio,
    "document": Document,
    "sticker": Sticker,
    "location": Location,
    "reaction": Reaction,
    "template": TemplateSend,
}


def check(payload: dict[str, Any]) -> Envelope:
    """The envelope of a valid message, or Meta's error for what is wrong with it."""
    envelope = read(Envelope, payload)
    if envelope.to is None and envelope.recipient is None:
        raise required("to")
    if envelope.recipient_type == "group":
        raise GraphError(131051, "Groups are not enabled for this phone number.")
    if envelope.type not in payload:
        raise required(envelope.type)
    content = payload[envelope.type]
    if envelope.type == "contacts":
        _check_contacts(content)
    elif envelope.type == "interactive":
        interactive.check(content)
    else:
        read(CONTENT[envelope.type], content, envelope.type)
    if envelope.type == "reaction" and envelope.context is not None:
        raise GraphError(131009, "A reaction cannot be a reply: leave out 'context'.")
    return envelope


def _check_contacts(content: object) -> None:
    if not isinstance(content, list):
        raise GraphError(100, message="(#100) Param contacts must be an array.")
    if not 1 <= len(content) <= 257:
        raise GraphError(131009, "Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: 257")
    for index, card in enumerate(content):
        read(ContactCard, card, "contacts", index)


MEDIA_TYPES = ("image", "video", "audio", "document", "sticker")


def media_of(payload: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind, {id or link}) of every file a message carries, template headers and cards included."""
    if kind in MEDIA_TYPES:
        return [(kind, payload[kind])]
    found: list[tuple[str, dict[str, Any]]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") in ("image", "video", "document", "gif") and isinstance(node.get(node["type"]), dict):
                found.append((node["type"], node[node["type"]]))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    if kind in ("template", "interactive"):
        walk(payload[kind])
    return found
