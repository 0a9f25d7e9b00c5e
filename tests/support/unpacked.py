"""Stored files as text, for a search that must find whatever is in them."""

import gzip
import io
import zipfile


def unpacked(content: bytes) -> str:
    """The text of a file, of a gzipped one, or of everything in a packed one."""
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content).decode()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(member).decode("utf-8", "replace") for member in packed.infolist())
    return content.decode("utf-8", "replace")
