"""A person goes out of files; everybody else stays as they were, and rows stay rows."""

import gzip
import json

from chalicelib.privacy.files import rewritten, without
from chalicelib.privacy.model import Person

PERSON = Person(contact_ids=frozenset({"8601"}), addresses=frozenset({"6591234567"}), names=frozenset({"Mei", "Open"}))


def test_a_line_of_cells_keeps_its_separators_only() -> None:
    text = 'phone,name\n+6591234567,"Tan, Mei"\n+6598765432,Mei Lim\n'
    assert rewritten("a.csv", text.encode(), PERSON) == b"phone,name\n,\n+6598765432,Mei Lim\n"


def test_a_record_loses_its_texts_and_its_neighbours_nothing() -> None:
    value = {"v": 1, "rows": [[0, 1, "+6591234567", ["Mei", "CODE"]], [1, 2, "+6598765432", ["Mei", "CODE"]]]}
    assert without(value, PERSON) == {"v": 1, "rows": [[0, 1, "", ["", ""]], [1, 2, "+6598765432", ["Mei", "CODE"]]]}


def test_a_number_written_as_a_number_goes_too() -> None:
    assert without({"phone": 6591234567, "line": 3}, PERSON) == {"phone": 0, "line": 3}


def test_lines_of_the_archive_that_name_the_person_go() -> None:
    lines = [json.dumps({"from": "6591234567"}), json.dumps({"from": "6598765432"})]
    kept = rewritten("raw/a.jsonl.gz", gzip.compress("\n".join(lines).encode()), PERSON)
    assert kept is not None
    assert gzip.decompress(kept).decode() == lines[1]
    assert rewritten("raw/b.jsonl.gz", gzip.compress(lines[0].encode()), PERSON) is None


def test_a_file_without_the_person_is_the_same_bytes() -> None:
    content = b"\xff\xfe not text, and nobody in it"
    assert rewritten("campaigns/x", content, PERSON) is content


def test_a_packed_file_that_cannot_be_looked_into_goes() -> None:
    assert rewritten("contacts/uploads/x.xlsx", b"PK broken", PERSON) is None


def test_names_go_as_whole_words_and_never_out_of_our_own_words() -> None:
    assert PERSON.without("Mei wrote to Meissen") == " wrote to Meissen"
    assert PERSON.stripped({"status": "Open", "label": "Open"}) == {"status": "Open", "label": ""}
