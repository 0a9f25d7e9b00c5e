"""Files that travel with messages."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

from chalicelib.dataclass import dataclass
from chalicelib.whatsapp import graph
from chalicelib.whatsapp.answers import MediaInfo
from chalicelib.whatsapp.calls.base import Calls, id_of, read, sized
from chalicelib.whatsapp.graph import CallFailed
from chalicelib.whatsapp.http import AnswerLost, HttpRequest, HttpResponse, NothingSent
from chalicelib.whatsapp.multipart import FileBody


class MediaTooLarge(Exception):
    """The file is larger than the caller allows; reading stopped there."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the file is larger than {limit} bytes")
        self.limit = limit


class MediaDamaged(Exception):
    """What arrived is not what Meta announced (SHA-256)."""


@dataclass(frozen=True)
class Downloaded:
    size: int
    sha256: str
    mime_type: str


class MediaCalls(Calls):
    """Upload for sending, download what customers sent."""

    def upload_media(
        self, phone_number_id: str, content: bytes | BinaryIO, *, mime_type: str, filename: str, size: int | None = None
    ) -> str:
        """Uploads a file for sending; the id lives 30 days. A stream needs its `size`."""
        file, length = sized(content, size)
        body = FileBody(
            {"messaging_product": "whatsapp", "type": mime_type},
            file,
            size=length,
            filename=filename,
            mime_type=mime_type,
            boundary=secrets.token_hex(16),
        )
        headers = self.endpoint.headers() | {
            "Content-Type": body.content_type,
            "Content-Length": str(body.content_length),
        }
        url = self.endpoint.url(f"{phone_number_id}/media")
        return id_of(self.exchange(HttpRequest("POST", url, headers, body)))

    def media_info(self, media_id: str, phone_number_id: str | None = None) -> MediaInfo:
        """Where a file can be fetched for the next five minutes, its type, size and hash."""
        body = self.call("GET", media_id, query={"phone_number_id": phone_number_id})
        return read(MediaInfo, body)

    def download_media(
        self, url: str, sink: Callable[[bytes], object], *, max_bytes: int, sha256: str = ""
    ) -> Downloaded:
        """Fetches a file piece by piece into `sink`. Raises MediaTooLarge, or MediaDamaged when the hash differs.

        `sink` has got the pieces before either is raised: keep them aside until this returns.
        """
        digest, size = hashlib.sha256(), 0
        headers = {"Authorization": f"Bearer {self.endpoint.token}"}
        try:
            with self.transport.stream(HttpRequest("GET", url, headers)) as answer:
                if answer.status != 200:
                    _refuse_download(answer.status, answer.headers, answer.chunks)
                for chunk in answer.chunks:
                    size += len(chunk)
                    if size > max_bytes:
                        raise MediaTooLarge(max_bytes)
                    digest.update(chunk)
                    sink(chunk)
                mime_type = _header(answer.headers, "content-type")
        except NothingSent as error:
            raise CallFailed(error.reason, sent=False) from error
        except AnswerLost as error:
            raise CallFailed(error.reason, sent=True) from error
        if sha256 and sha256 not in (digest.hexdigest(), base64.b64encode(digest.digest()).decode()):
            raise MediaDamaged
        return Downloaded(size, digest.hexdigest(), mime_type)

    def delete_media(self, media_id: str, phone_number_id: str | None = None) -> None:
        self.call("DELETE", media_id, query={"phone_number_id": phone_number_id})


def _refuse_download(status: int, headers: Mapping[str, str], chunks: Iterable[bytes]) -> None:
    """A refusal's body is small JSON; no more than its first pieces are read."""
    content = b""
    for chunk in chunks:
        content += chunk
        if len(content) > 64 * 1024:
            break
    graph.result(HttpResponse(status, headers, content))
    raise CallFailed(f"unexpected answer, HTTP {status}", sent=True)


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
