"""A file that a campaign names by its address: asked for here, fetched by the media function (fetching.py)."""

from datetime import datetime
from urllib.parse import unquote, urlsplit

from chalicelib.cloud.queues import Queues
from chalicelib.cloud.table import Table
from chalicelib.media import store
from chalicelib.media.model import Media, MediaState, safe_name

_SAFETY_SECONDS = 90


def bring(table: Table, queues: Queues, media_id: str, address: str, now: datetime) -> Media:
    """The file that lies at an address, under an id of the caller's; asked for if it is not known. Harmless when repeated."""
    found = store.find(table, media_id)
    if found:
        return found
    media = Media(
        id=media_id,
        state=MediaState.FETCHING,
        source="address",
        name=name_of(address),
        mime_type="",
        created_at=now,
        address=address,
    )
    job = {"v": 1, "do": "fetch", "media_id": media_id}
    # Who is stopped before the second is sent would wait for it in vain.
    queues.send("media", job, delay_seconds=_SAFETY_SECONDS)
    store.add(table, media)
    queues.send("media", job)
    return media


def name_of(address: str) -> str:
    """The last part of an address, as a file's name."""
    return safe_name(unquote(urlsplit(address).path.rstrip("/").rsplit("/", 1)[-1]), "file")
