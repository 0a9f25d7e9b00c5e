"""What Meta says about templates, numbers, accounts and preferences: our records follow, and whoever must know hears of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.channels import store as channels
from chalicelib.channels import templates
from chalicelib.channels.model import Channel
from chalicelib.contacts import identity
from chalicelib.contacts.model import ConsentCategory, Identities
from chalicelib.conversations import opting_out
from chalicelib.events import model as events
from chalicelib.events.model import Event
from chalicelib.whatsapp.webhook import (
    AccountEvent,
    AccountNotice,
    AccountUpdate,
    BusinessCapability,
    PhoneNumberQuality,
    Preference,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
)
from chalicelib.wiring import World

UPGRADED_MPS = 1000
_TEMPLATE_STATUS = {
    "REINSTATED": "APPROVED",
    "UNARCHIVED": "APPROVED",
    "LOCKED": "DISABLED",
}
_KEEPS_STATUS = {"FLAGGED"}


def apply(update: AccountUpdate, world: World) -> None:
    """Follows one update. The same one twice, or an older one after a newer, changes nothing more."""
    match update:
        case TemplateStatus():
            _template_status(update, world)
        case TemplateQuality():
            _template(update, world, {"quality": update.new_quality_score}, "quality")
        case TemplateCategory(impending=True):
            _tell(
                world, update, "template.category_notice", "template", update.name or "", update.model_dump(mode="json")
            )
        case TemplateCategory(new_category=str(category)):
            _template(update, world, {"category": category}, "category")
        case TemplateComponents():
            templates.sync(world.table, world.whatsapp(update.source.waba_id), update.source.waba_id, world.clock())
        case PhoneNumberQuality() | BusinessCapability(tier=str()) | AccountNotice(field="phone_number_name_update"):
            _number(update, world)
        case AccountEvent():
            _account(update, world)
        case Preference():
            _preference(update, world)
        case _:
            _tell(world, update, f"account.{update.field}", "account", update.source.waba_id, {})


def _template_status(update: TemplateStatus, world: World) -> None:
    if update.event in _KEEPS_STATUS:
        _tell(world, update, "template.flagged", "template", update.name or "", {"language": update.language})
        return
    reason = update.rejection_reason or update.reason or update.other_title or ""
    status = _TEMPLATE_STATUS.get(update.event, update.event)
    _template(update, world, {"status": status, "reason": "" if reason == "NONE" else reason}, "status")


def _template(
    update: TemplateStatus | TemplateQuality | TemplateCategory, world: World, values: Mapping[str, Any], what: str
) -> None:
    """Sets the values unless a newer update of the same kind has; a template we never saw is read from Meta."""
    if update.name is None or update.language is None:
        templates.sync(world.table, world.whatsapp(update.source.waba_id), update.source.waba_id, world.clock())
        return
    at = update.time or int(world.clock().timestamp())
    if templates.follow(world.table, update.source.waba_id, update.name, update.language, values, f"{what}_at", at):
        data = {"waba_id": update.source.waba_id, "name": update.name, "language": update.language, **values}
        _tell(world, update, f"template.{what}", "template", f"{update.name}/{update.language}", data)


def _number(update: AccountUpdate, world: World) -> None:
    match update:
        case BusinessCapability(tier=str(tier)):
            _all_channels(update, world, {"tier": tier})
        case PhoneNumberQuality():
            _quality(update, world)
        case AccountNotice():
            _display_name(update, world)


def _quality(update: PhoneNumberQuality, world: World) -> None:
    for channel in _channels(update, world):
        if _digits(channel.display_phone_number) != _digits(update.display_phone_number):
            continue
        values: dict[str, Any] = {"tier": update.tier} if update.tier else {}
        if update.event == "THROUGHPUT_UPGRADE":
            values["throughput_mps"] = UPGRADED_MPS
        if update.event in {"FLAGGED", "UNFLAGGED"}:
            values["quality"] = "RED" if update.event == "FLAGGED" else "GREEN"
        if values:
            channels.change(world.table, channel.id, **values)
        _tell(world, update, "channel.quality", "channel", channel.id, {"event": update.event, **values})


def _display_name(update: AccountNotice, world: World) -> None:
    """Meta has decided on a number's display name; only an approved one is shown to customers."""
    decision, name = str(update.value.get("decision") or ""), str(update.value.get("requested_verified_name") or "")
    for channel in _channels(update, world):
        if _digits(channel.display_phone_number) != _digits(str(update.value.get("display_phone_number") or "")):
            continue
        values = {"name_status": decision} | ({"verified_name": name} if decision == "APPROVED" and name else {})
        channels.change(world.table, channel.id, **values)
        _tell(world, update, "channel.name", "channel", channel.id, {"decision": decision})


def _account(update: AccountEvent, world: World) -> None:
    if update.event == "DISABLED_UPDATE" and update.ban_state:
        lifted = update.ban_state == "REINSTATE"
        _all_channels(update, world, {"stopped": None if lifted else f"WhatsApp account: {update.ban_state}"})
    elif update.event == "ACCOUNT_RESTRICTION":
        kinds = [restriction.restriction_type for restriction in update.restrictions]
        if "RESTRICTED_BIZ_INITIATED_MESSAGING" in kinds:
            _all_channels(update, world, {"stopped": "WhatsApp has restricted messages from this business"})
    elif update.event == "ACCOUNT_DELETED":
        _all_channels(update, world, {"stopped": "the WhatsApp account was deleted"})
    _tell(world, update, "account.update", "account", update.source.waba_id, {"event": update.event})


def _preference(update: Preference, world: World) -> None:
    if not (update.person.wa_id or update.person.user_id):
        return
    who = Identities(phone=f"+{update.person.wa_id}" if update.person.wa_id else None, bsuid=update.person.user_id)
    person = identity.resolve(world.table, who, now=world.clock(), new_id=world.new_id)
    opting_out.record(
        world,
        person,
        ConsentCategory.MARKETING,
        allowed=update.value != "stop",
        subaccount_id=None,
        source="preference",
        text=update.detail or update.value,
        at=datetime.fromtimestamp(update.timestamp, UTC),
        entry_id=f"preference.{update.value}.{update.timestamp}",
    )


def _all_channels(update: AccountUpdate, world: World, values: Mapping[str, Any]) -> None:
    for channel in _channels(update, world):
        channels.change(world.table, channel.id, **values)


def _channels(update: AccountUpdate, world: World) -> list[Channel]:
    return [each for each in channels.channels(world.table) if each.waba_id == update.source.waba_id]


def _digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number))


def _tell(
    world: World, update: AccountUpdate, event_type: str, topic: str, subject: str, data: Mapping[str, Any]
) -> None:
    at = world.clock()
    event_id = f"{event_type}.{update.source.waba_id}.{subject}.{update.time or int(at.timestamp())}"
    event = Event(id=event_id, type=event_type, at=at, topic=topic, subject=subject, data=dict(data))
    events.store(world.table, event)
