"""Files from elsewhere: what customers sent, fetched from WhatsApp at once since it keeps them seven days; what a campaign names by
its address."""

import mimetypes
import tempfile
from contextlib import suppress

from chalicelib.cloud import keys
from chalicelib.cloud.table import ConditionFailed, Update
from chalicelib.dataclass import dataclass
from chalicelib.egress import NoAnswer
from chalicelib.media import checking, store
from chalicelib.media.model import UPLOAD_BYTES, Media, MediaState, quarantine_key, safe_name
from chalicelib.whatsapp.client import CallRefused, MediaTooLarge
from chalicelib.wiring import World

_OBJECT_MISSING = 100
_IN_MEMORY = 8 * 1024 * 1024
_ADDRESS_SECONDS = 60.0


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


def fetch(world: World, media_id: str, *, last: bool = False) -> Media | None:
    """Fetches and checks one file; None when it was deleted meanwhile. `last`: an address that does not answer is given up.

    Raises GraphError, MediaDamaged, NoAnswer: to be tried again.
    """
    media = store.find(world.table, media_id)
    if media is None or media.state is not MediaState.FETCHING:
        return checking.settle(world, media_id)
    if media.source == "address":
        return _from_address(world, media, last=last)
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
    return _fetched(world, media, mime_type=mime_type, size=got.size, sha256=got.sha256)


def _from_address(world: World, media: Media, *, last: bool) -> Media:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        try:
            got = world.egress.download(media.address, file.write, limit=UPLOAD_BYTES, timeout_seconds=_ADDRESS_SECONDS)
            if got.status >= 500 or got.status == 429:
                raise NoAnswer(f"It answers {got.status} {got.reason}".strip() + ".", transient=True)
        except NoAnswer as nobody:
            if nobody.transient and not last:
                raise
            return checking.leave(world, media, MediaState.LOST, problem=nobody.message)
        if got.status != 200:
            problem = f"it answers {got.status} {got.reason}".strip()
            return checking.leave(world, media, MediaState.LOST, problem=problem)
        if got.size > UPLOAD_BYTES:
            return checking.leave(world, media, MediaState.REFUSED, problem=f"it has more than {UPLOAD_BYTES:,} bytes")
        file.seek(0)
        mime_type = got.content_type.partition(";")[0].strip().lower() or "application/octet-stream"
        world.media.put_file(quarantine_key(media.id), file, mime_type)
    return _fetched(world, media, mime_type=mime_type, size=got.size) or media


def _fetched(world: World, media: Media, **values: object) -> Media | None:
    """The file lies in quarantine: its checks are next."""
    with suppress(ConditionFailed):  # another run was faster: the checks look at what it has noted
        world.table.update(store.moved(media, MediaState.FETCHING, state=MediaState.CHECKING, problem="", **values))
    return checking.settle(world, media.id)


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
