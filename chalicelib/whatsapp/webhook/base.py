"""What all updates share: where they arrived and whom they are about."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


class Reading(BaseModel):
    """A piece of what Meta sent: immutable, and what we do not know is ignored."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True
    )


class Source(Reading):
    """Which account and which of its numbers an update is about."""

    waba_id: str
    phone_number_id: str | None = None
    display_phone_number: str | None = None


class Person(Reading):
    """A customer as Meta names them. Every id may be absent: people can hide their phone number."""

    wa_id: str | None = None
    user_id: str | None = None
    """Business-scoped user id (BSUID)."""
    parent_user_id: str | None = None
    name: str | None = None
    username: str | None = None


def _seconds(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


Timestamp = Annotated[int, BeforeValidator(_seconds)]
"""Unix seconds; Meta writes them as a string, and as a number in preferences."""


def text(value: Any) -> str | None:
    """A non-empty text or number as text; anything else is absent."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def node(value: Any) -> dict[str, Any]:
    """The object, or an empty one when it is something else."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """The list, or an empty one when it is something else."""
    return value if isinstance(value, list) else []


def first_problem(error: ValidationError) -> str:
    """Where and what, without the value: it may be personal."""
    first = error.errors(include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['type']}"


def person_of(people: list[Any], wa_id: Any, user_id: Any, parent_user_id: Any) -> Person:
    """The ids on the message itself, completed from the one of `contacts[]` they belong to."""
    phone, bsuid = text(wa_id), text(user_id)
    contact = _contact([node(person) for person in people], phone, bsuid)
    profile = node(contact.get("profile"))
    return Person(
        wa_id=phone or text(contact.get("wa_id")),
        user_id=bsuid or text(contact.get("user_id")),
        parent_user_id=text(parent_user_id) or text(contact.get("parent_user_id")),
        name=text(profile.get("name")),
        username=text(profile.get("username")),
    )


def _contact(people: list[dict[str, Any]], phone: str | None, bsuid: str | None) -> dict[str, Any]:
    for person in people:
        if (phone and text(person.get("wa_id")) == phone) or (bsuid and text(person.get("user_id")) == bsuid):
            return person
    # A message that names nobody belongs to the only contact there is; with several it belongs to no known one.
    return people[0] if len(people) == 1 and not phone and not bsuid else {}
