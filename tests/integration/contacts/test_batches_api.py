"""8x8's Contacts API: batch jobs, worked off as Lambda would."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.contacts import identity, steps
from chalicelib.contacts.importing import put_rows
from chalicelib.contacts.model import Identities
from chalicelib.contacts.rows import row_of
from chalicelib.wiring import World
from tests.integration.contacts.conftest import BASE
from tests.support.api import Answer, Caller
from tests.support.iam import acting_as

Make = Callable[..., Any]
IMPORT = f"{BASE}/contacts/batches/createContacts"


def drain(world: World, *, twice: bool = False) -> int:
    """Works off the contacts queue; `twice` delivers each message two times, as SQS may."""
    url, done = world.settings.contacts_queue_url, 0
    while found := world.queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages", []):
        for message in found:
            body = json.loads(message["Body"])
            for _ in range(2 if twice else 1):
                with acting_as("contacts"):
                    steps.run(world, body["job_id"], body["step"])
            world.queues.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            done += 1
        assert done < 1000, "the job never ends"
    return done


def upload(api: Caller, content: str | bytes, name: str = "people.csv", **fields: str) -> Answer:
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    data = content.encode() if isinstance(content, str) else content
    body = b"".join(parts) + head + data + b"\r\n--xx--\r\n"
    return api.call("POST", IMPORT, body, headers={"Content-Type": "multipart/form-data; boundary=xx"})


def imported(api: Caller, world: World, content: str | bytes, name: str = "people.csv", **fields: str) -> Any:
    """Imports a file to the end and answers the job."""
    begun = upload(api, content, name, **fields)
    assert begun.status == 202, begun.text
    drain(world)
    return api.get(f"{BASE}/batches/{begun.json['id']}").json


def counts(job: Any) -> list[int]:
    return [
        job[name]
        for name in ("totalRows", "insertedRows", "updatedRows", "unchangedRows", "duplicatedRows", "errorRows")
    ]


MESSY = """Mobile,First Name,Last Name,Shoe size
+65 9123 4567,Mei,Lim,38
"6598765432","Li, Jr.",Tan,
+6591234567,Mei Again,,39
not a number,Nobody,,
,Empty,,
+16511112222,Jürgen,Müller,44
"""


def test_a_file_is_imported_with_its_errors_told_line_by_line(api: Caller, world: World, group: Make) -> None:
    vip = group("VIP")["id"]
    job = imported(api, world, MESSY, groups=str(vip))
    assert (job["status"], job["type"], job["fileType"], job["contactGroups"]) == (
        "completed",
        "createContacts",
        "csv",
        1,
    )
    assert counts(job) == [6, 3, 0, 0, 1, 2]
    listed = api.get(f"{BASE}/contacts?groupId={vip}").json
    shoes = {each["firstName"]: each["customAttributes"] for each in listed["items"]}
    assert shoes == {"Mei Again": {"Shoe size": "39"}, "Li, Jr.": {}, "Jürgen": {"Shoe size": "44"}}
    invalid = world.media.get(steps.invalid_file_key(job["id"])).decode("utf-8-sig").splitlines()
    assert invalid == [
        "line,reason,cells",
        "5,msisdn is no phone number,not a number,Nobody,,",
        "6,the line has no address,,Empty,,",
    ]
    assert "invalidFileLocation" in job


def test_importing_the_same_file_again_changes_nothing(api: Caller, world: World) -> None:
    imported(api, world, MESSY)
    before = api.get(f"{BASE}/contacts").json["items"]
    job = imported(api, world, MESSY)
    assert counts(job) == [6, 0, 0, 3, 1, 2]
    assert api.get(f"{BASE}/contacts").json["items"] == before


def test_a_known_contact_is_completed_and_keeps_what_the_file_does_not_say(
    api: Caller, world: World, make: Make
) -> None:
    made = make(msisdn="6591234567", firstName="Mei", email="mei@example.com")
    job = imported(api, world, "msisdn,lastName\n6591234567,Lim\n")
    assert counts(job) == [1, 0, 1, 0, 0, 0]
    now = api.get(f"{BASE}/contacts/{made['id']}").json
    assert (now["firstName"], now["lastName"], now["addresses"]["email"]) == ("Mei", "Lim", "mei@example.com")


def test_a_line_that_means_two_contacts_is_refused_alone(api: Caller, world: World, make: Make) -> None:
    make(msisdn="6591234567")
    make(email="mei@example.com")
    job = imported(api, world, "msisdn,email\n6591234567,mei@example.com\n6598765432,li@example.com\n")
    assert counts(job) == [2, 1, 0, 0, 0, 1]


def test_every_message_delivered_twice_counts_once(api: Caller, world: World) -> None:
    begun = upload(api, MESSY).json
    drain(world, twice=True)
    job = api.get(f"{BASE}/batches/{begun['id']}").json
    assert (job["status"], counts(job)) == ("completed", [6, 3, 0, 0, 1, 2])
    assert api.get(f"{BASE}/contacts").json["totalCount"] == 3


def test_a_part_that_died_after_its_writes_counts_them_as_its_own(api: Caller, world: World) -> None:
    begun = upload(api, MESSY).json
    drain(world)
    # The counting of the last part is undone, as if Lambda had died just before it.
    from chalicelib.contacts import jobs

    job = jobs.get(world.table, begun["id"])
    rows, _ = steps._rows(world, job, 0)
    again = put_rows(world, job.id, rows, frozenset())
    assert (again.inserted, again.updated, again.duplicated) == (3, 0, 1)


def test_a_file_without_header_names_its_columns(api: Caller, world: World) -> None:
    job = imported(api, world, "Mei,x,91234567\n", fileHasHeader="false", fileColumns="firstName,,msisdn", country="sg")
    assert counts(job) == [1, 1, 0, 0, 0, 0]
    made = api.get(f"{BASE}/contacts").json["items"][0]
    assert (made["firstName"], made["addresses"]["msisdn"], made["customAttributes"]) == ("Mei", "6591234567", {})


def test_many_rows_go_in_parts_with_few_writes(api: Caller, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROWS", 40)
    writes = Counting(world)
    lines = "\n".join(f"65912345{number:02d},Person{number}" for number in range(100))
    job = imported(api, world, f"msisdn,firstName\n{lines}\n")
    assert counts(job) == [100, 100, 0, 0, 0, 0]
    assert writes.of("transact_write_items") <= 20
    writes.clear()
    imported(api, world, f"msisdn,firstName\n{lines}\n")
    assert writes.of("transact_write_items") == 0


def test_people_who_draw_the_same_id_in_one_millisecond_stay_two(api: Caller, world: World) -> None:
    drawn = iter(f"01KAMTRH00{chance}VVSV4RRFFQ69G5" for chance in ("AA", "AA", "AB", "AA", "AC"))
    rows = [row_of(number, ["msisdn"], [f"659123450{number}"]) for number in range(3)]
    world.new_id = lambda: next(drawn)
    assert put_rows(world, "job", rows, frozenset()).inserted == 3
    found = api.get(f"{BASE}/contacts").json["items"]
    assert sorted(item["addresses"]["msisdn"] for item in found) == [f"659123450{number}" for number in range(3)]


class Counting:
    """Counts the requests to DynamoDB by operation."""

    def __init__(self, world: World) -> None:
        self.client, self.calls = world.table.client, list[str]()
        world.table.client = self

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self.client, name)

    def of(self, name: str) -> int:
        return self.calls.count(name)

    def clear(self) -> None:
        self.calls.clear()


_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OFFICE}/spreadsheetml/2006/main"'
_LINKS = f"{_OFFICE}/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def _relation(kind: str, target: str) -> str:
    link = f'<Relationship Id="r1" Type="{_LINKS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">{link}</Relationships>'


def _cell(row: int, text: str) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _workbook(cell: str = "6591234567", doctype: str = "") -> bytes:
    """The smallest workbook: one sheet, a header and one cell."""
    part = f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}"/>'
    sheet = '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">{part}</Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_LINKS}">{sheet}</workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{doctype}<worksheet {_MAIN}><sheetData>'
        f"{_cell(1, 'Mobile')}{_cell(2, cell)}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_workbook_is_imported(api: Caller, world: World) -> None:
    job = imported(api, world, _workbook(), "people.xlsx")
    assert (job["status"], job["fileType"], counts(job)) == ("completed", "xls", [1, 1, 0, 0, 0, 0])


def test_a_billion_laughs_is_not_laughed_at(api: Caller, world: World) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(9))
    job = imported(api, world, _workbook("&l8;", f"<!DOCTYPE x [{entities}]>"), "people.xlsx")
    assert job.get("insertedRows", 0) == 0
    assert job["status"] == "failed" or job["errorRows"] == 1


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG123", "people.csv", "picture"),
        (b"no workbook", "people.xlsx", "not an Excel workbook"),
        (b"name,shoe\nMei,38\n", "people.csv", "No column has phone numbers"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_reason(
    api: Caller, world: World, content: bytes, name: str, says: str
) -> None:
    job = imported(api, world, content, name)
    assert job["status"] == "failed"
    assert says in job["problem"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"groups": "a,b"}, "groups"),
        ({"groups": ",".join("1" * 11)}, "groups"),
        ({"fileHasHeader": "maybe"}, "fileHasHeader"),
        ({"fileHasHeader": "false"}, "fileColumns"),
        ({"fileColumns": "firstName"}, "fileColumns"),
        ({"country": "Singapore"}, "country"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_import_starts_nothing(api: Caller, world: World, fields: dict[str, str], field: str) -> None:
    answer = upload(api, MESSY, **fields)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)
    assert api.get(f"{BASE}/batches").json["totalCount"] == 0


def test_a_large_file_is_told_the_other_way_which_works(api: Caller, world: World) -> None:
    refused = upload(api, b"x" * (4 * 1024 * 1024 + 1))
    assert (refused.status, f"{BASE}/contacts/batches/uploads" in refused.json["message"]) == (413, True)
    link = api.post(f"{BASE}/contacts/batches/uploads", {"fileName": "many.csv"}).json
    world.media.put(link["fields"]["key"], MESSY.encode())
    begun = api.post(f"{BASE}/contacts/batches/imports", {"uploadId": link["uploadId"], "fileName": "many.csv"})
    assert begun.status == 202
    drain(world)
    assert counts(api.get(f"{BASE}/batches/{begun.json['id']}").json) == [6, 3, 0, 0, 1, 2]


def test_an_upload_that_never_came_fails_the_import(api: Caller, world: World) -> None:
    link = api.post(f"{BASE}/contacts/batches/uploads", {"fileName": "many.csv"}).json
    begun = api.post(f"{BASE}/contacts/batches/imports", {"uploadId": link["uploadId"]}).json
    drain(world)
    assert api.get(f"{BASE}/batches/{begun['id']}").json["problem"] == "The file was never uploaded."


def test_an_undone_import_leaves_what_was_changed_since(api: Caller, world: World, make: Make) -> None:
    known = make(msisdn="6590000000", firstName="Old", tags=["a"])
    text = "msisdn,firstName,tags\n6590000000,New,b\n6591234567,Mei,\n6598765432,Li,\n"
    job = imported(api, world, text)
    touched = api.get(f"{BASE}/contacts?query=li").json["items"][0]["id"]
    api.patch(f"{BASE}/contacts/{touched}", [{"op": "add", "path": "/lastName", "value": "Tan"}])
    begun = api.post(f"{BASE}/batches/{job['id']}/undo")
    assert begun.status == 202
    drain(world, twice=True)
    undo = api.get(f"{BASE}/batches/{begun.json['id']}").json
    assert (undo["status"], undo["undoneRows"], undo["keptRows"]) == ("completed", 2, 1)
    left = {each["id"]: each for each in api.get(f"{BASE}/contacts").json["items"]}
    assert set(left) == {known["id"], touched}
    assert (left[known["id"]]["firstName"], left[known["id"]]["tags"]) == ("Old", ["a"])


def test_an_import_whose_lines_were_deleted_when_their_time_was_over_cannot_be_undone_and_says_so(
    api: Caller, world: World
) -> None:
    job = imported(api, world, "msisdn,firstName\n6591234567,Mei\n")
    for key in list(world.media.keys("contacts/imports/")):
        world.media.delete(key)
    begun = api.post(f"{BASE}/batches/{job['id']}/undo")
    drain(world)
    undo = api.get(f"{BASE}/batches/{begun.json['id']}").json
    assert undo["status"] == "failed"
    assert "deleted when their time was over" in undo["problem"]
    assert api.get(f"{BASE}/contacts").json["totalCount"] == 1


def test_contacts_are_deleted_by_ids_and_numbers(api: Caller, world: World, make: Make) -> None:
    one, _, three = (make(msisdn=f"659123456{number}")["id"] for number in range(3))
    begun = api.post(f"{BASE}/contacts/batches/deleteContacts", {"ids": [one, 99], "msisdns": ["+6591234561", "x"]})
    assert (begun.status, begun.json["status"], begun.json["type"]) == (202, "queued", "deleteContacts")
    drain(world, twice=True)
    assert [each["id"] for each in api.get(f"{BASE}/contacts").json["items"]] == [three]


def test_all_contacts_are_deleted_only_when_said_so(api: Caller, world: World, make: Make) -> None:
    for number in range(3):
        make(msisdn=f"659123456{number}")
    assert api.post(f"{BASE}/contacts/batches/deleteContacts", {}).status == 400
    api.post(f"{BASE}/contacts/batches/deleteContacts", {"all": True})
    drain(world)
    assert api.get(f"{BASE}/contacts").json["totalCount"] == 0


@pytest.mark.parametrize(("how", "left"), [("copyContacts", 2), ("moveContacts", 0)])
def test_a_group_is_copied_or_moved(api: Caller, world: World, make: Make, group: Make, how: str, left: int) -> None:
    source, target = group("A")["id"], group("B")["id"]
    ids = [make(msisdn=f"659123456{number}", groups=[source])["id"] for number in range(2)]
    assert api.post(f"{BASE}/groups/batches/{how}?from={source}&to={target}").status == 202
    drain(world, twice=True)
    assert [each["id"] for each in api.get(f"{BASE}/contacts?groupId={target}").json["items"]] == ids
    assert [each["contacts"] for each in api.get(f"{BASE}/groups").json["items"]] == [left, 2]


@pytest.mark.parametrize(("contacts_too", "left"), [(False, 2), (True, 0)])
def test_groups_are_deleted_with_or_without_their_contacts(
    api: Caller, world: World, make: Make, group: Make, contacts_too: bool, left: int
) -> None:
    one, two = group("A")["id"], group("B")["id"]
    for number in range(2):
        make(msisdn=f"659123456{number}", groups=[one, two])
    wish = {"ids": [one, two], "deleteContacts": contacts_too}
    assert api.post(f"{BASE}/groups/batches/deleteGroups", wish).status == 202
    assert api.get(f"{BASE}/groups").json["items"] == []
    drain(world, twice=True)
    listed = api.get(f"{BASE}/contacts").json
    assert ([each["groups"] for each in listed["items"]], listed["totalCount"]) == ([[]] * left, left)


def test_a_stopped_job_stops(api: Caller, world: World) -> None:
    begun = upload(api, MESSY).json
    url = f"{BASE}/batches/{begun['id']}"
    assert api.post(f"{url}/stop").json["status"] == "stopped"
    drain(world)
    assert (api.get(url).json["status"], api.get(f"{BASE}/contacts").json["totalCount"]) == ("stopped", 0)
    assert api.post(f"{url}/stop").status == 409


def test_jobs_are_listed_newest_first_and_by_type(api: Caller, world: World) -> None:
    upload(api, MESSY)
    api.post(f"{BASE}/contacts/batches/deleteContacts", {"all": True})
    listed = api.get(f"{BASE}/batches").json["items"]
    assert [each["type"] for each in listed] == ["deleteContacts", "createContacts"]
    found = api.get(f"{BASE}/batches?type=createContacts").json
    assert (found["totalFiltered"], found["totalCount"]) == (1, 2)
    assert api.get(f"{BASE}/batches/7b3e1e8e-0000-0000-0000-000000000000").json["code"] == 4018


def test_an_import_never_writes_to_somebody_who_said_no_before(api: Caller, world: World, make: Make) -> None:
    made = make(msisdn="6591234567")
    api.post(f"{BASE}/contacts/{made['id']}/consent", {"category": "all", "allowed": False})
    api.delete(f"{BASE}/contacts/{made['id']}")
    imported(api, world, "msisdn\n6591234567\n")
    assert api.get(f"{BASE}/contacts").json["items"][0]["optedOut"] == ["all"]
    assert identity.opted_out(world.table, Identities(phone="+6591234567")) == {"all"}
