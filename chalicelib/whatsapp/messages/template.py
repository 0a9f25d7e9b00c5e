"""A template send: which template, in which language, and the values for its variables.

Whether the values fit the template's definition is `whatsapp.templates.check_send`'s question; here is only
what Meta demands of every template send.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, field_validator

from chalicelib.whatsapp.messages.base import MediaSource, Wire, limited
from chalicelib.whatsapp.messages.location import LocationBody
from chalicelib.whatsapp.messages.media import DocumentBody

ParameterName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]


class TextParameter(Wire):
    type: Literal["text"] = "text"
    parameter_name: ParameterName | None = None
    text: Annotated[str, limited(32768)]


class Currency(Wire):
    fallback_value: Annotated[str, limited(200)]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    amount_1000: int


class CurrencyParameter(Wire):
    type: Literal["currency"] = "currency"
    parameter_name: ParameterName | None = None
    currency: Currency


class DateTime(Wire):
    fallback_value: Annotated[str, limited(200)]


class DateTimeParameter(Wire):
    type: Literal["date_time"] = "date_time"
    parameter_name: ParameterName | None = None
    date_time: DateTime


class ImageParameter(Wire):
    type: Literal["image"] = "image"
    image: MediaSource


class VideoParameter(Wire):
    type: Literal["video"] = "video"
    video: MediaSource


class DocumentParameter(Wire):
    type: Literal["document"] = "document"
    document: DocumentBody


class LocationParameter(Wire):
    type: Literal["location"] = "location"
    location: LocationBody


class PayloadParameter(Wire):
    type: Literal["payload"] = "payload"
    payload: Annotated[str, limited(256)]


class CouponParameter(Wire):
    type: Literal["coupon_code"] = "coupon_code"
    coupon_code: Annotated[str, limited(20)]


class FlowTokenAction(Wire):
    flow_token: Annotated[str, limited(2000)] | None = None
    flow_action_data: dict[str, Any] | None = None


class FlowParameter(Wire):
    type: Literal["action"] = "action"
    action: FlowTokenAction


class Expiration(Wire):
    expiration_time_ms: int = Field(gt=0)


class OfferParameter(Wire):
    type: Literal["limited_time_offer"] = "limited_time_offer"
    limited_time_offer: Expiration


BodyParameter = Annotated[TextParameter | CurrencyParameter | DateTimeParameter, Discriminator("type")]
HeaderParameter = Annotated[
    TextParameter
    | CurrencyParameter
    | DateTimeParameter
    | ImageParameter
    | VideoParameter
    | DocumentParameter
    | LocationParameter,
    Discriminator("type"),
]


class Header(Wire):
    type: Literal["header"] = "header"
    parameters: Annotated[tuple[HeaderParameter, ...], Field(min_length=1, max_length=1)]


class Body(Wire):
    type: Literal["body"] = "body"
    parameters: Annotated[tuple[BodyParameter, ...], Field(min_length=1)]

    @field_validator("parameters")
    @classmethod
    def _one_way_of_naming(cls, parameters: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [parameter.parameter_name for parameter in parameters]
        if any(names) and not all(names):
            raise ValueError("either every parameter has a parameter_name, or none has")
        if any(names) and len(set(names)) < len(names):
            raise ValueError("two parameters have the same parameter_name")
        return parameters


def _index(value: Any) -> Any:
    """Meta's own pages use both "0" and 0."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Index = Annotated[str, BeforeValidator(_index), StringConstraints(pattern=r"^[0-9]$")]


class UrlButton(Wire):
    type: Literal["button"] = "button"
    sub_type: Literal["url"] = "url"
    index: Index
    parameters: Annotated[tuple[TextParameter, ...], Field(min_length=1, max_length=1)]


class QuickReplyButton(Wire):
    type: Literal["button"] = "button"
    sub_type: Literal["quick_reply"] = "quick_reply"
    index: Index
    parameters: Annotated[tuple[PayloadParameter, ...], Field(min_length=1, max_length=1)]


class CopyCodeButton(Wire):
    type: Literal["button"] = "button"
    sub_type: Literal["copy_code"] = "copy_code"
    index: Index
    parameters: Annotated[tuple[CouponParameter, ...], Field(min_length=1, max_length=1)]


class FlowButton(Wire):
    type: Literal["button"] = "button"
    sub_type: Literal["flow"] = "flow"
    index: Index
    parameters: Annotated[tuple[FlowParameter, ...], Field(max_length=1)] | None = None


Button = Annotated[UrlButton | QuickReplyButton | CopyCodeButton | FlowButton, Discriminator("sub_type")]


class LimitedTimeOffer(Wire):
    type: Literal["limited_time_offer"] = "limited_time_offer"
    parameters: Annotated[tuple[OfferParameter, ...], Field(min_length=1, max_length=1)]


CardComponent = Annotated[Header | Body | Button, Discriminator("type")]


class CarouselCard(Wire):
    card_index: int = Field(ge=0, le=9)
    components: Annotated[tuple[CardComponent, ...], Field(min_length=1)]


class Carousel(Wire):
    type: Literal["carousel"] = "carousel"
    cards: Annotated[tuple[CarouselCard, ...], Field(min_length=2, max_length=10)]

    @field_validator("cards")
    @classmethod
    def _alike(cls, cards: tuple[CarouselCard, ...]) -> tuple[CarouselCard, ...]:
        if [card.card_index for card in cards] != list(range(len(cards))):
            raise ValueError("card_index counts from 0 without a gap")
        if len({tuple(_kind(component) for component in card.components) for card in cards}) > 1:
            raise ValueError("all cards need the same components")
        return cards


Component = Annotated[Header | Body | Button | LimitedTimeOffer | Carousel, Discriminator("type")]


class Language(Wire):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2,4})?$")]
    policy: Literal["deterministic"] | None = None


class TemplateBody(Wire):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Language
    components: tuple[Component, ...] | None = None

    @field_validator("components")
    @classmethod
    def _each_once(cls, components: tuple[Component, ...] | None) -> tuple[Component, ...] | None:
        seen: set[str] = set()
        for component in components or ():
            place = _place(component)
            if place in seen:
                raise ValueError(f"{place} is given twice")
            seen.add(place)
        return components


class Template(Wire):
    type: Literal["template"] = "template"
    template: TemplateBody


def _kind(component: Any) -> str:
    return str(getattr(component, "sub_type", component.type))


def _place(component: Any) -> str:
    return f"button {component.index}" if component.type == "button" else str(component.type)
