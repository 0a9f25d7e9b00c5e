"""What a spreadsheet is, whatever its format: numbered records of text cells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Cells = list[str]

MAX_FILE_BYTES = 30 * 1024 * 1024
MAX_RECORDS = 1_000_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is no list of cells, and why (a code, as invalid_row)."""

    reason: str


Record = tuple[int, Cells | Unreadable]
"""(number of its first line or row, from 1; its cells)."""


class FileRefused(Exception):
    """The whole file cannot be read; `code` and the text say why, for the person who chose it."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Source:
    """An opened spreadsheet. `records` starts anew each time and yields the header too, when there is one."""

    kind: str
    encoding: str
    delimiter: str
    records: Callable[[], Iterator[Record]]
