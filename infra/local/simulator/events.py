"""Account-level news on demand: the simulator's own state changes first, then the webhook tells of it."""

from collections.abc import Callable
from typing import Any, get_args

from . import customers, templates, webhooks
from .inbound import Problem, number_or_problem
from .records import TIER_SIZE, Category, Number, Quality, Template, Waba
from .world import World

Value = dict[str, Any]


def emit(world: World, field: str, waba_id: str, value: Value, phone_number_id: str | None = None) -> None:
    waba = world.store.waba(waba_id)
    if waba is None:
        raise Problem("waba_id", f"there is no WABA {waba_id} here")
    number = number_or_problem(world, phone_number_id) if phone_number_id else None
    if act := WITH_STATE.get(field):
        act(world, waba, number, value)
    else:
        webhooks.put_value(world, waba, field, value, number)


def preference(world: World, wa_id: str, phone_number_id: str, value: str, signup_id: str | None = None) -> None:
    """The customer stops, resumes, or signs up for marketing in the WhatsApp app."""
    number = number_or_problem(world, phone_number_id)
    waba, store = world.waba_of(number), world.store
    customer = customers.known(store, world.config, wa_id)
    stopped = set(customer.stopped) - {number.id}
    customer.stopped = sorted(stopped | {number.id} if value == "stop" else stopped)
    store.put_customer(customer)
    contact = customers.contact(store, world.config, waba.portfolio_id, customer, world.now())
    words = {"stop": "stop", "resume": "resume", "signup": "sign up for"}
    told: Value = {k: contact[k] for k in ("wa_id", "user_id") if k in contact} | {
        "detail": f"User requested to {words[value]} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(world.now()),
    }
    if signup_id:
        told["signup_id"] = signup_id
    webhooks.put_value(world, waba, "user_preferences", {
        "messaging_product": "whatsapp",
        "metadata": webhooks.metadata(number),
        "contacts": [contact],
        "user_preferences": [told],
    }, number)  # fmt: skip
    world.notify(wa_id)


def _template(world: World, waba: Waba, value: Value) -> Template:
    if "message_template_id" in value:
        found = world.store.get(Template, str(value["message_template_id"]))
    else:
        name, language = value.get("message_template_name"), value.get("message_template_language")
        found = world.store.template(waba.id, str(name), str(language))
    if found is None:
        raise Problem("value.message_template_id", "there is no such template; name it by id, or by name and language")
    return found


def _status(world: World, waba: Waba, _number: Number | None, value: Value) -> None:
    event = str(value.get("event", "")).upper()
    if event not in STATUS_EVENTS:
        raise Problem("value.event", f"one of {', '.join(STATUS_EVENTS)}")
    extra = {k: value[k] for k in EXTRAS if k in value}
    if event == "PAUSED":
        templates.pause(world, _template(world, waba, value), extra)
    else:
        templates.set_status(world, _template(world, waba, value), event, value.get("reason", "NONE"), extra)


def _quality(world: World, waba: Waba, _number: Number | None, value: Value) -> None:
    score = str(value.get("new_quality_score", "")).upper()
    if score not in get_args(Quality):
        raise Problem("value.new_quality_score", f"one of {', '.join(get_args(Quality))}")
    templates.set_quality(world, _template(world, waba, value), score)


def _category(world: World, waba: Waba, _number: Number | None, value: Value) -> None:
    impending = "correct_category" in value
    field = "correct_category" if impending else "new_category"
    if value.get(field) not in get_args(Category):
        raise Problem(f"value.{field}", f"one of {', '.join(get_args(Category))}")
    templates.set_category(world, _template(world, waba, value), value[field], impending=impending)


def _number_quality(world: World, waba: Waba, number: Number | None, value: Value) -> None:
    if number is None:
        raise Problem("phone_number_id", "which phone number is this about?")
    match value.get("event"):
        case "THROUGHPUT_UPGRADE":
            number.throughput = 1_000
        case "FLAGGED":
            number.quality_rating = "RED"
        case "UNFLAGGED":
            number.quality_rating = "GREEN"
        case None:
            raise Problem("value.event", "THROUGHPUT_UPGRADE, ONBOARDING, FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE …")
        case _:
            pass
    _set_limit(world, waba, value.get("max_daily_conversations_per_business"))
    world.store.put(number.id, number)
    named = {"display_phone_number": number.digits}
    webhooks.put_value(world, waba, "phone_number_quality_update", named | value)


def _capability(world: World, waba: Waba, _number: Number | None, value: Value) -> None:
    _set_limit(world, waba, value.get("max_daily_conversations_per_business"))
    webhooks.put_value(world, waba, "business_capability_update", value)


def _set_limit(world: World, waba: Waba, limit: Any) -> None:
    """Meta names a limit as TIER_2K, as 2000, or as -1 for none."""
    if limit is None:
        return
    sizes = {int(size): tier for tier, size in TIER_SIZE.items() if size != float("inf")} | {-1: "TIER_UNLIMITED"}
    tier = limit if limit in TIER_SIZE else sizes.get(int(limit)) if str(limit).lstrip("-").isdecimal() else None
    if tier is None:
        raise Problem("value.max_daily_conversations_per_business", f"one of {', '.join(TIER_SIZE)}")
    for other in world.store.all(Waba):
        if other.portfolio_id == waba.portfolio_id:
            other.messaging_limit = tier  # type: ignore[assignment]
            world.store.put(other.id, other)


def _account(world: World, waba: Waba, number: Number | None, value: Value) -> None:
    match value.get("event"):
        case "DISABLED_UPDATE":
            state = (value.get("ban_info") or {}).get("waba_ban_state", "DISABLE")
            waba.restrictions = ["DISABLED"] if state == "DISABLE" else []
        case "ACCOUNT_DELETED":
            waba.restrictions = ["DISABLED"]
        case "ACCOUNT_RESTRICTION":
            waba.restrictions = [
                r["restriction_type"] for r in value.get("restriction_info", []) if "restriction_type" in r
            ]
        case None:
            raise Problem("value.event", "account_update needs an event")
        case _:
            pass
    world.store.put(waba.id, waba)
    webhooks.put_value(world, waba, "account_update", value, number)


EXTRAS: tuple[str, ...] = ("disable_info", "other_info", "rejection_info")
STATUS_EVENTS = (
    "APPROVED", "REJECTED", "PENDING", "PAUSED", "DISABLED", "FLAGGED", "IN_APPEAL", "REINSTATED",
    "LIMIT_EXCEEDED", "LOCKED", "ARCHIVED", "UNARCHIVED", "PENDING_DELETION", "DELETED",
)  # fmt: skip
WITH_STATE: dict[str, Callable[[World, Waba, Number | None, Value], None]] = {
    "message_template_status_update": _status,
    "message_template_quality_update": _quality,
    "template_category_update": _category,
    "phone_number_quality_update": _number_quality,
    "business_capability_update": _capability,
    "account_update": _account,
}
