"""The `pricing` and `conversation` objects of a status webhook."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from .records import Chat, Message, Number
from .world import World

DAY = 86_400
FREE_ENTRY_SECONDS = 72 * 3600


def price(world: World, number: Number, chat: Chat, message: Message, category: str, *, charged: bool = True) -> None:
    """Writes category and price type on the message; answering an ad in time opens the free entry point."""
    now = world.now()
    if chat.ad_at is not None and now < chat.ad_at + DAY and charged:
        chat.free_until, chat.ad_at = now + FREE_ENTRY_SECONDS, None
        chat.free_id = _conversation_id(chat, "referral_conversion", now)
    message.category = category.lower()
    if message.product == "marketing":
        message.category = "marketing_lite"
    if chat.free_until is not None and now < chat.free_until:
        message.category, message.pricing_type = "referral_conversion", "free_entry_point"
        message.window_until, message.conversation_id = chat.free_until, chat.free_id
        return
    if (
        message.category == "service"
        and charged
        and _count_service(world, number) <= world.config.free_service_messages
    ):
        message.pricing_type = "free_customer_service"
    message.window_until = now + DAY
    message.conversation_id = _conversation_id(chat, message.category, now)


def status_objects(world: World, message: Message, status: str) -> dict[str, Any]:
    """Pricing comes with `sent` and one of delivered and read; before v24.0 a conversation too."""
    fields: dict[str, Any] = {}
    if status == "sent" or (status in ("delivered", "read") and message.priced < 2):
        message.priced += 1 if status == "sent" else 2
        fields["pricing"] = {
            "billable": message.pricing_type == "regular",
            "pricing_model": "PMP",
            "type": message.pricing_type,
            "category": message.category,
        }
    free_entry = message.pricing_type == "free_entry_point"
    if message.conversation_id and (free_entry or _version(world.config.webhook_version) < 24.0):
        conversation: dict[str, Any] = {"id": message.conversation_id, "origin": {"type": message.category}}
        if status == "sent" and message.window_until is not None:
            conversation["expiration_timestamp"] = str(int(message.window_until))
        fields["conversation"] = conversation
    return fields


def _count_service(world: World, number: Number) -> int:
    month = datetime.fromtimestamp(world.now(), UTC).strftime("%Y-%m")
    world.store.run("INSERT INTO service_counts VALUES (?,?,1) ON CONFLICT DO UPDATE SET n=n+1", number.id, month)
    row = world.store.row("SELECT n FROM service_counts WHERE phone_number_id=? AND month=?", number.id, month)
    return int(row[0]) if row else 1


def _conversation_id(chat: Chat, category: str, now: float) -> str:
    named = f"{chat.phone_number_id}:{chat.wa_id}:{category}:{int(now // DAY)}"
    return hashlib.md5(named.encode(), usedforsecurity=False).hexdigest()


def _version(text: str) -> float:
    return float(text.removeprefix("v"))
