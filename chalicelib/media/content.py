"""What a file really is and whether it does harm, told by its content and never by its name. Pure: bytes in, a finding out."""

import re
import zipfile
from typing import IO

from chalicelib.dataclass import dataclass
from chalicelib.media.model import PICTURE_BYTES
from chalicelib.whatsapp import media as rules
from chalicelib.whatsapp.media import MediaType, TooLarge, WrongType, media_type_of, sniff

_CHUNK = 1024 * 1024
_OVERLAP = 128

# The test file every virus scanner knows (eicar.org), in two halves: this source is not to be one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

# A picture that a browser would run when it is served as something else. Long enough that no compressed picture holds them
# by chance.
_MARKUP = re.compile(
    rb"<(?:script[\s>/]|html[\s>]|!doctype\s+html|svg[\s>]|iframe[\s>])|<\?php\s|javascript:", re.IGNORECASE
)

_OFFICE = {
    "word/": "wordprocessingml.document",
    "xl/": "spreadsheetml.sheet",
    "ppt/": "presentationml.presentation",
}
_SHOWN_IN_PLACE = re.compile(r"image/(jpeg|png|webp|gif)|video/(mp4|3gpp)|audio/[a-z0-9]+|application/pdf")


class Harmful(Exception):
    """The file is not let in, whoever sent it."""


@dataclass(frozen=True)
class Finding:
    """What a file is, and the message type it can be sent as, if any."""

    mime_type: str
    kind: MediaType | None


def examine(file: IO[bytes], declared: str) -> Finding:
    """What this file is. Raises Harmful. The file is read to its end and left there."""
    head = file.read(rules.SNIFF_BYTES)
    file.seek(0)
    mime_type = _real_type(file, head, declared)
    file.seek(0)
    _refuse_harm(file, markup=mime_type.startswith(("image/", "text/", "audio/", "video/")))
    return Finding(mime_type, media_type_of(mime_type))


def check_size(finding: Finding, size: int, head: bytes) -> MediaType:
    """The message type WhatsApp takes the file as. Raises WrongType, TooLarge."""
    if finding.kind is None:
        raise WrongType(finding.mime_type, "document")
    rules.check(finding.kind, finding.mime_type, size, head)
    return finding.kind


def shown_in_place(mime_type: str) -> bool:
    """Whether a browser may show it; everything else is only offered for saving."""
    return bool(_SHOWN_IN_PLACE.fullmatch(mime_type))


def limit_of(mime_type: str) -> int | None:
    """The largest file of a type that we take, or None when WhatsApp takes none."""
    kind = media_type_of(mime_type)
    if kind == "image":
        return PICTURE_BYTES
    return rules.ACCEPTED[kind][mime_type.partition(";")[0].strip().lower()] if kind else None


def _real_type(file: IO[bytes], head: bytes, declared: str) -> str:
    found = sniff(head)
    if found is None:
        return "application/octet-stream"
    bare = declared.partition(";")[0].strip().lower()
    match found.mime_type:
        case "application/zip":
            return _office(file) or "application/zip"
        case "application/x-ole-storage" if bare in {
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
        }:
            return bare
        case "video/mp4" if bare == "audio/mp4":
            return bare
        case _:
            return found.mime_type


def _office(file: IO[bytes]) -> str | None:
    """An Office file is a ZIP with a list of content types and one folder that says which."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    kinds = {kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)}
    return f"application/vnd.openxmlformats-officedocument.{kinds.pop()}" if len(kinds) == 1 else None


def _refuse_harm(file: IO[bytes], *, markup: bool) -> None:
    tail = b""
    while chunk := file.read(_CHUNK):
        piece = tail + chunk
        if EICAR in piece:
            raise Harmful("the file is a virus (EICAR test file)")
        if markup and _MARKUP.search(piece):
            raise Harmful("the file has a script or a web page in it")
        tail = piece[-_OVERLAP:]


__all__ = [
    "EICAR",
    "Finding",
    "Harmful",
    "TooLarge",
    "WrongType",
    "check_size",
    "examine",
    "limit_of",
    "shown_in_place",
]
