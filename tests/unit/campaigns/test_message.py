"""A campaign's message for every kind of component: what is asked for, what is sent, and that it fits the template it was made for.

The judge of the last is the WhatsApp simulator's own rule, which knows nothing of ours.
"""

from typing import Any

import pytest

from chalicelib.campaigns.message.fill import Filler, Unfit
from chalicelib.campaigns.message.slots import slots_of
from chalicelib.campaigns.model import Constant, FromField, TemplateMessage
from infra.local.simulator.outgoing import TemplateSend
from infra.local.simulator.records import Template
from infra.local.simulator.template_fill import fill

BODY = {"type": "BODY", "text": "Hi {{1}}, {{2}}!", "example": {"body_text": [["Ann", "welcome"]]}}
NAMED = {
    "type": "BODY",
    "text": "Hi {{first_name}}",
    "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Ann"}]},
}
CARD = [
    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["h"]}},
    {"type": "BODY", "text": "Only {{1}}", "example": {"body_text": [["9"]]}},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "More"},
            {"type": "URL", "text": "Buy", "url": "https://shop.example/{{1}}", "example": ["a"]},
        ],
    },
]
PICTURE, VIDEO, PAPER = (f"https://shop.example/a.{ending}" for ending in ("png", "mp4", "pdf"))


def header(form: str) -> dict[str, Any]:
    return {"type": "HEADER", "format": form, "example": {"header_handle": ["h"]}}


def buttons(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(each)}


def text(value: str) -> dict[str, str]:
    return {"type": "text", "text": value}


KINDS: dict[str, tuple[list[dict[str, Any]], dict[str, str], list[dict[str, Any]]]] = {
    "text": (
        [{"type": "HEADER", "format": "TEXT", "text": "For {{1}}", "example": {"header_text": ["Ann"]}}, BODY],
        {"header.1": "Ann", "body.1": "Ann", "body.2": "welcome"},
        [
            {"type": "header", "parameters": [text("Ann")]},
            {"type": "body", "parameters": [text("Ann"), text("welcome")]},
        ],
    ),
    "named": (
        [NAMED],
        {"body.first_name": "Ann"},
        [{"type": "body", "parameters": [{**text("Ann"), "parameter_name": "first_name"}]}],
    ),
    "image": (
        [header("IMAGE"), {"type": "BODY", "text": "Look"}],
        {"header.media": PICTURE},
        [{"type": "header", "parameters": [{"type": "image", "image": {"link": PICTURE}}]}],
    ),
    "video": (
        [header("VIDEO"), {"type": "BODY", "text": "Look"}],
        {"header.media": VIDEO},
        [{"type": "header", "parameters": [{"type": "video", "video": {"link": VIDEO}}]}],
    ),
    "document": (
        [header("DOCUMENT"), {"type": "BODY", "text": "Read"}],
        {"header.media": PAPER},
        [{"type": "header", "parameters": [{"type": "document", "document": {"link": PAPER}}]}],
    ),
    "location": (
        [header("LOCATION"), {"type": "BODY", "text": "Here"}],
        {"header.location": "1.3, 103.8, Shop, 1 Road, Singapore"},
        [
            {
                "type": "header",
                "parameters": [
                    {
                        "type": "location",
                        "location": {
                            "latitude": "1.3",
                            "longitude": "103.8",
                            "name": "Shop",
                            "address": "1 Road, Singapore",
                        },
                    }
                ],
            }
        ],
    ),
    "buttons": (
        [
            {"type": "BODY", "text": "Choose"},
            buttons(
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Buy", "url": "https://shop.example/{{1}}", "example": ["a"]},
                {"type": "URL", "text": "Home", "url": "https://shop.example"},
                {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+6560000000"},
            ),
        ],
        {"button.0.payload": "STOP", "button.1.url": "spring?x=1"},
        [
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP"}],
            },
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [text("spring?x=1")]},
        ],
    ),
    "flow": (
        [{"type": "BODY", "text": "Book"}, buttons({"type": "FLOW", "text": "Book", "flow_id": "1"})],
        {"button.0.flow_token": "visit-7"},
        [
            {
                "type": "button",
                "sub_type": "flow",
                "index": "0",
                "parameters": [{"type": "action", "action": {"flow_token": "visit-7"}}],
            }
        ],
    ),
    "offer": (
        [
            header("IMAGE"),
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Hurry", "has_expiration": True}},
            BODY,
            buttons({"type": "COPY_CODE", "example": "SAVE10"}),
        ],
        {
            "header.media": PICTURE,
            "offer.expiration": "2026-12-01T00:00:00+08:00",
            "body.1": "Ann",
            "body.2": "save",
            "button.0.code": "SAVE10",
        },
        [
            {"type": "header", "parameters": [{"type": "image", "image": {"link": PICTURE}}]},
            {
                "type": "limited_time_offer",
                "parameters": [
                    {
                        "type": "limited_time_offer",
                        "limited_time_offer": {"expiration_time_ms": 1_796_054_400_000},
                    }
                ],
            },
            {"type": "body", "parameters": [text("Ann"), text("save")]},
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "0",
                "parameters": [{"type": "coupon_code", "coupon_code": "SAVE10"}],
            },
        ],
    ),
    "carousel": (
        [BODY, {"type": "CAROUSEL", "cards": [{"components": CARD}, {"components": CARD}]}],
        {"body.1": "Ann", "body.2": "look"}
        | {f"card.{n}.header.media": PICTURE for n in (0, 1)}
        | {f"card.{n}.body.1": f"{n}9" for n in (0, 1)}
        | {f"card.{n}.button.0.payload": f"more-{n}" for n in (0, 1)}
        | {f"card.{n}.button.1.url": f"buy-{n}" for n in (0, 1)},
        [
            {"type": "body", "parameters": [text("Ann"), text("look")]},
            {
                "type": "carousel",
                "cards": [
                    {
                        "card_index": n,
                        "components": [
                            {"type": "header", "parameters": [{"type": "image", "image": {"link": PICTURE}}]},
                            {"type": "body", "parameters": [text(f"{n}9")]},
                            {
                                "type": "button",
                                "sub_type": "quick_reply",
                                "index": "0",
                                "parameters": [{"type": "payload", "payload": f"more-{n}"}],
                            },
                            {"type": "button", "sub_type": "url", "index": "1", "parameters": [text(f"buy-{n}")]},
                        ],
                    }
                    for n in (0, 1)
                ],
            },
        ],
    ),
    "code": (
        [
            {"type": "BODY", "text": "{{1}} is your code.", "example": {"body_text": [["123456"]]}},
            buttons({"type": "URL", "text": "Copy", "url": "https://www.whatsapp.com/otp/code/?code=otp{{1}}"}),
        ],
        {"body.1": "123456", "button.0.url": "123456"},
        [
            {"type": "body", "parameters": [text("123456")]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [text("123456")]},
        ],
    ),
}


def filler(components: list[dict[str, Any]], values: dict[str, str]) -> Filler:
    """Each place filled by a constant."""
    bound = {place: Constant(value=value) for place, value in values.items()}
    return Filler(TemplateMessage(name="any", language="en", parameters=bound), components)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_component_asks_for_its_places_and_is_sent_as_its_template_wants_it(kind: str) -> None:
    components, values, expected = KINDS[kind]
    assert {slot.id for slot in slots_of(components)} == set(values)
    sent = filler(components, values).message({}).model_dump(mode="json", exclude_none=True)["template"]
    assert _plain(sent["components"]) == _plain(expected)
    style = "NAMED" if kind == "named" else "POSITIONAL"
    template = Template(
        waba_id="1", name="any", language="en", category="MARKETING", components=components, parameter_format=style
    )
    fill(template, TemplateSend.model_validate(sent))  # raises what WhatsApp would answer


def _plain(value: Any) -> Any:
    """Numbers as text: Meta takes an index and a coordinate either way."""
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return str(value)


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        ("image", "header.media", "a.png"),
        ("image", "header.media", "ftp://shop.example/a.png"),
        ("location", "header.location", "Singapore"),
        ("location", "header.location", "91, 0"),
        ("offer", "offer.expiration", "tomorrow"),
        ("offer", "offer.expiration", "2026-12-01T00:00:00"),
        ("offer", "button.0.code", "X" * 21),
        ("text", "body.1", "x" * 1025),
        ("text", "body.1", "x" * 1020),
    ],
    ids=lambda value: value[:20],
)
def test_a_value_that_whatsapp_would_refuse_is_told_before_the_send(kind: str, place: str, value: str) -> None:
    components, values, _ = KINDS[kind]
    of_column = filler(components, values)
    of_column.plan.parameters[place] = FromField(field="Column")  # type: ignore[union-attr]
    assert of_column.problem({"Column": value}) == "bad_value"
    with pytest.raises(Unfit) as unfit:
        of_column.message({"Column": value})
    assert unfit.value.reason == "bad_value"


@pytest.mark.parametrize("value", ["An\nn", "An\tn", "An     n", "An\r\n\r\nn"])
def test_breaks_and_runs_of_spaces_that_whatsapp_refuses_in_a_parameter_become_one_space(value: str) -> None:
    components, values, _ = KINDS["text"]
    broken = filler(components, {**values, "body.1": value})
    sent = broken.message({}).model_dump(mode="json", exclude_none=True)["template"]
    assert sent["components"][1]["parameters"][0]["text"] == "An n"
    assert dict(broken.texts({}))["body"] == "Hi An n, welcome!"
