"""What a business may send, and Meta's words when it may not: tables, one case a line."""
# ruff: noqa: E501

from pathlib import Path
from typing import Any

import pytest

from infra.local.simulator import media, sending

from .arrange import (
    CUSTOMER,
    NUMBER,
    customer_writes,
    failure,
    later,
    number,
    refusal,
    send,
    simulator,
    statuses,
    text,
)

TO = "+" + CUSTOMER
LINK = {"link": "https://example.com/a"}


def message(kind: str, content: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": TO, "type": kind, kind: content}


def button(count: int = 1, title: str = "Yes", **fields: Any) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": str(i), "title": f"{title}{i or ''}"}} for i in range(count)]
    content = {"type": "button", "body": {"text": "choose"}, "action": {"buttons": replies}} | fields
    return message("interactive", content)


def rows(count: int, title: str = "Row") -> list[dict[str, str]]:
    return [{"id": str(i), "title": title} for i in range(count)]


def listed(*sections: dict[str, Any], **fields: Any) -> dict[str, Any]:
    action = {"button": "Menu", "sections": list(sections)}
    return message("interactive", {"type": "list", "body": {"text": "choose"}, "action": action} | fields)


def card(index: int) -> dict[str, Any]:
    link = {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com"}}
    return {"card_index": index, "type": "cta_url", "header": {"type": "image", "image": LINK}, "action": link}


def action(kind: str, action: dict[str, Any]) -> dict[str, Any]:
    return message("interactive", {"type": kind, "body": {"text": "tap"}, "action": action})


FLOW = {"flow_message_version": "3", "flow_id": "1", "flow_token": "t", "flow_cta": "Open"}
VALID: dict[str, dict[str, Any]] = {
    "text": text("x" * 4096),
    "text with preview": message("text", {"body": "https://example.com", "preview_url": True}),
    "image": message("image", LINK | {"caption": "c" * 1024}),
    "video": message("video", LINK),
    "voice": message("audio", LINK | {"voice": True}),
    "document": message("document", LINK | {"filename": "a.pdf", "caption": "c"}),
    "sticker": message("sticker", LINK),
    "location as numbers": message("location", {"latitude": 1.29, "longitude": 103.85, "name": "n", "address": "a"}),
    "location as strings": message("location", {"latitude": "1.29", "longitude": "103.85"}),
    "contacts": message("contacts", [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+65", "type": "CELL"}]}]),
    "three buttons": button(3),
    "button with image": button(header={"type": "image", "image": LINK}, footer={"text": "f" * 60}),
    "list of ten rows": listed({"title": "A", "rows": rows(5)}, {"title": "B", "rows": [r | {"id": "b" + r["id"]} for r in rows(5)]}),
    "list with a long body": listed({"rows": rows(1)}, body={"text": "b" * 4096}),
    "link": action("cta_url", {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com"}}),
    "carousel": action("carousel", {"cards": [card(0), card(1)]}),
    "flow": action("flow", {"name": "flow", "parameters": FLOW}),
    "location request": action("location_request_message", {"name": "send_location"}),
    "contact request": action("request_contact_info", {"name": "request_contact_info"}),
    "reply": text(context={"message_id": "wamid.x"}),
    "unknown top-level field": text(something="else"),
    "512 characters of callback data": text(biz_opaque_callback_data="x" * 512),
}  # fmt: skip


@pytest.mark.parametrize("name", VALID)
def test_metas_message_types_are_accepted(name: str, tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    assert send(world, VALID[name]).startswith("wamid.")


INVALID: dict[str, tuple[dict[str, Any], int, str]] = {
    "no product": ({"to": TO, "type": "text", "text": {"body": "x"}}, 100, "The parameter messaging_product is required."),
    "wrong product": (text(messaging_product="sms"), 100, 'must be one of {WHATSAPP} - got "sms"'),
    "nobody": ({"messaging_product": "whatsapp", "text": {"body": "x"}}, 100, "The parameter to is required."),
    "no content": ({"messaging_product": "whatsapp", "to": TO, "type": "text"}, 100, "The parameter text is required."),
    "unknown type": (message("poll", {}), 100, 'Param type must be one of {TEXT, IMAGE'),
    "no letters in a number": (text(to="+65abc"), 131009, "Recipient phone number is not valid"),
    "short number": (text(to="+651"), 131009, "7 to 15 digits"),
    "long text": (text("x" * 4097), 100, "Param text['body'] must be at most 4096 characters long."),
    "empty text": (text(""), 100, "Param text['body'] must be at least 1 characters long."),
    "text without body": (message("text", {}), 131008, "Parameter 'text['body']' is mandatory"),
    "text that is no object": (message("text", "hello"), 100, "Param text must be a JSON object."),
    "unknown nested field": (message("text", {"body": "x", "bold": True}), 100, 'Unexpected key "bold" on param "text".'),
    "long callback data": (text(biz_opaque_callback_data="x" * 513), 100, "at most 512 characters"),
    "image without source": (message("image", {"caption": "c"}), 131008, "exactly one of 'id' and 'link'"),
    "image with two sources": (message("image", LINK | {"id": "1"}), 131008, "exactly one of 'id' and 'link'"),
    "image link that is none": (message("image", {"link": "ftp://x"}), 131009, "http or https"),
    "long caption": (message("image", LINK | {"caption": "c" * 1025}), 100, "Param image['caption'] must be at most 1024"),
    "unknown media": (message("image", {"id": "1"}), 100, "is not a valid whatsapp business account media attachment ID"),
    "caption on audio": (message("audio", LINK | {"caption": "c"}), 100, "Param audio['caption']"),
    "latitude off the globe": (message("location", {"latitude": 91, "longitude": 0}), 100, "Param location['latitude']"),
    "contacts not in a list": (message("contacts", {}), 100, "Param contacts must be an array."),
    "too many contacts": (message("contacts", [{"name": {"formatted_name": "A"}}] * 258), 131009, "Max allowed contacts: 257"),
    "nameless contact": (message("contacts", [{"phones": []}]), 131008, "'contacts[0]['name']' is mandatory"),
    "four buttons": (button(4), 131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"),
    "long button": (button(title="x" * 21), 131009, "Button title length invalid. Min length: 1, Max length: 20"),
    "same buttons": (button(action={"buttons": [{"type": "reply", "reply": {"id": str(i), "title": "Same"}} for i in range(2)]}), 131009, "Duplicate button title"),
    "no body": (message("interactive", {"type": "button", "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Y"}}]}}), 131008, "Body is required"),
    "long body": (button(body={"text": "b" * 1025}), 131009, "Body text length invalid"),
    "long footer": (button(footer={"text": "f" * 61}), 131009, "Footer text length invalid"),
    "long header": (button(header={"type": "text", "text": "h" * 61}), 131009, "Header text length invalid"),
    "eleven rows": (listed({"rows": rows(11)}), 131009, "Total row count exceed max allowed count: 10"),
    "long row": (listed({"rows": rows(1, "r" * 25)}), 131009, "Row title length invalid"),
    "untitled sections": (listed({"rows": rows(1)}, {"rows": rows(1)}), 131008, "Section title is required"),
    "image on a list": (listed({"rows": rows(1)}, header={"type": "image", "image": LINK}), 131009, "Header type image is not allowed"),
    "unknown interactive": (message("interactive", {"type": "poll", "action": {}}), 100, "Param interactive['type'] must be one of"),
    "one card": (action("carousel", {"cards": [card(0)]}), 131009, "Min allowed cards: 2"),
    "flow without an id": (action("flow", {"name": "flow", "parameters": {"flow_cta": "Open"}}), 131008, "exactly one of flow_id and flow_name"),
    "reaction as a reply": (message("reaction", {"message_id": "x", "emoji": "👍"}) | {"context": {"message_id": "x"}}, 131009, "cannot be a reply"),
    "to ourselves": (text(to="+1 555-078-3881"), 131021, "Sender and recipient"),
    "a user id nobody has": (text(to=None, recipient="SG.1"), 131009, "not a user ID of this business portfolio"),
    "a user id that is none": (text(to=None, recipient="somebody"), 131009, "not a valid business-scoped user ID"),
}  # fmt: skip


@pytest.mark.parametrize("name", INVALID)
def test_anything_else_is_refused_with_metas_code_and_words(name: str, tmp_path: Path) -> None:
    payload, code, words = INVALID[name]
    world = simulator(tmp_path)

    error = refusal(world, {k: v for k, v in payload.items() if v is not None})

    assert (error.code, error.http) == (code, 400)
    assert words in f"{error.message} {error.details}"
    assert world.store.messages() == []


def test_the_answer_has_metas_shape(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    answer = sending.send(world, number(world), text(to="+65 9123-4567"))
    wamid = answer["messages"][0]["id"]
    assert answer == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+65 9123-4567", "wa_id": "6591234567"}],
        "messages": [{"id": wamid}],
    }


@pytest.mark.parametrize(
    ("to", "wa_id"),
    [
        ("+6591234567", "6591234567"),
        ("6591234567", "6591234567"),
        ("+1 (201) 555-0123", "12015550123"),
        ("9175550123", "19175550123"),  # no `+`: the business number's country code comes first
        ("+5511987654321", "5511987654321"),
        ("+5531987654321", "553187654321"),  # Brazil outside São Paulo and Rio: without the ninth digit
        ("+525512345678", "5215512345678"),  # Mexico: with a 1
    ],
)
def test_wa_id_may_differ_from_the_number_given(to: str, wa_id: str, tmp_path: Path) -> None:
    world = simulator(tmp_path)
    assert sending.send(world, number(world), text(to=to))["contacts"] == [{"input": to, "wa_id": wa_id}]


def test_a_file_used_as_what_it_is_not_fails_by_webhook(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    customer_writes(world)
    pdf = media.keep(world, b"%PDF", "application/pdf", NUMBER, media.UPLOAD_LIFE)
    assert failure(world, message("image", {"id": pdf.id})) == 131053
    assert failure(world, message("document", {"id": pdf.id})) is None


def test_media_uploaded_more_than_thirty_days_ago_is_gone(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    picture = media.keep(world, media.sample("image"), "image/png", NUMBER, media.UPLOAD_LIFE)
    world.clock.advance(30 * 86_400 - 1)
    send(world, message("image", {"id": picture.id}))
    world.clock.advance(1)
    assert refusal(world, message("image", {"id": picture.id})).code == 100


def test_a_reaction_gets_only_sent(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    wamid = customer_writes(world)
    send(world, message("reaction", {"message_id": wamid, "emoji": "👍"}))
    later(world)
    assert [s["status"] for s in statuses(world)] == ["sent"]


def test_a_reaction_to_a_message_older_than_thirty_days_fails(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    wamid = customer_writes(world)
    world.clock.advance(31 * 86_400)
    assert failure(world, message("reaction", {"message_id": wamid, "emoji": "👍"})) == 131009
