"""Fills a message for one recipient: the typed message as it is sent, or the reason why it cannot be."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from chalicelib.campaigns.message.slots import MEDIA_KINDS, Component, Slot, SlotKind, slots_of, template_texts
from chalicelib.campaigns.message.text import fill_text
from chalicelib.campaigns.model import Binding, Constant, FromField, TemplateMessage, TextMessage
from chalicelib.dataclass import dataclass
from chalicelib.media.model import is_ours

if TYPE_CHECKING:
    from chalicelib.whatsapp.messages import Message  # its models are a tenth of a cold start

_BREAKS = re.compile(r"[\n\r\t]+| {5,}")
"""Refused by WhatsApp in a parameter (132018); a space says the same."""
_LONGEST_BODY = 1024

Values = Mapping[str, str]
"""A recipient's values by field name; `Mobile` is the address."""


class Unfit(Exception):
    """This recipient's values do not make a message: `reason` is a code of reasons.py, `slot` the place."""

    def __init__(self, reason: str, slot: str, text: str = "") -> None:
        super().__init__(text or f"{slot}: {reason}")
        self.reason, self.slot = reason, slot


@dataclass(frozen=True)
class Filler:
    """A campaign's message with everything looked up once for all its recipients."""

    plan: TemplateMessage | TextMessage
    components: Sequence[Component] = ()
    media: Mapping[str, str] = ()  # type: ignore[assignment]
    """Our id by slot of a file that was fetched once for the whole run."""
    names: Mapping[str, str] = ()  # type: ignore[assignment]
    """What a document is called, by slot."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_slots", slots_of(self.components))
        object.__setattr__(self, "media", dict(self.media))
        object.__setattr__(self, "names", dict(self.names))
        longest = max((len(text) for _, text in template_texts(self.components, {})), default=0)
        object.__setattr__(self, "_longest", longest)

    @property
    def _longest_text(self) -> int:
        return self._longest  # type: ignore[attr-defined,no-any-return]

    @property
    def slots(self) -> list[Slot]:
        """The template's slots."""
        return self._slots  # type: ignore[attr-defined,no-any-return]

    def problem(self, values: Values) -> str:
        """Why this recipient cannot be sent to, or "": the cheap check that a run makes of every row."""
        if isinstance(self.plan, TextMessage):
            body = fill_text(self.plan.body, values, self.plan.default).strip()
            return "" if 0 < len(body) <= 4096 else "bad_value" if body else "missing_value"
        try:
            self._filled(values)
        except Unfit as unfit:
            return unfit.reason
        return ""

    def message(self, values: Values) -> "Message":
        """The message exactly as it is sent. Raises Unfit."""
        if isinstance(self.plan, TextMessage):
            return _text(self.plan, values)
        filled = self._filled(values)
        components = _components(self.slots, {k: v for k, v in filled.items() if v}, self.media, self.names)
        template: dict[str, Any] = {"name": self.plan.name, "language": {"code": self.plan.language}}
        if components:
            template["components"] = components
        return _parsed({"type": "template", "template": template})

    def texts(self, values: Values) -> Iterator[tuple[str, str]]:
        """(`header` | `body` | `footer` | `card.0.body` …, text) of a template, filled in."""
        assert isinstance(self.plan, TemplateMessage)
        yield from template_texts(self.components, {slot.id: _value(slot, self.plan, values) for slot in self.slots})

    def _filled(self, values: Values) -> dict[str, str]:
        """What stands in each slot for this recipient. Raises Unfit for what WhatsApp would refuse."""
        assert isinstance(self.plan, TemplateMessage)
        filled, letters = dict[str, str](), self._longest_text
        for slot in self.slots:
            value = _value(slot, self.plan, values)
            if not value and slot.required and slot.id not in self.media:
                raise Unfit("missing_value", slot.id)
            if value and not _fits(slot, value):
                raise Unfit("bad_value", slot.id)
            letters += len(value) if slot.kind is SlotKind.TEXT else 0
            filled[slot.id] = value
        if letters > _LONGEST_BODY:  # rarely: only then is it worth putting the text together
            texts = template_texts(self.components, filled)
            too_long = next((place for place, text in texts if len(text) > _LONGEST_BODY), "")
            if too_long:
                raise Unfit(
                    "bad_value", too_long, f"{too_long}: longer than {_LONGEST_BODY} characters with these values"
                )
        return filled


def _value(slot: Slot, plan: TemplateMessage, values: Values) -> str:
    value = value_of(plan.parameters.get(slot.id), values)
    return _BREAKS.sub(" ", value) if slot.kind is SlotKind.TEXT else value


def value_of(binding: Binding | None, values: Values) -> str:
    """What stands in a slot for this recipient; "" when nothing does."""
    match binding:
        case FromField(field=field, default=default):
            return values.get(field, "").strip() or default
        case Constant(value=value):
            return value
        case None:
            return ""


def _text(plan: TextMessage, values: Values) -> "Message":
    body = fill_text(plan.body, values, plan.default).strip()
    if not body:
        raise Unfit("missing_value", "body")
    return _parsed({"type": "text", "text": {"body": body, "preview_url": plan.preview_url}})


def _parsed(content: dict[str, Any]) -> "Message":
    from chalicelib.whatsapp.messages import parse_message

    try:
        return parse_message(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise Unfit("bad_value", ".".join(map(str, first["loc"])), first["msg"]) from error


def _fits(slot: Slot, value: str) -> bool:
    if len(value) > slot.limit:
        return False
    if slot.kind in MEDIA_KINDS:
        return is_ours(value) or value.startswith(("https://", "http://"))
    if slot.kind is SlotKind.LOCATION:
        return _location(value) is not None
    if slot.kind is SlotKind.EXPIRATION:
        return _milliseconds(value) is not None
    return True


def _components(
    slots: Sequence[Slot], filled: Values, media: Mapping[str, str], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Meta's send components, cards included, in the order of the template."""
    result: list[dict[str, Any]] = []
    cards: dict[int, list[dict[str, Any]]] = {}
    for slot in slots:
        if slot.id not in filled and slot.id not in media:
            continue
        place = slot.id.split(".")
        target = result
        if place[0] == "card":
            target = cards.setdefault(int(place[1]), [])
            place = place[2:]
        value = filled.get(slot.id, "")
        _add(
            target,
            place,
            slot,
            _file(slot, value, media, names) if slot.kind in MEDIA_KINDS else _parameter(slot, value),
        )
    if cards:
        result.append({"type": "carousel", "cards": [{"card_index": i, "components": cards[i]} for i in sorted(cards)]})
    return result


def _add(target: list[dict[str, Any]], place: list[str], slot: Slot, parameter: dict[str, Any]) -> None:
    if place[0] == "button":
        sub_type = {
            SlotKind.URL_SUFFIX: "url",
            SlotKind.PAYLOAD: "quick_reply",
            SlotKind.CODE: "copy_code",
            SlotKind.FLOW_TOKEN: "flow",
        }[slot.kind]
        target.append(
            {
                "type": "button",
                "sub_type": sub_type,
                "index": place[1],
                "parameters": [parameter],
            }
        )
        return
    kind = "limited_time_offer" if place[0] == "offer" else place[0]
    existing = next((c for c in target if c["type"] == kind), None)
    if existing is None:
        existing = {"type": kind, "parameters": []}
        target.append(existing)
    existing["parameters"].append(parameter)


def _file(slot: Slot, value: str, media: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    # A file of ours goes by our id: the way out sends it to Meta once and puts Meta's id in its place.
    media_id = media.get(slot.id) or (value if is_ours(value) else "")
    found = {"id": media_id} if media_id else {"link": value}
    named = {"filename": names[slot.id]} if slot.kind is SlotKind.DOCUMENT and slot.id in names else {}
    return {"type": str(slot.kind), str(slot.kind): found | named}


def _parameter(slot: Slot, value: str) -> dict[str, Any]:
    make = _PARAMETERS[slot.kind]
    return make(value) | ({"parameter_name": slot.name} if slot.name else {})


_PARAMETERS: Mapping[SlotKind, Callable[[str], dict[str, Any]]] = {
    SlotKind.TEXT: lambda value: {"type": "text", "text": value},
    SlotKind.URL_SUFFIX: lambda value: {"type": "text", "text": value},
    SlotKind.LOCATION: lambda value: {"type": "location", "location": _location(value)},
    SlotKind.PAYLOAD: lambda value: {"type": "payload", "payload": value},
    SlotKind.CODE: lambda value: {"type": "coupon_code", "coupon_code": value},
    SlotKind.FLOW_TOKEN: lambda value: {"type": "action", "action": {"flow_token": value}},
    SlotKind.EXPIRATION: lambda value: {
        "type": "limited_time_offer",
        "limited_time_offer": {"expiration_time_ms": _milliseconds(value)},
    },
}


def _location(value: str) -> dict[str, Any] | None:
    """`latitude, longitude, name, address`, the last two as they may be."""
    parts = [part.strip() for part in value.split(",", 3)]
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    named = {name: text for name, text in zip(("name", "address"), parts[2:], strict=False) if text}
    return {"latitude": latitude, "longitude": longitude, **named}


def _milliseconds(value: str) -> int | None:
    """An ISO time with its zone, or milliseconds since 1970."""
    if value.isdecimal():
        return int(value) or None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return int(at.timestamp() * 1000) if at.tzinfo else None
