"""Values by slot key → a template send in Meta's shape."""

from collections.abc import Mapping
from typing import Any

from chalicelib.whatsapp.messages.template import TemplateBody
from chalicelib.whatsapp.templates.definition import Definition
from chalicelib.whatsapp.templates.slots import Slot, slots


def fill(definition: Definition, values: Mapping[str, Any]) -> TemplateBody:
    """The send with these values; keys are those of `slots`. Slots without a value are left out: see `check_send`.

    A value is a text; for files {"id"|"link", "filename"?}; for a location its fields; for an offer the end
    in Unix milliseconds; for a flow {"flow_token"?, "flow_action_data"?}. Raises ValidationError.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    for slot in slots(definition):
        if slot.key in values:
            card, component = _component(slot, values[slot.key], definition.parameter_format == "NAMED")
            _add(parts.setdefault(card, []), component)
    cards = [
        {"card_index": index, "components": parts.get(f"card.{index}", [])} for index in range(len(definition.cards))
    ]
    components = parts.get("", [])
    if any(card["components"] for card in cards):
        components.append({"type": "carousel", "cards": cards})
    return TemplateBody.model_validate(
        {
            "name": definition.name,
            "language": {"code": definition.language},
            "components": components or None,
        }
    )


def _component(slot: Slot, value: Any, named: bool) -> tuple[str, dict[str, Any]]:
    """Which card it belongs to ("" for none) and its component with this one parameter."""
    card, place = ("", slot.key)
    if slot.key.startswith("card."):
        _, number, place = slot.key.split(".", 2)
        card = f"card.{number}"
    where, _, name = place.partition(".")
    if where == "button":
        sub_type, parameter = _button(slot, value)
        return card, {"type": "button", "sub_type": sub_type, "index": name, "parameters": [parameter]}
    if where == "offer":
        expiration = {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": value}}
        return card, {"type": "limited_time_offer", "parameters": [expiration]}
    if slot.kind != "text":
        return card, {"type": where, "parameters": [{"type": slot.kind, slot.kind: value}]}
    words = {"type": "text", "text": value}
    return card, {"type": where, "parameters": [words | {"parameter_name": name} if named else words]}


def _button(slot: Slot, value: Any) -> tuple[str, dict[str, Any]]:
    match slot.kind:
        case "payload":
            return "quick_reply", {"type": "payload", "payload": value}
        case "coupon_code":
            return "copy_code", {"type": "coupon_code", "coupon_code": value}
        case "flow":
            return "flow", {"type": "action", "action": value}
        case _:
            return "url", {"type": "text", "text": value}


def _add(components: list[dict[str, Any]], component: dict[str, Any]) -> None:
    """Body values share one component; everything else has its own."""
    if component["type"] == "body" and components and components[-1]["type"] == "body":
        components[-1]["parameters"] += component["parameters"]
    else:
        components.append(component)
