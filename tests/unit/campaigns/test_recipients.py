"""Recipients as people have them."""

import codecs
import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import phonenumbers
import pytest

from chalicelib.campaigns.recipients import job, mapping
from chalicelib.campaigns.recipients.phones import Address, BadNumber, normalise
from chalicelib.campaigns.recipients.reading import Options, read
from chalicelib.campaigns.recipients.summary import Tally
from chalicelib.contacts.sheets.files import open_source
from chalicelib.contacts.sheets.source import FileRefused
from tests.support.sheets import Formula, write_sheet

TABLE = "Mobile,Name\n+6591234567,Änn\n+6591234568,Bo\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TABLE.encode(), "utf-8-sig"),
        (TABLE.encode("utf-16"), "utf-16"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("latin-1"), "cp1252"),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (TABLE.encode("utf-32"), "utf-32"),
    ],
)
def test_the_encoding_is_found_and_no_letter_lost(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    source = open_source(path, path.name)
    assert source.encoding == encoding
    assert [cells for _, cells in source.records()][1] == ["+6591234567", "Änn"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", b"PK\x03\x04rest", "not_as_named"),
        ("a.xlsx", b"Mobile,Name", "not_as_named"),
        ("a.xlsx", b"PK\x03\x04 no archive", "broken_workbook"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1"), "old_excel"),
        ("a.pdf", b"%PDF", "unknown_format"),
        ("a.csv", b"\x00\x01\x02\x00\x07", "not_text"),
        ("a.csv", codecs.BOM_UTF8 + TABLE.encode("latin-1"), "not_text"),
        ("a.csv", TABLE.encode("utf-16") + b"\x00", "not_text"),
        ("a.csv", TABLE.encode("utf-16") + b"\x00\xd8A\x00", "not_text"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        open_source(path, name)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("Mobile;Name\n+6591234567;A,B\n", ";", True),
        ("Mobile\tName\n+6591234567\tA,B\n", "\t", True),
        ("Mobile|Name\n+6591234567|A,B\n", "|", True),
        ("sep=|\r\nMobile|Name\r\n+6591234567|A,B\r\n", "|", True),
        ("+6591234567;A,B\n+6591234568;C\n", ";", False),
        ('"+65 9123 4567";"A,B"\r', ";", False),
    ],
)
def test_delimiter_and_header_are_found(tmp_path: Path, text: str, delimiter: str, header: bool) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode())
    found = job.look_at(open_source(path, path.name), "SG")
    assert (found.delimiter, found.header, found.columns[0], found.sample[0][1]) == (delimiter, header, "Mobile", "A,B")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_file_with_a_number_on_each_line_is_a_list_of_recipients(tmp_path: Path, end: str) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text(end.join(["+65 9123 4567", "91234568", "12", ""]), newline="")
    source = open_source(path, path.name)
    look = job.look_at(source, "SG")
    rows = list(read(source.records(), Options(columns=tuple(look.columns), header=look.header, country="SG")))
    assert [row.to or row.reason for row in rows] == ["+6591234567", "+6591234568", "invalid_number"]


def test_a_bad_line_is_reported_with_its_number_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    lines = ["Mobile,Name", "+6591234567,Ann", '+6591234568,"never closed', *(f"+65912{n:05d},X" for n in range(60))]
    path.write_text("\n".join([*lines, "x" * 70_000, "+6598888888,End"]) + "\n")
    rows = list(read(open_source(path, path.name).records(), Options(columns=("Mobile", "Name"))))
    assert [(row.line, row.reason) for row in rows if row.reason] == [(3, "unclosed_quote"), (64, "line_too_long")]
    assert (rows[-1].line, rows[-1].to) == (65, "+6598888888")


def test_a_workbook_is_read_by_its_values(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    write_sheet(path, [["Mobile", "Total"], [6591234567, Formula("1+1", "2")], ["+65 9123 4568", 1.5]])
    rows = list(read(open_source(path, path.name).records(), Options(columns=("Mobile", "Total"), country="SG")))
    assert [(row.to, list(row.values)) for row in rows] == [("+6591234567", ["2"]), ("+6591234568", ["1.5"])]


def test_numbers_dates_and_merged_cells_of_a_workbook_are_what_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    typed = [
        ["Mobile", "Seen"],
        [6.591234567e9, True],
        ["6.59E+10", 1],
        [date(2026, 11, 22), 2],
        [None, 3],
        [6591234568, None],
    ]
    write_sheet(path, typed)
    rows = list(read(open_source(path, path.name).records(), Options(columns=("Mobile", "Seen"), country="SG")))
    found = [(row.line, row.to or row.reason, list(row.values)) for row in rows]
    assert found == [
        (2, "+6591234567", ["TRUE"]),
        (3, "scientific_notation", ["1"]),
        (4, "invalid_number", ["2"]),
        (5, "no_number", ["3"]),  # the rest of a merged cell is empty
        (6, "+6591234568", [""]),
    ]


def test_a_damaged_workbook_is_refused_however_it_is_damaged(tmp_path: Path) -> None:
    path, chance = tmp_path / "people.xlsx", random.Random(1)
    write_sheet(path, [["Mobile", "N"], [6591234567, 1]])
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    outcomes = Counter(opened(path, torn) for torn in (*scratched(whole, chance), *rewritten(inside, chance)))
    assert outcomes.keys() <= {"read", "broken_workbook", "not_a_workbook", "not_as_named", "workbook_too_large"}
    assert outcomes["broken_workbook"] > 100


@pytest.mark.parametrize("place", ["ZZZZ9999999999", "A99999999999999999", "A0", "XFD1048576"])
@pytest.mark.parametrize("tag", ['<c r="{}"><v>1</v></c>', "<x:c r='{}'/>", '<row r="{}"><c><v>1</v></c></row>'])
def test_a_cell_at_a_place_that_would_take_all_memory_refuses_the_workbook(
    tmp_path: Path, tag: str, place: str
) -> None:
    path = tmp_path / "people.xlsx"
    write_sheet(path, [["Mobile"], [6591234567]])
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    inside[sheet] = inside[sheet].replace(b"</sheetData>", tag.format(place).encode() + b"</sheetData>")
    assert opened(path, packed(inside)) in {"broken_workbook", "sheet_too_wide"}


def scratched(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    """The file with some bytes overwritten, or cut off."""
    for _ in range(300):
        torn = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            torn[chance.randrange(len(torn))] = chance.randrange(256)
        yield bytes(torn)
        yield whole[: chance.randrange(len(whole))]


def rewritten(inside: dict[str, bytes], chance: random.Random) -> Iterator[bytes]:
    """Whole archives whose XML is spoilt."""
    for _ in range(500):
        name = chance.choice(sorted(inside))
        torn = bytearray(inside[name])
        for _ in range(chance.randint(1, 4)):
            torn[chance.randrange(len(torn))] = chance.choice(b"0123456789AZ<>\"' /=\x00\xff")
        yield packed({**inside, name: bytes(torn)})


def packed(inside: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return out.getvalue()


def opened(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    try:
        list(open_source(path, path.name).records())
    except FileRefused as refused:
        return refused.code
    return "read"


@pytest.mark.parametrize(
    ("text", "country", "force", "expected"),
    [
        ("+65 9123 4567", None, False, "+6591234567"),
        ("9123-4567", "SG", False, "+6591234567"),
        ("0065 91234567", None, False, "+6591234567"),
        ("60123456789", "SG", False, "+60123456789"),
        ("\u202a+6591234567\u202c", None, False, "+6591234567"),
        ("0151 23456789", "DE", False, "+4915123456789"),
        ("91234567", "SG", True, "+6591234567"),
        ("6591234567", "SG", True, "+6591234567"),
        ("US.13491208655302741918", None, False, "US.13491208655302741918"),
    ],
)
def test_numbers_are_understood_as_people_write_them(
    text: str, country: str | None, force: bool, expected: str
) -> None:
    found = normalise(text, country, force=force)
    assert isinstance(found, Address)
    assert found.to == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no_number"), ("12", "invalid_number"), ("6.59E+09", "scientific_notation"), ("abc", "invalid_number")],
)
def test_what_is_no_number_says_why(text: str, reason: str) -> None:
    assert normalise(text, "SG") == BadNumber(reason)


def test_columns_are_guessed_by_name_and_else_by_what_is_in_them() -> None:
    assert mapping.guess(["Phone No.", "Vorname", "City"], [], None) == ["Mobile", "FirstName", "City"]
    assert mapping.guess(None, [["Ann", "91234567"]], "SG") == ["Column1", "Mobile"]
    assert mapping.guess(["Phone", "Mobile"], [], None) == ["Mobile", None]


def test_the_demos_file_holds_what_its_maker_says() -> None:
    path = Path("tests/data/recipients-1000.csv")
    source, tally = open_source(path, path.name), Tally()
    look = job.look_at(source, "SG")
    for row in read(source.records(), Options(columns=tuple(look.columns), header=look.header, country="SG")):
        tally.add(row)
    found = tally.summary()
    assert (found.total, found.valid, found.duplicates, found.invalid) == (998, 936, 60, 2)
    assert found.destinations["SG"] == 361


@pytest.mark.parametrize("kind", ["MOBILE", "FIXED_LINE", "TOLL_FREE", "PREMIUM_RATE", "VOIP", "PAGER"])
def test_every_countrys_numbers_are_judged_as_the_library_judges_them(kind: str) -> None:
    examples = [
        phonenumbers.example_number_for_type(region, getattr(phonenumbers.PhoneNumberType, kind))
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    texts = [phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in examples if each]
    wrong = [text[:-1] for text in texts] + [text + "1" for text in texts]
    for text in [*texts, *wrong]:
        found = normalise(text, None)
        assert isinstance(found, Address) == phonenumbers.is_valid_number(phonenumbers.parse(text)), text
