"""Which files WhatsApp takes, and what a file really is: told by its first bytes, never by its name."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.dataclass import dataclass

MediaType = Literal["image", "video", "audio", "document", "sticker"]

MB = 1_000_000
"""Meta writes MB; the smaller reading is the safe one."""
VOICE_ICON_BYTES = 512 * 1000
"""A larger voice note is shown with a download arrow instead of a play button."""
SNIFF_BYTES = 512

_MICROSOFT = "application/vnd.openxmlformats-officedocument"

ACCEPTED: Mapping[MediaType, Mapping[str, int]] = {
    "image": {"image/jpeg": 5 * MB, "image/png": 5 * MB},
    "video": {"video/mp4": 16 * MB, "video/3gpp": 16 * MB},
    "audio": dict.fromkeys(["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB),
    "document": dict.fromkeys(
        [
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            f"{_MICROSOFT}.wordprocessingml.document",
            f"{_MICROSOFT}.spreadsheetml.sheet",
            f"{_MICROSOFT}.presentationml.presentation",
        ],
        100 * MB,
    ),
    "sticker": {"image/webp": 500 * 1000},
}
"""Largest size in bytes by message type and MIME type. An animated sticker; a still one is STILL_STICKER_BYTES."""
STILL_STICKER_BYTES = 100 * 1000


class MediaRefused(Exception):
    """WhatsApp would not take this file as this message type."""


class WrongType(MediaRefused):
    def __init__(self, found: str | None, wanted: MediaType) -> None:
        super().__init__(f"{found or 'an unknown type'} cannot be sent as {wanted}: {', '.join(ACCEPTED[wanted])}")
        self.found, self.wanted = found, wanted


class TooLarge(MediaRefused):
    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"{size} bytes, at most {limit}")
        self.size, self.limit = size, limit


@dataclass(frozen=True)
class Sniffed:
    """What the first bytes show. `animated` matters for stickers only."""

    mime_type: str
    animated: bool = False


def sniff(head: bytes) -> Sniffed | None:
    """The type that the first SNIFF_BYTES of a file show, or None when nothing is recognised."""
    for offset, magic, mime_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return Sniffed(mime_type)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image/webp", animated=_is_animated(head))
    if head[4:8] == b"ftyp":
        return Sniffed(_brand(head[8:12]))
    if audio := _audio_frame(head):
        return Sniffed(audio)
    return Sniffed("text/plain") if _is_text(head) else None


def check(media_type: MediaType, mime_type: str, size: int, head: bytes) -> str:
    """The MIME type to send the file with. Raises WrongType or TooLarge.

    A declared type is believed only where content cannot tell: Office files are all ZIP or OLE inside, and an
    MP4 may hold sound alone.
    """
    found = sniff(head)
    real = _agreed(mime_type.partition(";")[0].strip().lower(), found)
    limits = ACCEPTED[media_type]
    if real is None or real not in limits:
        raise WrongType(real, media_type)
    limit = limits[real]
    if media_type == "sticker" and found and not found.animated:
        limit = STILL_STICKER_BYTES
    if not 0 < size <= limit:
        raise TooLarge(size, limit)
    return real


def media_type_of(mime_type: str) -> MediaType | None:
    """The message type that a MIME type is usually sent as."""
    bare = mime_type.partition(";")[0].strip().lower()
    return next((media_type for media_type, limits in ACCEPTED.items() if bare in limits), None)


_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)

# What the container shows → what it may truly be, when the sender says so.
_INSIDE: Mapping[str, frozenset[str]] = {
    "application/zip": frozenset(mime for mime in ACCEPTED["document"] if mime.startswith(_MICROSOFT)),
    "application/x-ole-storage": frozenset(
        {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
    ),
    "video/mp4": frozenset({"audio/mp4"}),
    "audio/mp4": frozenset({"video/mp4"}),
    "video/3gpp": frozenset({"audio/3gpp"}),
}


def _agreed(declared: str, found: Sniffed | None) -> str | None:
    if found is None:
        return None
    return declared if declared in _INSIDE.get(found.mime_type, ()) else found.mime_type


def _brand(brand: bytes) -> str:
    if brand[:3] == b"M4A":
        return "audio/mp4"
    return "video/3gpp" if brand[:2] == b"3g" else "video/mp4"


def _is_animated(head: bytes) -> bool:
    """The animation bit of an extended WebP's header."""
    return head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 0x02)


def _audio_frame(head: bytes) -> str | None:
    """MP3 and AAC (ADTS) begin with the same eleven bits; the two layer bits tell them apart."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    return {0b00: "audio/aac", 0b01: "audio/mpeg"}.get(head[1] >> 1 & 0b11)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last character may be cut."""
    if not head or any(byte < 9 or 13 < byte < 32 or byte == 127 for byte in head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) >= SNIFF_BYTES
    return True
