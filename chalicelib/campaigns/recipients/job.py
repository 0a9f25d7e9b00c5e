"""Reads an uploaded file once: parts in S3, a list of what could not be used, and a summary."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from chalicelib.campaigns import chunks
from chalicelib.campaigns.model import PART, Recipients, RecipientsState
from chalicelib.campaigns.recipients import mapping
from chalicelib.campaigns.recipients.reading import Options, Row, read
from chalicelib.campaigns.recipients.summary import Tally
from chalicelib.campaigns.rows import words
from chalicelib.cloud.objects import Objects
from chalicelib.contacts.sheets.files import open_source
from chalicelib.contacts.sheets.source import MAX_FILE_BYTES, FileRefused, Record, Source
from chalicelib.dataclass import dataclass
from chalicelib.spreadsheet import harmless

_SAMPLE = 20
_COPY_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Look:
    """A first look at a file: what it is, its first rows, and a guess at its columns."""

    kind: str
    encoding: str
    delimiter: str
    header: bool
    columns: list[str | None]
    names: list[str]
    sample: list[list[str]]


def look(media: Objects, recipients: Recipients, country: str | None) -> Look:
    """The first look at an uploaded file. Raises FileRefused, ObjectMissing."""
    with _opened(media, recipients) as source:
        return look_at(source, country)


def look_at(source: Source, country: str | None) -> Look:
    """The first look at an opened file. Raises FileRefused when there is nothing in it."""
    listed = (cells for _, cells in source.records() if isinstance(cells, list) and any(map(str.strip, cells)))
    rows = [cells[:200] for cells in islice(listed, _SAMPLE)]
    if not rows:
        raise FileRefused("empty_file", "the file has no rows")
    header = mapping.has_header(rows[0], rows[1] if len(rows) > 1 else None)
    names, sample = (rows[0], rows[1:]) if header else ([], rows)
    columns = mapping.guess(names if header else None, sample, country)
    return Look(source.kind, source.encoding, source.delimiter, header, columns, names, sample)


def process(media: Objects, recipients: Recipients) -> Recipients:
    """Reads the whole file. The same file and options give the same parts: doing it again does no harm."""
    try:
        with _opened(media, recipients) as source:
            return process_records(media, recipients, source.records())
    except FileRefused as refused:
        return recipients.model_copy(update={"state": RecipientsState.REFUSED, "problem": str(refused)})


def process_records(media: Objects, recipients: Recipients, records: Iterable[Record]) -> Recipients:
    """Reads records, of a file or of contacts. Raises FileRefused."""
    assert recipients.options is not None
    parts, tally = _read(media, recipients.reading, records, recipients.options)
    summary = tally.summary()
    return recipients.model_copy(
        update={
            "state": RecipientsState.READY,
            "parts": parts,
            "summary": summary,
            "fields": recipients.options.fields,
            "problem": "",
        }
    )


def unusable_key(reading: str) -> str:
    """Where the list of rows that could not be used lies."""
    return f"campaigns/recipients/{reading}/unusable.csv"


def _read(media: Objects, reading: str, records: Iterable[Record], options: Options) -> tuple[int, Tally]:
    tally, parts = Tally(), 0
    with tempfile.TemporaryFile("w+", newline="", encoding="utf-8") as unusable:
        writer = csv.writer(unusable)
        writer.writerow(["line", "reason", "explanation", "as written"])
        for rows in _batched(read(records, options), PART):
            chunks.put_part(media, reading, parts, rows)
            parts += 1
            for row in rows:
                tally.add(row)
                if row.reason:
                    writer.writerow([row.line, row.reason, words(row.reason), harmless(row.written or row.to)])
        unusable.seek(0)
        media.put(unusable_key(reading), unusable.read().encode(), "text/csv; charset=utf-8")
    return parts, tally


@contextmanager
def _opened(media: Objects, recipients: Recipients) -> Iterator[Source]:
    # A copy on disk: it is read twice (encoding, rows), and a workbook needs to jump about in it.
    if media.size(recipients.file_key) > MAX_FILE_BYTES:
        raise FileRefused("file_too_large", "the file is larger than 30 MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipients"
        with media.open(recipients.file_key) as body, path.open("wb") as copy:
            while block := body.read(_COPY_BLOCK):
                copy.write(block)
        yield open_source(path, recipients.file_name)


def _batched(rows: Iterable[Row], size: int) -> Iterator[Sequence[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def as_csv(fields: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Typed recipients as the file they would have been."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(fields)
    writer.writerows(rows)
    return out.getvalue().encode()
