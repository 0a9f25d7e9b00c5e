import json
from pathlib import Path

import pytest

from chalicelib.whatsapp.messages.template import TemplateBody
from chalicelib.whatsapp.templates.check import check_send
from chalicelib.whatsapp.templates.definition import Definition
from chalicelib.whatsapp.templates.fill import fill
from chalicelib.whatsapp.templates.render import ButtonView, CardView, HeaderView, Rendered, render
from chalicelib.whatsapp.templates.rules import problems_of
from chalicelib.whatsapp.templates.slots import slots

DEFINITIONS = json.loads((Path(__file__).parents[2] / "data/template-definitions.json").read_text())
VALUES = {
    "order": {
        "header": {"id": "123"},
        "body.first_name": "Jessica",
        "body.order_number": "7",
        "button.0": "STOP_PROMO",
        "button.1": "abc",
    },
    "sale": {
        "header.1": "Winter Sale",
        "body.1": "Sunday",
        "body.2": "SNOW",
        "body.3": "10%",
        "button.0": "SNOW",
        "button.1": {"flow_token": "t-1"},
    },
    "offer": {
        "header": {"link": "https://example.com/a.mp4"},
        "body.1": "Ada",
        "body.2": "X1",
        "button.0": "X1",
        "button.1": "X1",
        "offer": 1209600000000,
    },
    "code": {"body.1": "J$FpnYnP", "button.0": "J$FpnYnP"},
    "code, as created": {"body.1": "123456", "button.0": "123456"},
    "location": {"header": {"latitude": 52.5, "longitude": 13.4, "name": "Depot"}},
    "cards": {
        "body.1": "30%",
        "card.0.header": {"id": "1"},
        "card.0.body.1": "5",
        "card.0.button.0": "more-0",
        "card.0.button.1": "lemons",
        "card.1.header": {"id": "2"},
        "card.1.body.1": "6",
        "card.1.button.0": "more-1",
        "card.1.button.1": "limes",
    },
}


def definition(name):
    return Definition.model_validate(DEFINITIONS[name])


def changed(name, *path_and_value):
    copy = json.loads(json.dumps(DEFINITIONS[name]))
    *parents, last, value = path_and_value
    node = copy
    for key in parents:
        node = node[key]
    node[last] = value
    return copy


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_good_definition_has_no_problems(name):
    assert problems_of(DEFINITIONS[name]) == ()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_created_as_it_was_read(name):
    read = definition(name)
    assert Definition.model_validate(read.to_create()).to_create() == read.to_create()
    assert not {"status", "id"} & set(read.to_create())


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_slot_is_filled_and_the_send_fits(name):
    template = definition(name)
    assert {slot.key for slot in slots(template)} == set(VALUES[name])
    assert check_send(template, fill(template, VALUES[name])) == ()


BODY = ("components", 1, "text")


@pytest.mark.parametrize(
    ("definition", "path", "message"),
    [
        (changed("order", "name", "Order-1"), "name", "a-z"),
        (changed("order", "name", "x" * 513), "name", "512"),
        (changed("order", "language", "english"), "language", "language code"),
        (changed("order", "category", "SPAM"), "category", "one of"),
        (changed("order", "colour", "red"), "colour", "Extra inputs"),
        (changed("order", "components", 2, "colour", "red"), "components.2.colour", "Extra inputs"),
        (changed("order", "components", 3, {"type": "BUTTONS"}), "components.3.buttons", "Field required"),
        (changed("order", "components", []), "components", "needs a body"),
        (changed("order", "components", 2, DEFINITIONS["order"]["components"][1]), "components.2", "second BODY"),
        (changed("order", "components", 2, {"type": "POEM"}), "components.2.type", "can create"),
        (changed("order", "components", 0, "example", None), "components.0.example.header_handle", "sample"),
        (changed("order", "components", 0, "text", "x"), "components.0.text", "has no text"),
        (changed("sale", "components", 0, "text", "x" * 61), "components.0.text", "at most 60"),
        (changed("sale", "components", 0, "text", "{{1}} and {{2}} are on"), "components.0.text", "at most one"),
        (changed("sale", "components", 0, "example", None), "components.0.example.header_text", "of 1, 0 have one"),
        (changed("sale", *BODY, "x" * 1025), "components.1.text", "at most 1024"),
        (changed("sale", *BODY, " "), "components.1.text", "is empty"),
        (changed("sale", *BODY, "{{1}} of {{2}} and {{3}} and so on for ever"), "components.1.text", "begins or ends"),
        (changed("sale", *BODY, "so on and so forth {{1}} {{2}} {{3}} "), "components.1.text", "begins or ends"),
        (changed("sale", *BODY, "hi {{1}} or {{3}} or {{4}} what is it"), "components.1.text", "without a gap"),
        (changed("sale", *BODY, "hi {{name}} what is this about then"), "components.1.text", "NAMED"),
        (changed("sale", *BODY, "hi {{1}} {{2}} {{3}} you"), "components.1.text", "few words"),
        (changed("sale", *BODY, "hi {{$1}} what is this about"), "components.1.text", "#, $ or %"),
        (
            changed("sale", "components", 1, "example", {"body_text": [["a", "b"]]}),
            "components.1.example.body_text",
            "of 3, ",
        ),
        (changed("order", *BODY, "hi {{First}} what is this about"), "components.1.text", "a-z and _"),
        (changed("order", *BODY, "hi {{a}} and {{a}} what is this about"), "components.1.text", "used once"),
        (
            changed("order", "components", 1, "example", None),
            "components.1.example.body_text_named_params",
            "{{first_name}} needs",
        ),
        (changed("order", "components", 2, "text", "x" * 61), "components.2.text", "at most 60"),
        (changed("order", "components", 2, "text", "hi {{1}} x"), "components.2.text", "no variables"),
        (changed("order", "message_send_ttl_seconds", 10), "message_send_ttl_seconds", "30 to 43200"),
        (changed("sale", "message_send_ttl_seconds", -1), "message_send_ttl_seconds", "43200 to"),
        (changed("offer", "category", "UTILITY"), "category", "MARKETING"),
        (changed("offer", "components", 1, "limited_time_offer", "text", "x" * 17), "components.1", "at most 16"),
        (changed("offer", "components", 2, "text", "x" * 601), "components.2.text", "at most 600"),
        (changed("offer", "components", 0, "format", "DOCUMENT"), "components", "image or a video"),
        (changed("code", "components", 0, {"type": "HEADER", "format": "LOCATION"}), "components", "body, footer"),
        (changed("code", "components", 1, "code_expiration_minutes", 91), "components", "1 to 90"),
        (
            changed("code, as created", "components", 2, "buttons", 0, "otp_type", "ONE_TAP"),
            "components",
            "supported_apps",
        ),
        (changed("cards", "components", 1, "cards", []), "components.1.cards", "2 to 10"),
        (
            changed("cards", "components", 1, "cards", 1, "components", 0, "format", "VIDEO"),
            "components.1.cards",
            "same components",
        ),
        (
            changed("cards", "components", 1, "cards", 1, "components", 1, "text", "x" * 161),
            "components.1.cards.1.components.1.text",
            "at most 160",
        ),
        (
            changed("cards", "components", 1, "cards", 0, "components", 2, "buttons", []),
            "components.1.cards.0.components",
            "1 or 2 buttons",
        ),
    ],
)
def test_each_rule_of_meta_names_the_place_that_breaks_it(definition, path, message):
    found = problems_of(definition)
    assert any(problem.path.startswith(path) and message in problem.message for problem in found), found


def quick(text="Yes"):
    return {"type": "QUICK_REPLY", "text": text}


URL = {"type": "URL", "text": "Go", "url": "https://example.com"}
CALL = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550051310"}


@pytest.mark.parametrize(
    ("buttons", "path", "message"),
    [
        ([], "", "1 to 10"),
        ([quick()] * 11, "", "1 to 10"),
        ([URL] * 3, "", "at most 2 URL"),
        ([CALL] * 2, "", "at most 1 PHONE_NUMBER"),
        ([{"type": "COPY_CODE", "example": "A"}] * 2, "", "at most 1 COPY_CODE"),
        ([quick(), URL, quick()], "", "stand together"),
        ([URL, quick(), CALL], "", "stand together"),
        ([quick("x" * 26)], ".0.text", "at most 25"),
        ([quick("Hi {{1}}")], ".0.text", "no variables"),
        ([URL | {"url": "example.com"}], ".0.url", "https://"),
        ([URL | {"url": "https://{{1}}"}], ".0.url", "a host"),
        ([URL | {"url": "https://e.com/{{1}}/x", "example": ["x"]}], ".0.url", "at the end"),
        ([URL | {"url": "https://e.com/{{1}}"}], ".0.example", "sample"),
        ([URL | {"url": "https://e.com/" + "x" * 2000}], ".0.url", "at most 2000"),
        ([CALL | {"phone_number": "call me"}], ".0.phone_number", "digits"),
        ([{"type": "COPY_CODE", "example": "x" * 21}], ".0.example", "at most 20"),
        ([{"type": "FLOW", "text": "F"}], ".0", "one of flow_id"),
        ([{"type": "OTP", "otp_type": "COPY_CODE"}], ".0.type", "authentication"),
    ],
)
def test_each_rule_of_buttons_names_the_button(buttons, path, message):
    found = problems_of(changed("order", "components", 3, "buttons", buttons))
    assert any(problem.path == f"components.3.buttons{path}" and message in problem.message for problem in found), found


@pytest.mark.parametrize(
    "buttons", [[quick()] * 10, [quick(), quick(), URL, URL, CALL], [URL, quick()], [quick(), URL]]
)
def test_allowed_rows_of_buttons(buttons):
    assert problems_of(changed("order", "components", 3, "buttons", buttons)) == ()


def test_all_problems_come_at_once():
    bad = changed("sale", "name", "Sale!") | {"category": "SPAM"}
    bad["components"][0]["text"] = "x" * 61
    assert {problem.path for problem in problems_of(bad)} >= {"name", "category", "components.0.text"}


def test_a_doubtful_density_is_a_warning_only():
    found = problems_of(changed("sale", *BODY, "hi {{1}} {{2}} {{3}} you"))
    assert [problem.warning for problem in found] == [True]


def test_unknown_kinds_of_metas_are_read_all_the_same():
    value = changed("order", "components", 3, "buttons", [{"type": "MPM", "text": "Items", "new": 1}])
    value["components"].append({"type": "call_permission_request", "x": 1})
    read = Definition.model_validate(value)
    assert read.buttons[0].text == "Items"
    assert [slot.key for slot in slots(read)] == ["header", "body.first_name", "body.order_number"]


def test_slots_say_what_a_send_needs():
    assert [(s.key, s.kind, s.required, s.label, s.example) for s in slots(definition("order"))] == [
        ("header", "image", True, "", "4::aW1hZ2U="),
        ("body.first_name", "text", True, "first_name", "Pablo"),
        ("body.order_number", "text", True, "order_number", "860198"),
        ("button.0", "payload", False, "Stop promotions", ""),
        ("button.1", "url_suffix", True, "Track", "https://example.com/track/abc"),
    ]


def test_positional_slots_count_by_number_and_not_by_place():
    value = changed("sale", *BODY, "Code {{10}} {{2}} {{1}} and so on")
    assert [slot.key for slot in slots(Definition.model_validate(value))][1:4] == ["body.1", "body.2", "body.10"]


def test_filling_gives_metas_own_shape():
    sent = fill(definition("order"), VALUES["order"]).model_dump(exclude_none=True, mode="json")
    assert sent == {
        "name": "order_confirmation",
        "language": {"code": "en_US"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "123"}}]},
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "first_name", "text": "Jessica"},
                    {"type": "text", "parameter_name": "order_number", "text": "7"},
                ],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP_PROMO"}],
            },
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "abc"}]},
        ],
    }


def test_the_customer_sees_text_and_values():
    template = definition("order")
    assert render(template, fill(template, VALUES["order"])) == Rendered(
        header=HeaderView(format="IMAGE", media={"id": "123"}),
        body="Thank you, Jessica! Your order 7 is on its way to you now.",
        footer="Lucky Shrub",
        buttons=(
            ButtonView(type="QUICK_REPLY", text="Stop promotions", value="STOP_PROMO"),
            ButtonView(type="URL", text="Track", value="https://example.com/track/abc"),
            ButtonView(type="PHONE_NUMBER", text="Call", value="15550051310"),
        ),
    )


def test_a_carousel_is_shown_card_by_card():
    template = definition("cards")
    view = render(template, fill(template, VALUES["cards"]))
    assert view.body == "Summer is here, take 30% off of everything today."
    assert view.cards[1] == CardView(
        header=HeaderView(format="IMAGE", media={"id": "2"}),
        body="Rare limes, now at 6 a kilo only.",
        buttons=(
            ButtonView(type="QUICK_REPLY", text="Send more", value="more-1"),
            ButtonView(type="URL", text="Buy", value="https://example.com/limes"),
        ),
    )


def test_an_offer_and_a_code_are_shown():
    offer = definition("offer")
    view = render(offer, fill(offer, VALUES["offer"]))
    assert (view.offer, view.offer_ends_ms, view.buttons[0].value) == ("Expiring offer!", 1209600000000, "X1")
    code = definition("code, as created")
    view = render(code, fill(code, VALUES["code, as created"]))
    assert (view.body, view.footer) == ("123456 is your verification code.", "This code expires in 5 minutes.")


def test_without_values_the_variables_show():
    assert render(definition("sale")).header == HeaderView(format="TEXT", text="Our {{1}} is on!")


def test_a_value_with_braces_is_not_filled_again():
    template = definition("sale")
    view = render(template, fill(template, VALUES["sale"] | {"body.1": "{{2}}"}))
    assert view.body == "Shop now through {{2}} and use code SNOW to get 10% off of all merchandise in our shops."


def test_money_and_dates_show_their_fallback():
    send = TemplateBody.model_validate(
        {
            "name": "sale",
            "language": {"code": "en"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "date_time", "date_time": {"fallback_value": "Monday"}},
                        {
                            "type": "currency",
                            "currency": {"fallback_value": "$5", "code": "USD", "amount_1000": 5000},
                        },
                        {"type": "text", "text": "1%"},
                    ],
                }
            ],
        }
    )
    assert render(definition("sale"), send).body.startswith("Shop now through Monday and use code $5 to get 1%")


def without(values, key):
    return {name: value for name, value in values.items() if name != key}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_required_slot_left_empty_is_told(name):
    template = definition(name)
    for slot in slots(template):
        kept = without(VALUES[name], slot.key)
        if name == "cards" or slot.kind == "text":
            continue
        found = [problem.message for problem in check_send(template, fill(template, kept))]
        assert found == ([f"{slot.key} ({slot.kind}) has no value"] if slot.required else [])


def send(name, **changes):
    template = definition(name)
    return check_send(template, fill(template, VALUES[name]).model_copy(update=changes))


def test_a_send_for_another_template_or_of_a_paused_one_is_told():
    other = TemplateBody.model_validate({"name": "x", "language": {"code": "en"}})
    paused = Definition.model_validate(changed("location", "status", "PAUSED"))
    assert [problem.path for problem in check_send(paused, other)] == ["name", "language.code", "name", "components"]


def components(*items):
    return TemplateBody.model_validate(
        {"name": "sale", "language": {"code": "en"}, "components": list(items)}
    ).components


def body(*texts, **extra):
    return {"type": "body", "parameters": [{"type": "text", "text": text} | extra for text in texts]}


HEADER = {"type": "header", "parameters": [{"type": "text", "text": "S"}]}
COUPON = {
    "type": "button",
    "sub_type": "copy_code",
    "index": 0,
    "parameters": [{"type": "coupon_code", "coupon_code": "A"}],
}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([HEADER, COUPON, body("a", "b")], "body.3 (text) has no value"),
        ([HEADER, COUPON, body("a", "b", "c", "d")], "nothing to fill at body.4"),
        ([HEADER, COUPON, body("a", parameter_name="first")], "nothing to fill at body.first"),
        ([HEADER, COUPON, body("a\nb", "b", "c")], "line breaks"),
        ([HEADER, COUPON, body("a     b", "b", "c")], "line breaks"),
        ([HEADER, COUPON, body("x" * 1000, "b", "c")], "characters, at most 1024"),
        ([HEADER | {"parameters": [{"type": "text", "text": "x" * 60}]}], "longer than 60"),
        (
            [{"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]}],
            "nothing to fill at header",
        ),
        (
            [{"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "x"}]}],
            "button.0 takes coupon_code, not url_suffix",
        ),
    ],
)
def test_a_send_that_does_not_fit_says_where(items, message):
    found = [problem.message for problem in send("sale", components=components(*items))]
    assert any(message in text for text in found), found


def test_both_copies_of_a_code_must_agree_and_be_short():
    template = definition("code")
    differ = check_send(template, fill(template, {"body.1": "1", "button.0": "2"}))
    assert "must be the same" in differ[0].message
    long = check_send(template, fill(template, dict.fromkeys(VALUES["code"], "x" * 16)))
    assert "at most 15" in long[0].message
