"""Text files: which encoding, which delimiter, and records that one bad line cannot stop."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from chalicelib.contacts.sheets.source import Cells, FileRefused, Record, Unreadable

DELIMITERS = (",", ";", "\t", "|")
# A record larger than this is not a recipient: it is a quotation mark that nobody closed, or not a table at all.
MAX_RECORD_LINES = 50
MAX_LINE_CHARACTERS = 64 * 1024
_SAMPLE_BYTES = 64 * 1024
_NAMED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)

csv.field_size_limit(1024 * 1024)


_MARKS = (  # the longer first: UTF-32's begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """UTF-8 with or without a byte order mark, UTF-16, else Windows' superset of Latin-1. Reads the whole file once.

    Raises FileRefused for a file that is not in the encoding which its first bytes tell.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    told = marked or (_encoding_with_zeros(head) if b"\0" in head else "")
    if told:
        if not _decodes(path, told):
            raise FileRefused(
                "not_text", f"the file begins as {told.removesuffix('-sig').upper()} and goes on as something else"
            )
        return told
    if _decodes(path, "utf-8"):
        return "utf-8"
    return "cp1252" if _is_cp1252(path) else "latin-1"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(1024 * 1024):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_with_zeros(head: bytes) -> str:
    # ASCII in UTF-16 has a zero in every second byte.
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.1:
        return "utf-16-be"
    raise FileRefused("not_text", "the file is not text: it holds zero bytes")


def _is_cp1252(path: Path) -> bool:
    with path.open("rb") as file:
        return not any(
            byte in block for block in iter(lambda: file.read(1024 * 1024), b"") for byte in (129, 141, 143, 144, 157)
        )


def delimiter_of(path: Path, encoding: str) -> str:
    """The delimiter that the file names (`sep=;`), else the one that most often cuts its first records into as many columns."""
    with path.open("rb") as file:
        sample = codecs.getincrementaldecoder(encoding)(errors="replace").decode(file.read(_SAMPLE_BYTES))
    named = _NAMED.match(sample)
    if named:
        return named[1]
    lines = [line for line in sample.splitlines(keepends=True) if line.strip()][:50]

    # A delimiter under which a quotation mark stands in the middle of a cell is the wrong one, unless each has such a line.
    for strict in (True, False):
        best = max(DELIMITERS, key=lambda each: _agreement(lines, each, strict))
        if _agreement(lines, best, strict) > (0.0, 0):
            return best
    return ","


def _agreement(lines: list[str], delimiter: str, strict: bool) -> tuple[float, int]:
    """(the part of the records that have as many columns as most; how many that is)."""
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter, strict=strict) if cells)
    except csv.Error:
        return (0.0, 0)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return (0.0, 0)
    count, width = max(wide)
    return (count / sum(widths.values()), width)


def records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record with the number of its first line; one that cannot be read comes as Unreadable and the next go on."""
    with path.open(encoding=encoding, newline="") as file:
        named = _NAMED.fullmatch(file.readline(len("sep=;\r\n")))
        if not named:
            file.seek(0)
        yield from _parse(file, delimiter, lines_before=1 if named else 0)


class _Stuck(Exception):
    """Raised from inside the csv reader's own input, to get out of a record that never ends."""


class _Lines:
    """Feeds physical lines to a csv reader and can take back those of an unfinished record."""

    def __init__(self, file: Iterable[str], lines_before: int) -> None:
        self._file = file
        self._back: list[str] = []
        self.number = lines_before
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self._back.pop() if self._back else self._read()
            if not line:
                return
            self.number += 1
            self.taken.append(line)
            if len(self.taken) > MAX_RECORD_LINES or len(line) > MAX_LINE_CHARACTERS:
                raise _Stuck
            yield line

    def _read(self) -> str:
        assert isinstance(self._file, io.TextIOBase)
        line = self._file.readline(MAX_LINE_CHARACTERS + 1)
        while len(line) > MAX_LINE_CHARACTERS and not line.endswith("\n"):
            # The rest of an over-long line is read and forgotten, a piece at a time.
            rest = self._file.readline(MAX_LINE_CHARACTERS)
            if not rest or rest.endswith("\n"):
                break
        return line

    def give_back(self) -> None:
        """All lines of the record but its first will be read again."""
        self._back.extend(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        self.taken = []


def _parse(file: io.TextIOBase, delimiter: str, lines_before: int) -> Iterator[Record]:
    lines = _Lines(file, lines_before)
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                first = lines.number - len(lines.taken) + 1
                lines.taken.clear()
                yield first, cells
            return
        except _Stuck:
            yield _unreadable(lines)
        except csv.Error as error:
            yield _lenient(lines, delimiter) if "expected after" in str(error) else _unreadable(lines)


def _unreadable(lines: _Lines) -> Record:
    first = lines.number - len(lines.taken) + 1
    too_long = len(lines.taken[0]) > MAX_LINE_CHARACTERS
    lines.give_back()
    return first, Unreadable("line_too_long" if too_long else "unclosed_quote")


def _lenient(lines: _Lines, delimiter: str) -> tuple[int, Cells]:
    # `"Ann" Lee,+65...`: a quotation mark inside a cell. Read as most programs write it.
    first = lines.number - len(lines.taken) + 1
    taken, lines.taken = lines.taken, []
    return first, next(csv.reader(taken, delimiter=delimiter))
