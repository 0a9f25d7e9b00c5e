"""A person is known everywhere, and then nowhere: every table, file and queue is searched, byte by byte."""

import base64
import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto.sqs.models import sqs_backends

from chalicelib.access.permissions import Role
from chalicelib.automation.instances.model import Instance, InstanceStatus
from chalicelib.automation.instances.store import Instances
from chalicelib.campaigns import chunks
from chalicelib.campaigns import ledger as rows
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.campaigns.rows import Tally
from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.contacts import identity
from chalicelib.contacts.model import Contact, Identities
from chalicelib.conversations.gate import gate
from chalicelib.conversations.outbound import Declined, Purpose, SendRequest, Taken, Verdict, send
from chalicelib.conversations.pacing import Lane
from chalicelib.privacy import service
from chalicelib.whatsapp.messages import parse_message
from tests.fakes import FakeMeta
from tests.integration.contacts.test_batches_api import imported
from tests.integration.privacy.conftest import BSUID, DIGITS, NAMES, Place
from tests.support.sheets import write_sheet
from tests.support.unpacked import unpacked

PHONE = f"+{DIGITS}"
OTHER = "+6598765432"
TRACES = (DIGITS, BSUID, *NAMES)


def known_everywhere(place: Place) -> Contact:
    world, api = place.world, place.api
    place.writes("wamid.1", f"I am {NAMES[0]} {NAMES[1]}, call {PHONE}")
    place.writes("wamid.9", "And I am somebody else", OTHER.removeprefix("+"), "SG.999", "Mei Other")
    contact = identity.find(world.table, Identities(phone=PHONE))
    assert contact is not None
    base = f"/api/v1/accounts/parley/contacts/{contact.id}"
    patch = [
        {"op": "add", "path": "/firstName", "value": NAMES[0]},
        {"op": "add", "path": "/lastName", "value": NAMES[1]},
    ]
    assert api.patch(base, patch).status in {200, 204}
    ticket = _first_ticket(place, contact)
    supervisor = api.as_(Role.SUPERVISOR)
    assert supervisor.post(f"/api/v1/tickets/{ticket}/notes", {"text": f"{NAMES[0]} called again"}).status in {200, 201}
    place.writes("wamid.2", "STOP")
    place.stream.bring()
    _in_a_campaign(place)
    _in_files(place, place.folder)
    _in_a_workflow(place, contact)
    _in_dead_letters(place)
    found = identity.get(world.table, contact.id)
    assert found is not None
    return found


def _first_ticket(place: Place, contact: Contact) -> str:
    row = place.world.table.query(keys.ticket_view(f"customer/{contact.id}", "").pk).items[0]
    return str(row["SK"])


def _in_a_campaign(place: Place) -> None:
    world = place.world
    for number, to in enumerate((PHONE, OTHER)):
        row = rows.new_row(
            "r1", number, line=number + 1, to=to, country="SG", reason="", client_id=f"crm-{to}", at=place.clock()
        )
        world.ledger.put({**row, "wamid": "wamid." + base64.b64encode(to.encode()).decode()})
    people = [
        Row(0, 1, PHONE, "SG", False, "", (f"{NAMES[0]} {NAMES[1]}", "CODE1"), PHONE),
        Row(1, 2, OTHER, "SG", False, "", ("Mei Other", "CODE2"), OTHER),
    ]
    chunks.put_part(world.media, "reading", 0, people)
    recipients = [chunks.Recipient(each.number, each.to, False, each.values) for each in people]
    chunks.put_chunk(world.media, "c1", "r1", 0, chunks.Chunk(("Name", "Code"), recipients))


def _in_files(place: Place, folder: Path) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows([["phone", "name"], [PHONE, f"{NAMES[1]}, {NAMES[0]}"], [OTHER, "Mei Other"]])
    media = place.world.media
    media.put("campaigns/c1/uploads/list.csv", lines.getvalue().encode())
    media.put("exports/r1-all.csv", lines.getvalue().encode())
    sheet = folder / "list.xlsx"
    write_sheet(sheet, [["phone", "name"], [PHONE, NAMES[0]]])
    media.put("contacts/uploads/list.xlsx", sheet.read_bytes())
    rows = [{"line": 2, "phone": int(DIGITS), "firstName": NAMES[0]}, {"line": 3, "phone": OTHER, "firstName": "Mei"}]
    media.put("contacts/imports/j1/rows-00001.json", json.dumps(rows).encode())


def _in_a_workflow(place: Place, contact: Contact) -> None:
    conversation = f"ch1.{contact.id}"
    instances = Instances(place.world.table, place.world.media)
    data = {"payload": {"user": {"msisdn": PHONE, "name": NAMES[0]}}, "long": NAMES[1] * 4000}
    instance = Instance(
        id="i1", definition_id="d1", version=1, started_at=place.clock(), data=data, conversations=(conversation,),
        status=InstanceStatus.COMPLETE, branches={},
    )  # fmt: skip
    assert instances.create(instance, [])
    line = keys.instance_log("i1", place.clock(), "0")
    place.world.table.put({"PK": line.pk, "SK": line.sk, "text": f"sent to {NAMES[0]}"})


def _in_dead_letters(place: Place) -> None:
    theirs, others = json.dumps({"recipient_id": DIGITS}), json.dumps({"recipient_id": "4915112345"})
    _dead(place, "statuses", theirs, others)
    _dead(place, "archive", _packed(theirs), _packed(others), '{"v": 1}', '{"lines": "H4sIAAAA"}')


def _dead(place: Place, queue: str, *letters: str) -> None:
    sqs = place.world.queues.client
    dead = sqs.create_queue(QueueName=f"{queue}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    sqs.set_queue_attributes(QueueUrl=place.world.queues.urls(queue), Attributes={"RedrivePolicy": policy})
    for letter in letters:
        sqs.send_message(QueueUrl=dead, MessageBody=letter)


def _packed(line: str) -> str:
    """As statuses go into the raw archive."""
    return json.dumps({"v": 1, "place": "raw/statuses/2026/11/22/12", "lines": _base64(gzip.compress(line.encode()))})


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def everything(place: Place) -> Iterator[tuple[str, str]]:
    """Where and what: all that the emulated account holds."""
    world = place.world
    for table in (world.table, world.ledger):
        for item in table.client.scan(TableName=table.name)["Items"]:
            yield f"{table.name} {item['PK']['S']} {item['SK']['S']}", json.dumps(item, ensure_ascii=False, default=str)
    for bucket in (world.media, world.archive):
        for key in bucket.keys(""):
            yield f"{bucket.bucket} {key}", key + unpacked(bucket.get(key))
    yield from _letters()
    yield from _traces_of_running()


def _letters() -> Iterator[tuple[str, str]]:
    """Read where the emulator keeps them: to receive them would hide them from the erasure, and from the next search."""
    for regions in sqs_backends.values():
        for queue in (queue for region in regions.values() for queue in region.queues.values()):
            for letter in queue._messages:
                lines = json.loads(letter.body).get("lines", "")
                yield queue.name, letter.body + (unpacked(base64.b64decode(lines)) if len(lines) > 8 else "")


def _traces_of_running() -> Iterator[tuple[str, str]]:
    for group in boto3.client("logs").describe_log_groups()["logGroups"]:
        yield str(group["logGroupName"]), json.dumps(group, default=str)
    machines = boto3.client("stepfunctions")
    for machine in machines.list_state_machines()["stateMachines"]:
        for execution in machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]:
            history = machines.get_execution_history(executionArn=execution["executionArn"])
            yield execution["executionArn"], json.dumps(history, default=str)


def traces(place: Place) -> list[tuple[str, str]]:
    marks = [mark.casefold() for mark in (*TRACES, DIGITS[::-1], _base64(PHONE.encode()))]
    return [(where, mark) for where, text in everything(place) for mark in marks if mark in text.casefold()]


def test_after_an_erasure_a_byte_search_finds_nothing(place: Place) -> None:
    contact = known_everywhere(place)
    known = {where.split()[0] for where, _ in traces(place)}
    assert known >= {"main", "ledger", "media", "archive", "statuses-dead", "archive-dead"}, (
        "the test would prove nothing"
    )
    place.clock.advance(minutes=1)
    answer = place.ask(contact.id, "erase")
    assert answer.status == 202
    place.work()
    place.stream.bring()
    job = place.api.get(f"/api/v1/privacy-jobs/{answer.json['id']}").json
    assert (job["state"], job["phase"]) == ("done", "dead-letters")
    assert traces(place) == []


def _imported_again(place: Place) -> str:
    """The number comes back in an imported file: a new person, of whom nothing is known."""
    job = imported(place.api, place.world, f"Mobile,First Name\n{PHONE},Again\n")
    assert (job["status"], job["insertedRows"]) == ("completed", 1)
    found = identity.find(place.world.table, Identities(phone=PHONE))
    assert found is not None
    return found.id


def _sent(place: Place, category: Purpose, to: Identities | None = None) -> Verdict:
    meta = FakeMeta()
    place.world.transport = meta  # type: ignore[misc]
    place.world.secrets.put("token/2", "t")
    message = parse_message({"type": "template", "template": {"name": "offer", "language": {"code": "en"}}})
    request = SendRequest(
        channel=channels.get(place.world.table, "ch1"), to=to or Identities(phone=PHONE), message=message,
        purpose=category, lane=Lane.CAMPAIGN, callback="c:r9:0:0",
    )  # fmt: skip
    row = rows.new_row("r9", 0, line=2, to=PHONE, country="SG", reason="", client_id="", at=place.clock())
    place.world.ledger.put(row)
    return send(request, rows.RowEntry(place.world.ledger, "r9", row, Tally()), gate(place.world))


def test_an_erased_persons_opt_out_holds_after_an_import_brings_the_number_back(place: Place) -> None:
    place.world.secrets.put("erasure-key", "of this installation")
    contact = known_everywhere(place)  # who said STOP
    place.ask(contact.id, "erase")
    place.work()
    assert _sent(place, Purpose.MARKETING) == Declined("opted_out", "this person has opted out")
    assert _imported_again(place) != contact.id
    for to in (Identities(phone=PHONE), Identities(bsuid=BSUID)):
        assert _sent(place, Purpose.MARKETING, to) == Declined("opted_out", "this person has opted out")


def test_what_is_kept_of_the_opt_out_is_a_hash_that_only_the_key_can_make(place: Place) -> None:
    place.world.secrets.put("erasure-key", "of this installation")
    contact = known_everywhere(place)
    place.clock.advance(minutes=1)
    place.ask(contact.id, "erase")
    place.work()
    place.stream.bring()
    assert traces(place) == []
    kept = [(where, text) for where, text in everything(place) if "FORGOTTEN#" in where]
    assert len(kept) == 2
    plain = hashlib.sha256(f"phone#{PHONE}".encode()).hexdigest()
    assert not [where for where, text in everything(place) if plain in text]


def test_whoever_was_erased_and_says_yes_again_hears_from_us_again(place: Place) -> None:
    place.world.secrets.put("erasure-key", "of this installation")
    contact = known_everywhere(place)
    place.ask(contact.id, "erase")
    place.work()
    place.writes("wamid.21", "START")
    place.stream.bring()
    assert isinstance(_sent(place, Purpose.MARKETING), Taken)


def test_of_who_had_not_opted_out_nothing_is_kept_at_all(place: Place) -> None:
    place.world.secrets.put("erasure-key", "of this installation")
    place.writes("wamid.31", "Hello")
    contact = identity.find(place.world.table, Identities(phone=PHONE))
    assert contact is not None
    place.ask(contact.id, "erase")
    place.work()
    assert not [where for where, _ in everything(place) if "FORGOTTEN#" in where]


def test_counts_stay_and_others_are_as_they_were(place: Place) -> None:
    contact = known_everywhere(place)
    ticket = _first_ticket(place, contact)
    before = {where: text for where, text in everything(place) if "98765432" in text and "FEED" not in where}
    place.ask(contact.id, "erase")
    place.work()
    after = dict(everything(place))
    theirs = {where: text for where, text in before.items() if DIGITS not in text}
    assert {where: after.get(where) for where in theirs} == theirs
    states = [item["state"] for shard in rows.all_shards() for item in rows.rows(place.world.ledger, "r1", shard)]
    assert len(states) == 2
    people = chunks.get_part(place.world.media, "reading", 0)
    assert [each.values for each in people] == [["", ""], ["Mei Other", "CODE2"]]
    lines = place.world.media.get("campaigns/c1/uploads/list.csv").decode().splitlines()
    assert [len(next(csv.reader([line]))) for line in lines] == [2, 2, 2]
    kept = place.api.get(f"/api/v1/tickets/{ticket}")
    assert kept.status == 200
    assert kept.json["messageCount"] >= 1
    assert (kept.json["preview"], kept.json["contact"]["phone"], kept.json["contact"]["name"]) == ("", None, "")


def test_a_recipient_who_was_still_to_be_sent_to_is_not_sent_to(place: Place) -> None:
    contact = known_everywhere(place)
    place.ask(contact.id, "erase")
    place.work()
    [row] = [item for item in rows.rows(place.world.ledger, "r1", 0) if item["row"] == 0]
    assert (row["state"], row["to"]) == ("skipped", "")


def test_an_erasure_that_is_killed_anywhere_goes_on_and_forgets_who_it_was_about(place: Place) -> None:
    contact = known_everywhere(place)
    job = place.ask(contact.id, "erase").json["id"]
    past = place.clock() - timedelta(seconds=1)
    for _ in range(3):  # steps that have no time do one page each; each is done twice, as after a kill
        number = service.get(place.world, job).step
        service.work(place.world, job, number, past)
        service.work(place.world, job, number, past)
    place.work()
    assert service.get(place.world, job).person is None
    assert traces(place) == []


def test_who_writes_again_afterwards_is_somebody_new(place: Place) -> None:
    contact = known_everywhere(place)
    place.ask(contact.id, "erase")
    place.work()
    place.writes("wamid.3", "Hello again", name="New")
    again = identity.find(place.world.table, Identities(phone=PHONE))
    assert again is not None
    assert again.id != contact.id


def test_the_audit_log_says_who_did_it_and_nothing_of_the_person(place: Place) -> None:
    contact = known_everywhere(place)
    place.ask(contact.id, "erase")
    place.work()
    answer = place.api.get("/api/v1/audit")
    [entry] = [each for each in answer.json["items"] if each["action"] == "person.erase"]
    assert entry["target"] == contact.id
    assert not [mark for mark in TRACES if mark in answer.text]


def test_an_export_has_everything_that_is_about_the_person_and_nothing_of_others(place: Place) -> None:
    contact = known_everywhere(place)
    answer = place.ask(contact.id, "export").json
    place.work()
    job = place.api.get(f"/api/v1/privacy-jobs/{answer['id']}").json
    assert job["state"] == "done"
    assert len(job["links"]) == 2
    texts = [place.world.media.get(key).decode() for key in place.world.media.keys("exports/person-")]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    kinds = {line["PK"].partition("#")[0] for line in lines}
    assert kinds >= {"CONTACT", "CONVERSATION", "TICKET", "RUN"}
    assert "98765432" not in "".join(texts)
    assert f"I am {NAMES[0]} {NAMES[1]}" in "".join(texts)


def test_only_who_may_erase_may_do_either(place: Place) -> None:
    contact = known_everywhere(place)
    for role in (Role.AGENT, Role.SUPERVISOR):
        asks = place.api.as_(role)
        assert asks.post(f"/api/v1/contacts/{contact.id}/erase").status == 403
        assert asks.post(f"/api/v1/contacts/{contact.id}/export").status == 403
    assert place.ask("123", "erase").status == 404


def test_the_archive_is_looked_through_when_what_was_on_its_way_lies_there(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.writes("wamid.1", "Hello")
    monkeypatch.setattr(service, "ON_ITS_WAY_SECONDS", 60)
    person = identity.find(place.world.table, Identities(phone=PHONE))
    assert person is not None
    job = place.ask(person.id, "erase").json["id"]
    place.work()
    assert place.api.get(f"/api/v1/privacy-jobs/{job}").json["phase"] == "archive"
    counts = place.world.queues.client.get_queue_attributes(
        QueueUrl=place.world.queues.urls("privacy"), AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    assert counts == {"ApproximateNumberOfMessagesDelayed": "1"}
