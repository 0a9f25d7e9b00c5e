"""Files in the main table: one item a file, and one for each number of ours that Meta has it under."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.cloud import keys
from chalicelib.cloud.clock import epoch, stamp
from chalicelib.cloud.table import ConditionFailed, Delete, Item, Kept, Key, Operation, Table, Update
from chalicelib.media.model import (
    ADDRESS_KEPT,
    META_LIFE,
    RENEW_BEFORE,
    UNFINISHED_KEPT,
    UPLOAD_LEASE,
    Media,
    MediaState,
)


def find(table: Table, media_id: str) -> Media | None:
    """The file, or None."""
    item = table.get(keys.media(media_id))
    return Media.model_validate(item) if item else None


def some(table: Table, ids: list[str]) -> dict[str, Media]:
    """Those of the files that exist, by id."""
    found = table.get_many(keys.media(media_id) for media_id in ids)
    return {item["id"]: Media.model_validate(item) for item in found.values()}


def add(table: Table, media: Media) -> bool:
    """Keeps a new file; False when it is known."""
    try:
        table.put(item_of(media), condition=Attr("PK").not_exists(), kept=_kept(media))
    except ConditionFailed:
        return False
    return True


def moved(media: Media, *came_from: MediaState, **values: Any) -> Update:
    """Moves the file on from one of these states; fails when it is in another. What is ready is kept for good."""
    state = values["state"]
    return Update(
        keys.media(media.id),
        set={name: stamp(value) if isinstance(value, datetime) else value for name, value in values.items()},
        remove=["expires_at"] if media.source == "upload" and state is MediaState.READY else [],
        condition=is_in(*came_from),
    )


def is_in(*states: MediaState) -> ConditionBase:
    """Holds while the file is in one of these states."""
    return Attr("state").is_in([str(each) for each in states])


def scanned(table: Table, media_id: str) -> bool:
    """Notes that a scanner found nothing; False when there is no such file."""
    try:
        table.update(Update(keys.media(media_id), set={"scanned": True}, condition=Attr("PK").exists()))
    except ConditionFailed:
        return False
    return True


def removed(table: Table, media_id: str) -> list[Operation]:
    """Removes the file and what Meta calls it."""
    return [Delete(Key(item["PK"], item["SK"])) for item in table.query(keys.media(media_id).pk).items]


def id_at_meta(table: Table, media_id: str, phone_number_id: str, now: datetime) -> tuple[str, datetime] | None:
    """Meta's id of the file under this number and until when it may be used, or None when it must be uploaded."""
    item = table.get(keys.media_at_meta(media_id, phone_number_id))
    if item is None or not item.get("meta_id") or item["usable_until"] <= stamp(now):
        return None
    return item["meta_id"], datetime.fromisoformat(item["usable_until"])


def lease(table: Table, media_id: str, phone_number_id: str, now: datetime) -> bool:
    """Claims the upload of the file to Meta, for a while: of many workers one sends it."""
    free = Attr("lease_until").not_exists() | Attr("lease_until").lt(stamp(now))
    until = stamp(now + UPLOAD_LEASE)
    values = {"lease_until": until, "expires_at": epoch(now + META_LIFE)}
    try:
        table.update(Update(keys.media_at_meta(media_id, phone_number_id), set=values, condition=free))
    except ConditionFailed:
        return False
    return True


def uploaded(table: Table, media_id: str, phone_number_id: str, meta_id: str, now: datetime) -> datetime:
    """Notes what Meta calls the file and ends the lease; answers until when the id may be used."""
    usable_until = now + META_LIFE - RENEW_BEFORE
    values = {"meta_id": meta_id, "usable_until": stamp(usable_until), "expires_at": epoch(now + META_LIFE)}
    table.update(Update(keys.media_at_meta(media_id, phone_number_id), set=values, remove=["lease_until"]))
    return usable_until


def released(table: Table, media_id: str, phone_number_id: str) -> None:
    """Ends a lease whose upload failed."""
    table.update(Update(keys.media_at_meta(media_id, phone_number_id), remove=["lease_until"]))


def item_of(media: Media) -> Item:
    """The file as an item. Uploads are listed, what customers sent is found by its message."""
    key = keys.media(media.id)
    listed = {"GSI1PK": keys.UPLOADS, "GSI1SK": media.id} if media.source == "upload" else {}
    values = media.model_dump(mode="json", exclude={"created_at"}, exclude_none=True)
    kept = {"upload": UNFINISHED_KEPT, "address": ADDRESS_KEPT}.get(media.source)
    forgotten = {"expires_at": epoch(media.created_at + kept)} if kept else {}
    return {"PK": key.pk, "SK": key.sk, **listed, **values, **forgotten, "created_at": stamp(media.created_at)}


def _kept(media: Media) -> Kept | None:
    return Kept("received_files", media.created_at) if media.source == "customer" else None
