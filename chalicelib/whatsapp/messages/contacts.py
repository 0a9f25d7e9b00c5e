"""Contact cards, at most 257 of them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.whatsapp.messages.base import Link, Wire, limited

Line = Annotated[str, limited(1000)]


class CardName(Wire):
    formatted_name: Line
    first_name: Line | None = None
    last_name: Line | None = None
    middle_name: Line | None = None
    suffix: Line | None = None
    prefix: Line | None = None


class CardPhone(Wire):
    phone: Line
    type: Line | None = None
    wa_id: Line | None = None


class CardEmail(Wire):
    email: Line
    type: Line | None = None


class CardAddress(Wire):
    street: Line | None = None
    city: Line | None = None
    state: Line | None = None
    zip: Line | None = None
    country: Line | None = None
    country_code: Line | None = None
    type: Line | None = None


class CardOrg(Wire):
    company: Line | None = None
    department: Line | None = None
    title: Line | None = None


class CardUrl(Wire):
    url: Link
    type: Line | None = None


class Card(Wire):
    name: CardName
    phones: tuple[CardPhone, ...] | None = None
    emails: tuple[CardEmail, ...] | None = None
    addresses: tuple[CardAddress, ...] | None = None
    org: CardOrg | None = None
    urls: tuple[CardUrl, ...] | None = None
    birthday: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class Contacts(Wire):
    type: Literal["contacts"] = "contacts"
    contacts: Annotated[tuple[Card, ...], Field(min_length=1, max_length=257)]
