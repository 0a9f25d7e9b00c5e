"""The slots of a template: every place that a campaign must or may fill, named by where it stands.

header.1  header.name  header.media  header.location      body.1  body.first_name
button.0.url  button.1.payload  button.2.code  button.3.flow_token      offer.expiration
card.0.header.media  card.0.body.1  card.0.button.0.url
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from chalicelib.dataclass import dataclass

_PLACEHOLDER = re.compile(r"\{\{\s*([0-9A-Za-z_]+)\s*\}\}")


class SlotKind(StrEnum):
    """What a slot takes."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    URL_SUFFIX = "url_suffix"
    PAYLOAD = "payload"
    CODE = "code"
    FLOW_TOKEN = "flow_token"  # noqa: S105 - a kind of slot
    EXPIRATION = "expiration"


MEDIA_KINDS = frozenset({SlotKind.IMAGE, SlotKind.VIDEO, SlotKind.DOCUMENT})
_LIMITS = {
    SlotKind.PAYLOAD: 256,
    SlotKind.CODE: 20,
    SlotKind.URL_SUFFIX: 2000,
    SlotKind.FLOW_TOKEN: 2000,
    SlotKind.TEXT: 1024,
}
_OPTIONAL = frozenset({SlotKind.PAYLOAD, SlotKind.FLOW_TOKEN})


@dataclass(frozen=True)
class Slot:
    """One place to fill. `name` is the parameter's own name in a template with named parameters, else ""."""

    id: str
    kind: SlotKind
    name: str = ""
    text: str = ""
    """The text around it, for the person who maps it."""
    example: str = ""

    @property
    def required(self) -> bool:
        """Must it be filled for the message to be sent?"""
        return self.kind not in _OPTIONAL

    @property
    def limit(self) -> int:
        """The most characters it takes."""
        return _LIMITS.get(self.kind, 2000)


Component = Mapping[str, Any]
"""One component of a template in Meta's own notation."""


def slots_of(components: Sequence[Component]) -> list[Slot]:
    """Every slot of a template, in the order a person reads it."""
    return list(_slots(components, ""))


def media_slots(components: Sequence[Component]) -> list[Slot]:
    """Those that take a picture, a film or a document."""
    return [slot for slot in slots_of(components) if slot.kind in MEDIA_KINDS]


def template_texts(
    components: Sequence[Component], filled: Mapping[str, str], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Every text of a template by the place it stands in, with the slots' values put in."""
    for component in components:
        kind = str(component.get("type", "")).lower()
        if kind == "carousel":
            for index, card in enumerate(component.get("cards", [])):
                yield from template_texts(card.get("components", []), filled, f"{prefix}card.{index}.")
        elif kind in {"header", "body", "footer"} and component.get("text"):
            yield prefix + kind, _filled_text(str(component["text"]), prefix + kind, filled)


def _filled_text(text: str, place: str, filled: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: filled.get(f"{place}.{match[1]}", match[0]), text)


def _slots(components: Sequence[Component], prefix: str) -> Iterator[Slot]:
    for component in components:
        match str(component.get("type", "")).upper():
            case "HEADER":
                yield from _header(component, prefix)
            case "BODY":
                yield from _text(component, f"{prefix}body", "body")
            case "BUTTONS":
                for index, button in enumerate(component.get("buttons", [])):
                    yield from _button(button, f"{prefix}button.{index}")
            case "LIMITED_TIME_OFFER":
                if component.get("limited_time_offer", {}).get("has_expiration", True):
                    yield Slot("offer.expiration", SlotKind.EXPIRATION)
            case "CAROUSEL":
                for index, card in enumerate(component.get("cards", [])):
                    yield from _slots(card.get("components", []), f"card.{index}.")
            case _:
                continue  # a footer, or a component this version does not know, has nothing to fill


def _header(component: Component, prefix: str) -> Iterator[Slot]:
    form = str(component.get("format", "TEXT")).upper()
    if form == "TEXT":
        yield from _text(component, f"{prefix}header", "header")
    elif form == "LOCATION":
        yield Slot(f"{prefix}header.location", SlotKind.LOCATION)
    else:
        kind = {"IMAGE": SlotKind.IMAGE, "VIDEO": SlotKind.VIDEO, "GIF": SlotKind.VIDEO}.get(form, SlotKind.DOCUMENT)
        yield Slot(f"{prefix}header.media", kind)


def _text(component: Component, prefix: str, part: str) -> Iterator[Slot]:
    text = str(component.get("text", ""))
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    examples = _examples(component.get("example", {}), part)
    for position, name in enumerate(names):
        named = not name.isdecimal()
        example = examples.get(name, examples.get(str(position + 1), ""))
        yield Slot(f"{prefix}.{name}", SlotKind.TEXT, name if named else "", text, example)


def _examples(example: Mapping[str, Any], part: str) -> dict[str, str]:
    named = example.get(f"{part}_text_named_params") or []
    if named:
        return {str(each.get("param_name", "")): str(each.get("example", "")) for each in named}
    values = example.get(f"{part}_text") or []
    flat = values[0] if values and isinstance(values[0], list) else values
    return {str(i + 1): str(value) for i, value in enumerate(flat)}


def _button(button: Mapping[str, Any], place: str) -> Iterator[Slot]:
    label = str(button.get("text", ""))
    match str(button.get("type", "")).upper():
        case "URL" if _PLACEHOLDER.search(str(button.get("url", ""))):
            yield Slot(
                f"{place}.url", SlotKind.URL_SUFFIX, text=str(button["url"]), example=_first(button.get("example"))
            )
        case "QUICK_REPLY":
            yield Slot(f"{place}.payload", SlotKind.PAYLOAD, text=label)
        case "COPY_CODE":
            yield Slot(f"{place}.code", SlotKind.CODE, text=label, example=_first(button.get("example")))
        case "OTP":
            # An authentication template's code goes into the body and, once more, into its button.
            yield Slot(f"{place}.url", SlotKind.URL_SUFFIX, text=label)
        case "FLOW":
            yield Slot(f"{place}.flow_token", SlotKind.FLOW_TOKEN, text=label)
        case _:
            return


def _first(example: Any) -> str:
    value = example[0] if isinstance(example, list) and example else example
    return value if isinstance(value, str) else ""
