"""Out of quarantine: what a file is, whether WhatsApp takes it, and whether a scanner has let it pass."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from chalicelib.cloud.objects import ObjectMissing
from chalicelib.cloud.table import ConditionFailed
from chalicelib.dataclass import dataclass
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.media import content, store
from chalicelib.media.content import Finding, Harmful
from chalicelib.media.images import NotAPicture
from chalicelib.media.model import UPLOAD_BYTES, Media, MediaState, file_key, preview_key, quarantine_key
from chalicelib.whatsapp.media import ACCEPTED, SNIFF_BYTES, MediaRefused
from chalicelib.wiring import World

_IN_MEMORY = 8 * 1024 * 1024
_UNDECIDED = (MediaState.UPLOADING, MediaState.FETCHING, MediaState.CHECKING)
_PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif"}


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
            checked = _checked(media, file)
    except ObjectMissing:
        return leave(world, media, MediaState.REFUSED, problem="nothing was uploaded")
    except (Harmful, MediaRefused, NotAPicture) as refused:
        return refuse(world, media, str(refused))
    _publish(world, media, checked)
    return leave(world, media, MediaState.READY, **checked.values)


def refuse(world: World, media: Media, problem: str) -> Media:
    """The file is not let in and not kept."""
    return leave(world, media, MediaState.REFUSED, problem=problem[:300])


def scanned(world: World, media_id: str, *, clean: bool, words: str) -> Media | None:
    """A scanner's verdict; None when there is no such file. It may come before the upload is completed: then it is kept."""
    if clean:
        return settle(world, media_id) if store.scanned(world.table, media_id) else None
    media = store.find(world.table, media_id)
    return refuse(world, media, words) if media else None


@dataclass(frozen=True)
class _Checked:
    """What the file turned out to be, what it is replaced by to fit, and what it looks like."""

    values: dict[str, Any]
    fitted: bytes | None = None
    preview: bytes | None = None


def _checked(media: Media, file: IO[bytes]) -> _Checked:
    """Raises Harmful, MediaRefused, NotAPicture. A customer may send what we could not."""
    finding = content.examine(file, media.mime_type)
    size = file.tell()
    if finding.kind is None and media.source != "customer":
        raise Harmful(f"WhatsApp takes no files of this type ({finding.mime_type})")
    found = _Checked({"mime_type": finding.mime_type, "size": size, "kind": finding.kind})
    if finding.mime_type in _PICTURES:
        found = _picture(media, file, found)
    if media.source != "customer":
        file.seek(0)
        content.check_size(
            Finding(found.values["mime_type"], finding.kind), found.values["size"], file.read(SNIFF_BYTES)
        )
    return found


def _picture(media: Media, file: IO[bytes], found: _Checked) -> _Checked:
    from chalicelib.media import images

    try:
        picture = images.look(file)
    except NotAPicture:
        if media.source == "customer":
            return found
        raise
    values = {**found.values, "width": picture.width, "height": picture.height, "has_preview": True}
    limit = ACCEPTED["image"].get(found.values["mime_type"])
    if media.source == "customer" or limit is None or (found.values["size"] <= limit and picture.plain):
        return _Checked(values, preview=picture.preview)
    made, width, height = images.fitted(file, limit)
    fits = {"mime_type": "image/jpeg", "size": len(made), "width": width, "height": height}
    return _Checked(values | fits | {"original_size": found.values["size"]}, made, picture.preview)


def _publish(world: World, media: Media, checked: _Checked) -> None:
    mime_type = checked.values["mime_type"]
    if checked.preview:
        world.media.put(preview_key(media.id), checked.preview, "image/jpeg")
    if checked.fitted:
        world.media.put(file_key(media.id), checked.fitted, mime_type)
    else:
        world.media.copy(quarantine_key(media.id), file_key(media.id), mime_type)


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


def leave(world: World, media: Media, state: MediaState, **values: Any) -> Media:
    """Leaves quarantine for good. Another run may have been faster: then its word holds."""
    try:
        world.table.transact(
            [
                store.moved(media, *_UNDECIDED, state=state, **values),
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
