"""pywa's webhook parser and signature check, fed with everything the simulator emits."""

import json
import logging
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from pywa import WhatsApp, handlers

from infra.local.simulator.embed import Running

from .conftest import SECRET, TOKEN, Callback, control

NUMBER, WABA, CUSTOMER = "106540352242922", "102290129340398", "6591234567"

INBOUND: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": {"body": "Grüße 👋🏽"}},
    "image": {"type": "image", "image": {"caption": "look"}},
    "video": {"type": "video", "video": {}},
    "audio": {"type": "audio", "audio": {"voice": True}},
    "document": {"type": "document", "document": {"filename": "a.pdf"}},
    "sticker": {"type": "sticker", "sticker": {"animated": True}},
    "location": {"type": "location", "location": {"latitude": 1.29, "longitude": 103.85, "name": "Office"}},
    "contacts": {
        "type": "contacts",
        "origin": "other",
        "contacts": [{"name": {"formatted_name": "Ana", "first_name": "Ana"}, "phones": [{"phone": "+6591234567"}]}],
    },
    "button": {
        "type": "button",
        "button": {"text": "Stop promotions", "payload": "STOP"},
        "context": {"id": "wamid.x"},
    },
    "button reply": {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}},
        "context": {"id": "wamid.x"},
    },
    "list reply": {
        "type": "interactive",
        "interactive": {"type": "list_reply", "list_reply": {"id": "r", "title": "Row", "description": "of a list"}},
        "context": {"id": "wamid.x"},
    },
    "flow answer": {
        "type": "interactive",
        "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": '{"flow_token":"t","a":1}'}},
        "context": {"id": "wamid.x"},
    },
    "reaction": {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
    "reaction taken back": {"type": "reaction", "reaction": {"message_id": "wamid.x"}},
    "order": {
        "type": "order",
        "order": {
            "catalog_id": "1",
            "text": "please",
            "product_items": [{"product_retailer_id": "a", "quantity": 1, "item_price": 2.5, "currency": "SGD"}],
        },
    },
    "edit": {
        "type": "edit",
        "edit": {
            "original_message_id": "wamid.x",
            "message": {"type": "text", "text": {"body": "new"}, "id": "wamid.x"},
        },
    },
    "revoke": {"type": "revoke", "revoke": {"original_message_id": "wamid.x"}},
    "unsupported": {"type": "unsupported", "unsupported": {"type": "poll_creation"}},
    "request welcome": {"type": "request_welcome"},
    "answer to an ad": {
        "type": "text",
        "text": {"body": "I saw your ad"},
        "referral": {
            "source_url": "https://fb.me/x",
            "source_id": "1",
            "source_type": "ad",
            "headline": "Sale",
            "body": "Plants",
            "media_type": "image",
            "image_url": "https://fb.me/x.png",
            "ctwa_clid": "c",
        },
    },
    "identity change": {"type": "system", "system": {"type": "customer_identity_changed"}},
    "new number": {"type": "system", "system": {"type": "user_changed_number", "wa_id": "6598765432"}},
    "new user id": {"type": "system", "system": {"type": "user_changed_user_id"}},
}
TEMPLATE = {"message_template_name": "order_update", "message_template_language": "en_US"}
EVENTS: dict[str, dict[str, Any]] = {
    "template paused": {
        "field": "message_template_status_update",
        "value": TEMPLATE | {"event": "PAUSED", "other_info": {"title": "FIRST_PAUSE", "description": "low quality"}},
    },
    "template disabled": {
        "field": "message_template_status_update",
        "value": TEMPLATE | {"event": "DISABLED", "disable_info": {"disable_date": 1_795_000_000}},
    },
    "template rejected": {
        "field": "message_template_status_update",
        "value": TEMPLATE | {"event": "REJECTED", "reason": "INVALID_FORMAT"},
    },
    "template quality": {"field": "message_template_quality_update", "value": TEMPLATE | {"new_quality_score": "RED"}},
    "category to come": {"field": "template_category_update", "value": TEMPLATE | {"correct_category": "MARKETING"}},
    "category changed": {"field": "template_category_update", "value": TEMPLATE | {"new_category": "MARKETING"}},
    "account disabled": {
        "field": "account_update",
        "value": {
            "event": "DISABLED_UPDATE",
            "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "November 22, 2026"},
        },
    },
}


class Seen:
    """A pywa that remembers what its handlers were given."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.wa = WhatsApp(
            phone_id=NUMBER, token=TOKEN, app_secret=SECRET, verify_token="verify", filter_updates=False, server=None
        )
        for name in dir(handlers):
            kind = getattr(handlers, name)
            if isinstance(kind, type) and issubclass(kind, handlers.Handler) and getattr(kind, "_webhook_field", "x"):
                self._listen(kind)

    def _listen(self, kind: Any) -> None:
        if kind.__name__.startswith("_") or kind in (handlers.Handler, handlers.RawUpdateHandler):
            return
        self.wa.add_handlers(kind(lambda _, update: self.updates.append(update)))

    def take(self, body: bytes, signature: str) -> Any:
        assert self.wa.webhook_update_validator(body, signature) is None
        before = len(self.updates)
        assert self.wa.webhook_update_handler(body) == ("ok", 200)
        assert len(self.updates) == before + 1, f"no handler took {json.loads(body)}"
        return self.updates[-1]


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Iterator[Seen]:
    caplog.set_level(logging.WARNING, logger="pywa")
    yield Seen()
    assert [record.getMessage() for record in caplog.records if record.name.startswith("pywa")] == []


@pytest.mark.parametrize("name", INBOUND)
def test_pywa_takes_every_inbound_type(name: str, simulator: Running, callback: Callback, seen: Seen) -> None:
    wamid = control(simulator, "POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER} | INBOUND[name])[
        "wamid"
    ]
    callback.wait_for(lambda received: len(received) == 1)

    update = seen.take(*callback.received[0])

    assert update.id == wamid or name in ("edit",)
    assert (update.metadata.phone_number_id, update.waba_id) == (NUMBER, WABA)


def test_pywa_takes_inbound_of_a_customer_who_hides_the_phone_number(
    simulator: Running, callback: Callback, seen: Seen
) -> None:
    control(simulator, "PUT", f"/customers/{CUSTOMER}", {"hides_phone": True, "username": "ana"})
    control(simulator, "POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER} | INBOUND["text"])
    callback.wait_for(lambda received: len(received) == 1)

    user = seen.take(*callback.received[0]).from_user

    assert (user.wa_id, user.username, user.country_code) == (None, "@ana", "SG")


def test_pywa_refuses_a_body_that_was_touched(simulator: Running, callback: Callback, seen: Seen) -> None:
    control(simulator, "POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER} | INBOUND["text"])
    callback.wait_for(lambda received: len(received) == 1)
    body, signature = callback.received[0]

    logging.getLogger("pywa").setLevel(logging.ERROR)
    assert seen.wa.webhook_update_validator(body.replace(b"\\u", b"\\U"), signature) == ("Forbidden", 403)


def _send(simulator: Running, to: str | None, message: dict[str, Any]) -> None:
    payload = {"messaging_product": "whatsapp", "biz_opaque_callback_data": "mine"} | message
    payload |= {"to": to} if to else {}
    request = urllib.request.Request(
        f"{simulator.url}/v23.0/{NUMBER}/messages",
        data=json.dumps(payload).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=20).read()


@pytest.mark.parametrize("version", ["v23.0", "v25.0"])
def test_pywa_takes_every_status(version: str, simulator: Running, callback: Callback, seen: Seen) -> None:
    control(simulator, "PUT", "/config", {"webhook_version": version})
    control(
        simulator, "POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER} | INBOUND["answer to an ad"]
    )
    callback.wait_for(lambda received: len(received) == 1)
    _send(simulator, "+" + CUSTOMER, {"type": "text", "text": {"body": "free"}})
    _send(
        simulator,
        "+6591230404",
        {"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}},
    )
    callback.wait_for(lambda received: len(received) == 5)

    told = [seen.take(*webhook) for webhook in callback.received[1:]]

    assert sorted(update.status.value for update in told) == ["delivered", "failed", "read", "sent"]
    assert {update.tracker for update in told} == {"mine"}
    assert [update.error.code for update in told if update.error] == [131026]
    assert {update.pricing.type for update in told if update.status == "sent"} == {"free_entry_point"}


@pytest.mark.parametrize("name", EVENTS)
def test_pywa_takes_account_level_events(name: str, simulator: Running, callback: Callback, seen: Seen) -> None:
    control(simulator, "POST", "/events", {"waba_id": WABA} | EVENTS[name])
    callback.wait_for(lambda received: len(received) == 1)
    assert seen.take(*callback.received[0]).timestamp is not None


@pytest.mark.parametrize("value", ["stop", "resume", "signup"])
def test_pywa_takes_marketing_preferences(value: str, simulator: Running, callback: Callback, seen: Seen) -> None:
    control(simulator, "POST", f"/customers/{CUSTOMER}/preferences", {"phone_number_id": NUMBER, "value": value})
    callback.wait_for(lambda received: len(received) == 1)
    assert seen.take(*callback.received[0]).value.value == value


def test_pywa_takes_played_and_the_statuses_of_a_message_to_a_user_id(
    simulator: Running, callback: Callback, seen: Seen
) -> None:
    control(simulator, "PUT", f"/customers/{CUSTOMER}", {"hides_phone": True, "username": "ana"})
    control(simulator, "POST", f"/customers/{CUSTOMER}/messages", {"phone_number_id": NUMBER} | INBOUND["audio"])
    callback.wait_for(lambda received: len(received) == 1)
    message = seen.take(*callback.received[0])
    voice = {"type": "audio", "audio": {"id": message.audio.id, "voice": True}}
    _send(simulator, None, voice | {"recipient": message.from_user.bsuid})
    callback.wait_for(lambda received: len(received) == 5)

    told = [seen.take(*webhook) for webhook in callback.received[1:]]

    assert sorted(update.status.value for update in told) == ["delivered", "played", "read", "sent"]
    assert {(update.from_user.wa_id, update.from_user.bsuid) for update in told} == {(None, message.from_user.bsuid)}


def test_pywa_takes_new_components(simulator: Running, callback: Callback, seen: Seen) -> None:
    value = TEMPLATE | {"message_template_id": 1627019861106476, "message_template_element": "Hi"}
    event = {"waba_id": WABA, "field": "message_template_components_update", "value": value}
    control(simulator, "POST", "/events", event)
    callback.wait_for(lambda received: len(received) == 1)
    assert seen.take(*callback.received[0]).template_element == "Hi"
