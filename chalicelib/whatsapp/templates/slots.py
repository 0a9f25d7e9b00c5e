"""What a send of a template must fill in: the slots of its definition."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.whatsapp.templates import definition as d
from chalicelib.whatsapp.templates.definition import Definition, component_of
from chalicelib.whatsapp.templates.variables import variables

SlotKind = Literal[
    "text", "image", "video", "document", "location", "url_suffix", "payload", "coupon_code", "flow", "expiration"
]


class Slot(BaseModel):
    """One value to give. `key` names it within the definition: header, header.name, body.1, body.first_name,
    button.0, offer; in a carousel card.0.header, card.0.body.1, card.0.button.0.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    key: str
    kind: SlotKind
    required: bool = True
    label: str = ""
    """The variable's name, or the button's text."""
    example: str = ""


def slots(definition: Definition) -> tuple[Slot, ...]:
    """Every slot in the order in which the customer sees them."""
    return tuple(_all(definition))


def _all(definition: Definition) -> Iterator[Slot]:
    named = definition.parameter_format == "NAMED"
    yield from _parts(definition.components, definition.body_text, "", named)
    if definition.offer and definition.offer.has_expiration:
        yield Slot(key="offer", kind="expiration", label=definition.offer.text)
    for index, card in enumerate(definition.cards):
        body = component_of(d.Body, card.components)
        yield from _parts(card.components, (body and body.text) or "", f"card.{index}.", named)


def _parts(components: tuple[Any, ...], text: str, prefix: str, named: bool) -> Iterator[Slot]:
    header, body = component_of(d.Header, components), component_of(d.Body, components)
    buttons = component_of(d.Buttons, components)
    if header:
        yield from _header(header, f"{prefix}header", named)
    if body:
        yield from _body(body, text, f"{prefix}body", named)
    for index, button in enumerate(buttons.buttons if buttons else ()):
        yield from _button(button, f"{prefix}button.{index}")


def _header(header: d.Header, key: str, named: bool) -> Iterator[Slot]:
    example = header.example or d.HeaderExample()
    if header.format == "TEXT":
        samples = _samples(example.header_text, example.header_text_named_params, named)
        for name in variables(header.text):
            yield Slot(key=f"{key}.{name}", kind="text", label=name, example=samples.get(name, ""))
    elif kind := _MEDIA.get(header.format):
        yield Slot(key=key, kind=kind, example=next(iter(example.header_handle), ""))


def _body(body: d.Body, text: str, key: str, named: bool) -> Iterator[Slot]:
    example = body.example or d.BodyExample()
    row = example.body_text[0] if example.body_text else ()
    samples = _samples(row, example.body_text_named_params, named)
    for name in _in_order(variables(text), named):
        yield Slot(key=f"{key}.{name}", kind="text", label=name, example=samples.get(name, ""))


def _in_order(names: tuple[str, ...], named: bool) -> list[str]:
    """Positional values are sent by number, wherever the text has them."""
    return list(names) if named else sorted(names, key=lambda name: (len(name), name))


def _samples(row: tuple[str, ...], named_row: tuple[d.NamedSample, ...], named: bool) -> dict[str, str]:
    if named:
        return {sample.param_name: sample.example for sample in named_row}
    return {str(number): sample for number, sample in enumerate(row, start=1)}


def _button(button: Any, key: str) -> Iterator[Slot]:
    label = button.text or ""
    match button:
        case d.Url() if variables(button.url):
            yield Slot(key=key, kind="url_suffix", label=label, example=next(iter(button.example), ""))
        case d.Otp():
            yield Slot(key=key, kind="url_suffix", label=label)
        case d.QuickReply():
            yield Slot(key=key, kind="payload", required=False, label=label)
        case d.CopyCode():
            yield Slot(key=key, kind="coupon_code", label=label, example=next(iter(button.example), ""))
        case d.Flow():
            yield Slot(key=key, kind="flow", required=False, label=label)


_MEDIA: dict[str, SlotKind] = {
    "IMAGE": "image",
    "VIDEO": "video",
    "GIF": "video",
    "DOCUMENT": "document",
    "LOCATION": "location",
}
