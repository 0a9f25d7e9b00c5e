"""From the send API's `type` and `content` to a Cloud API message."""

import re
from collections.abc import Callable, Mapping

from pydantic import JsonValue, ValidationError

from chalicelib.automation.steps.commands import StepFailed

Json = dict[str, JsonValue]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MEDIA = ("image", "video", "document")
# Values that the send API writes in its own casing, or as the number of an enumeration.
_SUB_TYPES = {"0": "quick_reply", "1": "url", "2": "copy_code", "3": "flow"}


def message(content_type: str, content: Mapping[str, JsonValue]) -> Json:
    """The Cloud API message, checked against Meta's limits. Raises StepFailed naming the field."""
    from chalicelib.whatsapp.messages import parse_message  # its models are a tenth of a cold start

    build = _BUILDERS.get(content_type.lower())
    if build is None:
        raise StepFailed(f"Invalid 'type': {content_type!r} cannot be sent on WhatsApp.")
    built = build(content)
    try:
        parse_message(built)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StepFailed(f"Invalid 'content': {where}: {first['msg']}.") from error
    return built


def _text(content: Mapping[str, JsonValue]) -> Json:
    text = _required(content, "text")
    # A lone script may give a number; whoever wants to send it means its digits.
    text = str(text) if isinstance(text, int | float) else text
    body: Json = {"body": text}
    if isinstance(text, str) and re.search(r"https?://", text):
        body["preview_url"] = True
    return {"type": "text", "text": body}


def _media(kind: str) -> Callable[[Mapping[str, JsonValue]], Json]:
    def build(content: Mapping[str, JsonValue]) -> Json:
        body: Json = {"link": _required(content, "url")}
        if content.get("text") and kind not in ("audio", "sticker"):
            body["caption"] = content["text"]
        name = content.get("fileName") or content.get("filename") or content.get("name")
        if kind == "document" and name:
            body["filename"] = name
        return {"type": kind, kind: body}

    return build


def _location(content: Mapping[str, JsonValue]) -> Json:
    location = _required(content, "location")
    return {"type": "location", "location": _snake(location)}


def _contacts(content: Mapping[str, JsonValue]) -> Json:
    return {"type": "contacts", "contacts": _snake(_required(content, "contacts"))}


def _reaction(content: Mapping[str, JsonValue]) -> Json:
    return {"type": "reaction", "reaction": _snake(_required(content, "reaction"))}


def _interactive(content: Mapping[str, JsonValue]) -> Json:
    interactive = _snake(_required(content, "interactive"))
    if not isinstance(interactive, dict):
        raise StepFailed("Invalid 'content': interactive must be an object.")
    kind = str(interactive.get("type", "")).lower()
    kind = {"buttons": "button", "reply_buttons": "button", "locationrequest": "location_request_message"}.get(
        kind, kind
    )
    action = interactive.get("action")
    completed = {**action} if isinstance(action, dict) else {}
    if name := _ACTION_NAMES.get(kind):
        completed.setdefault("name", name)
    parameters = completed.get("parameters")
    if kind == "flow" and isinstance(parameters, dict):
        completed["parameters"] = {"flow_message_version": "3", **parameters}
    return {"type": "interactive", "interactive": {**interactive, "type": kind, "action": completed}}


def _carousel(content: Mapping[str, JsonValue]) -> Json:
    carousel = content.get("carousel") or content.get("interactive")
    if not isinstance(carousel, dict):
        raise StepFailed("Invalid 'content': 'carousel' is required.")
    return _interactive({"interactive": {"type": "carousel", **carousel}})


def _template(content: Mapping[str, JsonValue]) -> Json:
    template = _required(content, "template")
    if not isinstance(template, dict):
        raise StepFailed("Invalid 'content': template must be an object.")
    language = template.get("language")
    built: Json = {
        "name": template.get("name"),
        "language": language if isinstance(language, dict) else {"code": language},
    }
    if components := _list(template.get("components")):
        built["components"] = [_component(one) for one in components]
    return {"type": "template", "template": built}


def _component(component: JsonValue) -> JsonValue:
    converted = _snake(component)
    if not isinstance(converted, dict):
        return converted
    converted["type"] = str(converted.get("type", "")).lower()
    if "sub_type" in converted:
        sub_type = str(converted["sub_type"])
        converted["sub_type"] = _SUB_TYPES.get(sub_type, _WORD_START.sub("_", sub_type).lower())
    if "parameters" in converted:
        converted["parameters"] = [_parameter(one) for one in _list(converted["parameters"])]
    if "cards" in converted:
        converted["cards"] = [_card(card) for card in _list(converted["cards"])]
    return converted


def _card(card: JsonValue) -> JsonValue:
    if not isinstance(card, dict):
        return card
    return {**card, "components": [_component(one) for one in _list(card.get("components"))]}


def _parameter(parameter: JsonValue) -> JsonValue:
    if not isinstance(parameter, dict):
        return parameter
    kind = _WORD_START.sub("_", str(parameter.get("type", ""))).lower()
    kind = {"file": "document", "gif": "video"}.get(kind, kind)
    if kind in _MEDIA and isinstance(link := parameter.get("link") or parameter.get("url"), str):
        media: Json = {"link": link}
        if kind == "document" and parameter.get("filename"):
            media["filename"] = parameter["filename"]
        return {"type": kind, kind: media}
    # The send API repeats the button's label beside its payload; Meta has no place for it.
    return {**{key: value for key, value in parameter.items() if kind != "payload" or key != "text"}, "type": kind}


def _snake(value: JsonValue) -> JsonValue:
    """Keys in snake_case, and `url` of a media header as Meta's `link`."""
    match value:
        case dict():
            return {_key(key): _as_media(key, _snake(item)) for key, item in value.items()}
        case list():
            return [_snake(item) for item in value]
        case _:
            return value


def _key(key: str) -> str:
    return _WORD_START.sub("_", key).lower()


def _as_media(key: str, value: JsonValue) -> JsonValue:
    if key in _MEDIA and isinstance(value, dict) and "url" in value:
        return {("link" if name == "url" else name): item for name, item in value.items()}
    return value


def _required(content: Mapping[str, JsonValue], field: str) -> JsonValue:
    if content.get(field) in (None, ""):
        raise StepFailed(f"Invalid 'content': '{field}' is required.")
    return content[field]


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


_ACTION_NAMES = {
    "flow": "flow",
    "cta_url": "cta_url",
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
    "address_message": "address_message",
}

_BUILDERS: dict[str, Callable[[Mapping[str, JsonValue]], Json]] = {
    "text": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "file": _media("document"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "carousel": _carousel,
    "template": _template,
}

TYPES = tuple(_BUILDERS)
"""What `type` may be."""
