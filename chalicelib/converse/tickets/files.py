"""The files of a conversation's messages."""

from collections.abc import Iterable

from chalicelib.conversations.model import Message
from chalicelib.converse.tickets.shapes import MessageView, message_view
from chalicelib.media import service
from chalicelib.media.model import is_ours
from chalicelib.media.shapes import MediaView
from chalicelib.whatsapp.media import ACCEPTED
from chalicelib.wiring import World


def shown(world: World, messages: Iterable[Message]) -> list[MessageView]:
    """The messages for the client, each with its file: one request more when there are files among them, else none."""
    listed = list(messages)
    found = service.some(world, [media_id for each in listed if (media_id := media_id_of(each))])
    views = {media_id: MediaView.of(world, media) for media_id, media in found.items()}
    return [message_view(each, views.get(media_id_of(each) or "")) for each in listed]


def media_id_of(message: Message) -> str | None:
    """Our id of a message's file: a customer's file has the message's own."""
    if message.type not in ACCEPTED:
        return None
    if message.direction == "in":
        return message.id
    named = message.content.get("id")
    return named if is_ours(named) else None
