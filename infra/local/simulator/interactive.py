"""`interactive` messages: buttons, lists, links, flows and their limits."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .shapes import Shape, absent, length, read, wrong


class MediaRef(Shape):
    id: str | None = None
    link: str | None = None
    caption: str | None = None
    filename: str | None = None
    provider: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "MediaRef":
        if (self.id is None) == (self.link is None):
            raise absent("Media needs exactly one of 'id' and 'link'")
        if self.link is not None and not self.link.startswith(("http://", "https://")):
            raise wrong("Media link must be an http or https URL")
        return self


class Body(Shape):
    text: Annotated[str, length("Body text", 1024)]


class LongBody(Shape):
    text: Annotated[str, length("Body text", 4096)]


class CardBody(Shape):
    text: Annotated[str, length("Card body text", 160)]


class Footer(Shape):
    text: Annotated[str, length("Footer text", 60)]


class Header(Shape):
    type: Literal["text", "image", "video", "document"]
    text: Annotated[str, length("Header text", 60)] | None = None
    sub_text: str | None = None
    image: MediaRef | None = None
    video: MediaRef | None = None
    document: MediaRef | None = None

    @model_validator(mode="after")
    def _has_its_content(self) -> "Header":
        if getattr(self, self.type) is None:
            raise absent(f"Header of type {self.type} needs the field '{self.type}'")
        return self


class Reply(Shape):
    id: Annotated[str, length("Button id", 256)]
    title: Annotated[str, length("Button title", 20)]


class ReplyButton(Shape):
    type: Literal["reply"]
    reply: Reply


class ButtonAction(Shape):
    buttons: list[ReplyButton]

    @model_validator(mode="after")
    def _few_and_distinct(self) -> "ButtonAction":
        if not 1 <= len(self.buttons) <= 3:
            raise wrong("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
        for what in ("title", "id"):
            values = [getattr(button.reply, what) for button in self.buttons]
            if len(set(values)) != len(values):
                raise wrong(f"Duplicate button {what}: each button needs its own")
        return self


class Row(Shape):
    id: Annotated[str, length("Row id", 200)]
    title: Annotated[str, length("Row title", 24)]
    description: Annotated[str, length("Row description", 72, 0)] | None = None


class Section(Shape):
    title: Annotated[str, length("Section title", 24, 0)] | None = None
    rows: list[Row]


class ListAction(Shape):
    button: Annotated[str, length("List button text", 20)]
    sections: list[Section]

    @model_validator(mode="after")
    def _few_rows(self) -> "ListAction":
        rows = [row for section in self.sections for row in section.rows]
        if not 1 <= len(self.sections) <= 10:
            raise wrong("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
        if any(not section.rows for section in self.sections):
            raise wrong("Section rows are empty: each section needs at least one row")
        if len(rows) > 10:
            raise wrong("Total row count exceed max allowed count: 10")
        if len(self.sections) > 1 and any(not section.title for section in self.sections):
            raise absent("Section title is required when there is more than one section")
        if len({row.id for row in rows}) != len(rows):
            raise wrong("Duplicate row id: each row needs its own")
        return self


class LinkParameters(Shape):
    display_text: Annotated[str, length("Button display_text", 20)]
    url: Annotated[str, Field(pattern=r"^https?://", max_length=2000)]


class LinkAction(Shape):
    name: Literal["cta_url"]
    parameters: LinkParameters


class CardAction(Shape):
    name: Literal["cta_url"] | None = None
    parameters: LinkParameters | None = None
    buttons: list[dict[str, Any]] | None = None


class Card(Shape):
    card_index: Annotated[int, Field(ge=0, le=9)]
    type: Literal["cta_url", "button"] = "cta_url"
    header: Header
    body: CardBody | None = None
    action: CardAction


class CarouselAction(Shape):
    cards: list[Card]

    @model_validator(mode="after")
    def _alike(self) -> "CarouselAction":
        if not 2 <= len(self.cards) <= 10:
            raise wrong("Invalid cards count. Min allowed cards: 2, Max allowed cards: 10")
        kinds = {card.header.type for card in self.cards}
        if len(kinds) != 1 or not kinds <= {"image", "video"}:
            raise wrong("All cards need the same header type, image or video")
        if sorted(card.card_index for card in self.cards) != list(range(len(self.cards))):
            raise wrong("card_index must number the cards from 0")
        return self


class FlowParameters(Shape):
    flow_message_version: Literal["3"] = "3"
    flow_id: str | None = None
    flow_name: str | None = None
    flow_token: Annotated[str, length("flow_token", 200)] = "unused"  # noqa: S105
    flow_cta: Annotated[str, length("flow_cta", 30)]
    flow_action: Literal["navigate", "data_exchange"] = "navigate"
    flow_action_payload: dict[str, Any] | None = None
    mode: Literal["draft", "published"] = "published"

    @model_validator(mode="after")
    def _one_flow(self) -> "FlowParameters":
        if (self.flow_id is None) == (self.flow_name is None):
            raise absent("A flow needs exactly one of flow_id and flow_name")
        return self


class FlowAction(Shape):
    name: Literal["flow"]
    parameters: FlowParameters


class LocationAction(Shape):
    name: Literal["send_location"]


class ContactInfoAction(Shape):
    name: Literal["request_contact_info"]


class AddressAction(Shape):
    name: Literal["address_message"]
    parameters: dict[str, Any]


class ProductAction(Shape):
    catalog_id: str
    product_retailer_id: str | None = None
    sections: list[dict[str, Any]] | None = None


class CatalogAction(Shape):
    name: Literal["catalog_message"]
    parameters: dict[str, Any] | None = None


class CallAction(Shape):
    name: Literal["voice_call", "call_permission_request"]
    parameters: dict[str, Any] | None = None


class Interactive(Shape):
    """Fields every kind shares; which of them a kind takes stands in KINDS."""

    type: str
    header: Header | None = None
    body: LongBody | None = None
    footer: Footer | None = None
    action: dict[str, Any]


# kind -> the model of its action, whether a body is required, which headers it may have
KINDS: dict[str, tuple[type[Shape], bool, tuple[str, ...]]] = {
    "button": (ButtonAction, True, ("text", "image", "video", "document")),
    "list": (ListAction, True, ("text",)),
    "cta_url": (LinkAction, True, ("text", "image", "video", "document")),
    "carousel": (CarouselAction, True, ()),
    "flow": (FlowAction, True, ("text", "image", "video", "document")),
    "location_request_message": (LocationAction, True, ()),
    "request_contact_info": (ContactInfoAction, True, ()),
    "address_message": (AddressAction, True, ("text",)),
    "product": (ProductAction, False, ()),
    "product_list": (ProductAction, True, ("text",)),
    "catalog_message": (CatalogAction, True, ()),
    "voice_call": (CallAction, True, ()),
    "call_permission_request": (CallAction, False, ()),
}


class KnownKind(Shape):
    type: Literal[tuple(KINDS)]  # type: ignore[valid-type]


def check(payload: object) -> None:
    """Raises Meta's error when an `interactive` object is not one WhatsApp would take."""
    where = ("interactive",)
    if isinstance(payload, dict):
        read(KnownKind, {"type": payload.get("type")} if "type" in payload else {}, *where)
    shape = read(Interactive, payload, *where)
    action, needs_body, headers = KINDS[shape.type]
    read(action, shape.action, *where, "action")
    read(_Rules, {"shape": shape, "needs_body": needs_body, "headers": headers}, *where)


class _Rules(Shape):
    shape: Interactive
    needs_body: bool
    headers: tuple[str, ...]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "_Rules":
        kind, header, body = self.shape.type, self.shape.header, self.shape.body
        if self.needs_body and body is None:
            raise absent(f"Body is required for interactive messages of type {kind}")
        if header is not None and header.type not in self.headers:
            raise wrong(f"Header type {header.type} is not allowed for interactive messages of type {kind}")
        if body is not None and kind != "list" and len(body.text) > 1024:
            raise wrong("Body text length invalid. Min length: 1, Max length: 1024")
        if kind == "carousel" and self.shape.footer is not None:
            raise wrong("Footer is not allowed for interactive messages of type carousel")
        return self
