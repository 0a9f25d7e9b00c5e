"""What a file is, is told by its content; what does harm is not let in."""

import io
import zipfile

import pytest

from chalicelib.media.content import EICAR, Finding, Harmful, check_size, examine, shown_in_place
from chalicelib.whatsapp.media import TooLarge, WrongType
from tests.support.media import PDF, png

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def found(content: bytes, declared: str = "") -> Finding:
    return examine(io.BytesIO(content), declared)


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return file.getvalue()


def test_a_name_and_a_claim_count_for_nothing_where_the_content_tells() -> None:
    assert found(PDF, "image/png") == Finding("application/pdf", "document")
    assert found(png(), "application/pdf") == Finding("image/png", "image")


def test_an_office_file_is_told_by_what_is_packed_in_it() -> None:
    sheet = office("[Content_Types].xml", "xl/workbook.xml")
    assert found(sheet, WORD) == Finding(SHEET, "document")
    assert found(office("[Content_Types].xml", "word/document.xml"), "") == Finding(WORD, "document")


@pytest.mark.parametrize(
    "content",
    [office("readme.txt"), office("[Content_Types].xml", "xl/a", "word/b"), b"PK\x03\x04broken"],
    ids=[
        "no office",
        "two offices",
        "broken",
    ],  # the bytes have the time in them: workers that collect apart would disagree
)
def test_any_other_zip_is_just_that_and_cannot_be_sent(content: bytes) -> None:
    finding = found(content, WORD)
    assert finding == Finding("application/zip", None)
    with pytest.raises(WrongType):
        check_size(finding, len(content), content)


@pytest.mark.parametrize(
    "text", [b"<script>alert(1)</script>", b"<SVG onload=x>", b"<!DOCTYPE  html>", b"<?php echo 1;", b"javascript:x"]
)
def test_a_picture_that_is_a_script_is_refused(text: bytes) -> None:
    with pytest.raises(Harmful, match="script"):
        found(png(text=text))
    with pytest.raises(Harmful, match="script"):
        found(png() + b" " * 2_000_000 + text)


def test_a_script_across_the_border_of_two_pieces_is_seen() -> None:
    head = png()
    filling = b"\x00" * (1024 * 1024 - len(head) - 3)
    with pytest.raises(Harmful):
        found(head + filling + b"<script>")


def test_an_svg_is_no_picture_but_a_script() -> None:
    with pytest.raises(Harmful):
        found(b'<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>', "image/png")


def test_a_pdf_may_speak_of_scripts() -> None:
    assert found(PDF + b"% <script> in a book about scripts").kind == "document"


def test_the_virus_scanners_test_file_is_refused_wherever_it_stands() -> None:
    for content in (EICAR, PDF + EICAR, png() + b"x" * 3_000_000 + EICAR):
        with pytest.raises(Harmful, match="EICAR"):
            found(content)


def test_the_limit_is_that_of_the_message_type() -> None:
    finding = found(png())
    assert check_size(finding, 5_000_000, png()) == "image"
    with pytest.raises(TooLarge):
        check_size(finding, 5_000_001, png())


def test_only_pictures_sound_film_and_pdf_are_shown_in_place() -> None:
    assert shown_in_place("image/png")
    assert shown_in_place("application/pdf")
    assert not shown_in_place("text/html")
    assert not shown_in_place("image/svg+xml")
