"""What a message looks like in one line of plain text: for lists, notifications and logs of a conversation."""

from collections.abc import Mapping
from typing import Any

_MOST = 200
_WORDS = {
    "image": "Image",
    "video": "Video",
    "audio": "Voice message",
    "document": "Document",
    "sticker": "Sticker",
    "location": "Location",
    "contacts": "Contact card",
    "order": "Order",
    "template": "Template",
    "interactive": "Interactive message",
    "unsupported": "Unsupported message",
}


def of(message_type: str, content: Mapping[str, Any]) -> str:
    """One line, at most 200 characters.

    >>> of("text", {"body": "Hello  there"})
    'Hello there'
    >>> of("image", {"id": "1", "caption": "The roof"})
    'Image: The roof'
    >>> of("interactive", {"button_reply": {"id": "y", "title": "Yes"}})
    'Yes'
    """
    own = _own_text(message_type, content)
    word = _WORDS.get(message_type)
    text = f"{word}: {own}" if own and word and message_type in _CAPTIONED else own or word or message_type
    return " ".join(text.split())[:_MOST]


def text_of(message_type: str, content: Mapping[str, Any]) -> str:
    """The whole of what was written, however long; empty when there are no words."""
    return _own_text(message_type, content)


_CAPTIONED = {"image", "video", "document", "location"}


def _own_text(message_type: str, content: Mapping[str, Any]) -> str:
    match message_type:
        case "text":
            return str(content.get("body", ""))
        case "button":
            return str(content.get("text", ""))
        case "reaction":
            return f"Reacted {content['emoji']}" if content.get("emoji") else "Removed a reaction"
        case "interactive":
            return _interactive(content)
        case "template":
            return str(content.get("name", ""))
        case _:
            return str(content.get("caption") or content.get("filename") or content.get("name") or "")


def _interactive(content: Mapping[str, Any]) -> str:
    for kind in ("button_reply", "list_reply"):
        if isinstance(content.get(kind), Mapping):
            return str(content[kind].get("title", ""))
    if isinstance(content.get("nfm_reply"), Mapping):
        return "Form answered"
    body = content.get("body")
    return str(body.get("text", "")) if isinstance(body, Mapping) else ""
