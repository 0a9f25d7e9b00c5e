import json
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from chalicelib.whatsapp.messages import Message, Outbound, mark_read_json, parse_message, to_json
from chalicelib.whatsapp.messages.interactive import InteractiveBody

SAMPLES = json.loads((Path(__file__).parents[2] / "data/outbound-messages.json").read_text())


def outbound(message, **envelope):
    return Outbound.model_validate({"to": "+16505551234", "message": message, **envelope})


def problems(message, **envelope):
    with pytest.raises(ValidationError) as refused:
        outbound(message, **envelope)
    return [".".join(map(str, error["loc"])) for error in refused.value.errors()]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_type_leaves_exactly_as_meta_documents_it(name):
    sent = to_json(outbound(SAMPLES[name]))
    envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234"}
    assert json.dumps(sent, sort_keys=True) == json.dumps(envelope | SAMPLES[name], sort_keys=True)


def kinds(union):
    return {member.model_fields["type"].default for member in get_args(get_args(union)[0])}


def test_every_type_of_the_union_has_a_sample():
    assert kinds(Message) == {sample["type"] for sample in SAMPLES.values()}


def test_every_interactive_type_has_a_sample():
    shown = {sample["interactive"]["type"] for sample in SAMPLES.values() if "interactive" in sample}
    assert kinds(InteractiveBody) == shown


def test_the_envelope_carries_recipient_reply_callback_data_and_key_hash():
    message = Outbound.model_validate(
        {
            "recipient": "US.13491208655302741918",
            "message": SAMPLES["text"],
            "reply_to": "wamid.A=",
            "callback_data": "x" * 512,
            "identity_key_hash": "DF2lS5v2W6x=",
        }
    )
    assert {key: value for key, value in to_json(message).items() if key not in ("type", "text")} == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": "US.13491208655302741918",
        "context": {"message_id": "wamid.A="},
        "biz_opaque_callback_data": "x" * 512,
        "recipient_identity_key_hash": "DF2lS5v2W6x=",
    }


@pytest.mark.parametrize(
    ("envelope", "field"),
    [
        ({"to": "16505551234"}, "to"),
        ({"to": "+0123456789"}, "to"),
        ({"to": "+1 650 555 1234"}, "to"),
        ({"to": "+16505551234\n"}, "to"),
        ({"to": None}, ""),
        ({"recipient": "us.123"}, "recipient"),
        ({"callback_data": "x" * 513}, "callback_data"),
        ({"color": "red"}, "color"),
    ],
)
def test_a_wrong_envelope_names_its_field(envelope, field):
    assert problems(SAMPLES["text"], **envelope) == [field]


def test_a_reaction_cannot_quote():
    assert problems(SAMPLES["reaction"], reply_to="wamid.A") == [""]


def changed(name, path, value):
    sample = json.loads(json.dumps(SAMPLES[name]))
    *parents, last = path
    node = sample
    for key in parents:
        node = node[key]
    node[last] = value
    return sample


def rows(n):
    return [{"id": str(i), "title": str(i)} for i in range(n)]


def reply(n, **fields):
    return {"type": "reply", "reply": {"id": str(n), "title": str(n)} | fields}


@pytest.mark.parametrize(
    ("name", "path", "value", "field"),
    [
        ("text", ["text", "body"], "x" * 4097, "message.text.text.body"),
        ("text", ["text", "body"], "", "message.text.text.body"),
        ("text", ["text", "colour"], 1, "message.text.text.colour"),
        ("image by id", ["image", "caption"], "x" * 1025, "message.image.image.caption"),
        ("image by id", ["image", "link"], "https://example.com", "message.image.image"),
        ("image by link", ["image", "link"], "file:///etc/passwd", "message.image.image.link"),
        ("audio", ["audio", "caption"], "no captions here", "message.audio.audio.caption"),
        ("location", ["location", "latitude"], 91, "message.location.location.latitude"),
        ("contacts", ["contacts"], [{"name": {"formatted_name": "A"}}] * 258, "message.contacts.contacts"),
        ("contacts", ["contacts"], [], "message.contacts.contacts"),
        (
            "buttons",
            ["interactive", "body", "text"],
            "x" * 1025,
            "message.interactive.interactive.button.body.text",
        ),
        (
            "buttons",
            ["interactive", "footer", "text"],
            "x" * 61,
            "message.interactive.interactive.button.footer.text",
        ),
        (
            "buttons",
            ["interactive", "action", "buttons"],
            [reply(n) for n in range(4)],
            "message.interactive.interactive.button.action.buttons",
        ),
        (
            "buttons",
            ["interactive", "action", "buttons"],
            [reply(1, title="A"), reply(2, title="A")],
            "message.interactive.interactive.button.action.buttons",
        ),
        (
            "buttons",
            ["interactive", "action", "buttons", 1, "reply", "title"],
            "x" * 21,
            "message.interactive.interactive.button.action.buttons.1.reply.title",
        ),
        (
            "buttons",
            ["interactive", "action", "buttons", 0, "reply", "id"],
            "x" * 257,
            "message.interactive.interactive.button.action.buttons.0.reply.id",
        ),
        (
            "list",
            ["interactive", "header"],
            {"type": "image"},
            "message.interactive.interactive.list.header.type",
        ),
        (
            "list",
            ["interactive", "action", "sections"],
            [{"title": "A", "rows": rows(6)}, {"title": "B", "rows": rows(6)}],
            "message.interactive.interactive.list.action.sections",
        ),
        (
            "list",
            ["interactive", "action", "sections", 0, "title"],
            None,
            "message.interactive.interactive.list.action.sections",
        ),
        (
            "list",
            ["interactive", "action", "sections", 0, "rows", 0, "description"],
            "x" * 73,
            "message.interactive.interactive.list.action.sections.0.rows.0.description",
        ),
        (
            "link button",
            ["interactive", "action", "parameters", "display_text"],
            "x" * 21,
            "message.interactive.interactive.cta_url.action.parameters.display_text",
        ),
        (
            "media carousel",
            ["interactive", "action", "cards", 1, "card_index"],
            5,
            "message.interactive.interactive.carousel.action.cards",
        ),
        (
            "media carousel",
            ["interactive", "action", "cards", 1, "header"],
            {"type": "video", "video": {"id": "1"}},
            "message.interactive.interactive.carousel.action.cards",
        ),
        (
            "flow",
            ["interactive", "action", "parameters", "flow_name"],
            "both",
            "message.interactive.interactive.flow.action.parameters",
        ),
        ("template, named", ["template", "name"], "Order", "message.template.template.name"),
        (
            "template, named",
            ["template", "language", "code"],
            "en-US",
            "message.template.template.language.code",
        ),
        (
            "template, named",
            ["template", "components", 2, "index"],
            "12",
            "message.template.template.components.2.button.url.index",
        ),
        (
            "template, named",
            ["template", "components", 3],
            {"type": "header"},
            "message.template.template.components.3.header.parameters",
        ),
        (
            "template, limited-time offer",
            ["template", "components", 1, "parameters", 0, "coupon_code"],
            "x" * 21,
            "message.template.template.components.1.button.copy_code.parameters.0.coupon_code",
        ),
        (
            "template, carousel",
            ["template", "components", 1, "cards", 1, "components"],
            [{"type": "body", "parameters": [{"type": "text", "text": "a"}]}],
            "message.template.template.components.1.carousel.cards",
        ),
        (
            "template, positional",
            ["template", "components", 1, "parameters", 0, "parameter_name"],
            "first",
            "message.template.template.components.1.body.parameters",
        ),
    ],
)
def test_metas_limits_are_held_before_meta_is_called(name, path, value, field):
    assert field in problems(changed(name, path, value))


def test_a_component_is_given_once():
    body = SAMPLES["template, named"]["template"]["components"][1]
    twice = changed("template, named", ["template", "components"], [body, body])
    assert problems(twice) == ["message.template.template.components"]


def test_a_button_index_may_be_a_number():
    sample = changed("template, named", ["template", "components", 2, "index"], 0)
    assert to_json(outbound(sample))["template"]["components"][2]["index"] == "0"


def test_an_unknown_type_is_refused():
    with pytest.raises(ValidationError):
        parse_message({"type": "poll", "poll": {}})


def test_mark_as_read_and_typing():
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
    assert mark_read_json("wamid.A") == read
    assert mark_read_json("wamid.A", typing=True) == read | {"typing_indicator": {"type": "text"}}
