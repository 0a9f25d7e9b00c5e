"""Filling, creating, listing and pacing of templates."""
# ruff: noqa: E501

from pathlib import Path
from typing import Any

import pytest

from infra.local.simulator import events, sending, templates, timetable
from infra.local.simulator.errors import GraphError
from infra.local.simulator.records import Template, Waba
from infra.local.simulator.world import World

from .arrange import WABA, body_of, failure, later, number, refusal, send, simulator, statuses, template, values

URL = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-1"}]}


def update(*components: Any) -> dict[str, Any]:
    return template("order_update", *components)


def text_of(world: World, wamid: str) -> str:
    message = world.store.message(wamid)
    assert message is not None
    assert message.template is not None
    return str(message.template["body"])


def test_a_template_is_filled_with_its_parameters(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    wamid = send(world, update(body_of("Ana", "A-1"), URL))
    assert text_of(world, wamid) == "Hi Ana, your order *A-1* is on its way and will arrive tomorrow."
    message = world.store.message(wamid)
    assert message is not None
    assert message.template is not None
    assert message.template["buttons"][0]["url"] == "https://shop.example.com/t/A-1"


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "unknown name": (template("nothing"), 132001, "template name (nothing) does not exist in en_US"),
    "too few values": (update(body_of("Ana"), URL), 132000, "body: number of localizable_params (1) does not match the expected number of params (2)"),
    "too many values": (update(body_of("a", "b", "c"), URL), 132000, "number of localizable_params (3)"),
    "header that is not there": (update(body_of("a", "b"), URL, {"type": "header", "parameters": [{"type": "text", "text": "x"}]}), 132000, "header: number of localizable_params (1)"),
    "no url parameter": (update(body_of("a", "b")), 131008, "Button at index 0 of type Url requires a parameter"),
    "button of another kind": (update(body_of("a", "b"), URL | {"sub_type": "quick_reply"}), 132012, "expected URL, received QUICK_REPLY"),
    "no such button": (update(body_of("a", "b"), URL | {"index": "5"}), 132018, "there is none at index 5"),
    "new line in a value": (update(body_of("a\nb", "c"), URL), 132018, "cannot have new-line/tab characters"),
    "empty value": (update(body_of("", "c"), URL), 131008, "missing text value"),
    "text too long": (update(body_of("x" * 1020, "c"), URL), 132005, "translated text is too long"),
    "name on a positional one": (update({"type": "body", "parameters": [{"type": "text", "text": "a", "parameter_name": "n"}] * 2}, URL), 132012, "positional"),
    "no picture": (template("spring_sale", body_of("a", "b")), 132012, "header: Format mismatch, expected IMAGE, received UNKNOWN"),
    "text for a picture": (template("spring_sale", body_of("a", "b"), {"type": "header", "parameters": [{"type": "text", "text": "x"}]}), 132012, "expected IMAGE, received TEXT"),
    "unknown sub_type": (update(URL | {"sub_type": "phone_number"}), 100, "Param template['components'][0]['sub_type'] must be one of"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_parameters_that_do_not_fit_are_refused(name: str, tmp_path: Path) -> None:
    payload, code, words = REFUSED[name]
    error = refusal(simulator(tmp_path), payload)
    assert error.code == code
    assert words in f"{error.message} {error.details}"
    assert error.http == (404 if code == 132001 else 400)


@pytest.mark.parametrize(
    ("status", "code"), [("PAUSED", 132015), ("DISABLED", 132016), ("PENDING", 132001), ("REJECTED", 132001)]
)
def test_only_approved_templates_can_be_sent(status: str, code: int, tmp_path: Path) -> None:
    world = simulator(tmp_path)
    _change(world, "hello_world", status=status)
    assert refusal(world, template("hello_world")).code == code


def _change(world: World, name: str, **fields: Any) -> Template:
    found = world.store.template(WABA, name, "en_US")
    assert found is not None
    changed = found.model_copy(update=fields)
    world.store.put(changed.id, changed)
    return changed


def test_an_authentication_template_takes_the_code_twice_and_no_user_id(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    code = template("login_code", body_of("123456"), URL | {"parameters": [{"type": "text", "text": "123456"}]})
    wamid = send(world, code)
    assert text_of(world, wamid).startswith("*123456* is your verification code.")
    user_id = world.store.rows("SELECT user_id FROM identities")[0][0]
    assert refusal(world, code | {"to": None, "recipient": user_id}).code == 131062


def test_marketing_messages_api_takes_marketing_templates_only(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    assert refusal(world, template("hello_world"), "marketing").code == 134100
    assert (
        refusal(
            world,
            {"messaging_product": "whatsapp", "to": "+6591234567", "type": "text", "text": {"body": "x"}},
            "marketing",
        ).code
        == 131055
    )


def test_marketing_can_be_shut_off_on_the_cloud_api(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    world.store.put(WABA, Waba(id=WABA, disable_marketing_messages_on_cloud_api=True))
    picture = {"type": "header", "parameters": [{"type": "image", "image": {"link": "http://x/a.png"}}]}
    assert refusal(world, template("spring_sale", picture, body_of("a", "b"))).code == 131063


# Creation


def new(**fields: Any) -> dict[str, Any]:
    body = {"type": "BODY", "text": "Hi {{1}}, welcome here.", "example": {"body_text": [["Ana"]]}}
    return {"name": "welcome", "language": "en_US", "category": "UTILITY", "components": [body]} | fields


def create(world: World, **fields: Any) -> dict[str, Any]:
    waba = world.store.waba(WABA)
    assert waba is not None
    return templates.create(world, waba, new(**fields))


def body(text: str, *example: str) -> list[dict[str, Any]]:
    return [{"type": "BODY", "text": text} | ({"example": {"body_text": [list(example)]}} if example else {})]


def with_part(**part: Any) -> list[dict[str, Any]]:
    return [*body("plain text"), part]


def test_a_new_template_is_reviewed_and_approved_by_webhook(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    made = create(world)
    assert made["status"] == "PENDING"
    assert refusal(world, template("welcome", body_of("Ana"))).code == 132001
    later(world)
    assert [(v["event"], v["message_template_id"], v["reason"]) for v in values(world)] == [
        ("APPROVED", int(made["id"]), "NONE")
    ]
    send(world, template("welcome", body_of("Ana")))


def test_a_template_named_reject_is_rejected(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    create(world, name="please_reject_me")
    later(world)
    assert [(v["event"], v["reason"]) for v in values(world)] == [("REJECTED", "INVALID_FORMAT")]


def test_named_parameters(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    sample = {"body_text_named_params": [{"param_name": "first", "example": "Ana"}]}
    create(
        world,
        parameter_format="NAMED",
        components=[{"type": "BODY", "text": "Hi {{first}}, welcome here.", "example": sample}],
    )
    later(world)
    named = {"type": "body", "parameters": [{"type": "text", "parameter_name": "first", "text": "Zoë"}]}
    assert text_of(world, send(world, template("welcome", named))) == "Hi Zoë, welcome here."
    assert refusal(world, template("welcome", body_of("Zoë"))).details == "Parameter name is missing or empty"


BAD: dict[str, tuple[dict[str, Any], int | None]] = {
    "bad name": ({"name": "Not Allowed"}, 2388072),
    "bad language": ({"language": "english"}, 2388001),
    "bad category": ({"category": "PROMO"}, None),
    "no body": ({"components": [{"type": "FOOTER", "text": "x"}]}, 2388043),
    "unknown component": ({"components": [{"type": "SIDE", "text": "x"}]}, None),
    "variable without sample": ({"components": body("Hi {{1}}, welcome here.")}, 2388043),
    "gap in the numbers": ({"components": body("Hi {{2}}, welcome here.", "Ana")}, 2388047),
    "variable first": ({"components": body("{{1}} is welcome here today", "Ana")}, 2388299),
    "variable last": ({"components": body("Please do welcome {{1}}", "Ana")}, 2388299),
    "more variables than words": ({"components": body("a {{1}} b {{2}} c", "x", "y")}, 2388293),
    "long body": ({"components": body("x" * 1025)}, 2388040),
    "long footer": ({"components": with_part(type="FOOTER", text="f" * 61)}, 2388040),
    "variable in the footer": ({"components": with_part(type="FOOTER", text="Hi {{1}}")}, 2388073),
    "bold header": ({"components": with_part(type="HEADER", format="TEXT", text="*Hi*")}, 2388047),
    "picture without sample": ({"components": with_part(type="HEADER", format="IMAGE")}, 2388273),
    "mixed buttons": ({"components": with_part(type="BUTTONS", buttons=[{"type": "QUICK_REPLY", "text": "a"}, {"type": "URL", "text": "b", "url": "https://x.y"}, {"type": "QUICK_REPLY", "text": "c"}])}, 2388085),
    "three links": ({"components": with_part(type="BUTTONS", buttons=[{"type": "URL", "text": "b", "url": "https://x.y"}] * 3)}, 2388085),
    "long button": ({"components": with_part(type="BUTTONS", buttons=[{"type": "QUICK_REPLY", "text": "x" * 26}])}, 2388040),
    "short life": ({"message_send_ttl_seconds": 5}, 2388111),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_template_that_breaks_a_rule_is_not_created(name: str, tmp_path: Path) -> None:
    fields, subcode = BAD[name]
    world = simulator(tmp_path)
    with pytest.raises(GraphError) as caught:
        create(world, **fields)
    assert (caught.value.code, caught.value.subcode) == (100, subcode)
    assert world.store.template(WABA, "welcome", "en_US") is None


def test_the_same_name_and_language_twice_is_refused(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    create(world)
    create(world, language="de")
    with pytest.raises(GraphError) as caught:
        create(world)
    assert caught.value.subcode == 2388024


def test_at_most_a_hundred_templates_an_hour(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    for index in range(100):
        create(world, name=f"t{index}")
    with pytest.raises(GraphError) as caught:
        create(world, name="one_more")
    assert caught.value.code == 80007
    world.clock.advance(3_600)
    create(world, name="one_more")


def test_deleting_by_name_takes_all_languages_and_locks_the_name(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    waba = world.store.waba(WABA)
    assert waba is not None
    create(world)
    create(world, language="de")
    later(world)
    values(world)
    templates.delete(world, waba, {"name": "welcome"})
    assert [(v["event"], v["reason"]) for v in values(world)] == [("DELETED", None)] * 2
    assert refusal(world, template("welcome", body_of("Ana"))).code == 132001
    with pytest.raises(GraphError, match="Invalid parameter"):
        create(world)
    world.clock.advance(31 * 86_400)
    create(world)


def test_an_approved_template_can_be_edited_once_a_day(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    made = create(world)
    later(world)
    templates.edit(world, templates.by_id(world, made["id"]), {"components": body("Quite another text")})
    later(world)
    with pytest.raises(GraphError):
        templates.edit(world, templates.by_id(world, made["id"]), {"components": body("and another")})
    world.clock.advance(86_401)
    templates.edit(world, templates.by_id(world, made["id"]), {"components": body("and another")})


def test_the_list_is_filtered_and_paged(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    waba = world.store.waba(WABA)
    assert waba is not None
    seen: list[str] = []
    query = {"limit": "3", "fields": "name", "status": "APPROVED"}
    while True:
        page = templates.listing(world, waba, query, "http://here")
        seen += [item["name"] for item in page["data"]]
        if "next" not in page["paging"]:
            break
        assert "status=APPROVED" in page["paging"]["next"]
        query = query | {"after": page["paging"]["cursors"]["after"]}
    assert sorted(seen) == sorted(template.name for template in world.store.templates_of(WABA))
    found = templates.listing(world, waba, {"category": "AUTHENTICATION", "fields": "name"}, "")
    assert [item["name"] for item in found["data"]] == ["login_code"]
    with pytest.raises(GraphError) as caught:
        templates.listing(world, waba, {"after": "nonsense"}, "")
    assert caught.value.code == 131059


def test_pacing_holds_messages_and_a_bad_verdict_drops_them(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    found = world.store.template(WABA, "hello_world", "en_US")
    assert found is not None
    timetable.pace(world, found, "hold")
    answer = sending.send(world, number(world), template("hello_world"))
    assert answer["messages"][0]["message_status"] == "held_for_quality_assessment"
    later(world)
    assert statuses(world) == []
    timetable.pace(world, templates.by_id(world, found.id), "drop")
    later(world)
    told = values(world)
    assert [v["statuses"][0]["errors"][0]["code"] for v in told if "statuses" in v] == [132015]
    assert refusal(world, template("hello_world")).code == 132015


def test_carousel_cards_must_equal_the_created_number(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    card = {
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}},
            {"type": "BODY", "text": "A plant"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Want it"}]},
        ]
    }
    create(world, category="MARKETING", components=[*body("Look here"), {"type": "CAROUSEL", "cards": [card, card]}])
    later(world)
    picture = {"type": "header", "parameters": [{"type": "image", "image": {"link": "http://127.0.0.1:1/a.png"}}]}
    cards = [{"card_index": i, "components": [picture]} for i in range(3)]
    assert failure(world, template("welcome", {"type": "carousel", "cards": cards[:2]})) is None
    assert refusal(world, template("welcome", {"type": "carousel", "cards": cards})).code == 132012


def test_a_pause_for_quality_ends_by_itself_after_three_hours_then_six(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    for hours, title in ((3, "FIRST_PAUSE"), (6, "SECOND_PAUSE")):
        event = {"event": "PAUSED", "message_template_name": "hello_world", "message_template_language": "en_US"}
        events.emit(world, "message_template_status_update", WABA, event)
        assert [(v["event"], v["other_info"]["title"]) for v in values(world) if "event" in v] == [("PAUSED", title)]
        later(world, hours * 3_600 - 10)
        assert refusal(world, template("hello_world")).code == 132015
        later(world, 10)
        assert [(v["event"], v["other_info"]["title"]) for v in values(world) if "event" in v] == [
            ("APPROVED", "UNPAUSE")
        ]
        send(world, template("hello_world"))


def test_an_edit_tells_the_new_components(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    made = create(world)
    later(world)
    values(world)
    templates.edit(world, templates.by_id(world, made["id"]), {"components": body("Quite another text")})
    assert [v["message_template_element"] for v in values(world)] == ["Quite another text"]


def test_a_limited_time_offer_needs_its_end_and_its_code(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    picture = {"type": "header", "parameters": [{"type": "image", "image": {"link": "http://127.0.0.1:1/a.png"}}]}
    end = {
        "type": "limited_time_offer",
        "parameters": [{"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_795_100_000_000}}],
    }
    code = {
        "type": "button",
        "sub_type": "copy_code",
        "index": 0,
        "parameters": [{"type": "coupon_code", "coupon_code": "FERN50"}],
    }
    link = {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "c"}]}
    send(world, template("weekend_offer", picture, body_of("Ana"), end, code, link))
    assert refusal(world, template("weekend_offer", picture, body_of("Ana"), code, link)).code == 132000
    assert refusal(world, template("weekend_offer", picture, body_of("Ana"), end, link)).code == 131008


def test_every_demo_template_is_one_meta_would_take(tmp_path: Path) -> None:
    world = simulator(tmp_path)
    for made in world.store.templates_of(WABA):
        if made.category != "AUTHENTICATION":
            create(
                world,
                name=f"again_{made.name}_{made.id}",
                category=made.category,
                parameter_format=made.parameter_format,
                components=made.components,
            )
