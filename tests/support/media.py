"""Files for tests, and a Meta that takes and gives them."""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chalicelib.whatsapp.http import HttpRequest, HttpResponse, HttpStream
from tests.fakes import FakeMeta, meta_error

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def png(width: int = 8, height: int = 8, *, text: bytes = b"") -> bytes:
    """A whole PNG of one colour; `text` goes into a comment of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x0b\x7a\x5b" * width) * height
    comment = chunk(b"tEXt", b"Comment\x00" + text) if text else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + comment + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def form(name: str, content: bytes, content_type: str = "application/octet-stream") -> tuple[bytes, dict[str, str]]:
    """A form with one file, and its header."""
    head = f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
    body = head.encode() + content + b"\r\n--xx--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=xx"}


@dataclass
class MediaMeta(FakeMeta):
    """Keeps what is uploaded to it, gives out `files` by id, and refuses with `refuses`."""

    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    refuses: int | Exception | None = None
    asked: int = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        path = request.url.partition("?")[0]
        if path.endswith("/media"):
            content = b"".join(request.body)  # type: ignore[arg-type]
            if isinstance(self.refuses, Exception):
                raise self.refuses
            if self.refuses:
                return meta_error(self.refuses)
            self.uploads.append((path.split("/")[-2], content))
            return _json({"id": str(1000 + len(self.uploads))})
        if request.method == "GET":
            self.asked += 1
            return self._info(path.rsplit("/", 1)[-1])
        return super().send(request)

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        mime_type, content = self.files[request.url.rsplit("/", 1)[-1]]
        pieces = (content[i : i + 1000] for i in range(0, len(content), 1000))
        yield HttpStream(200, {"Content-Type": mime_type}, pieces)

    def _info(self, media_id: str) -> HttpResponse:
        if isinstance(self.refuses, Exception):
            raise self.refuses
        if self.refuses or media_id not in self.files:
            return meta_error(self.refuses or 100)
        mime_type, content = self.files[media_id]
        return _json(
            {
                "id": media_id,
                "url": f"https://files.test/{media_id}",
                "mime_type": mime_type,
                "sha256": hashlib.sha256(content).hexdigest(),
                "file_size": len(content),
            }
        )


def _json(body: dict[str, object]) -> HttpResponse:
    return HttpResponse(200, {}, json.dumps(body).encode())
