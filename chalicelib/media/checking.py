"""Out of quarantine: what a file is, whether WhatsApp takes it, and whether a scanner has let it pass."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.table import ConditionFailed
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.media import content, store
from chalicelib.media.content import Harmful
from chalicelib.media.model import UPLOAD_BYTES, Media, MediaState, file_key, quarantine_key
from chalicelib.whatsapp.media import SNIFF_BYTES, MediaRefused
from chalicelib.wiring import World

_IN_MEMORY = 8 * 1024 * 1024


def settle(world: World, media_id: str) -> Media | None:
    """Makes a file ready or refuses it; None when there is no such file. Twice is once, and half-way is begun anew.

    With a scanner configured this waits for its verdict: whichever comes last, upload or verdict, finds both here.
    """
    media = store.find(world.table, media_id)
    if media is None or media.state is not MediaState.CHECKING:
        return media
    if world.settings.media_scanner and not media.scanned:
        return media
    try:
        with _quarantined(world, media) as file:
            values = _checked(media, file)
    except ObjectMissing:
        return _leave(world, media, MediaState.REFUSED, problem="nothing was uploaded")
    except (Harmful, MediaRefused) as refused:
        return refuse(world, media, str(refused))
    world.media.copy(quarantine_key(media.id), file_key(media.id), values["mime_type"])
    return _leave(world, media, MediaState.READY, **values)


def refuse(world: World, media: Media, problem: str) -> Media:
    """The file is not let in and not kept."""
    return _leave(world, media, MediaState.REFUSED, problem=problem[:300])


def _checked(media: Media, file: IO[bytes]) -> dict[str, Any]:
    """What the file turned out to be. Raises Harmful, MediaRefused. A customer may send what we could not."""
    finding = content.examine(file, media.mime_type)
    size = file.tell()
    file.seek(0)
    head = file.read(SNIFF_BYTES)
    values: dict[str, Any] = {"mime_type": finding.mime_type, "size": size}
    try:
        values["kind"] = content.check_size(finding, size, head)
    except MediaRefused:
        if media.source == "upload":
            raise
    return values


@contextmanager
def _quarantined(world: World, media: Media) -> Iterator[IO[bytes]]:
    """The file to read back and forth. Raises ObjectMissing."""
    size = world.media.size(quarantine_key(media.id))
    if size > UPLOAD_BYTES:
        raise Harmful(f"the file has {size} bytes, at most {UPLOAD_BYTES} are taken")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        with world.media.open(quarantine_key(media.id)) as body:
            while chunk := body.read(1024 * 1024):
                file.write(chunk)
        file.seek(0)
        yield file


def _leave(world: World, media: Media, state: MediaState, **values: Any) -> Media:
    """Leaves quarantine for good. Another run may have been faster: then its word holds."""
    try:
        world.table.transact(
            [
                store.moved(media, MediaState.CHECKING, state=state, **values),
                events.stored(_told(world, media, state)),
            ]
        )
    except ConditionFailed:
        return store.find(world.table, media.id) or media
    world.media.delete(quarantine_key(media.id))
    return media.model_copy(update={"state": state, **values})


def _told(world: World, media: Media, state: MediaState) -> Event:
    return Event(
        id=f"{media.id}.{state}",
        type=f"media.{state}",
        at=world.clock(),
        topic="conversation" if media.subject else "media",
        subject=media.subject or media.id,
        data={"media_id": media.id},
    )
