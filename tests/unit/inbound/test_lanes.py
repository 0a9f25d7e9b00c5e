import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.inbound import lanes, unpack
from chalicelib.inbound.unpack import UnknownVersion
from chalicelib.whatsapp import webhook
from chalicelib.whatsapp.webhook import InboundMessage, StatusUpdate
from tests.unit.whatsapp.meta import CONTACT, change, envelope, message, messages, status, statuses
from tests.unit.whatsapp.test_webhook import ACCOUNT, CONTENTS

AT = 1_795_348_800_000


def cut(*changes, **entry):
    return lanes.split(envelope(*changes, **entry), AT)


def updates(found):
    """Everything that workers will read, in lane order."""
    bodies = [m.body for m in (*found.inbound, *found.statuses, *found.account)]
    return [update for body in bodies for update in unpack.updates_of(json.loads(body), found.parked.__getitem__)]


SAMPLES = [messages(message(*arguments)) for arguments, _ in CONTENTS.values()]
SAMPLES += [statuses(status(name)) for name in ("sent", "delivered", "read", "played", "failed")]
SAMPLES += [change(field, value) for field, value, _, _ in ACCOUNT]
SAMPLES += [
    change("messages", {"errors": [{"code": 130429}]}),
    change("smb_message_echoes", {"message_echoes": [message() | {"to": "16505551234"}]}),
    change("user_preferences", {"contacts": [CONTACT], "user_preferences": []}),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_worker_reads_from_its_lane_what_the_webhook_got(sample):
    found = cut(sample, time=1739321024)
    assert updates(found) == list(webhook.parse(envelope(sample, time=1739321024)))
    assert found.unreadable == 0


def test_messages_go_one_by_one_in_the_order_of_their_conversation():
    first, second = message(), message(id="wamid.2")
    other = message(**{"from": "49", "from_user_id": None, "id": "wamid.3"})
    found = cut(messages(first, second, other, contacts=[CONTACT]))
    assert [m.group for m in found.inbound] == [
        "106540352242922:US.13491208655302741918",
        "106540352242922:US.13491208655302741918",
        "106540352242922:49",
    ]
    assert len({m.deduplication_id for m in found.inbound}) == 3
    again = cut(messages(first))
    assert again.inbound[0].deduplication_id == found.inbound[0].deduplication_id


def test_a_contact_gives_the_group_its_user_id_and_travels_with_its_own_message_only():
    plain = message(from_user_id=None)
    stranger = {"wa_id": "49", "profile": {"name": "Other"}}
    (lane,) = cut(messages(plain, contacts=[stranger, CONTACT])).inbound
    assert lane.group == "106540352242922:US.13491208655302741918"
    assert json.loads(lane.body)["entry"][0]["changes"][0]["value"]["contacts"] == [CONTACT]


@pytest.mark.parametrize(("length", "same"), [(10, True), (131, False)])
def test_a_group_is_never_longer_than_sqs_allows(length, same):
    bsuid = "US." + "1" * (length - 3)
    (lane,) = cut(messages(message(from_user_id=bsuid), contacts=[])).inbound
    assert (lane.group == f"106540352242922:{bsuid}") is same
    assert len(lane.group) <= 128


def test_statuses_are_packed_and_no_pack_is_too_many_to_retry():
    found = cut(statuses(*(status(id=f"wamid.{n}") for n in range(250))))
    counts = [len(list(unpack.updates_of(json.loads(m.body), {}.__getitem__))) for m in found.statuses]
    assert counts == [20] * 12 + [10]
    assert [u.wamid for u in updates(found)] == [f"wamid.{n}" for n in range(250)]


def test_a_pack_is_of_one_number_and_has_its_contacts_once():
    people = [CONTACT, {"wa_id": "49", "user_id": "DE.1"}, {"wa_id": "33", "user_id": "FR.1"}]
    german = status(recipient_id="49", recipient_user_id=None)
    found = cut(statuses(status("sent"), status("read"), german, contacts=people), statuses(german))
    values = [json.loads(m.body)["entry"][0]["changes"][0]["value"] for m in found.statuses]
    assert [(len(v["statuses"]), v.get("contacts")) for v in values] == [(3, people[:2]), (1, None)]
    assert updates(found)[2].recipient.user_id == "DE.1"


def test_packs_stay_under_the_size_of_an_sqs_message():
    long = [status(id=f"wamid.{n}", note="ä" * 3000) for n in range(100)]
    found = cut(statuses(*long, contacts=[CONTACT | {"note": "x" * 3000}]))
    assert len(found.statuses) > 1
    assert max(len(m.body.encode()) for m in found.statuses) <= 256 * 1024
    assert not found.parked
    assert len(updates(found)) == 100


def test_an_update_too_large_for_sqs_goes_by_reference():
    found = cut(messages(message("text", {"body": "x" * 300_000})), change("history", {"blob": "x" * 300_000}))
    assert [m.body for m in found.inbound] == [
        json.dumps({"v": 1, "at": AT, "ref": next(iter(found.parked))}, separators=(",", ":"))
    ]
    assert len(found.parked) == 2
    (inbound, notice) = updates(found)
    assert (len(inbound.text), len(notice.value["blob"])) == (300_000, 300_000)
    assert found.inbound[0].group


def test_a_lane_message_says_when_the_webhook_was_received():
    (lane,) = cut(messages(message())).inbound
    assert json.loads(lane.body)["at"] == AT


@pytest.mark.parametrize("body", [{"v": 2, "at": 1, "entry": []}, {"at": 1}, {"v": "1"}])
def test_a_lane_message_of_another_version_is_left_for_who_knows_it(body):
    with pytest.raises(UnknownVersion):
        unpack.updates_of(body, {}.__getitem__)


@pytest.mark.parametrize(
    ("payload", "readable"),
    [
        (None, 0),
        ([], 0),
        ({}, 0),
        ({"entry": {}}, 0),
        ({"entry": [None]}, 0),
        ({"entry": [{"id": "1"}]}, 0),
        (envelope({"field": "messages"}), 0),
        (envelope({"field": "messages", "value": {}}), 0),
        (envelope(messages(None)), 0),
        (envelope(messages(message(), message(id=None))), 1),
        (envelope(messages(message()), {"field": "messages", "value": None}), 1),
        (envelope(statuses(status(), "x")), 1),
    ],
)
def test_what_is_no_update_is_counted_and_the_rest_goes_on(payload, readable):
    found = lanes.split(payload, AT)
    assert (len(updates(found)), found.unreadable) == (readable, 1)


def test_half_an_emoji_does_not_stop_the_split():
    found = cut(messages(message("text", {"body": "cut \ud83d"}, id="wamid.\ud83d")))
    found.inbound[0].body.encode()
    assert found.inbound[0].deduplication_id.isascii()


def test_a_full_batch_of_a_thousand_arrives_whole():
    many = [message(id=f"wamid.{n}", **{"from": str(n), "from_user_id": f"US.{n}"}) for n in range(500)]
    more = [status(id=f"wamid.s{n}") for n in range(500)]
    found = cut(messages(*many), statuses(*more))
    kinds = [type(update) for update in updates(found)]
    assert (kinds.count(InboundMessage), kinds.count(StatusUpdate)) == (500, 500)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
VALUE = st.dictionaries(
    st.sampled_from(["messages", "statuses", "contacts", "errors", "metadata", "message_echoes"]),
    st.lists(st.dictionaries(st.sampled_from(["id", "from", "wa_id", "user_id", "to"]), JSON), max_size=3) | JSON,
)


@given(VALUE, st.sampled_from(["messages", "flows"]) | JSON, JSON)
def test_no_json_makes_the_split_raise(value, field, time):
    found = lanes.split({"entry": [{"id": "1", "time": time, "changes": [{"field": field, "value": value}]}]}, AT)
    for lane in (*found.inbound, *found.statuses, *found.account):
        json.loads(lane.body)
        assert len(lane.group) <= 128
