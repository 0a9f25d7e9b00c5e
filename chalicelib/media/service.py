"""Files in: from people and their programs. Files out: links for people, ids for Meta."""

import hashlib
from collections.abc import Iterable
from typing import Any, Protocol

from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.table import ConditionFailed
from chalicelib.media import checking, content, store
from chalicelib.media.model import (
    INLINE_BYTES,
    LINK_SECONDS,
    Media,
    MediaState,
    file_key,
    preview_key,
    quarantine_key,
    safe_name,
)
from chalicelib.media.problems import MediaNotReady, MediaRefusedByMeta, MediaUnknown, MetaUnreachable
from chalicelib.problems import Invalid, TooLarge
from chalicelib.whatsapp.client import CallFailed, CallRefused
from chalicelib.wiring import World


class Number(Protocol):
    """The part of a channel that sending a file to Meta needs."""

    @property
    def phone_number_id(self) -> str: ...
    @property
    def waba_id(self) -> str: ...


def add(world: World, name: str, declared: str, body: bytes, by: str) -> Media:
    """Takes a small file at once: checked, and ready when no scanner is to be waited for.

    Raises Invalid, TooLarge; then nothing is kept.
    """
    if not body:
        raise Invalid("The file is empty.", field="file")
    if len(body) > INLINE_BYTES:
        raise TooLarge(
            f"A form takes files up to {INLINE_BYTES:,} bytes. Upload larger ones by POST /api/v1/media/uploads."
        )
    media = _new(world, name, declared, by).model_copy(
        update={"state": MediaState.CHECKING, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    )
    store.add(world.table, media)  # first: a scanner's verdict on the object must find it
    world.media.put(quarantine_key(media.id), body)
    settled = checking.settle(world, media.id) or media
    if settled.state is MediaState.REFUSED:
        delete(world, media.id)
        raise Invalid(f"This file is not taken: {settled.problem}.", field="file", code="media_refused")
    return settled


def begin(world: World, name: str, declared: str, size: int, by: str) -> tuple[Media, dict[str, Any]]:
    """A place for a larger file and the form to upload it with. Raises Invalid."""
    limit = content.limit_of(declared)
    if limit is None:
        raise Invalid("WhatsApp takes no files of this type.", field="mimeType")
    if size > limit:
        raise Invalid(f"WhatsApp takes files of this type up to {limit:,} bytes.", field="size")
    media = _new(world, name, declared, by).model_copy(update={"size": size})
    store.add(world.table, media)
    return media, world.media.upload_link(
        quarantine_key(media.id), content_type=declared, max_bytes=size, seconds=LINK_SECONDS
    )


def complete(world: World, media_id: str) -> Media:
    """The file has been uploaded: it is checked next. Raises MediaUnknown, Invalid."""
    media = uploaded(world, media_id)
    if media.state is not MediaState.UPLOADING:
        return media
    try:
        size = world.media.size(quarantine_key(media_id))
    except ObjectMissing as missing:
        raise Invalid(
            "Nothing has been uploaded yet: send the file to the given address first.", field="mediaId"
        ) from missing
    moved = store.moved(media, MediaState.UPLOADING, state=MediaState.CHECKING, size=size)
    try:
        world.table.update(moved)
    except ConditionFailed:
        return uploaded(world, media_id)
    world.queues.send("media", {"v": 1, "do": "check", "media_id": media_id})
    return media.model_copy(update={"state": MediaState.CHECKING, "size": size})


def uploaded(world: World, media_id: str) -> Media:
    """A file that somebody uploaded. Raises MediaUnknown: a customer's file is seen with its message only."""
    media = store.find(world.table, media_id)
    if media is None or media.source != "upload":
        raise MediaUnknown(media_id)
    return media


def delete(world: World, media_id: str) -> None:
    """Removes the file, its preview and what Meta calls it; harmless when repeated."""
    forget_objects(world, media_id)
    operations = store.removed(world.table, media_id)
    if operations:
        world.table.transact(operations)


def forget_objects(world: World, media_id: str) -> None:
    """Removes what S3 has of a file; harmless when repeated."""
    for key in (quarantine_key(media_id), file_key(media_id), preview_key(media_id)):
        world.media.delete(key)


def ready(world: World, media_id: str) -> Media:
    """A file that can be sent. Raises MediaUnknown, MediaNotReady."""
    media = store.find(world.table, media_id)
    if media is None:
        raise MediaUnknown(media_id)
    if media.state is not MediaState.READY:
        raise MediaNotReady(media)
    return media


def meta_id(world: World, media_id: str, channel: Number) -> str:
    """Meta's id of our file under the channel's number: uploaded once, reused while the id lives, renewed before it dies.

    Raises MediaUnknown, MediaNotReady, MediaRefusedByMeta; MetaUnreachable, after which another try may succeed.
    """
    known = store.id_at_meta(world.table, media_id, channel.phone_number_id, world.clock())
    return known[0] if known else _sent_to_meta(world, ready(world, media_id), channel)


def link(world: World, media: Media) -> str:
    """A signed link to the file that expires."""
    return world.media.download_link(
        file_key(media.id),
        filename=media.name,
        content_type=media.mime_type if content.shown_in_place(media.mime_type) else "application/octet-stream",
        in_place=content.shown_in_place(media.mime_type),
        seconds=LINK_SECONDS,
    )


def preview_link(world: World, media: Media) -> str | None:
    """A signed link to a small picture of it."""
    if not media.has_preview:
        return None
    return world.media.download_link(preview_key(media.id), content_type="image/jpeg", seconds=LINK_SECONDS)


def some(world: World, ids: Iterable[str]) -> dict[str, Media]:
    """Those of the files that exist, by id: one request for up to 100."""
    wanted = list(dict.fromkeys(ids))
    return store.some(world.table, wanted) if wanted else {}


def _new(world: World, name: str, declared: str, by: str) -> Media:
    return Media(
        id=world.new_id(),
        state=MediaState.UPLOADING,
        source="upload",
        name=safe_name(name, "file"),
        mime_type=declared,
        created_at=world.clock(),
        created_by=by,
    )


def _sent_to_meta(world: World, media: Media, channel: Number) -> str:
    number, now = channel.phone_number_id, world.clock()
    if not store.lease(world.table, media.id, number, now):
        raise MetaUnreachable(media.id, "it is being sent there")
    try:
        with world.media.open(file_key(media.id)) as body:
            found = world.whatsapp(channel.waba_id).upload_media(
                number, body, mime_type=media.mime_type, filename=media.name, size=media.size
            )
    except CallRefused as refused:
        store.released(world.table, media.id, number)
        if refused.error.rule.retryable:
            raise MetaUnreachable(media.id, refused.error.rule.meaning) from refused
        raise MediaRefusedByMeta(media.id, refused.error.details or refused.error.rule.meaning) from refused
    except CallFailed as failed:
        store.released(world.table, media.id, number)
        raise MetaUnreachable(media.id, failed.reason) from failed
    store.uploaded(world.table, media.id, number, found, now)
    return found
