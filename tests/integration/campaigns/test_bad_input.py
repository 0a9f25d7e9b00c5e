"""What people upload and type although it cannot be right: over HTTP, each with a clear word at the step where it happens."""

import base64
import csv
import io
import json
import zipfile
from typing import Any

import pytest

from chalicelib.cloud import keys
from chalicelib.contacts.sheets.source import MAX_FILE_BYTES
from chalicelib.egress import Glance
from chalicelib.wiring import World
from tests.integration.campaigns.conftest import NAMES
from tests.integration.campaigns.test_api import BASE, message, pump, ready
from tests.integration.conftest import Clock
from tests.support.api import Answer, Caller
from tests.support.sheets import Formula, write_sheet

GOOD = b"Mobile,FirstName,Code\n+6591000001,Ann,A1\n+6591000002,Bo,A2\n"


def upload(api: Caller, world: World, name: str, content: bytes) -> str:
    campaign = f"{BASE}/{api.post(BASE, {'channelId': 'main', 'name': 'Bad'}).json['id']}"
    link = api.post(f"{campaign}/recipients/upload", {"fileName": name})
    world.media.put(link.json["fields"]["key"], content)
    return campaign


def bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to more than 600 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            for _ in range(602):
                file.write(b" " * 1024 * 1024)
    return out.getvalue()


def far_corner() -> bytes:
    """A workbook with two cells, one of them the last that Excel has."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", '<c r="A1"><v>1</v></c>' + " " * 2_000_000 + '<c s="1" r="XFD1048576"/>'
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("people.csv", b"%PDF-1.7 ...", "not_as_named", "is a PDF"),
        ("people.csv", b"\x89PNG\r\n\x1a\n", "not_as_named", "is a picture"),
        ("people.csv", b"PK\x03\x04", "not_as_named", "a workbook or an archive"),
        ("people.xlsx", GOOD, "not_as_named", "not an Excel workbook"),
        ("people.txt", b"\x00\x01\x02\x00\x07", "not_text", ""),
        ("people.csv", b"", "empty_file", "empty"),
        ("people.csv", b"x" * (MAX_FILE_BYTES + 1), "file_too_large", "larger than 30 MB"),
        ("people.xlsx", bomb(), "workbook_too_large", "more than 600 MB"),
        ("people.xlsx", far_corner(), "sheet_too_wide", "XFD1048576"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_told_at_the_first_look_and_when_it_is_processed(
    api: Caller,
    world: World,
    name: str,
    content: bytes,
    code: str,
    says: str,
) -> None:
    campaign = upload(api, world, name, content)
    for answer in (api.get(f"{campaign}/recipients/look"), api.post(f"{campaign}/recipients/process", {})):
        assert answer.status == 400, answer.text
        [error] = answer.json["errors"]
        assert (error["field"], answer.json["code"]) == ("file", code)
        assert says in error["message"]
    assert api.post(f"{campaign}/launch").status == 400
    assert api.get(campaign).json["state"] == "draft"


def test_a_file_of_two_gigabytes_is_refused_by_the_bucket_itself(api: Caller, world: World) -> None:
    campaign = upload(api, world, "people.csv", GOOD)
    link = api.post(f"{campaign}/recipients/upload", {"fileName": "people.csv"}).json
    policy = json.loads(base64.b64decode(link["fields"]["policy"]))
    assert ["content-length-range", 1, MAX_FILE_BYTES] in policy["conditions"]
    assert link["maxBytes"] == MAX_FILE_BYTES


def test_a_row_of_a_million_columns_is_one_unusable_row(api: Caller, world: World, clock: Clock) -> None:
    content = GOOD + b"+6591000003" + b",x" * 1_000_000 + b"\n+6591000004," + b"a," * 300 + b"\n+6591000005,Cy,A5\n"
    campaign = processed(api, world, clock, "people.csv", content)
    summary = api.get(campaign).json["recipients"]["summary"]
    assert (summary["total"], summary["valid"]) == (5, 3)
    assert summary["invalidByReason"] == {"line_too_long": 1, "too_many_columns": 1}


def test_formulas_come_as_values_and_right_to_left_text_as_it_is(
    api: Caller, world: World, clock: Clock, tmp_path: Any
) -> None:
    path = tmp_path / "people.xlsx"
    rows = [
        ["Mobile", "FirstName", "Code"],
        ["\u202a+65 9100 0001\u202c", "سارة", Formula('HYPERLINK("http://x","y")', "A1")],
        ["+6591000002", "Bob\u200f", "=cmd|' /C calc'!A0"],
        ["=1+1", "Nobody", "A3"],
    ]
    write_sheet(path, rows)
    campaign = processed(api, world, clock, "people.xlsx", path.read_bytes())
    summary = api.get(campaign).json["recipients"]["summary"]
    assert (summary["valid"], summary["invalidByReason"]) == (2, {"invalid_number": 1})
    assert message(api, campaign).status == 200
    texts = [api.get(f"{campaign}/preview?row={n}").json["texts"]["body"] for n in (0, 1)]
    assert texts == ["Hi سارة, your code is A1.", "Hi Bob\u200f, your code is =cmd|' /C calc'!A0."]
    unusable = world.media.get(_key_of(api.get(f"{campaign}/recipients/unusable")))
    assert [row[3] for row in csv.reader(io.StringIO(unusable.decode()))][1] == "'=1+1"


def test_control_characters_in_a_text_file_are_dropped(api: Caller, world: World, clock: Clock) -> None:
    campaign = processed(api, world, clock, "people.csv", b"Mobile,FirstName,Code\n+6591000001,An\x07n\tX,A1\n")
    message(api, campaign)
    assert api.get(f"{campaign}/preview").json["texts"]["body"] == "Hi Ann X, your code is A1."


def test_a_template_deleted_between_preview_and_launch_launches_nothing(
    api: Caller,
    world: World,
    clock: Clock,
) -> None:
    campaign = ready(api, world, clock)
    message(api, campaign)
    assert api.get(f"{campaign}/preview").status == 200
    world.table.delete(keys.template("200", "spring_offer", "en"))
    answer = api.post(f"{campaign}/launch")
    assert answer.status == 400
    assert "spring_offer" in answer.text
    nothing_launched(api, world, clock, campaign)


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (Glance(404, "Not Found", "text/html", 10, b"<html>"), "404 Not Found"),
        (Glance(200, "OK", "image/png", 100_000_000, b"\x89PNG\r\n\x1a\n"), "has 100 MB"),
    ],
)
def test_a_picture_that_cannot_be_had_launches_nothing(
    api: Caller,
    world: World,
    clock: Clock,
    seen: Glance,
    says: str,
) -> None:
    key = keys.template("200", "picture", "en")
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["h"]}}
    more = {"category": "MARKETING", "status": "APPROVED", "components": [header, {"type": "BODY", "text": "Hi"}]}
    world.table.put({"PK": key.pk, "SK": key.sk, **NAMES, "name": "picture", **more})
    web = Web(Glance(200, "OK", "image/png", 70_000, b"\x89PNG\r\n\x1a\n"))
    world.__dict__["egress"] = web
    campaign = ready(api, world, clock)
    body = {"type": "template", "name": "picture", "language": "en"}
    body |= {"parameters": {"header.media": {"value": "https://shop.example/a.png"}}}
    assert api.put(f"{campaign}/message", body).status == 200
    web.seen = seen
    steps: list[tuple[Answer, str]] = [
        (api.put(f"{campaign}/message", body), "parameters.header.media.value"),
        (api.post(f"{campaign}/preflight"), "message.parameters.header.media.value"),
        (api.post(f"{campaign}/launch"), "message.parameters.header.media.value"),
    ]
    for answer, field in steps:
        assert answer.status == 400, answer.text
        assert [(error["field"], says in error["message"]) for error in answer.json["errors"]] == [(field, True)]
    nothing_launched(api, world, clock, campaign)


class Web:
    """The internet, with one file in it."""

    def __init__(self, seen: Glance) -> None:
        self.seen = seen

    def glance(self, url: str, **_: Any) -> Glance:
        return self.seen


def processed(api: Caller, world: World, clock: Clock, name: str, content: bytes) -> str:
    campaign = upload(api, world, name, content)
    assert api.post(f"{campaign}/recipients/process", {}).status == 202
    pump(world, clock)
    return campaign


def nothing_launched(api: Caller, world: World, clock: Clock, campaign: str) -> None:
    pump(world, clock)
    found = api.get(campaign).json
    assert (found["state"], found.get("runId", "")) == ("draft", "")
    assert world.transport.accepted == []  # type: ignore[attr-defined]


def _key_of(link: Answer) -> str:
    path = str(link.json["url"]).split("?", 1)[0]
    return path.split("/", 3)[-1].removeprefix("media/")
