"""Files that customers sent: fetched from WhatsApp at once, since it keeps them seven days."""

import mimetypes
import tempfile
from contextlib import suppress

from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Update
from chalicelib.dataclass import dataclass
from chalicelib.media import checking, store
from chalicelib.media.model import UPLOAD_BYTES, Media, MediaState, quarantine_key, safe_name
from chalicelib.whatsapp.client import CallRefused, MediaTooLarge
from chalicelib.wiring import World

_OBJECT_MISSING = 100
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A file as the webhook names it. Our id is the message's: whoever has the message finds the file."""

    media_id: str
    meta_id: str
    phone_number_id: str
    waba_id: str
    mime_type: str
    name: str
    subject: str
    """The conversation, to be told when the file is there."""


def ask(world: World, sent: Sent) -> None:
    """Notes the file and lets the media function fetch it; harmless when repeated."""
    bare = sent.mime_type.partition(";")[0].strip().lower()
    media = Media(
        id=sent.media_id,
        state=MediaState.FETCHING,
        source="customer",
        name=safe_name(sent.name, f"file{mimetypes.guess_extension(bare) or ''}"),
        mime_type=bare,
        created_at=world.clock(),
        subject=sent.subject,
        meta_id=sent.meta_id,
        phone_number_id=sent.phone_number_id,
        waba_id=sent.waba_id,
    )
    store.add(world.table, media)
    world.queues.send("media", {"v": 1, "do": "fetch", "media_id": sent.media_id})


def fetch(world: World, media_id: str) -> Media | None:
    """Fetches and checks one file; None when it was deleted meanwhile. Raises GraphError, MediaDamaged: to be tried again."""
    media = store.find(world.table, media_id)
    if media is None or media.state is not MediaState.FETCHING:
        return checking.settle(world, media_id)
    client = world.whatsapp(media.waba_id)
    try:
        info = client.media_info(media.meta_id, media.phone_number_id)
    except CallRefused as refused:
        if refused.error.code != _OBJECT_MISSING:
            raise
        return checking.leave(world, media, MediaState.LOST, problem="WhatsApp no longer has it")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        try:
            got = client.download_media(info.url, file.write, max_bytes=UPLOAD_BYTES, sha256=info.sha256)
        except MediaTooLarge as large:
            return checking.leave(world, media, MediaState.REFUSED, problem=str(large))
        file.seek(0)
        mime_type = info.mime_type.partition(";")[0].strip().lower() or media.mime_type
        world.media.put_file(quarantine_key(media.id), file, mime_type)
    values = {"mime_type": mime_type, "size": got.size, "sha256": got.sha256, "problem": ""}
    with suppress(ConditionFailed):  # another run was faster: the checks look at what it has noted
        world.table.update(store.moved(media, MediaState.FETCHING, state=MediaState.CHECKING, **values))
    return checking.settle(world, media_id)


def could_not(world: World, media_id: str, reason: str) -> None:
    """Notes why the file is not there yet, after many tries; the dead letter is what brings it back."""
    waits = Update(
        keys.media(media_id),
        set={"problem": f"it could not be fetched from WhatsApp: {reason}"[:300]},
        condition=store.is_in(MediaState.FETCHING),
    )
    try:
        world.table.update(waits)
    except ConditionFailed:
        return  # it is there, or gone
