"""A template's definition in Meta's own shape: what the list answers and what a creation takes.

Reading is lenient (unknown fields ignored, unknown components kept as Other): Meta adds kinds. What an author
writes is checked by `rules.problems`.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Tag

Found = TypeVar("Found")


class Part(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore", coerce_numbers_to_str=True)


def _upper(value: Any) -> Any:
    """Meta's pages write both `BODY` and `body`; its answers are in capitals."""
    return value.upper() if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Some samples are a text where others are a list with one text."""
    return [value] if isinstance(value, str) else value


Samples = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Capitals = Annotated[str, BeforeValidator(_upper)]


class NamedSample(Part):
    param_name: str
    example: str


class HeaderExample(Part):
    header_text: Samples = ()
    header_handle: Samples = ()
    header_text_named_params: tuple[NamedSample, ...] = ()


def _rows(value: Any) -> Any:
    """`body_text` is a list of lists; older answers have the inner list alone."""
    return [value] if isinstance(value, list | tuple) and value and isinstance(value[0], str) else value


class BodyExample(Part):
    body_text: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_rows)] = ()
    body_text_named_params: tuple[NamedSample, ...] = ()


class Header(Part):
    type: Literal["HEADER"]
    format: Annotated[
        Literal["TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT"], BeforeValidator(_upper)
    ]
    text: str | None = None
    example: HeaderExample | None = None


class Body(Part):
    type: Literal["BODY"]
    text: str | None = None
    """Absent only while an authentication template is created: Meta writes it."""
    example: BodyExample | None = None
    add_security_recommendation: bool | None = None


class Footer(Part):
    type: Literal["FOOTER"]
    text: str | None = None
    code_expiration_minutes: int | None = None


class QuickReply(Part):
    type: Literal["QUICK_REPLY"]
    text: str


class Url(Part):
    type: Literal["URL"]
    text: str
    url: str
    example: Samples = ()


class PhoneNumber(Part):
    type: Literal["PHONE_NUMBER"]
    text: str
    phone_number: str


class CopyCode(Part):
    type: Literal["COPY_CODE"]
    text: str | None = None
    example: Samples = ()


class SupportedApp(Part):
    package_name: str
    signature_hash: str


class Otp(Part):
    type: Literal["OTP"]
    otp_type: Annotated[Literal["COPY_CODE", "ONE_TAP", "ZERO_TAP"], BeforeValidator(_upper)]
    text: str | None = None
    autofill_text: str | None = None
    zero_tap_terms_accepted: bool | None = None
    supported_apps: tuple[SupportedApp, ...] | None = None


class Flow(Part):
    type: Literal["FLOW"]
    text: str
    flow_id: str | None = None
    flow_name: str | None = None
    flow_json: str | None = None
    flow_action: str | None = None
    navigate_screen: str | None = None
    icon: str | None = None


class OtherButton(Part):
    """A kind we do not build (catalog, products, calls): shown by its text, sent without values."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="allow", coerce_numbers_to_str=True)

    type: str
    text: str | None = None


def _tag(known: frozenset[str]) -> Any:
    def tag(value: Any) -> str:
        kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
        kind = _upper(kind)
        return kind if kind in known else "other"

    return Discriminator(tag)


_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW"})


def _capital_type(value: Any) -> Any:
    return {**value, "type": _upper(value.get("type"))} if isinstance(value, dict) else value


Button = Annotated[
    Annotated[QuickReply, Tag("QUICK_REPLY")]
    | Annotated[Url, Tag("URL")]
    | Annotated[PhoneNumber, Tag("PHONE_NUMBER")]
    | Annotated[CopyCode, Tag("COPY_CODE")]
    | Annotated[Otp, Tag("OTP")]
    | Annotated[Flow, Tag("FLOW")]
    | Annotated[OtherButton, Tag("other")],
    _tag(_BUTTONS),
    BeforeValidator(_capital_type),
]


class Buttons(Part):
    type: Literal["BUTTONS"]
    buttons: tuple[Button, ...]


class Offer(Part):
    text: str
    has_expiration: bool = False


class LimitedTimeOffer(Part):
    type: Literal["LIMITED_TIME_OFFER"]
    limited_time_offer: Offer


class OtherComponent(Part):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="allow", coerce_numbers_to_str=True)

    type: str


CardComponent = Annotated[
    Annotated[Header, Tag("HEADER")]
    | Annotated[Body, Tag("BODY")]
    | Annotated[Buttons, Tag("BUTTONS")]
    | Annotated[OtherComponent, Tag("other")],
    _tag(frozenset({"HEADER", "BODY", "BUTTONS"})),
    BeforeValidator(_capital_type),
]


class Card(Part):
    components: tuple[CardComponent, ...]


class Carousel(Part):
    type: Literal["CAROUSEL"]
    cards: tuple[Card, ...]


Component = Annotated[
    Annotated[Header, Tag("HEADER")]
    | Annotated[Body, Tag("BODY")]
    | Annotated[Footer, Tag("FOOTER")]
    | Annotated[Buttons, Tag("BUTTONS")]
    | Annotated[Carousel, Tag("CAROUSEL")]
    | Annotated[LimitedTimeOffer, Tag("LIMITED_TIME_OFFER")]
    | Annotated[OtherComponent, Tag("other")],
    _tag(frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"})),
    BeforeValidator(_capital_type),
]


class Definition(Part):
    """One template in one language."""

    name: str
    language: str
    category: Capitals
    components: tuple[Component, ...]
    parameter_format: Annotated[Literal["POSITIONAL", "NAMED"], BeforeValidator(_upper)] = "POSITIONAL"
    message_send_ttl_seconds: int | None = None
    allow_category_change: bool | None = None
    id: str | None = None
    status: Capitals | None = None
    sub_category: str | None = None
    previous_category: str | None = None
    correct_category: str | None = None
    rejected_reason: str | None = None
    quality_score: dict[str, Any] | None = None
    library_template_name: str | None = None

    @property
    def header(self) -> Header | None:
        return component_of(Header, self.components)

    @property
    def body(self) -> Body | None:
        return component_of(Body, self.components)

    @property
    def body_text(self) -> str:
        """The body as written; for authentication, whose body Meta writes, its English wording until it is read back."""
        written = self.body.text if self.body else None
        return written or ("{{1}} is your verification code." if self.category == "AUTHENTICATION" else "")

    @property
    def footer(self) -> Footer | None:
        return component_of(Footer, self.components)

    @property
    def buttons(self) -> tuple[Button, ...]:
        found = component_of(Buttons, self.components)
        return found.buttons if found else ()

    @property
    def cards(self) -> tuple[Card, ...]:
        found = component_of(Carousel, self.components)
        return found.cards if found else ()

    @property
    def offer(self) -> Offer | None:
        found = component_of(LimitedTimeOffer, self.components)
        return found.limited_time_offer if found else None

    def to_create(self) -> dict[str, Any]:
        """The body of `POST /{waba}/message_templates`: what an author decides, without what Meta answers."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude=_ANSWERED)


# What a list asks for (`fields=`), so that a Definition is complete.
FIELDS = (
    "id",
    "name",
    "language",
    "status",
    "category",
    "components",
    "parameter_format",
    "message_send_ttl_seconds",
    "quality_score",
    "rejected_reason",
    "previous_category",
    "correct_category",
)

_ANSWERED = {
    "id",
    "status",
    "sub_category",
    "previous_category",
    "correct_category",
    "rejected_reason",
    "quality_score",
}


def component_of(kind: type[Found], components: tuple[Any, ...]) -> Found | None:
    """The first component of a kind, or None."""
    return next((component for component in components if isinstance(component, kind)), None)
