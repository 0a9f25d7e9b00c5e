"""Excel workbooks (.xlsx): the first sheet's values; formulas come as the value Excel last computed."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from chalicelib.contacts.sheets.source import Cells, FileRefused, Record

# 30 MB of honest workbook unpack to about 300 MB; a bomb to anything. What the directory claims is not believed: it is counted.
MAX_UNPACKED_BYTES = 600 * 1024 * 1024
_BLOCK = 1024 * 1024


def check(path: Path) -> None:
    """Raises FileRefused unless this is a workbook that unpacks to a sane size."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise FileRefused("not_a_workbook", "the file is an archive, but not an Excel workbook")
            _count(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileRefused("broken_workbook", "the workbook is damaged or protected by a password") from error


def _count(archive: zipfile.ZipFile) -> None:
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise FileRefused("workbook_too_large", "the workbook unpacks to more than 600 MB")
    unpacked = 0
    for entry in archive.infolist():
        with archive.open(entry) as file:
            while block := file.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise FileRefused("workbook_too_large", "the workbook unpacks to more than 600 MB")


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
