"""Interactive messages: reply buttons, list, link button, carousel, flow and the requests for data."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, field_validator, model_validator

from chalicelib.whatsapp.messages.base import Link, MediaSource, Wire, limited
from chalicelib.whatsapp.messages.media import DocumentBody


class Body(Wire):
    text: Annotated[str, limited(1024)]


class Footer(Wire):
    text: Annotated[str, limited(60)]


class TextHeader(Wire):
    type: Literal["text"] = "text"
    text: Annotated[str, limited(60)]


class ImageHeader(Wire):
    type: Literal["image"] = "image"
    image: MediaSource


class VideoHeader(Wire):
    type: Literal["video"] = "video"
    video: MediaSource


class DocumentHeader(Wire):
    type: Literal["document"] = "document"
    document: DocumentBody


Header = Annotated[TextHeader | ImageHeader | VideoHeader | DocumentHeader, Discriminator("type")]
MediaHeader = Annotated[ImageHeader | VideoHeader, Discriminator("type")]


def _repeated(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    return next((v for v in values if v in seen or seen.add(v)), None)  # type: ignore[func-returns-value]


class Reply(Wire):
    id: Annotated[str, limited(256)]
    title: Annotated[str, limited(20)]


class ReplyButton(Wire):
    type: Literal["reply"] = "reply"
    reply: Reply


class ButtonsAction(Wire):
    buttons: Annotated[tuple[ReplyButton, ...], Field(min_length=1, max_length=3)]

    @field_validator("buttons")
    @classmethod
    def _unlike(cls, buttons: tuple[ReplyButton, ...]) -> tuple[ReplyButton, ...]:
        for what in ("id", "title"):
            if twice := _repeated(getattr(button.reply, what) for button in buttons):
                raise ValueError(f"two buttons have the {what} {twice!r}")
        return buttons


class Buttons(Wire):
    type: Literal["button"] = "button"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: ButtonsAction


class Row(Wire):
    id: Annotated[str, limited(200)]
    title: Annotated[str, limited(24)]
    description: Annotated[str, limited(72)] | None = None


class Section(Wire):
    title: Annotated[str, limited(24)] | None = None
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=10)]


class ListAction(Wire):
    button: Annotated[str, limited(20)]
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=10)]

    @field_validator("sections")
    @classmethod
    def _rows_of_all(cls, sections: tuple[Section, ...]) -> tuple[Section, ...]:
        rows = [row.id for section in sections for row in section.rows]
        if len(rows) > 10:
            raise ValueError(f"a list has at most 10 rows in all its sections, this one has {len(rows)}")
        if twice := _repeated(rows):
            raise ValueError(f"two rows have the id {twice!r}")
        if len(sections) > 1 and any(section.title is None for section in sections):
            raise ValueError("with more than one section, each needs a title")
        return sections


class ListBody(Wire):
    text: Annotated[str, limited(4096)]


class ListMessage(Wire):
    type: Literal["list"] = "list"
    header: TextHeader | None = None
    body: ListBody
    footer: Footer | None = None
    action: ListAction


class LinkParameters(Wire):
    display_text: Annotated[str, limited(20)]
    url: Link


class LinkAction(Wire):
    name: Literal["cta_url"] = "cta_url"
    parameters: LinkParameters


class LinkButton(Wire):
    type: Literal["cta_url"] = "cta_url"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: LinkAction


class CardBody(Wire):
    text: Annotated[str, limited(160)]


class CarouselCard(Wire):
    card_index: int = Field(ge=0, le=9)
    type: Literal["cta_url"] = "cta_url"
    header: MediaHeader
    body: CardBody | None = None
    action: LinkAction


class CarouselAction(Wire):
    cards: Annotated[tuple[CarouselCard, ...], Field(min_length=2, max_length=10)]

    @field_validator("cards")
    @classmethod
    def _alike(cls, cards: tuple[CarouselCard, ...]) -> tuple[CarouselCard, ...]:
        if [card.card_index for card in cards] != list(range(len(cards))):
            raise ValueError("card_index counts from 0 without a gap")
        if len({card.header.type for card in cards}) > 1:
            raise ValueError("all cards need the same header type")
        return cards


class Carousel(Wire):
    type: Literal["carousel"] = "carousel"
    body: Body
    action: CarouselAction


class FlowStart(Wire):
    screen: Annotated[str, limited(200)]
    data: dict[str, Any] | None = None


class FlowParameters(Wire):
    flow_message_version: Literal["3"] = "3"
    flow_id: str | None = None
    flow_name: str | None = None
    flow_token: Annotated[str, limited(2000)] | None = None
    """Comes back in the answer, which carries no flow id: the only way to know which flow it was."""
    flow_cta: Annotated[str, limited(30)]
    flow_action: Literal["navigate", "data_exchange"] | None = None
    flow_action_payload: FlowStart | None = None
    mode: Literal["draft", "published"] | None = None

    @model_validator(mode="after")
    def _named_once(self) -> "FlowParameters":
        if (self.flow_id is None) == (self.flow_name is None):
            raise ValueError("give either flow_id or flow_name")
        return self


class FlowAction(Wire):
    name: Literal["flow"] = "flow"
    parameters: FlowParameters


class Flow(Wire):
    type: Literal["flow"] = "flow"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: FlowAction


class SendLocationAction(Wire):
    name: Literal["send_location"] = "send_location"


class LocationRequest(Wire):
    type: Literal["location_request_message"] = "location_request_message"
    body: Body
    action: SendLocationAction = Field(default_factory=SendLocationAction)


class ContactInfoAction(Wire):
    name: Literal["request_contact_info"] = "request_contact_info"


class ContactInfoRequest(Wire):
    """Asks for the phone number of somebody who hides it."""

    type: Literal["request_contact_info"] = "request_contact_info"
    body: Body
    action: ContactInfoAction = Field(default_factory=ContactInfoAction)


class AddressParameters(Wire):
    country: Literal["IN"] = "IN"
    values: dict[str, str] | None = None
    saved_addresses: tuple[dict[str, Any], ...] | None = None
    validation_errors: dict[str, str] | None = None


class AddressAction(Wire):
    name: Literal["address_message"] = "address_message"
    parameters: AddressParameters


class AddressRequest(Wire):
    """India only."""

    type: Literal["address_message"] = "address_message"
    header: TextHeader | None = None
    body: Body
    footer: Footer | None = None
    action: AddressAction


InteractiveBody = Annotated[
    Buttons | ListMessage | LinkButton | Carousel | Flow | LocationRequest | ContactInfoRequest | AddressRequest,
    Discriminator("type"),
]


class Interactive(Wire):
    type: Literal["interactive"] = "interactive"
    interactive: InteractiveBody
