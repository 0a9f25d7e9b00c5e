"""Records → recipients: validated, normalised, deduplicated, in one pass and in order.

The same file with the same options always gives the same rows under the same numbers: doing it again does no harm.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import Field, field_validator, model_validator

from chalicelib.campaigns.recipients import phones
from chalicelib.campaigns.recipients.mapping import FIELD_NAME, MOBILE
from chalicelib.contacts.sheets.source import MAX_COLUMNS, MAX_RECORDS, Cells, Record, Unreadable
from chalicelib.shape import Shape

MAX_VALUE_CHARACTERS = 4096
# Controls are dropped, tabs and line ends become a space: Meta refuses them in parameters (132018 and 100).
_CONTROLS = {c: None for c in (*range(0x20), 0x7F) if c not in (9, 10, 13)} | {9: " ", 10: " ", 13: " "}


class Options(Shape):
    """How a file is to be read. `columns` has one label per column, null for a column to leave out."""

    columns: tuple[str | None, ...] = Field(max_length=MAX_COLUMNS)
    header: bool = True
    country: str | None = None
    force_country: bool = False
    include_duplicates: bool = False

    @field_validator("country")
    @classmethod
    def _known_country(cls, value: str | None) -> str | None:
        if value is not None and not phones.is_country(value):
            raise ValueError("is no ISO country code, such as SG")
        return value

    @field_validator("columns")
    @classmethod
    def _labels(cls, value: tuple[str | None, ...]) -> tuple[str | None, ...]:
        used = [label for label in value if label is not None]
        if len(used) != len(set(used)):
            raise ValueError("uses a label twice")
        if MOBILE not in used:
            raise ValueError("has no column for Mobile")
        wrong = [label for label in used if not FIELD_NAME.fullmatch(label)]
        if wrong:
            raise ValueError(f"has a label that is no field name: {wrong[0]!r}")
        return value

    @model_validator(mode="after")
    def _force_what(self) -> "Options":
        if self.force_country and self.country is None:
            raise ValueError("force_country needs a country")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """The field names a recipient carries, in column order."""
        return tuple(label for label in self.columns if label is not None and label != MOBILE)


@dataclass(frozen=True, slots=True)
class Row:
    """One recipient of the audience. `reason` is "" for one that can be sent to; `values` follow `Options.fields`."""

    number: int
    line: int
    to: str
    country: str
    is_bsuid: bool
    reason: str
    values: Sequence[str]
    written: str = ""
    """What stood in the file, kept where it could not be read."""


@dataclass
class _Seen:
    first_line: dict[int | str, int] = field(default_factory=dict)

    def before(self, address: phones.Address, line: int) -> bool:
        # As a number an address takes a third of the memory of a text.
        key: int | str = address.to if address.is_bsuid else int(address.to)
        return self.first_line.setdefault(key, line) != line


def read(records: Iterable[Record], options: Options) -> Iterator[Row]:
    """Every row of the audience: all records but blank ones and the header."""
    mobile = options.columns.index(MOBILE)
    columns = [i for i, label in enumerate(options.columns) if label is not None and i != mobile]
    seen, number, skip_header = _Seen(), 0, options.header
    for line, cells in records:
        if isinstance(cells, list) and not any(map(str.strip, cells)):
            continue
        if skip_header:
            skip_header = False
            continue
        yield _row(number, line, cells, mobile, columns, options, seen)
        number += 1


def _row(
    number: int, line: int, cells: Cells | Unreadable, mobile: int, columns: list[int], options: Options, seen: _Seen
) -> Row:
    if isinstance(cells, Unreadable):
        return Row(number, line, "", "", False, cells.reason, ())
    written = cells[mobile] if mobile < len(cells) else ""
    problem = _problem(number, cells, columns)
    if problem:
        return Row(number, line, "", "", False, problem, (), written[:80])
    values = [cells[i].translate(_CONTROLS).strip() if i < len(cells) else "" for i in columns]
    address = phones.normalise(written, options.country, force=options.force_country)
    if isinstance(address, phones.BadNumber):
        return Row(number, line, "", "", False, address.reason, values, written[:80])
    again = seen.before(address, line) and not options.include_duplicates
    return Row(number, line, address.to, address.country, address.is_bsuid, "duplicate" if again else "", values)


def _problem(number: int, cells: Cells, columns: list[int]) -> str:
    if number >= MAX_RECORDS:
        return "too_many_recipients"
    if len(cells) > MAX_COLUMNS:
        return "too_many_columns"
    if any(i < len(cells) and len(cells[i]) > MAX_VALUE_CHARACTERS for i in columns):
        return "value_too_long"
    return ""
