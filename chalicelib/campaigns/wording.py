"""Use cases around a campaign's message: what there is to fill, what fills it, how it looks."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from chalicelib.campaigns import addresses, chunks, drafts
from chalicelib.campaigns.desk import Desk
from chalicelib.campaigns.message.fill import Filler, Unfit
from chalicelib.campaigns.message.slots import MEDIA_KINDS, Slot, SlotKind, media_slots, slots_of
from chalicelib.campaigns.message.text import fields_of
from chalicelib.campaigns.model import (
    PART,
    Campaign,
    Constant,
    FromField,
    MessagePlan,
    RecipientsState,
    TemplateMessage,
    TextMessage,
)
from chalicelib.campaigns.partition import values_of
from chalicelib.campaigns.plan import Plan, purpose_of
from chalicelib.campaigns.recipients.mapping import MOBILE
from chalicelib.campaigns.rows import words
from chalicelib.campaigns.trouble import NoSuchTemplate, NotReady, RowMissing
from chalicelib.channels import store as channels
from chalicelib.channels.templates import TemplateRecord
from chalicelib.conversations.outbound import Purpose
from chalicelib.media import bringing
from chalicelib.media import store as files
from chalicelib.media.model import MediaState, is_ours
from chalicelib.problems import Conflict, FieldError
from chalicelib.shape import Shape


class SlotView(Shape):
    """One place of the template to fill."""

    id: str
    kind: SlotKind
    required: bool
    text: str
    example: str
    max_length: int


class Preview(Shape):
    """The message of one recipient, exactly as it would be sent."""

    row: int
    to: str
    reason: str = ""
    """Why this recipient gets none; empty when they do."""
    explanation: str = ""
    message: dict[str, Any] | None = None
    texts: dict[str, str] = Field(default_factory=dict)
    """The template's texts filled in, by component: `header`, `body`, `footer`, `card.0.body`."""


def slots(campaign: Campaign, name: str, language: str, desk: Desk) -> list[SlotView]:
    """What there is to fill in a template."""
    return [_view(slot) for slot in slots_of(template(campaign, name, language, desk).components)]


def set_message(campaign: Campaign, message: MessagePlan, desk: Desk) -> Campaign:
    """Keeps the message; what is wrong with it is told at once, by field."""
    errors = list(problems(campaign, message, desk)) or unreachable(campaign, message, desk)
    if errors:
        raise NotReady(errors)
    return drafts.edit(campaign, desk, message=message)


def problems(campaign: Campaign, message: MessagePlan, desk: Desk) -> list[FieldError]:
    """What keeps this message from being sent to these recipients."""
    known = {MOBILE, *(campaign.recipients.fields if campaign.recipients else ())}
    has_fields = campaign.recipients is not None and campaign.recipients.state is RecipientsState.READY
    if isinstance(message, TextMessage):
        unknown = [name for name in fields_of(message.body) if name not in known] if has_fields else []
        return [FieldError("body", f"The recipients have no field {name}.") for name in unknown]
    record = template(campaign, message.name, message.language, desk)
    found = slots_of(record.components)
    ids = {slot.id for slot in found}
    errors = [
        FieldError(f"parameters.{slot.id}", f"The template's {slot.id} needs a field or a value.")
        for slot in found
        if slot.required and slot.id not in message.parameters
    ]
    for slot_id, binding in message.parameters.items():
        if slot_id not in ids:
            errors.append(FieldError(f"parameters.{slot_id}", "The template has no such place."))
        elif isinstance(binding, FromField) and has_fields and binding.field not in known:
            errors.append(FieldError(f"parameters.{slot_id}.field", f"The recipients have no field {binding.field}."))
    return errors + [error for slot in found for error in _media(slot, message, desk)]


def _media(slot: Slot, message: TemplateMessage, desk: Desk) -> Iterator[FieldError]:
    """What is wrong with a file of ours that everybody is to get."""
    binding = message.parameters.get(slot.id)
    if slot.kind not in MEDIA_KINDS or not isinstance(binding, Constant):
        return
    field = f"parameters.{slot.id}.value"
    if not is_ours(binding.value):
        if not binding.value.startswith(("https://", "http://")):
            yield FieldError(
                field, "This is neither the id of an uploaded file nor an address that begins with https://."
            )
        return
    media = files.find(desk.table, binding.value)
    if media is None:
        yield FieldError(field, "There is no file with this id.")
    elif media.state is not MediaState.READY:
        yield FieldError(field, f"The file cannot be sent: it is {media.state}. {media.problem}".strip())
    elif media.kind != slot.kind:
        yield FieldError(field, f"This file is sent as {media.kind or 'nothing'}, the template needs: {slot.kind}.")


def unreachable(campaign: Campaign, message: MessagePlan | None, desk: Desk) -> list[FieldError]:
    """Which files by address cannot be had now."""
    record = template(campaign, message.name, message.language, desk) if isinstance(message, TemplateMessage) else None
    return addresses.problems(message, record, desk)


def template(campaign: Campaign, name: str, language: str, desk: Desk) -> TemplateRecord:
    """The approved template on the account of the campaign's number. Raises NoSuchTemplate."""
    channel = channels.get(desk.table, campaign.channel_id)
    record = desk.find_template(channel.waba_id, name, language)
    if record is None:
        raise NoSuchTemplate(name, language)
    if not record.sendable:
        raise NoSuchTemplate(name, language, record.status)
    return record


def _names(message: TemplateMessage, record: TemplateRecord, desk: Desk) -> dict[str, str]:
    """What documents are called that everybody gets, by slot."""
    found = {}
    for slot in media_slots(record.components):
        binding = message.parameters.get(slot.id)
        if slot.kind is not SlotKind.DOCUMENT or not isinstance(binding, Constant):
            continue
        media = files.find(desk.table, binding.value) if is_ours(binding.value) else None
        found[slot.id] = media.name if media else bringing.name_of(binding.value)
    return found


def plan_of(campaign: Campaign, desk: Desk) -> Plan:
    """The plan of a run of this campaign as things stand now."""
    fields = campaign.recipients.fields if campaign.recipients else ()
    match campaign.message:
        case TemplateMessage() as message:
            record = template(campaign, message.name, message.language, desk)
            names = _names(message, record, desk)
            return Plan(message, purpose_of(record.category), list(record.components), fields, names=names)
        case TextMessage() as message:
            return Plan(message, Purpose.SERVICE, [], fields)
        case None:
            raise NotReady([FieldError("message", "The campaign has no message.")])


def preview(campaign: Campaign, row: int, desk: Desk) -> Preview:
    """What the recipient in this row would get. Raises RowMissing."""
    recipients = campaign.recipients
    if recipients is None or recipients.state is not RecipientsState.READY or recipients.summary is None:
        raise Conflict("The recipients have not been read yet.", code="recipients_not_ready")
    if not 0 <= row < recipients.summary.total:
        raise RowMissing(row)
    plan = plan_of(campaign, desk)
    found = chunks.get_part(desk.media, recipients.reading, row // PART)[row % PART]
    if found.reason:
        return Preview(row=row, to=found.to or found.written, reason=found.reason, explanation=words(found.reason))
    values = values_of(found.to, recipients.fields, found.values)
    try:
        message = plan.filler.message(values).model_dump(mode="json", exclude_none=True)
    except Unfit as unfit:
        return Preview(row=row, to=found.to, reason=unfit.reason, explanation=f"{words(unfit.reason)} ({unfit.slot})")
    return Preview(row=row, to=found.to, message=message, texts=texts(plan.filler, values))


def texts(filler: Filler, values: Mapping[str, str]) -> dict[str, str]:
    """Every text of the message with this recipient's values filled in."""
    if isinstance(filler.plan, TextMessage):
        return {"body": filler.message(values).model_dump()["text"]["body"]}
    return dict(filler.texts(values))


def _view(slot: Slot) -> SlotView:
    return SlotView(
        id=slot.id, kind=slot.kind, required=slot.required, text=slot.text, example=slot.example, max_length=slot.limit
    )
