"""Our files in messages to be sent. A message may name a file by our id wherever Meta's id would stand; the way out swaps it."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from chalicelib.media import service
from chalicelib.media.model import is_ours
from chalicelib.media.problems import MediaNotReady, MediaUnknown
from chalicelib.problems import Invalid
from chalicelib.whatsapp.messages import Message, parse_message
from chalicelib.whatsapp.messages.base import MediaSource
from chalicelib.wiring import World


def ours(message: Message) -> Iterator[tuple[str, str]]:
    """Path and id of each of our files in a message: `("image.id", "01K…")`."""
    return _found(message, "")


def require(world: World, message: Message, field: str) -> None:
    """Refuses a message that names a file of ours which cannot be sent as it says. Raises Invalid naming the field."""
    for path, media_id in ours(message):
        where = f"{field}.{path}"
        try:
            media = service.ready(world, media_id)
        except MediaUnknown as unknown:
            raise Invalid(unknown.message, field=where, code="media_unknown") from unknown
        except MediaNotReady as not_ready:
            raise Invalid(not_ready.message, field=where, code="media_not_ready") from not_ready
        wanted = path.split(".")[-2]
        if media.kind != wanted:
            raise Invalid(
                f"This file is sent as {media.kind or 'nothing'}, not as {wanted}.", field=where, code="media_kind"
            )


def at_meta(message: Message, meta_id: Callable[[str], str]) -> Message:
    """The message with Meta's ids in the place of ours, which `meta_id` is asked for."""
    wanted = list(ours(message))
    if not wanted:
        return message
    body = message.model_dump(mode="json", exclude_none=True)
    for path, media_id in wanted:
        *parents, name = path.split(".")
        place: Any = body
        for parent in parents:
            place = place[int(parent) if isinstance(place, list) else parent]
        place[name] = meta_id(media_id)
    return parse_message(body)


def _found(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, MediaSource):
        if value.id and is_ours(value.id):
            yield f"{path}.id", value.id
    elif isinstance(value, BaseModel):
        for name, inner in value.__dict__.items():
            if isinstance(inner, BaseModel | tuple):
                yield from _found(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for position, inner in enumerate(value):
            yield from _found(inner, f"{path}.{position}")
