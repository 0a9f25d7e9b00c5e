"""Fields of phone numbers and WABAs, subscriptions, blocked users, profiles."""

from typing import Any

from . import customers, fields
from .errors import GraphError, missing_object, required
from .fate import window_open
from .phone_numbers import dial_code, region, wa_id_of
from .records import Number, Waba
from .world import World

NUMBER_DEFAULTS = (
    "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type",
    "throughput", "id",
)  # fmt: skip
NUMBER_WITHOUT_VALUE = (
    "conversational_automation", "eligibility_for_api_business_global_search", "certificate", "new_certificate",
)  # fmt: skip
WABA_DEFAULTS = ("id", "name", "timezone_id", "message_template_namespace", "currency")
MOST_BLOCKED = 64_000


def number_fields(world: World, number: Number, query: dict[str, str]) -> dict[str, Any]:
    waba = world.waba_of(number)
    level = "HIGH" if world.throughput_of(number) >= 1_000 else "STANDARD"
    everything: dict[str, Any] = {
        "id": number.id,
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "quality_rating": number.quality_rating,
        "quality_score": {"score": number.quality_rating},
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": level},
        "status": number.status,
        "name_status": number.name_status,
        "new_name_status": "NONE",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "is_pin_enabled": True,
        "is_preverified_number": False,
        "country_code": region(number.digits),
        "country_dial_code": dial_code(number.digits),
        "is_on_biz_app": number.coexistence,
        "messaging_limit_tier": waba.messaging_limit,
        "whatsapp_business_manager_messaging_limit": waba.messaging_limit,
        "last_onboarded_time": "2025-01-01T00:00:00+0000",
        "search_visibility": "VISIBLE",
        "username": number.username,
        "health_status": _health(waba, number),
        "webhook_configuration": _callbacks(world, waba, number),
    }
    everything |= dict.fromkeys(NUMBER_WITHOUT_VALUE)
    return fields.choose(everything, fields.asked(query), NUMBER_DEFAULTS, "WhatsAppBusinessPhoneNumber")


def _callbacks(world: World, waba: Waba, number: Number) -> dict[str, str]:
    urls = {
        "application": world.config.webhook_url,
        "whatsapp_business_account": waba.override.url if waba.override else None,
        "phone_number": number.override.url if number.override else None,
    }
    return {name: url for name, url in urls.items() if url}


def _health(waba: Waba, number: Number) -> dict[str, Any]:
    blocked = "DISABLED" in waba.restrictions or number.status == "BANNED"
    limited = bool(waba.restrictions) or number.quality_rating == "RED"
    state = "BLOCKED" if blocked else "LIMITED" if limited else "AVAILABLE"
    entities = [("PHONE_NUMBER", number.id), ("WABA", waba.id), ("BUSINESS", waba.portfolio_id)]
    return {
        "can_send_message": state,
        "entities": [{"entity_type": kind, "id": id_, "can_send_message": state} for kind, id_ in entities],
    }


def waba_fields(world: World, waba: Waba, query: dict[str, str]) -> dict[str, Any]:
    everything: dict[str, Any] = {
        "id": waba.id,
        "name": waba.name,
        "timezone_id": waba.timezone_id,
        "currency": waba.currency,
        "country": waba.country,
        "message_template_namespace": f"{int(waba.id):032x}"[-32:],
        "account_review_status": "APPROVED",
        "business_verification_status": "verified" if waba.verified else "not_verified",
        "ownership_type": "SELF",
        "status": "ACTIVE" if "DISABLED" not in waba.restrictions else "DISABLED",
        "whatsapp_business_manager_messaging_limit": waba.messaging_limit,
        "marketing_messages_lite_api_status": "ONBOARDED" if waba.marketing_messages_onboarded else "ELIGIBLE",
        "marketing_messages_onboarding_status": "ONBOARDED" if waba.marketing_messages_onboarded else "ELIGIBLE",
        "disable_marketing_messages_on_cloud_api": waba.disable_marketing_messages_on_cloud_api,
        "owner_business_info": {"name": waba.name, "id": waba.portfolio_id},
        "on_behalf_of_business_info": {
            "name": waba.name,
            "id": waba.portfolio_id,
            "status": "APPROVED",
            "type": "SELF",
        },
        "primary_funding_id": "1" if waba.payment_method else None,
        "is_enabled_for_insights": True,
        "subscribed_apps": subscribed_apps(world, waba),
        "health_status": {
            "can_send_message": "BLOCKED" if "DISABLED" in waba.restrictions else "AVAILABLE",
            "entities": [],
        },
    }
    return fields.choose(everything, fields.asked(query), WABA_DEFAULTS, "WhatsAppBusinessAccount")


def numbers(world: World, waba: Waba, query: dict[str, str], url: str) -> dict[str, Any]:
    items = [number_fields(world, number, query) for number in world.store.numbers_of(waba.id)]
    return fields.page(items, query, url)


def subscribed_apps(world: World, waba: Waba) -> dict[str, Any]:
    if not waba.subscribed:
        return {"data": []}
    app: dict[str, Any] = {
        "whatsapp_business_api_data": {
            "link": f"https://www.facebook.com/games/?app_id={world.config.app_id}",
            "name": "Parley",
            "id": world.config.app_id,
        }
    }
    if waba.override:
        app["override_callback_uri"] = waba.override.url
    return {"data": [app]}


PROFILE_FIELDS = ("about", "address", "description", "email", "profile_picture_url", "websites", "vertical")


def profile(number: Number, query: dict[str, str]) -> dict[str, Any]:
    wanted = [f.strip() for f in query.get("fields", "").split(",") if f.strip()] or list(PROFILE_FIELDS)
    shown = {field: number.profile[field] for field in wanted if field in number.profile}
    return {"data": [shown | {"messaging_product": "whatsapp"}]}


def set_profile(world: World, number: Number, request: dict[str, Any]) -> dict[str, Any]:
    limits = {"about": 139, "address": 256, "description": 512, "email": 128}
    for field, most in limits.items():
        if len(str(request.get(field, ""))) > most:
            raise GraphError(100, message=f"(#100) Param {field} must be at most {most} characters long.")
    number.profile |= {field: request[field] for field in PROFILE_FIELDS if field in request}
    world.store.put(number.id, number)
    return {"success": True}


def block(world: World, number: Number, request: dict[str, Any], *, add: bool) -> dict[str, Any]:
    """Blocks or unblocks; some may fail, then the answer is 139100 with both lists."""
    users = request.get("block_users")
    if not isinstance(users, list) or not users:
        raise required("block_users")
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for user in users:
        problem, entry = _block_one(world, number, user, add=add)
        (failed if problem else done).append(entry)
    word = "added_users" if add else "removed_users"
    lists = {word: done} | ({"failed_users": failed} if failed else {})
    answer = {"messaging_product": "whatsapp", "block_users": lists}
    if failed:
        raise GraphError(139100, extra=answer)
    return answer


def _block_one(world: World, number: Number, user: Any, *, add: bool) -> tuple[bool, dict[str, Any]]:
    given = user.get("user") or user.get("user_id") if isinstance(user, dict) else None
    waba = world.waba_of(number)
    try:
        if not given:
            raise GraphError(131009, "Each entry needs 'user' or 'user_id'")
        wa_id = _wa_id(world, waba, number, str(given), is_user_id="user_id" in user)
    except GraphError as error:
        return True, {"input": given, "errors": [error.body()["error"]]}
    chat = world.store.chat(number.id, wa_id)
    entry = {"input": given, "wa_id": wa_id}
    if "user_id" in user:
        entry = {"input": given, "user_id": given}
    if add and not window_open(chat, world.now()):
        problem = {
            "message": "Re-engagement required",
            "code": 131047,
            "error_data": {"details": "Only users who messaged in the last 24 hours can be blocked."},
        }
        return True, entry | {"errors": [problem]}
    chat.blocked = add
    world.store.put_chat(chat)
    return False, entry


def _wa_id(world: World, waba: Waba, number: Number, given: str, *, is_user_id: bool) -> str:
    if not is_user_id:
        return wa_id_of(given, number.digits)
    found = customers.find_by_user_id(world.store, world.config, waba.portfolio_id, given)
    if found is None:
        raise GraphError(131009, "Unknown user_id")
    return found


def blocked(world: World, number: Number, query: dict[str, str], url: str) -> dict[str, Any]:
    rows = world.store.rows(
        "SELECT wa_id FROM chats WHERE phone_number_id=? AND json_extract(body,'$.blocked')=1 ORDER BY wa_id",
        number.id,
    )
    items = [{"messaging_product": "whatsapp", "input": wa_id, "wa_id": wa_id} for (wa_id,) in rows]
    return fields.page(items, query, url)


def waba_or_missing(world: World, waba_id: str) -> Waba:
    found = world.store.waba(waba_id)
    if found is None:
        raise missing_object(waba_id)
    return found


def all_wabas(world: World) -> list[Waba]:
    return world.store.all(Waba)
