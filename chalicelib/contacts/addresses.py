"""A contact's addresses as clients write them, and as we keep them."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.contacts.model import OTHER_ADDRESSES, Contact
from chalicelib.contacts.phones import normalised
from chalicelib.problems import Invalid
from chalicelib.shape import SparseShape

Other = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f#]+$")
]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=320, pattern=r"^[^@\s\x00-\x1f\x7f#]+@[^@\s#]+$")
]
Bsuid = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")]


class InvalidMsisdn(Invalid):
    """A text that can be no phone number."""

    code = 1002

    def __init__(self, field: str = "addresses.msisdn") -> None:
        super().__init__(
            "This is no phone number. Write it with its country code (+6591234567), or name the country.", field=field
        )


class NoAddress(Invalid):
    """A contact nobody could reach."""

    def __init__(self) -> None:
        super().__init__("A contact has at least one address.", field="addresses")


class Addresses(SparseShape):
    """Where somebody can be reached; at least one. `msisdn` may be national when the contact's country is given."""

    msisdn: str | None = Field(default=None, pattern=r"^\+?[1-9][0-9]{6,14}$")
    bsuid: Bsuid | None = Field(default=None, description="WhatsApp's business-scoped user id.")
    we_chat_user_id: Other | None = None
    facebook_user_id: Other | None = None
    email: Email | None = None
    zalo_id: Other | None = None
    line_id: Other | None = None
    kakao_talk_id: Other | None = None


def kept(given: Addresses, country: str) -> dict[str, object]:
    """The contact's values that hold these addresses. Raises InvalidMsisdn, NoAddress."""
    phone = normalised(given.msisdn, country) if given.msisdn else None
    if given.msisdn and not phone:
        raise InvalidMsisdn
    others = {
        kind: value for kind, value in given.model_dump(by_alias=True).items() if kind in OTHER_ADDRESSES and value
    }
    if not (phone or given.bsuid or others):
        raise NoAddress
    return {"phone": phone, "bsuid": given.bsuid, "addresses": others}


def shown(contact: Contact) -> Addresses:
    """A contact's addresses as the API has them: phone numbers without `+`."""
    msisdn = contact.phone.lstrip("+") if contact.phone else None
    # What is stored was checked when it came in, perhaps by other rules: it is shown as it is.
    values: dict[str, Any] = {"msisdn": msisdn, "bsuid": contact.bsuid, **_by_field(contact.addresses)}
    return Addresses.model_construct(**values)


def _by_field(addresses: dict[str, str]) -> dict[str, str]:
    names = {field.alias or name: name for name, field in Addresses.model_fields.items()}
    return {names[kind]: value for kind, value in addresses.items()}
