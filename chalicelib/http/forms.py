"""multipart/form-data (RFC 7578): what a browser sends with a file."""

import re
from dataclasses import field

from chalicelib.dataclass import dataclass
from chalicelib.problems import Invalid

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name="((?:[^"\\]|\\.)*)"')
_FILENAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_MOST_PARTS = 200


@dataclass(frozen=True)
class FormFile:
    """An uploaded file as the client named it; nothing of it is to be trusted."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Form:
    """The fields (each may come several times) and files of a form."""

    fields: dict[str, list[str]]
    files: dict[str, FormFile]


def parse(body: bytes, content_type: str) -> Form:
    """The form in a request's body. Raises Invalid."""
    found = _BOUNDARY.search(content_type)
    if not found:
        raise Invalid("The Content-Type of a form must name its boundary.", field="body")
    fields: dict[str, list[str]] = {}
    files: dict[str, FormFile] = {}
    for part in _parts(body, (found[1] or found[2]).encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        headers = head.decode("utf-8", "replace")
        name = _NAME.search(headers)
        if not name:
            raise Invalid("A part of the form has no name.", field="body")
        if filename := _FILENAME.search(headers):
            files[name[1]] = FormFile(filename[1], _type_of(headers), content)
        else:
            fields.setdefault(name[1], []).append(_text(name[1], content))
    return Form(fields, files)


def _parts(body: bytes, boundary: bytes) -> list[bytes]:
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Invalid("The form is cut off: its last boundary is missing.", field="body")
    if len(pieces) > _MOST_PARTS:
        raise Invalid(f"A form has at most {_MOST_PARTS} parts.", field="body")
    return [piece.partition(b"\r\n")[2] for piece in pieces[1:-1]]


def _type_of(headers: str) -> str:
    found = re.search(r"^content-type:\s*([^\s;]+)", headers, re.IGNORECASE | re.MULTILINE)
    return found[1].lower() if found else "application/octet-stream"


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Invalid("This field is not UTF-8 text.", field=name) from error
