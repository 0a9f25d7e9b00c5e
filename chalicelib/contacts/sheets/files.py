"""Opens a spreadsheet: what it is by its bytes, not by its name."""

from pathlib import Path

from chalicelib.contacts.sheets import text, workbook
from chalicelib.contacts.sheets.source import MAX_FILE_BYTES, FileRefused, Source

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip archive",
}
EXTENSIONS = ("csv", "txt", "xlsx")


def open_source(path: Path, name: str) -> Source:
    """The file as records. Raises FileRefused with a sentence for the person who uploaded it."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in EXTENSIONS:
        raise FileRefused("unknown_format", "such files come as .csv, .txt or .xlsx")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty_file", "the file is empty")
    if size > MAX_FILE_BYTES:
        raise FileRefused("file_too_large", "the file is larger than 30 MB")
    with path.open("rb") as file:
        head = file.read(8)
    _check_name(head, extension)
    if extension == "xlsx":
        workbook.check(path)
        return Source("xlsx", "", "", lambda: workbook.records(path))
    encoding = text.encoding_of(path)
    delimiter = text.delimiter_of(path, encoding)
    return Source(extension, encoding, delimiter, lambda: text.records(path, encoding, delimiter))


def _check_name(head: bytes, extension: str) -> None:
    if head.startswith(_OLD_OFFICE):
        raise FileRefused(
            "old_excel", "this is an old or password-protected Excel file; save it as .xlsx without a password"
        )
    if extension == "xlsx" and not head.startswith(_ZIP):
        raise FileRefused("not_as_named", "the file is named .xlsx but is not an Excel workbook")
    if extension != "xlsx":
        if head.startswith(_ZIP):
            raise FileRefused("not_as_named", f"the file is named .{extension} but is a workbook or an archive")
        for magic, what in _OTHERS.items():
            if head.startswith(magic):
                raise FileRefused("not_as_named", f"the file is named .{extension} but is {what}")
