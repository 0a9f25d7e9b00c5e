"""Messages as workflows and people see them: the inbound document in `data` and `step.reply`, and a message as text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

Json = dict[str, Any]


def inbound_document(
    *, umid: str, sub_account_id: str | None, channel_id: str, at: datetime, user: Mapping[str, JsonValue],
    kind: str, content: Mapping[str, JsonValue], reply_to: str | None = None,
) -> Json:  # fmt: skip
    """An inbound message as the webhook tells it; absent fields are omitted."""
    payload: Json = {
        "umid": umid,
        "subAccountId": sub_account_id,
        "timestamp": timestamp(at),
        "user": {key: value for key, value in user.items() if value is not None},
        "recipient": {"channel": "whatsapp", "channelId": channel_id},
        "type": kind,
        "content": {key: value for key, value in content.items() if value is not None},
        "replyToUmid": reply_to,
    }
    return {
        "namespace": "ChatApps",
        "eventType": "inbound_message_received",
        "description": "ChatApps inbound message",
        "payload": {key: value for key, value in payload.items() if value is not None},
    }


def trigger_data(document: Mapping[str, JsonValue], account_id: str, sub_account_id: str | None, at: datetime) -> Json:
    """The `data` an instance starts with: the trigger's document and what the platform knows."""
    known = {"subAccountId": sub_account_id} if sub_account_id else {}
    return {**document, "accountId": account_id, **known, "triggeredAt": timestamp(at, digits=7)}


def timestamp(at: datetime, digits: int = 2) -> str:
    """ISO 8601 in UTC with a fraction of so many digits."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{f'{utc.microsecond:06}0'[:digits]}Z"


def text_of(document: Mapping[str, Any]) -> str:
    """The text of an inbound document; of a tap, its title."""
    content = document.get("payload", {}).get("content", {})
    return str(content.get("text") or "")


def body(message: Mapping[str, Any]) -> str:
    """The words of an outbound Cloud API message, without its buttons."""
    kind = str(message.get("type"))
    value = message.get(kind)
    match kind, value:
        case "text", dict():
            return str(value["body"])
        case "interactive", dict():
            return str(value.get("body", {}).get("text", ""))
        case "template", dict():
            return f"template {value['name']}({', '.join(_parameters(value))})"
        case (("image" | "video" | "audio" | "document" | "sticker"), dict()):
            return f"{kind} {value.get('link') or value.get('id')} {value.get('caption') or ''}".strip()
        case "location", dict():
            return f"location {value.get('latitude')},{value.get('longitude')}"
        case _:
            return kind


def options(message: Mapping[str, Any]) -> list[Json]:
    """What a person can tap in an outbound message: `{kind, id, title}` of each button or row."""
    action = message.get("interactive", {}).get("action", {}) if message.get("type") == "interactive" else {}
    buttons = [{"kind": "button_reply", **button["reply"]} for button in action.get("buttons", []) if "reply" in button]
    rows = [{"kind": "list_reply", **row} for section in action.get("sections", []) for row in section.get("rows", [])]
    return [*buttons, *rows]


def tapped(option: Mapping[str, Any]) -> Json:
    """The content of the message a tap sends back; its text is the title too."""
    kind = option["kind"]
    chosen = {key: value for key, value in option.items() if key != "kind"}
    return {"text": option["title"], "interactive": {"type": kind, kind: chosen}}


def shown(message: Mapping[str, Any]) -> str:
    """An outbound message as one text for a transcript: its words, and what can be tapped."""
    taps = "".join(f" [{option['title']}]" for option in options(message))
    return body(message) + taps


def _parameters(template: Mapping[str, Any]) -> list[str]:
    return [
        str(parameter.get("text", parameter.get("payload", parameter.get("type"))))
        for component in template.get("components", [])
        for parameter in component.get("parameters", [])
    ]
