"""Resumable uploads: a session, its bytes in pieces, and a handle for a sample or a profile photo."""

from typing import Any

from .errors import GraphError, missing_object, required
from .ids import handle, node
from .records import Record
from .world import World

TYPES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")


class Upload(Record):
    id: str
    file_name: str
    file_type: str
    file_length: int
    offset: int = 0


def open_session(world: World, fields: dict[str, Any]) -> dict[str, Any]:
    """`POST /{app-id}/uploads`."""
    for name in ("file_length", "file_type"):
        if not fields.get(name):
            raise required(name)
    if str(fields["file_type"]) not in TYPES:
        raise GraphError(100, message=f"(#100) Param file_type must be one of {{{', '.join(TYPES)}}}.")
    try:
        length = int(fields["file_length"])
    except ValueError:
        raise GraphError(100, message="(#100) Param file_length must be an integer.") from None
    made = Upload(
        id="upload:" + node(20),
        file_name=str(fields.get("file_name", "file")),
        file_type=str(fields["file_type"]),
        file_length=length,
    )
    world.store.put(made.id, made)
    return {"id": made.id}


def find(world: World, upload_id: str) -> Upload:
    found = world.store.get(Upload, upload_id)
    if found is None:
        raise missing_object(upload_id)
    return found


def receive(world: World, upload: Upload, offset: str | None, data: bytes) -> dict[str, Any]:
    """`POST /upload:...` with the bytes from `file_offset` on; the handle comes with the last byte."""
    if offset is None or not offset.isdecimal():
        raise required("file_offset")
    if int(offset) != upload.offset:
        raise GraphError(100, message=f"(#100) Param file_offset must be {upload.offset}.")
    upload.offset += len(data)
    if upload.offset > upload.file_length:
        raise GraphError(100, message="(#100) The file is longer than file_length.")
    world.store.put(upload.id, upload)
    if upload.offset < upload.file_length:
        return {"id": upload.id, "file_offset": upload.offset}
    return {"h": handle()}


def describe(upload: Upload) -> dict[str, Any]:
    return {"id": upload.id, "file_offset": upload.offset}
