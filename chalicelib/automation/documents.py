"""A customer's WhatsApp message as workflows know it: the webhook document in `data` and `step.reply`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.automation import messages
from chalicelib.channels.model import Channel
from chalicelib.contacts.model import Contact

Json = dict[str, Any]

_TYPES = {
    "text": "Text", "image": "Image", "video": "Video", "audio": "Audio", "document": "File", "sticker": "Image",
    "location": "Location", "interactive": "Interactive", "button": "Interactive", "contacts": "Contacts", "order": "Order",
}  # fmt: skip


def document(
    kind: str, content: Mapping[str, Any], *, message_id: str, at: datetime, contact: Contact, channel: Channel,
    reply_to: str | None = None,
) -> Json:  # fmt: skip
    """The document of a message in WhatsApp's own notation: its `type` and the body of that type."""
    return messages.inbound_document(
        umid=message_id,
        sub_account_id=channel.subaccount_id,
        channel_id=channel.id,
        at=at,
        user=user(contact),
        kind=_TYPES.get(kind, "None"),
        content=_content(kind, content),
        reply_to=reply_to,
    )


def words(kind: str, content: Mapping[str, Any]) -> str:
    """All that somebody wrote or tapped in a message, for keywords."""
    return str(_content(kind, content).get("text") or "")


def user(contact: Contact) -> Json:
    """Who a workflow talks to, as `data.user` or `payload.user`."""
    digits = (contact.phone or "").removeprefix("+") or None
    return {
        "msisdn": contact.phone,
        "channelUserId": digits or contact.bsuid,
        "name": contact.name or contact.profile_name or None,
        "username": contact.username or None,
    }


def _content(kind: str, body: Mapping[str, Any]) -> Json:
    match kind:
        case "text":
            return {"text": body.get("body")}
        case "location":
            return {"location": {key: body[key] for key in ("latitude", "longitude", "name", "address") if key in body}}
        case "interactive":
            return _interactive(body)
        case "button":  # a quick reply of a template
            reply = {"id": body.get("payload"), "title": body.get("text")}
            interactive = {"type": "button_reply", "button_reply": reply}
            return {"text": body.get("text"), "payload": body.get("payload"), "interactive": interactive}
        case _:
            return {"text": body.get("caption"), "url": body.get("link"), "mediaId": body.get("id")}


def _interactive(body: Mapping[str, Any]) -> Json:
    kind = str(body.get("type", ""))
    reply = body.get(kind)
    answer = dict(reply) if isinstance(reply, Mapping) else {}
    if kind == "nfm_reply":
        form = {"responseJson": answer.get("response_json"), "name": answer.get("name")}
        return {"text": answer.get("body"), "interactive": {"type": "nfmReply", "nfmReply": form}}
    return {"text": answer.get("title"), "payload": answer.get("id"), "interactive": {"type": kind, kind: answer}}
