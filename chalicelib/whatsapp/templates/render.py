"""How a template looks to the customer: for previews and for the conversation's log."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.whatsapp.messages.template import TemplateBody
from chalicelib.whatsapp.templates import definition as d
from chalicelib.whatsapp.templates.definition import Definition, component_of
from chalicelib.whatsapp.templates.given import Given, given
from chalicelib.whatsapp.templates.variables import filled, variables


class View(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class HeaderView(View):
    """`format` as the definition's; `text` for TEXT, else the file or place that was given, if any."""

    format: str
    text: str | None = None
    media: dict[str, Any] | None = None


class ButtonView(View):
    """`value` is where it leads: address, phone number, code or payload."""

    type: str
    text: str
    value: str | None = None


class CardView(View):
    header: HeaderView | None = None
    body: str | None = None
    buttons: tuple[ButtonView, ...] = ()


class Rendered(CardView):
    footer: str | None = None
    offer: str | None = None
    offer_ends_ms: int | None = None
    cards: tuple[CardView, ...] = ()


Values = dict[str, Given]


def render(definition: Definition, send: TemplateBody | None = None) -> Rendered:
    """The template with the send's values; a variable without a value stays visible as `{{...}}`."""
    values = {value.key: value for value in given(send)} if send else {}
    offer = definition.offer
    return Rendered(
        header=_header(definition.header, "header", values),
        body=_text(definition.body_text, "body", values) or None,
        buttons=_buttons(definition.buttons, "button", values),
        footer=_footer(definition.footer),
        offer=offer.text if offer else None,
        offer_ends_ms=values["offer"].value if offer and "offer" in values else None,
        cards=tuple(_card(card, f"card.{index}.", values) for index, card in enumerate(definition.cards)),
    )


def _card(card: d.Card, prefix: str, values: Values) -> CardView:
    body, buttons = component_of(d.Body, card.components), component_of(d.Buttons, card.components)
    return CardView(
        header=_header(component_of(d.Header, card.components), f"{prefix}header", values),
        body=_text(body.text or "", f"{prefix}body", values) if body else None,
        buttons=_buttons(buttons.buttons if buttons else (), f"{prefix}button", values),
    )


def _header(header: d.Header | None, key: str, values: Values) -> HeaderView | None:
    if header is None:
        return None
    if header.format == "TEXT":
        return HeaderView(format="TEXT", text=_text(header.text or "", key, values))
    media = values[key].value.model_dump(exclude_none=True) if key in values else None
    return HeaderView(format=header.format, media=media)


def _footer(footer: d.Footer | None) -> str | None:
    if footer is None:
        return None
    if footer.text is None and footer.code_expiration_minutes:
        return f"This code expires in {footer.code_expiration_minutes} minutes."
    return footer.text


def _text(text: str, key: str, values: Values) -> str:
    found = {name: values[f"{key}.{name}"].words for name in variables(text) if f"{key}.{name}" in values}
    return filled(text, found)


def _buttons(buttons: tuple[Any, ...], key: str, values: Values) -> tuple[ButtonView, ...]:
    return tuple(_button(button, values.get(f"{key}.{index}")) for index, button in enumerate(buttons))


def _button(button: Any, value: Given | None) -> ButtonView:
    text = button.text or _DEFAULT_TEXT.get(button.type, "")
    words = value.words or None if value else None
    match button:
        case d.Url():
            names = variables(button.url)
            url = filled(button.url, dict.fromkeys(names, words)) if words else button.url
            return ButtonView(type="URL", text=text, value=url)
        case d.PhoneNumber():
            return ButtonView(type="PHONE_NUMBER", text=text, value=button.phone_number)
        case _:
            return ButtonView(type=button.type, text=text, value=words)


_DEFAULT_TEXT = {"COPY_CODE": "Copy code", "OTP": "Copy code"}
