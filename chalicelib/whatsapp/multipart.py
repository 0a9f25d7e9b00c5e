"""A multipart/form-data body of known length around a file that is read only while it is sent."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

_CHUNK = 256 * 1024


class FileBody:
    """`fields`, then the file; iterate it to send it. `content_length` and `content_type` are its headers."""

    def __init__(
        self, fields: Mapping[str, str], file: BinaryIO, *, size: int, filename: str, mime_type: str, boundary: str
    ) -> None:
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(filename)}"\r\n'
            f"Content-Type: {mime_type}\r\n\r\n"
        )
        self._head, self._file, self._size = head.encode(), file, size
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.content_length = len(self._head) + size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from exactly(self._file, self._size)
        yield self._tail


def exactly(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The next `size` bytes of a file in chunks. Raises EOFError when the file is shorter than it was said to be."""
    left = size
    while left:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise EOFError(f"the file ended {left} bytes early")
        left -= len(chunk)
        yield chunk


def _quoted(filename: str) -> str:
    """As browsers write it (WHATWG): a quote or a line break cannot leave the header."""
    return filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
