import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chalicelib.whatsapp import webhook
from chalicelib.whatsapp.webhook import (
    AccountEvent,
    AccountNotice,
    BusinessCapability,
    ChannelErrors,
    Echo,
    InboundMessage,
    PhoneNumberQuality,
    Preference,
    StatusUpdate,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
    UnknownField,
    Unreadable,
)
from tests.unit.whatsapp.meta import CONTACT, IMAGE, change, envelope, message, messages, status, statuses


def one(*changes, **entry):
    (update,) = webhook.parse(envelope(*changes, **entry))
    return update


def content(*args, **fields):
    update = one(messages(message(*args, **fields)))
    assert isinstance(update, InboundMessage)
    return update.content.model_dump(exclude_defaults=True) | {"type": update.content.type}


FLOW = {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"t-1","size":"L"}'}
CONTENTS = {
    "text": (("text", {"body": "Hi 👋"}), {"type": "text", "body": "Hi 👋"}),
    "image": (
        ("image", IMAGE | {"caption": "look"}),
        {
            "type": "image",
            "media_id": "1003383421387256",
            "mime_type": "image/jpeg",
            "sha256": "SfInY0gG=",
            "url": "https://lookaside.test/",
            "caption": "look",
        },
    ),
    "video": (("video", {"id": "1"}), {"type": "video", "media_id": "1"}),
    "document": (
        ("document", {"id": "1", "filename": "a.pdf"}),
        {"type": "document", "media_id": "1", "filename": "a.pdf"},
    ),
    "voice": (("audio", {"id": 1, "voice": True}), {"type": "audio", "media_id": "1", "voice": True}),
    "sticker": (("sticker", {"id": "1", "animated": True}), {"type": "sticker", "media_id": "1", "animated": True}),
    "location": (
        ("location", {"latitude": 37.4, "longitude": "-122.1", "name": "Philz"}),
        {"type": "location", "latitude": 37.4, "longitude": -122.1, "name": "Philz"},
    ),
    "contacts": (
        ("contacts", [{"name": {"formatted_name": "B"}, "vcard": "BEGIN"}]),
        {"type": "contacts", "contacts": ({"name": {"formatted_name": "B"}, "vcard": "BEGIN"},)},
    ),
    "template button": (
        ("button", {"payload": "STOP", "text": "Stop promotions"}),
        {"type": "button", "payload": "STOP", "text": "Stop promotions"},
    ),
    "reply button": (
        ("interactive", {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}}),
        {"type": "button_reply", "id": "a", "title": "A"},
    ),
    "list row": (
        ("interactive", {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "D"}}),
        {"type": "list_reply", "id": "a", "title": "A", "description": "D"},
    ),
    "flow": (
        ("interactive", {"type": "nfm_reply", "nfm_reply": FLOW}),
        {
            "type": "flow_reply",
            "name": "flow",
            "body": "Sent",
            "response": {"flow_token": "t-1", "size": "L"},
            "flow_token": "t-1",
        },
    ),
    "call permission": (
        ("interactive", {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}),
        {"type": "call_permission_reply", "response": "accept"},
    ),
    "reaction": (
        ("reaction", {"message_id": "wamid.X", "emoji": "👍"}),
        {"type": "reaction", "message_id": "wamid.X", "emoji": "👍"},
    ),
    "reaction taken back": (("reaction", {"message_id": "wamid.X"}), {"type": "reaction", "message_id": "wamid.X"}),
    "order": (
        (
            "order",
            {
                "catalog_id": "5",
                "text": "fast please",
                "product_items": [{"product_retailer_id": "di9", "quantity": 2, "item_price": 30, "currency": "USD"}],
            },
        ),
        {
            "type": "order",
            "catalog_id": "5",
            "text": "fast please",
            "product_items": ({"product_retailer_id": "di9", "quantity": "2", "item_price": "30", "currency": "USD"},),
        },
    ),
    "edit": (
        ("edit", {"original_message_id": "wamid.O", "message": {"type": "text", "text": {"body": "x"}}}),
        {
            "type": "edit",
            "original_message_id": "wamid.O",
            "message": {"type": "text", "text": {"body": "x"}},
        },
    ),
    "revoke": (("revoke", {"original_message_id": "wamid.O"}), {"type": "revoke", "original_message_id": "wamid.O"}),
    "request welcome": (("request_welcome",), {"type": "request_welcome"}),
    "unsupported": (
        ("unsupported", {"type": "poll_creation"}),
        {"type": "unsupported", "kind": "poll_creation"},
    ),
    "a type of tomorrow": (
        ("hologram", {"id": "1"}),
        {"type": "unsupported", "kind": "hologram", "reason": "unknown type"},
    ),
    "an interactive of tomorrow": (
        ("interactive", {"type": "dance_reply"}),
        {"type": "unsupported", "kind": "interactive dance_reply", "reason": "unknown type"},
    ),
    "a known type with a body we cannot read": (
        ("image", {"link": "no id"}),
        {"type": "unsupported", "kind": "image", "reason": "id: missing"},
    ),
    "a flow answer that is not JSON": (
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{"}}),
        {"type": "unsupported", "kind": "interactive nfm_reply", "reason": "response_json is not JSON"},
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_of_inbound_message_is_read(name):
    arguments, expected = CONTENTS[name]
    assert content(*arguments) == expected


@pytest.mark.parametrize("name", CONTENTS)
def test_an_inbound_message_survives_being_stored_as_json(name):
    update = one(messages(message(*CONTENTS[name][0])))
    assert InboundMessage.model_validate_json(update.model_dump_json(by_alias=True)) == update


def test_an_inbound_message_knows_where_from_and_when():
    raw = message(
        context={"id": "wamid.OUT", "from": "15550783881", "forwarded": True},
        referral={"source_url": "https://fb.me/x", "source_type": "ad", "ctwa_clid": "ARA"},
        group_id="g1",
    )
    update = one(messages(raw))
    assert update.model_dump(exclude_defaults=True, exclude={"content"}) == {
        "source": {
            "waba_id": "102290129340398",
            "phone_number_id": "106540352242922",
            "display_phone_number": "15550783881",
        },
        "sender": {
            "wa_id": "16505551234",
            "user_id": "US.13491208655302741918",
            "parent_user_id": "US.ENT.118",
            "name": "Kerry Fisher",
            "username": "@kerry",
        },
        "wamid": "wamid.HBgLMTY1",
        "timestamp": 1739321024,
        "type": "text",
        "context": {"id": "wamid.OUT", "forwarded": True},
        "referral": {"source_url": "https://fb.me/x", "source_type": "ad", "ctwa_clid": "ARA"},
        "group_id": "g1",
        "raw": raw,
    }


def test_a_person_without_a_phone_number_is_known_by_user_id():
    raw = message()
    del raw["from"]
    hidden = {"profile": {"name": "K"}, "user_id": "US.13491208655302741918"}
    sender = one(messages(raw, contacts=[hidden])).sender
    assert (sender.wa_id, sender.user_id, sender.name) == (None, "US.13491208655302741918", "K")


def test_each_message_gets_its_own_contact():
    other = {"profile": {"name": "Other"}, "wa_id": "49"}
    updates = list(
        webhook.parse(
            envelope(messages(message(), message(**{"from": "49", "from_user_id": None}), contacts=[other, CONTACT]))
        )
    )
    assert [update.sender.name for update in updates] == ["Kerry Fisher", "Other"]


def test_a_stranger_does_not_get_the_name_of_the_only_contact():
    update = one(messages(message(**{"from": "999", "from_user_id": "US.9"})))
    assert (update.sender.wa_id, update.sender.name) == ("999", None)


def test_a_number_change_names_old_and_new():
    body = {
        "type": "user_changed_number",
        "body": "changed",
        "wa_id": "16505550000",
        "user_id": "US.2",
        "previous_user_id": "US.1",
    }
    update = one(messages(message("system", body), contacts=[]))
    assert (update.sender.wa_id, update.content.kind) == ("16505551234", "user_changed_number")
    assert (update.content.wa_id, update.content.user_id, update.content.previous_user_id) == (
        "16505550000",
        "US.2",
        "US.1",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("text", {"body": "STOP"}), "STOP"),
        (("button", {"text": "Stop promotions", "payload": "x"}), "Stop promotions"),
        (("image", IMAGE | {"caption": "look"}), "look"),
        (("image", IMAGE), ""),
        (("location", {"latitude": 1, "longitude": 2, "address": "Here 1"}), "Here 1"),
        (("hologram", {}), ""),
    ],
)
def test_what_a_customer_said_in_words(arguments, words):
    assert one(messages(message(*arguments))).text == words


def test_a_status_with_everything():
    raw = status(
        "failed",
        conversation={"id": "c", "expiration_timestamp": "1750037273", "origin": {"type": "marketing"}},
        pricing={
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": "authentication-international",
        },
        errors=[{"code": 131049, "title": "x", "error_data": {"details": "chose not to"}}],
        something_new={},
    )
    update = one(statuses(raw))
    assert isinstance(update, StatusUpdate)
    assert (update.wamid, update.status, update.timestamp, update.callback_data) == (
        "wamid.OUT",
        "failed",
        1750030073,
        "a1:c9:7",
    )
    assert (update.recipient.wa_id, update.recipient.user_id) == ("16505551234", "US.13491208655302741918")
    assert update.conversation.expiration_timestamp == 1750037273
    assert update.pricing.category == "authentication_international"
    assert [error.rule.action for error in update.errors] == ["give_up_recipient"]


@pytest.mark.parametrize("name", ["sent", "delivered", "read", "played", "failed"])
def test_a_bare_status_is_enough(name):
    update = one(statuses({"id": "wamid.A", "status": name, "timestamp": "1"}))
    assert (update.status, update.recipient.wa_id, update.pricing) == (name, None, None)


def test_an_unreadable_helper_does_not_lose_the_status():
    assert one(statuses(status(conversation={"expiration_timestamp": "soon"}))).conversation is None


def test_errors_of_a_number_are_no_message():
    update = one(change("messages", {"errors": [{"code": 130429, "title": "Rate limit hit"}]}))
    assert isinstance(update, ChannelErrors)
    assert update.errors[0].code == 130429


TEMPLATE = {
    "message_template_id": 1689556908129832,
    "message_template_name": "order",
    "message_template_language": "en-US",
}
ACCOUNT = [
    (
        "message_template_status_update",
        TEMPLATE
        | {
            "event": "PAUSED",
            "reason": None,
            "message_template_category": "MARKETING",
            "other_info": {"title": "FIRST_PAUSE", "description": "3 hours"},
            "disable_info": {"disable_date": 1700000000},
            "rejection_info": {"reason": "R", "recommendation": "do"},
        },
        TemplateStatus,
        {
            "template_id": "1689556908129832",
            "event": "PAUSED",
            "other_title": "FIRST_PAUSE",
            "disable_date": "1700000000",
            "rejection_reason": "R",
        },
    ),
    (
        "message_template_status_update",
        TEMPLATE | {"previous_quality_score": "GREEN", "new_quality_score": "RED"},
        TemplateQuality,
        {"new_quality_score": "RED", "language": "en-US"},
    ),
    (
        "template_category_update",
        TEMPLATE
        | {"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": 1746169200},
        TemplateCategory,
        {"impending": True, "category_update_timestamp": 1746169200},
    ),
    (
        "template_category_update",
        TEMPLATE | {"previous_category": "UTILITY", "new_category": "MARKETING"},
        TemplateCategory,
        {"impending": False, "previous_category": "UTILITY"},
    ),
    (
        "message_template_components_update",
        TEMPLATE | {"message_template_element": "Hi {{1}}"},
        TemplateComponents,
        {"name": "order"},
    ),
    (
        "phone_number_quality_update",
        {
            "display_phone_number": "15550783881",
            "event": "THROUGHPUT_UPGRADE",
            "current_limit": "TIER_UNLIMITED",
            "max_daily_conversations_per_business": "TIER_UNLIMITED",
        },
        PhoneNumberQuality,
        {"event": "THROUGHPUT_UPGRADE", "tier": "TIER_UNLIMITED"},
    ),
    (
        "phone_number_quality_update",
        {"display_phone_number": "15550783881", "event": "FLAGGED", "current_limit": "TIER_10K"},
        PhoneNumberQuality,
        {"event": "FLAGGED", "tier": None, "current_limit": "TIER_10K"},
    ),
    (
        "business_capability_update",
        {"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25},
        BusinessCapability,
        {"tier": "TIER_2K", "max_phone_numbers_per_waba": 25},
    ),
    (
        "business_capability_update",
        {"max_daily_conversations_per_business": -1},
        BusinessCapability,
        {"tier": "TIER_UNLIMITED"},
    ),
    (
        "business_capability_update",
        {"max_daily_conversations_per_business": "TIER_250"},
        BusinessCapability,
        {"tier": "TIER_250"},
    ),
    (
        "account_update",
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "Nov 22"}},
        AccountEvent,
        {"event": "DISABLED_UPDATE", "ban_state": "DISABLE"},
    ),
    ("account_review_update", {"decision": "APPROVED"}, AccountNotice, {"value": {"decision": "APPROVED"}}),
    ("account_alerts", {"alert_type": "OBA_APPROVED"}, AccountNotice, {}),
    ("security", {"display_phone_number": "1", "event": "PIN_CHANGED", "requester": "1"}, AccountNotice, {}),
    ("phone_number_name_update", {"display_phone_number": "1", "decision": "APPROVED"}, AccountNotice, {}),
    ("business_username_update", {"username": "shop"}, AccountNotice, {}),
    ("flows", {"event": "FLOW_STATUS_CHANGE"}, AccountNotice, {}),
    ("standby", {"anything": 1}, AccountNotice, {}),
    ("tomorrow", {"anything": 1}, UnknownField, {"field": "tomorrow", "value": {"anything": 1}}),
]


@pytest.mark.parametrize(("field", "value", "model", "facts"), ACCOUNT)
def test_every_account_field_is_read_by_its_shape(field, value, model, facts):
    update = one(change(field, value), time=1739321024)
    assert type(update) is model
    assert {name: getattr(update, name) for name in facts} == facts
    assert (update.source.waba_id, update.time) == ("102290129340398", 1739321024)


def test_restrictions_are_a_list_even_when_meta_sends_one():
    info = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1700000000}
    for shape in (info, [info]):
        update = one(change("account_update", {"event": "ACCOUNT_RESTRICTION", "restriction_info": shape}))
        assert [r.restriction_type for r in update.restrictions] == ["RESTRICTED_BIZ_INITIATED_MESSAGING"]


def test_preferences_are_one_update_each():
    value = {
        "metadata": {"phone_number_id": "1"},
        "contacts": [CONTACT],
        "user_preferences": [
            {"wa_id": "16505551234", "category": "marketing_messages", "value": "stop", "timestamp": 1731705721},
            {"user_id": "US.7", "category": "marketing_messages", "value": "resume", "timestamp": 1},
            {"category": "marketing_messages", "value": "perhaps", "timestamp": 1},
        ],
    }
    stop, resume, odd = webhook.parse(envelope(change("user_preferences", value)))
    assert isinstance(stop, Preference)
    assert (stop.value, stop.timestamp, stop.person.name) == ("stop", 1731705721, "Kerry Fisher")
    assert (resume.value, resume.person.wa_id, resume.person.name) == ("resume", None, None)
    assert isinstance(odd, Unreadable)


def test_messages_sent_from_the_phone_app_are_echoes():
    echo = message() | {"from": "15550783881", "to": "16505551234"}
    update = one(change("smb_message_echoes", {"message_echoes": [echo]}))
    assert isinstance(update, Echo)
    assert (update.recipient.wa_id, update.content.body) == ("16505551234", "Hi")


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {},
        {"entry": None},
        {"entry": [None]},
        {"entry": [{"id": "1"}]},
        envelope({"field": "messages"}),
        envelope({"field": "messages", "value": []}),
        envelope({"field": "messages", "value": {}}),
        envelope(messages(message(id=None))),
        envelope(messages(message(timestamp="yesterday"))),
        envelope(statuses(status("teleported"))),
        envelope(statuses(None)),
        envelope(change("phone_number_quality_update", {"event": "X"})),
    ],
)
def test_what_cannot_be_read_is_kept_with_a_reason(payload):
    (update,) = webhook.parse(payload)
    assert isinstance(update, Unreadable)
    assert update.reason


def test_a_bad_update_does_not_harm_its_neighbours():
    updates = list(webhook.parse(envelope(statuses(status(), {"id": 1}, status("read")))))
    assert [type(update) for update in updates] == [StatusUpdate, Unreadable, StatusUpdate]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(string.printable, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_lowercase, max_size=8), inner),
    max_leaves=8,
)
PLACES = ["from", "id", "timestamp", "type", "text", "context", "referral", "errors", "interactive", "image"]


@given(st.dictionaries(st.sampled_from(PLACES), JSON), JSON, st.sampled_from(["text", "interactive", "contacts"]))
def test_no_odd_payload_raises(fields, contacts, kind):
    odd = envelope(messages(message(kind) | fields, contacts=[]), {"field": "messages", "value": contacts})
    odd["entry"][0]["changes"][0]["value"]["contacts"] = contacts
    odd["entry"][0]["changes"][0]["value"]["statuses"] = [fields]
    for update in webhook.parse(odd):
        assert isinstance(update, BaseModel)
