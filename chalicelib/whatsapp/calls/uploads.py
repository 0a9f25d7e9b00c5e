"""Resumable upload: samples of template headers and profile pictures."""

from typing import BinaryIO

from chalicelib.whatsapp.calls.base import Calls, id_of, sized, text_of
from chalicelib.whatsapp.http import HttpRequest
from chalicelib.whatsapp.multipart import exactly


class UploadCalls(Calls):
    """A file for Meta to keep, in one or more parts."""

    def start_upload(self, app_id: str, *, filename: str, size: int, mime_type: str) -> str:
        """Opens an upload; answers its id (`upload:...`)."""
        query = {"file_name": filename, "file_length": size, "file_type": mime_type}
        return id_of(self.call("POST", f"{app_id}/uploads", query=query))

    def upload_part(
        self, upload_id: str, content: bytes | BinaryIO, *, size: int | None = None, offset: int = 0
    ) -> str:
        """Sends the file from `offset` to its end; answers the handle that a template's sample takes."""
        file, length = sized(content, size)
        headers = self.endpoint.headers() | {
            "Authorization": f"OAuth {self.endpoint.token}",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(length),
            "file_offset": str(offset),
        }
        request = HttpRequest("POST", self.endpoint.url(upload_id), headers, exactly(file, length))
        return text_of(self.exchange(request), "h")

    def upload_offset(self, upload_id: str) -> int:
        """How many bytes of an interrupted upload Meta has."""
        return int(self.call("GET", upload_id).get("file_offset", 0))
