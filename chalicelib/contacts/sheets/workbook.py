"""Excel workbooks (.xlsx): the first sheet's values; formulas come as the value Excel last computed."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from chalicelib.contacts.sheets.source import Cells, FileRefused, Record

# 30 MB of honest workbook unpack to about 300 MB; a bomb to anything. What the directory claims is not believed: it is counted.
MAX_UNPACKED_BYTES = 600 * 1024 * 1024
MAX_SPANNED_CELLS = 25_000_000
"""A reader keeps the whole rectangle from the first cell to the last: one cell in Excel's far corner would make it 17 billion."""
_BLOCK = 1024 * 1024
_PLACE = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^>]{0,400}?\sr\s*=\s*["']([^"']*)["']""")
"""Where a cell or a row says that it is."""
_NAMED = re.compile(rb"([A-Z]{0,3})([1-9]\d{0,6})")
_LONGEST_TAG = 512
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
)
"""What Python's reader of archives raises for one that is cut off, overwritten or locked; OSError for a place before the file."""


def check(path: Path) -> None:
    """Raises FileRefused unless this is a workbook that unpacks to a sane size."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise FileRefused("not_a_workbook", "the file is an archive, but not an Excel workbook")
            _count(archive)
    except _DAMAGED as error:
        raise FileRefused("broken_workbook", "the workbook is damaged or protected by a password") from error


def _count(archive: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise FileRefused("workbook_too_large", "the workbook unpacks to more than 600 MB")
    unpacked = 0
    for entry in archive.infolist():
        span = _Span() if entry.filename.startswith("xl/worksheets/") else None
        with archive.open(entry) as file:
            while block := file.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise FileRefused("workbook_too_large", "the workbook unpacks to more than 600 MB")
                if span:
                    span.add(block)


class _Span:
    """How far a sheet's cells reach, told from its XML as it passes. What the sheet itself claims is not believed either."""

    def __init__(self) -> None:
        self._rest, self._column, self._row = b"", "A", 1

    def add(self, block: bytes) -> None:
        """The next piece of XML. Raises FileRefused."""
        text = self._rest + block
        found = [_NAMED.fullmatch(place) for place in _PLACE.findall(text)]
        self._rest = text[-_LONGEST_TAG:]
        if not found:
            return
        if None in found:
            # The reader believes such a place, takes memory for a sheet that reaches there, and the process ends.
            raise FileRefused(
                "broken_workbook", "the workbook is damaged: it has a cell at a place that does not exist"
            )
        places = {match.groups() for match in found if match}
        self._column = max(self._column, *(column.decode() for column, _ in places), key=_order)
        self._row = max(self._row, *(int(row) for _, row in places))
        if _number(self._column) * self._row > MAX_SPANNED_CELLS:
            raise FileRefused(
                "sheet_too_wide",
                f"the sheet reaches as far as cell {self._column}{self._row}; clear what stands far to the right and below",
            )


def _order(column: str) -> tuple[int, str]:
    return len(column), column


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def records(path: Path) -> Iterator[Record]:
    """The rows of the first sheet, numbered as Excel shows them."""
    # Imported here: only the process that reads a workbook pays for it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        for number, row in enumerate(sheet.iter_rows(), start=1):
            # iter_rows starts at the sheet's first row, empty ones included.
            yield number, _cells(row)
    except CalamineError as error:
        raise FileRefused("broken_workbook", "the workbook is damaged or protected by a password") from error


def _cells(row: Sequence[object]) -> Cells:
    return [cell if isinstance(cell, str) else _text(cell) for cell in row]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            # A phone number typed as a number: 6591234567.0.
            return str(int(value))
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value)
