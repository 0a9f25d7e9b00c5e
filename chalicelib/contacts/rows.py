"""From a line of a contacts file to what it says of a contact. Pure."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.contacts.addresses import Addresses, kept
from chalicelib.contacts.model import MOST_ATTRIBUTES, OTHER_ADDRESSES, Identities, full_name
from chalicelib.contacts.phones import country_of, normalised
from chalicelib.dataclass import dataclass
from chalicelib.problems import Invalid

_FIELDS = ("firstName", "lastName", "externalId", "country", "msisdn", "bsuid", "tags", *OTHER_ADDRESSES)
_OTHER_NAMES = {
    "mobile": "msisdn", "mobile number": "msisdn", "mobilenumber": "msisdn", "phone": "msisdn", "phone number": "msisdn",
    "phonenumber": "msisdn", "number": "msisdn", "tel": "msisdn", "telephone": "msisdn", "whatsapp": "msisdn",
    "e-mail": "email", "mail": "email", "email address": "email", "first name": "firstName", "given name": "firstName",
    "last name": "lastName", "surname": "lastName", "family name": "lastName", "external id": "externalId",
    "country code": "country",
}  # fmt: skip
_LENGTHS = {"firstName": 200, "lastName": 200, "externalId": 50}


@dataclass(frozen=True)
class Row:
    """One usable line: what it says, as values of a Contact."""

    line: int
    values: dict[str, Any]

    @property
    def who(self) -> Identities:
        """The identities it names."""
        return Identities(phone=self.values["phone"], bsuid=self.values["bsuid"], others=self.values["addresses"])


class RowRefused(Exception):
    """A line that cannot be used, and why, for a person."""


def columns_of(names: Sequence[str]) -> list[str]:
    """What each column holds: a field, `attribute:<name>`, or nothing. Raises Invalid when none has an address.

    >>> columns_of(["Mobile", "First Name", "Shoe size", ""])
    ['msisdn', 'firstName', 'attribute:Shoe size', '']
    """
    fields = {field.lower(): field for field in _FIELDS}
    found: list[str] = []
    for name in (each.strip()[:100] for each in names):
        field = fields.get(name.lower().replace("_", "")) or _OTHER_NAMES.get(name.lower().replace("_", " "))
        own = f"attribute:{name}" if name else ""
        found.append(field if field and field not in found else own)
    if not {"msisdn", "bsuid", *OTHER_ADDRESSES} & set(found):
        raise Invalid("No column has phone numbers or another address. Name one msisdn.", field="fileColumns")
    if sum(column.startswith("attribute:") for column in found) > MOST_ATTRIBUTES:
        raise Invalid(f"A contact has at most {MOST_ATTRIBUTES} attributes.", field="fileColumns")
    return found


def row_of(line: int, columns: Sequence[str], cells: Sequence[str], country: str = "") -> Row:
    """What a line says. Raises RowRefused."""
    said = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
    for field, most in _LENGTHS.items():
        if len(said.get(field, "")) > most:
            raise RowRefused(f"{field} is longer than {most} characters")
    home = said.get("country", country).upper()
    if home and not (len(home) == 2 and home.isascii() and home.isalpha()):
        raise RowRefused(f"country is no two-letter code: {home[:20]}")
    addresses = _addresses(said, home)
    first, last = said.get("firstName", ""), said.get("lastName", "")
    return Row(
        line,
        addresses
        | {
            "first_name": first,
            "last_name": last,
            "name": full_name(first, last),
            "external_id": said.get("externalId", ""),
            "country": said.get("country", "").upper() or country_of(addresses["phone"], addresses["bsuid"]) or country,
            "tags": frozenset(tag.strip()[:50] for tag in said.get("tags", "").split("|") if tag.strip()),
            "attributes": _attributes(said),
        },
    )


def _addresses(said: dict[str, str], home: str) -> dict[str, Any]:
    phone = None
    if "msisdn" in said:
        # A person's spelling: spaces, brackets, a national number with its leading zero.
        phone = normalised(said["msisdn"], home)
        if phone is None:
            raise RowRefused("msisdn is no phone number")
    names = {name for name in (*OTHER_ADDRESSES, "bsuid") if name in said}
    try:
        given = Addresses.model_validate(
            {name: said[name] for name in names} | ({"msisdn": phone} if phone else {}), by_alias=True
        )
        return dict(kept(given, home))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise RowRefused(f"{first['loc'][0]} is not valid") from error
    except Invalid as error:
        raise RowRefused("the line has no address") from error


def _attributes(said: dict[str, str]) -> dict[str, str]:
    prefix = "attribute:"
    return {name.removeprefix(prefix): value[:1000] for name, value in said.items() if name.startswith(prefix)}
