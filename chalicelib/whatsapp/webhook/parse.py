"""Meta's envelope → updates. A genuine payload never raises: what cannot be read is yielded as Unreadable."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from chalicelib.whatsapp import errors
from chalicelib.whatsapp.errors import MetaError
from chalicelib.whatsapp.webhook.account import AccountUpdate, read_account, read_preference
from chalicelib.whatsapp.webhook.base import Reading, Source, entries, first_problem, node, person_of, text
from chalicelib.whatsapp.webhook.content import read_content
from chalicelib.whatsapp.webhook.updates import (
    ChannelErrors,
    Context,
    Echo,
    Entry,
    InboundMessage,
    Pricing,
    Referral,
    StatusUpdate,
    Unreadable,
)

Part = TypeVar("Part", bound=Reading)
Update = InboundMessage | StatusUpdate | Echo | ChannelErrors | AccountUpdate | Unreadable


def parse(payload: Any) -> Iterator[Update]:
    """Every update of a webhook body, in its order."""
    if not isinstance(payload, dict) or not isinstance(payload.get("entry"), list):
        yield Unreadable(raw=payload, reason="no entry list")
        return
    for entry in payload["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            yield Unreadable(raw=entry, reason="no changes list")
            continue
        for change in changes:
            yield from parse_change(text(entry.get("id")) or "", change, entry.get("time"))


def parse_change(waba_id: str, change: Any, time: Any = None) -> Iterator[Update]:
    """Every update of one of `entry[].changes[]`."""
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict):
        yield Unreadable(raw=change, reason="no value object")
        return
    field = text(change.get("field")) or ""
    source = _source(waba_id, value)
    found = list(_parts(source, field, time, value))
    if found:
        yield from found
    elif field == "messages":
        yield Unreadable(raw=change, reason="messages without a message, status or error")
    else:
        yield _guarded(value, lambda: read_account(source, field, value, time))


def _parts(source: Source, field: str, time: Any, value: dict[str, Any]) -> Iterator[Update]:
    people = entries(value.get("contacts"))
    for message in entries(value.get("messages")):
        yield _guarded(message, lambda m=message: _message(source, people, m))
    for status in entries(value.get("statuses")):
        yield _guarded(status, lambda s=status: _status(source, people, s))
    for echo in entries(value.get("message_echoes")):
        yield _guarded(echo, lambda e=echo: _echo(source, people, e))
    for preference in entries(value.get("user_preferences")):
        yield _guarded(preference, lambda p=preference: read_preference(source, field, time, p, people))
    if field == "messages" and (found := _errors(value)):
        yield ChannelErrors(source=source, errors=found)


def _guarded(raw: Any, read: Any) -> Update:
    try:
        update: Update = read()
    except ValidationError as error:
        return Unreadable(raw=raw, reason=first_problem(error))
    return update


def _source(waba_id: str, value: dict[str, Any]) -> Source:
    metadata = node(value.get("metadata"))
    return Source(
        waba_id=waba_id,
        phone_number_id=text(metadata.get("phone_number_id")),
        display_phone_number=text(metadata.get("display_phone_number")),
    )


def _message(source: Source, people: list[Any], raw: Any) -> InboundMessage:
    message = node(raw)
    return InboundMessage(
        source=source,
        sender=person_of(people, message.get("from"), message.get("from_user_id"), message.get("from_parent_user_id")),
        wamid=message.get("id"),
        timestamp=message.get("timestamp"),
        type=text(message.get("type")) or "unknown",
        content=read_content(message),
        context=_lenient(Context, message.get("context")),
        referral=_lenient(Referral, message.get("referral")),
        group_id=text(message.get("group_id")),
        errors=_errors(message),
        raw=message,
    )


def _status(source: Source, people: list[Any], raw: Any) -> StatusUpdate:
    status = node(raw)
    return StatusUpdate(
        source=source,
        recipient=person_of(
            people,
            status.get("recipient_id"),
            status.get("recipient_user_id"),
            status.get("parent_recipient_user_id") or status.get("recipient_parent_user_id"),
        ),
        wamid=status.get("id"),
        status=status.get("status"),
        timestamp=status.get("timestamp"),
        callback_data=text(status.get("biz_opaque_callback_data")),
        conversation=_conversation(status.get("conversation")),
        pricing=_pricing(status.get("pricing")),
        errors=_errors(status),
    )


def _echo(source: Source, people: list[Any], raw: Any) -> Echo:
    message = node(raw)
    return Echo(
        source=source,
        recipient=person_of(people, message.get("to"), message.get("to_user_id"), message.get("to_parent_user_id")),
        wamid=message.get("id"),
        timestamp=message.get("timestamp"),
        type=text(message.get("type")) or "unknown",
        content=read_content(message),
        raw=message,
    )


def _errors(holder: dict[str, Any]) -> tuple[MetaError, ...]:
    return tuple(errors.from_webhook(error) for error in entries(holder.get("errors")))


def _conversation(raw: Any) -> Entry | None:
    conversation = node(raw)
    if not conversation:
        return None
    return _lenient(Entry, {**conversation, "origin_type": node(conversation.get("origin")).get("type")})


def _pricing(raw: Any) -> Pricing | None:
    pricing = node(raw)
    if not pricing:
        return None
    category = text(pricing.get("category"))
    # Meta writes authentication-international with a hyphen in some places.
    return _lenient(Pricing, {**pricing, "category": category.replace("-", "_") if category else None})


def _lenient(model: type[Part], raw: Any) -> Part | None:
    """A part that helps but is not needed: absent when unreadable, for the message itself must not be lost."""
    if not node(raw):
        return None
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None
