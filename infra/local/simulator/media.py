"""Files: uploaded by the business, sent by customers, fetched from links; and their short-lived URLs."""

import base64
import hashlib
import secrets
import struct
import zlib
from typing import Any

import aiohttp

from .errors import GraphError, missing_object, required, webhook_error
from .ids import node
from .outgoing import media_of
from .records import Media, Number
from .world import World

MB = 1024 * 1024
DAY = 86_400
UPLOAD_LIFE = 30 * DAY
INBOUND_LIFE = 7 * DAY
URL_LIFE = 300
LINK_CACHE_SECONDS = 600
STILL_STICKER = 100 * 1024

IMAGE = ("image/jpeg", "image/png")
VIDEO = ("video/mp4", "video/3gpp")
AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")
DOCUMENT = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
STICKER = ("image/webp",)
# kind of message -> MIME types it takes, and the largest file
KINDS: dict[str, tuple[tuple[str, ...], int]] = {
    "image": (IMAGE, 5 * MB),
    "video": (VIDEO, 16 * MB),
    "gif": (("video/mp4",), int(3.5 * MB)),
    "audio": (AUDIO, 16 * MB),
    "document": (DOCUMENT, 100 * MB),
    "sticker": (STICKER, 500 * 1024),
}
SAMPLES = {
    "image": "image/png",
    "video": "video/mp4",
    "audio": "audio/ogg",
    "document": "application/pdf",
    "sticker": "image/webp",
}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def base_type(mime_type: str) -> str:
    """`audio/ogg; codecs=opus` is `audio/ogg`."""
    return mime_type.partition(";")[0].strip().lower()


def upload(world: World, number: Number, fields: dict[str, str], file: tuple[str, str, bytes] | None) -> dict[str, Any]:
    """`POST /{phone-number-id}/media`. `file` is (name, MIME type, bytes)."""
    if fields.get("messaging_product") != "whatsapp":
        raise required("messaging_product")
    if file is None:
        raise required("file")
    name, given, data = file
    mime_type = fields.get("type") or given
    # Clients say `image/png` or, as older ones do, just `image`.
    kind = next((k for k, (types, _) in KINDS.items() if base_type(mime_type) in types), None)
    if kind is None:
        mime_type = given
        kind = next((k for k, (types, _) in KINDS.items() if base_type(mime_type) in types), None)
    if kind is None:
        allowed = ", ".join(sorted({t for types, _ in KINDS.values() for t in types}))
        raise GraphError(
            100,
            message=f"(#100) Param file must be a file with one of the following types: {allowed}. "
            f"Received file of type '{given}'.",
        )
    if not data:
        raise GraphError(131009, "File is empty.")
    if kind == "sticker" and b"ANIM" not in data[:64] and len(data) > STILL_STICKER:
        raise GraphError(131009, f"File is too large: a sticker that does not move has at most {STILL_STICKER} bytes.")
    if len(data) > KINDS[kind][1]:
        raise GraphError(
            131009, f"File is too large: {len(data)} bytes. The limit for {kind} is {KINDS[kind][1]} bytes."
        )
    made = keep(world, data, mime_type, number.id, UPLOAD_LIFE, name=name)
    return {"id": made.id}


def keep(
    world: World,
    data: bytes,
    mime_type: str,
    phone_number_id: str | None,
    life: float,
    *,
    name: str | None = None,
    media_id: str | None = None,
) -> Media:
    made = Media(
        id=media_id or node(16),
        phone_number_id=phone_number_id,
        mime_type=mime_type,
        sha256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
        file_size=len(data),
        expires=world.now() + life,
        filename=name,
    )
    (world.store.media_folder / made.id).write_bytes(data)
    world.store.put(made.id, made)
    return made


def find(world: World, media_id: str, phone_number_id: str | None = None) -> Media:
    found = world.store.media(media_id)
    wrong_number = found and phone_number_id and found.phone_number_id not in (None, phone_number_id)
    if found is None or found.expires <= world.now() or wrong_number:
        raise missing_object(media_id)
    return found


def describe(world: World, media: Media) -> dict[str, Any]:
    """`GET /{media-id}`, with a URL that lives five minutes."""
    return {
        "url": fresh_url(world, media),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": media.file_size,
        "id": media.id,
        "messaging_product": "whatsapp",
    }


def fresh_url(world: World, media: Media) -> str:
    media.url_key, media.url_expires = secrets.token_urlsafe(24), world.now() + URL_LIFE
    world.store.put(media.id, media)
    return f"{world.base_url}/whatsapp_business/attachments/?mid={media.id}&hash={media.url_key}"


def download(world: World, media_id: str, key: str) -> tuple[Media, bytes] | None:
    found = world.store.media(media_id)
    if found is None or not key or found.url_key != key or found.url_expires <= world.now():
        return None
    return found, read_bytes(world, found)


def read_bytes(world: World, media: Media) -> bytes:
    return (world.store.media_folder / media.id).read_bytes()


def delete(world: World, media: Media) -> dict[str, Any]:
    world.store.drop(Media, media.id)
    (world.store.media_folder / media.id).unlink(missing_ok=True)
    return {"success": True}


def received(world: World, number: Number, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """A file from a customer as the webhook shows it. Without bytes, a sample of its kind is made."""
    data = base64.b64decode(content.pop("data")) if "data" in content else None
    found = world.store.media(content["id"]) if "id" in content and data is None else None
    if found is None:
        mime_type = content.get("mime_type") or SAMPLES[kind]
        name = content.get("filename")
        found = keep(
            world,
            data or sample(kind),
            mime_type,
            number.id,
            INBOUND_LIFE,
            name=name,
            media_id=content.get("id"),
        )
    shown = {
        "id": found.id,
        "mime_type": found.mime_type,
        "sha256": found.sha256,
        "url": fresh_url(world, found),
    }
    extras = {k: v for k, v in content.items() if k in ("caption", "filename", "voice", "animated")}
    if kind == "document" and found.filename:
        extras.setdefault("filename", found.filename)
    if kind == "audio":
        extras.setdefault("voice", False)
    if kind == "sticker":
        extras.setdefault("animated", False)
    return shown | extras


def sample(kind: str) -> bytes:
    """A small valid file, or for sound and film a stub that is enough to be carried around."""
    match kind:
        case "image":
            return png(64, 64, (11, 122, 91))
        case "document":
            return PDF
        case "audio":
            return b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01" + bytes(9)
        case "sticker":
            return base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
        case _:
            return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def fetch_links(world: World, session: aiohttp.ClientSession, wamid: str) -> dict[str, Any] | None:
    """Fetches the files a message links to, after it was accepted; answers the error of a failed webhook."""
    message = world.store.message(wamid)
    if message is None:
        return None
    for kind, reference in media_of(message.payload, message.type):
        link = reference.get("link")
        if link and (problem := await _fetch(world, session, kind, link)):
            return webhook_error(131053, problem)
    return None


async def _fetch(world: World, session: aiohttp.ClientSession, kind: str, link: str) -> str | None:
    cached = link_id(link)
    found = world.store.media(cached)
    if found and found.expires > world.now():
        return None
    types, largest = KINDS[kind]
    try:
        async with session.get(link, timeout=aiohttp.ClientTimeout(total=15)) as answer:
            data = await _read_up_to(answer.content, largest + 1)
            mime_type = answer.content_type
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return "Media upload error: the link could not be reached."
    if answer.status != 200:
        return f"Media upload error: HTTP code {answer.status}."
    if mime_type not in types:
        return f"Media upload error: unsupported {kind} mime type {mime_type}."
    if len(data) > largest:
        return f"Media upload error: file is larger than {largest} bytes."
    keep(world, data, mime_type, None, LINK_CACHE_SECONDS, media_id=cached)
    return None


async def _read_up_to(stream: aiohttp.StreamReader, most: int) -> bytes:
    data = bytearray()
    async for chunk in stream.iter_chunked(65_536):
        data += chunk
        if len(data) >= most:
            break
    return bytes(data)


def link_id(link: str) -> str:
    """Meta's cache is keyed by the exact URL."""
    return "link-" + hashlib.sha256(link.encode()).hexdigest()[:24]


def type_problem(world: World, payload: dict[str, Any], kind: str) -> dict[str, Any] | None:
    """An uploaded file used as something it is not is found out only after the send."""
    for name, reference in media_of(payload, kind):
        found = world.store.media(str(reference.get("id", "")))
        if found and base_type(found.mime_type) not in KINDS[name][0]:
            return webhook_error(131053, f"Media upload error: unsupported {name} mime type {found.mime_type}.")
    return None
