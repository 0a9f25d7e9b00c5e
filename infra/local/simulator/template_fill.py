"""A template and the parameters of a send: do they fit, and what does the customer see."""

import re
from typing import Any

from .errors import GraphError
from .outgoing import CardComponents, Component, Parameter, TemplateSend
from .records import Template

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
MEDIA = ("IMAGE", "VIDEO", "DOCUMENT", "GIF")
BODY_LENGTH = 1024


def fill(template: Template, send: TemplateSend) -> dict[str, Any]:
    """What the customer sees; raises Meta's error when the parameters do not fit the template."""
    return _fill(template, template.components, send.components)


def variables(text: str) -> list[str]:
    return list(dict.fromkeys(VARIABLE.findall(text)))


def _fill(template: Template, parts: list[dict[str, Any]], given: list[Component]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    header, body = _part(parts, "HEADER"), _part(parts, "BODY")
    header_parameters = _parameters(given, "header")
    if header is not None and header.get("format", "TEXT") != "TEXT":
        shown["header"] = _media_header(header, header_parameters)
    elif header is not None:
        text = _text(template, "header", header.get("text", ""), header_parameters)
        shown["header"] = {"type": "text", "text": text}
    else:
        _count("header", 0, header_parameters)
    if body is not None:
        shown["body"] = _text(template, "body", body.get("text", ""), _parameters(given, "body"))
        if len(shown["body"]) > BODY_LENGTH:
            raise GraphError(132005, f"body: translated text is too long, at most {BODY_LENGTH} characters are allowed")
    else:
        _count("body", 0, _parameters(given, "body"))
    if footer := _part(parts, "FOOTER"):
        shown["footer"] = footer.get("text", "")
    if offer := _part(parts, "LIMITED_TIME_OFFER"):
        shown["offer"] = _offer(offer, _parameters(given, "limited_time_offer"))
    buttons = (_part(parts, "BUTTONS") or {}).get("buttons", [])
    shown["buttons"] = _buttons(buttons, [c for c in given if c.type == "button"])
    if carousel := _part(parts, "CAROUSEL"):
        shown["cards"] = _cards(template, carousel["cards"], given)
    return shown


def _part(parts: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    return next((part for part in parts if part["type"].upper() == kind), None)


def _parameters(given: list[Component], kind: str) -> list[Parameter]:
    return [parameter for component in given if component.type == kind for parameter in component.parameters]


def _count(where: str, expected: int, given: list[Parameter]) -> None:
    if len(given) != expected:
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(given)}) does not match "
            f"the expected number of params ({expected})",
        )


def _text(template: Template, where: str, text: str, given: list[Parameter]) -> str:
    names = variables(text)
    _count(where, len(names), given)
    if template.parameter_format == "NAMED":
        values = _by_name(where, names, given)
    else:
        if any(parameter.parameter_name for parameter in given):
            raise GraphError(132012, f"{where}: the template has positional parameters, parameter_name is not allowed")
        # {{2}} may stand before {{1}} in the text: the order of parameters is the order of numbers.
        values = dict(zip(sorted(names, key=_number), given, strict=True))
    return VARIABLE.sub(lambda match: _value(where, values[match[1]]), text)


def _number(name: str) -> int:
    return int(name) if name.isdecimal() else 0


def _by_name(where: str, names: list[str], given: list[Parameter]) -> dict[str, Parameter]:
    if any(not parameter.parameter_name for parameter in given):
        raise GraphError(100, "Parameter name is missing or empty", message="(#100) Invalid parameter")
    values = {str(parameter.parameter_name): parameter for parameter in given}
    if unknown := sorted(set(values) - set(names)):
        raise GraphError(132012, f"{where}: parameter '{unknown[0]}' does not exist in the template")
    _count(where, len(names), list(values.values()))
    return values


def _value(where: str, parameter: Parameter) -> str:
    match parameter.type:
        case "text":
            return _clean(where, parameter.text or "")
        case "currency":
            return str((parameter.currency or {}).get("fallback_value", ""))
        case "date_time":
            return str((parameter.date_time or {}).get("fallback_value", ""))
        case other:
            raise GraphError(132012, f"{where}: Format mismatch, expected TEXT, received {other.upper()}")


def _clean(where: str, text: str) -> str:
    if not text:
        raise GraphError(131008, f"{where}: Parameter of type text is missing text value")
    if re.search(r"[\n\r\t]| {5,}", text):
        raise GraphError(
            132018,
            f"{where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        )
    return text


def _media_header(header: dict[str, Any], given: list[Parameter]) -> dict[str, Any]:
    expected = str(header["format"]).upper()
    if not given:
        raise GraphError(132012, f"header: Format mismatch, expected {expected}, received UNKNOWN")
    _count("header", 1, given)
    received = given[0].type.upper()
    if received != expected:
        raise GraphError(132012, f"header: Format mismatch, expected {expected}, received {received}")
    content = getattr(given[0], given[0].type)
    return {"type": given[0].type, given[0].type: content.model_dump(exclude_none=True)}


def _offer(offer: dict[str, Any], given: list[Parameter]) -> dict[str, Any]:
    spec = offer.get("limited_time_offer", {})
    shown: dict[str, Any] = {"text": spec.get("text", "")}
    if spec.get("has_expiration"):
        _count("limited_time_offer", 1, given)
        shown["expires_ms"] = int((given[0].limited_time_offer or {}).get("expiration_time_ms", 0))
    return shown


def _buttons(buttons: list[dict[str, Any]], given: list[Component]) -> list[dict[str, Any]]:
    by_index: dict[int, Component] = {int(component.index or 0): component for component in given}
    for index, component in by_index.items():
        if index >= len(buttons):
            raise GraphError(
                132018, f"buttons: the template has {len(buttons)} buttons, there is none at index {index}"
            )
        _same_kind(index, buttons[index]["type"].upper(), str(component.sub_type))
    return [_button(index, button, by_index.get(index)) for index, button in enumerate(buttons)]


SUB_TYPES = {
    "URL": "url", "QUICK_REPLY": "quick_reply", "COPY_CODE": "copy_code", "FLOW": "flow",
    "CATALOG": "catalog",     "MPM": "mpm", "VOICE_CALL": "voice_call",
}  # fmt: skip


def _same_kind(index: int, kind: str, sub_type: str) -> None:
    if SUB_TYPES.get(kind) != sub_type:
        raise GraphError(
            132012,
            f"buttons: Format mismatch at index {index}, expected {kind}, received {sub_type.upper()}",
        )


def _button(index: int, button: dict[str, Any], component: Component | None) -> dict[str, Any]:
    kind = button["type"].upper()
    given = component.parameters if component else []
    shown = {"type": kind, "text": button.get("text", "")}
    match kind:
        case "URL":
            return shown | {"url": _url(index, str(button.get("url", "")), given)}
        case "QUICK_REPLY":
            payload = given[0].payload if given else None
            if given and payload is None:
                raise GraphError(132012, f"buttons: Button at index {index} of type Quick_Reply takes a payload")
            return shown | {"payload": payload or button.get("text", "")}
        case "COPY_CODE":
            code = given[0].coupon_code if given else None
            if not code:
                raise GraphError(131008, f"buttons: Button at index {index} of type Copy_Code requires a parameter")
            if len(code) > 20:
                raise GraphError(132018, "buttons: coupon_code must be at most 20 characters long")
            return shown | {"text": shown["text"] or "Copy offer code", "code": code}
        case "PHONE_NUMBER":
            return shown | {"phone_number": button.get("phone_number", "")}
        case "FLOW":
            action = (given[0].action if given else None) or {}
            return shown | {
                "flow_id": button.get("flow_id"),
                "flow_token": action.get("flow_token", "unused"),
            }
        case _:
            return shown


def _url(index: int, url: str, given: list[Parameter]) -> str:
    if not VARIABLE.search(url):
        if given:
            raise GraphError(132018, f"buttons: Button at index {index} of type Url does not require parameters")
        return url
    if not given or not given[0].text:
        raise GraphError(131008, f"buttons: Button at index {index} of type Url requires a parameter")
    return VARIABLE.sub(lambda _: given[0].text or "", url)


def _cards(template: Template, cards: list[dict[str, Any]], given: list[Component]) -> list[dict[str, Any]]:
    sent: list[CardComponents] = [card for c in given if c.type == "carousel" for card in c.cards or []]
    if len(sent) != len(cards):
        raise GraphError(
            132012,
            f"carousel: number of cards ({len(sent)}) does not match the created number ({len(cards)})",
        )
    by_index = {card.card_index: card for card in sent}
    if sorted(by_index) != list(range(len(cards))):
        raise GraphError(132012, "carousel: card_index must number the cards from 0")
    return [_fill(template, card["components"], by_index[i].components) for i, card in enumerate(cards)]
