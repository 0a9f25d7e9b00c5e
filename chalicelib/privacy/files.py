"""What becomes of one stored file when a person is forgotten. Pure: bytes in, bytes out; None means that it goes.

Rows stay rows, so that whatever counts them counts the same.
"""

import gzip
import io
import json
import re
import zipfile
from typing import Any

from chalicelib.privacy.model import GONE, Person

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,;\t\r\n"]+')
_MOST_UNPACKED = 256 * 1024 * 1024


def rewritten(key: str, content: bytes, person: Person) -> bytes | None:
    """The file without the person: the same bytes when they are not in it."""
    if key.endswith(".gz"):
        return _archive(content, person)
    if content[:2] == b"PK":
        return None if _in_workbook(content, person) else content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if not person.is_named_in(text):
        return content
    if key.startswith("exports/person-"):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return _rows(text, person).encode()
    return json.dumps(without(value, person), ensure_ascii=False, separators=(",", ":")).encode()


def without(value: Any, person: Person) -> Any:
    """A JSON value in which every record that has an address of the person has no texts any more."""
    match value:
        case dict():
            if any(_names(inner, person) for inner in value.values()):
                return {name: _blank(inner) for name, inner in value.items()}
            return {name: without(inner, person) for name, inner in value.items()}
        case list():
            if any(_names(inner, person) for inner in value):
                return [_blank(inner) for inner in value]
            return [without(inner, person) for inner in value]
        case _:
            return GONE if _names(value, person) else value


def _names(value: Any, person: Person) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and person.is_named_in(str(value))


def _blank(value: Any) -> Any:
    match value:
        case str():
            return GONE
        case dict():
            return {name: _blank(inner) for name, inner in value.items()}
        case list():
            return [_blank(inner) for inner in value]
        case int() if value > 10**6:  # a phone number that was written as a number
            return 0
        case _:
            return value


def _rows(text: str, person: Person) -> str:
    """Lines of cells: those of the person keep their separators only."""
    lines = text.splitlines(keepends=True)
    return "".join(_CELL.sub("", line) if person.is_named_in(line) else line for line in lines)


def _archive(content: bytes, person: Person) -> bytes | None:
    """Lines of raw webhooks: those that name the person go."""
    lines = gzip.decompress(content).decode().split("\n")
    kept = [line for line in lines if not person.is_named_in(line)]
    if len(kept) == len(lines):
        return content
    return gzip.compress("\n".join(kept).encode(), mtime=0) if any(kept) else None


def _in_workbook(content: bytes, person: Person) -> bool:
    """Whether a packed file names the person. One that cannot be looked into is taken for one that does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > _MOST_UNPACKED:
                return True
            texts = (packed.read(member).decode("utf-8", "replace") for member in packed.infolist())
            return any(person.is_named_in(text) for text in texts)
    except zipfile.BadZipFile:
        return True
