"""The message log: over all numbers, by person, by WhatsApp's id, by status and error, by campaign, page by page; as CSV."""

import csv
import io
from typing import Any

import pytest

from app import app
from chalicelib.access.permissions import Role
from chalicelib.campaigns import ledger
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign, Run, State
from chalicelib.channels import store as channels
from chalicelib.cloud import keys
from chalicelib.cloud.table import Table
from chalicelib.contacts import identity
from chalicelib.contacts.model import Identities
from chalicelib.conversations import store
from chalicelib.conversations.model import Conversation, Message, MessageStatus, conversation_id
from chalicelib.logs import handlers
from tests.integration.conversations.conftest import Scene
from tests.support.api import Caller
from tests.support.iam import acting_as

LOG = "/api/v1/message-log"
HERS = f"{LOG}?phone=%2B6591234567&channelId=ch1"
EXPORTS = "/api/v1/message-log-exports"


def _three(scene: Scene, text: str = "text") -> list[Message]:
    written = []
    for number in range(3):
        scene.world.clock.advance(seconds=1)  # type: ignore[attr-defined]
        written.append(scene.submit(f"d{number}", f"{text} {number}"))
    failure = {"reason": "window", "text": "The window is closed.", "code": 131047}
    scene.world.table.transact([store.moved(written[1], MessageStatus.FAILED, failure=failure)])
    return written


def _second_channel(scene: Scene) -> Message:
    """Another number, another customer, who is written to in between."""
    world, now = scene.world, scene.world.clock()
    channels.create(
        world.table, scene.channel.model_copy(update={"id": "ch2", "phone_number_id": "9", "subaccount_id": "other"})
    )
    person = identity.resolve(world.table, Identities(phone="+6598888888"), now=now, new_id=world.new_id)
    line = conversation_id("ch2", person.id)
    conversation = Conversation(
        id=line, channel_id="ch2", contact_id=person.id, created_at=now, phone=person.phone,
        window_closes_at=scene.conversation.window_closes_at,
    )  # fmt: skip
    world.table.transact([store.created(conversation)])
    before = scene.channel, scene.contact
    scene.channel, scene.contact = channels.get(world.table, "ch2"), person
    written = scene.submit("other", "elsewhere")
    scene.channel, scene.contact = before
    return written


def _campaign(scene: Scene) -> None:
    """Two recipients of a campaign: one was sent to a second ago, one is skipped."""
    world, now = scene.world, scene.world.clock()
    campaign = Campaign(
        id="c1", subaccount_id="acme", channel_id="ch1", name="Sale", state=State.COMPLETED, created_at=now,
        created_by="u", updated_at=now, run_id="r1", runs=("r1",),
    )  # fmt: skip
    campaigns.create(world.table, campaign)
    campaigns.put_run(world.ledger, Run(id="r1", campaign_id="c1", number=1, created_at=now))
    sent = ledger.new_row("r1", 0, line=2, to="+6591234567", country="SG", reason="", client_id="", at=now)
    index = keys.ledger_address("+6591234567", now, "r1", 0)
    sent |= {
        "state": "delivered", "wamid": "wamid.HBgKNjU5MTIzNDU2NxUC", "accepted_at": "2026-11-22T12:00:00.000Z",
        "GSI1PK": index.pk, "GSI1SK": index.sk,
    }  # fmt: skip
    skipped = ledger.new_row("r1", 1, line=3, to="+6597777777", country="SG", reason="opted_out", client_id="", at=now)
    world.ledger.write_many([sent, skipped])


def _api(scene: Scene) -> Caller:
    return Caller(app, scene.world).as_(Role.ADMINISTRATOR)


def _pages(api: Caller, url: str) -> list[list[dict[str, Any]]]:
    found, token = [], ""
    while True:
        page = api.get(f"{url}{token}").json
        found.append(page["items"])
        if page["next"] is None:
            return found
        token = f"&next={page['next']}"


def test_the_log_of_all_numbers_is_one_list_by_time(scene: Scene) -> None:
    _three(scene)
    _second_channel(scene)
    pages = _pages(_api(scene), f"{LOG}?limit=2")
    seen = [each["preview"] for page in pages for each in page]
    assert sorted(seen) == ["elsewhere", "text 0", "text 1", "text 2"]
    assert [each["at"] for page in pages for each in page] == sorted(
        (each["at"] for page in pages for each in page), reverse=True
    )
    assert {(each["channelId"], each["to"]) for page in pages for each in page} == {
        ("ch1", "+6591234567"),
        ("ch2", "+6598888888"),
    }


def test_who_may_enter_one_subaccount_sees_its_numbers_alone(scene: Scene) -> None:
    _three(scene)
    _second_channel(scene)
    api = _api(scene).as_(Role.ADMINISTRATOR, subaccounts=("other",))
    assert [each["preview"] for each in api.get(LOG).json["items"]] == ["elsewhere"]
    assert api.get(HERS).json["items"] == []


def test_a_page_of_one_number_is_one_query(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    _three(scene)
    asked: list[str] = []
    query = Table.query
    monkeypatch.setattr(Table, "query", lambda self, pk, **how: asked.append(pk) or query(self, pk, **how))
    assert len(_api(scene).get(f"{LOG}?channelId=ch1&limit=50").json["items"]) == 3
    assert [pk for pk in asked if pk.startswith("MESSAGES#")] == ["MESSAGES#ch1"]
    assert not [pk for pk in asked if pk.startswith("CONVERSATION#")]


def test_a_message_costs_the_index_one_write_and_its_statuses_none(scene: Scene) -> None:
    [_, failed, message] = _three(scene)
    for status in (MessageStatus.ACCEPTED, MessageStatus.DELIVERED, MessageStatus.READ):
        scene.world.table.transact([store.moved(message, status)])
    items = scene.world.table.scan(limit=200).items
    listed = [item["SK"] for item in items if str(item.get("GSI1PK", "")).startswith("MESSAGES#")]
    assert sorted(listed) == ["DRAFT#d0", "DRAFT#d1", "DRAFT#d2"]
    assert [item["id"] for item in items if "GSI2PK" in item and "rank" in item] == [failed.id]


def test_one_that_arrives_after_all_leaves_the_list_of_failures(scene: Scene) -> None:
    failed = _three(scene)[1]
    api = _api(scene)
    assert [each["id"] for each in api.get(f"{LOG}?status=failed").json["items"]] == [failed.id]
    scene.world.table.transact([store.moved(failed, MessageStatus.DELIVERED)])
    assert api.get(f"{LOG}?status=failed").json["items"] == []


def test_the_messages_of_a_number_come_newest_first_page_by_page(scene: Scene) -> None:
    _three(scene)
    pages = _pages(_api(scene), f"{HERS}&limit=2")
    assert [each["preview"] for page in pages for each in page] == ["text 2", "text 1", "text 0"]


def test_failures_are_found_by_status_and_by_error(scene: Scene) -> None:
    written = _three(scene)
    for url in (HERS, f"{LOG}?"):
        for narrowed in ("status=failed", "code=131047"):
            [found] = _api(scene).get(f"{url}&{narrowed}").json["items"]
            assert (found["id"], found["code"], found["reason"]) == (written[1].id, 131047, "The window is closed.")


def test_a_time_narrows_the_log(scene: Scene) -> None:
    _three(scene)
    for url in (HERS, f"{LOG}?"):
        page = _api(scene).get(f"{url}&since=2026-11-22T12:00:02Z&until=2026-11-22T12:00:02.999Z").json
        assert [each["preview"] for each in page["items"]] == ["text 1"]


def test_a_message_is_found_by_whatsapps_id_and_not_by_who_may_not_enter(scene: Scene) -> None:
    message = _three(scene)[0]
    scene.world.table.transact([store.named(message, "wamid.x")])
    api = _api(scene)
    assert [each["id"] for each in api.get(f"{LOG}?wamid=wamid.x").json["items"]] == [message.id]
    assert api.as_(Role.ADMINISTRATOR, subaccounts=("other",)).get(f"{LOG}?wamid=wamid.x").json["items"] == []


def test_a_person_has_what_campaigns_sent_them_among_their_messages(scene: Scene) -> None:
    _three(scene)
    _campaign(scene)
    pages = _pages(_api(scene), f"{HERS}&limit=1")
    found = [(each["campaignId"], each["status"]) for page in pages for each in page]
    assert found == [("c1", "delivered"), ("", "queued"), ("", "failed"), ("", "queued")]


@pytest.mark.parametrize("narrowed", ["", "&phone=%2B6591234567"])
def test_a_campaigns_message_is_found_by_whatsapps_id(scene: Scene, narrowed: str) -> None:
    _campaign(scene)
    [found] = _api(scene).get(f"{LOG}?wamid=wamid.HBgKNjU5MTIzNDU2NxUC{narrowed}").json["items"]
    assert (found["campaignId"], found["to"], found["status"]) == ("c1", "+6591234567", "delivered")


def test_an_unknown_id_names_nothing(scene: Scene) -> None:
    _campaign(scene)
    for wamid in ("wamid.HBgKNjU5MTIzNDU2NxUD", "not even base64 ☎"):
        assert _api(scene).get(f"{LOG}?wamid={wamid}").json["items"] == []


def test_a_campaign_lists_all_its_recipients(scene: Scene) -> None:
    _campaign(scene)
    api = _api(scene)
    everybody = [each for page in _pages(api, f"{LOG}?campaignId=c1&limit=1") for each in page]
    assert sorted((each["to"], each["status"]) for each in everybody) == [
        ("+6591234567", "delivered"),
        ("+6597777777", "skipped"),
    ]
    [skipped] = api.get(f"{LOG}?campaignId=c1&status=skipped").json["items"]
    assert skipped["reason"] == "The recipient has opted out of marketing messages."
    assert api.get(f"{LOG}?campaignId=nope").json["errors"][0]["field"] == "campaignId"


def test_a_made_up_page_token_is_refused(scene: Scene) -> None:
    for url in (f"{LOG}?", f"{LOG}?campaignId=c1"):
        _campaign(scene) if "campaign" in url else None
        assert _api(scene).get(f"{url}&next=bm9uc2Vuc2U").status == 400


def test_an_agent_may_not_look(scene: Scene) -> None:
    assert _api(scene).as_(Role.AGENT).get(LOG).status == 403


# --- exports ---


def _worked(scene: Scene, export: dict[str, Any]) -> list[list[str]]:
    """The lines of the export's files after its worker has done."""
    world = scene.world
    while True:
        messages = world.queues.client.receive_message(
            QueueUrl=world.settings.exports_queue_url, MaxNumberOfMessages=10
        ).get("Messages", [])
        if not messages:
            break
        for each in messages:
            record = {
                "messageId": each["MessageId"], "receiptHandle": each["ReceiptHandle"], "body": each["Body"],
                "attributes": {"ApproximateReceiveCount": "1"},
            }  # fmt: skip
            with acting_as("exports"):
                assert handlers.exports({"Records": [record, record]}, None) == {"batchItemFailures": []}
            world.queues.client.delete_message(
                QueueUrl=world.settings.exports_queue_url, ReceiptHandle=each["ReceiptHandle"]
            )
    found = sorted(world.media.keys(f"exports/messages-{export['id']}/"))
    return [
        line for key in found for line in list(csv.reader(io.StringIO(world.media.get(key).decode("utf-8-sig"))))[1:]
    ]


@pytest.fixture(autouse=True)
def _worlds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "world", lambda: scene.world)


def test_an_export_is_a_job_with_files_in_the_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.logs.exporting._A_PAGE", 2)
    monkeypatch.setattr("chalicelib.logs.exporting.ROWS_A_FILE", 2)
    _three(scene, "=1+1;")
    api = _api(scene)
    export = api.post(EXPORTS, {"channelId": "ch1"}).json
    assert (export["state"], export["links"]) == ("queued", [])
    lines = _worked(scene, export)
    assert [line[8] for line in lines] == ["'=1+1; 2", "'=1+1; 1", "'=1+1; 0"]
    assert {line[4] for line in lines} == {"+6591234567"}
    done = api.get(f"{EXPORTS}/{export['id']}").json
    assert (done["state"], done["rows"], len(done["links"])) == ("done", 3, 2)
    assert api.get("/api/v1/audit").json["items"][0]["action"] == "message-log.export"


def test_an_export_is_its_makers_alone(scene: Scene) -> None:
    api = _api(scene)
    export = api.post(EXPORTS, {}).json
    other = api.as_(Role.ADMINISTRATOR)
    assert other.get(f"{EXPORTS}/{export['id']}").status == 404
    assert other.get(EXPORTS).json["items"] == []
    assert [each["id"] for each in api.get(EXPORTS).json["items"]] == [export["id"]]


def test_an_export_that_fails_again_and_again_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    api = _api(scene)
    export = api.post(EXPORTS, {}).json
    monkeypatch.setattr("chalicelib.logs.service.find", lambda *_, **__: 1 / 0)
    record = {
        "messageId": "1", "receiptHandle": "r", "body": f'{{"v":1,"export_id":"{export["id"]}","step":0}}',
        "attributes": {"ApproximateReceiveCount": "5"},
    }  # fmt: skip
    assert handlers.exports({"Records": [record]}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert api.get(f"{EXPORTS}/{export['id']}").json["state"] == "failed"


def test_an_export_of_a_campaign_that_is_not_there_is_refused_at_once(scene: Scene) -> None:
    assert _api(scene).post(EXPORTS, {"campaignId": "nope"}).status == 400
