"""Phone numbers as people write them → E.164, with the country they belong to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber  # the library is a tenth of a cold start, and only what reads a list needs it

# Meta's business-scoped user id: a country, for parent ids ENT, then letters and digits.
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]{1,2}")
# Excel and messengers copy invisible direction marks and hard spaces along with the number.
_DIRECTION_MARKS = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_INVISIBLE = dict.fromkeys((*range(0x20), 0x7F, 0xA0, 0xAD, *_DIRECTION_MARKS))
_NOT_DIGITS = re.compile(r"[^0-9]")
_MAX_CHARACTERS = 40

_Match = Callable[[str], re.Match[str] | None]
_NEVER: _Match = re.compile(r"(?!)").fullmatch


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: `to` is E.164 with its plus, or a BSUID; `country` is ISO, "" when unknown."""

    to: str
    country: str
    is_bsuid: bool = False


@dataclass(frozen=True, slots=True)
class BadNumber:
    """Why this text is no address: a code of reasons.py."""

    reason: str


def normalise(text: str, country: str | None, *, force: bool = False) -> Address | BadNumber:
    """The address in `text`. `country` (ISO) is assumed for local numbers; `force` puts it before every number, as 8x8 has it."""
    cleaned = text.translate(_INVISIBLE).strip().strip("'\"")
    if not cleaned:
        return BadNumber("no_number")
    if len(cleaned) > 3 and cleaned[2] == "." and _BSUID.fullmatch(cleaned):
        return Address(cleaned, cleaned[:2], is_bsuid=True)
    if _SCIENTIFIC.fullmatch(cleaned):
        return BadNumber("scientific_notation")
    if len(cleaned) > _MAX_CHARACTERS:
        return BadNumber("invalid_number")
    if force and country:
        return _forced(cleaned, country)
    return _assumed(cleaned, country)


def _assumed(text: str, country: str | None) -> Address | BadNumber:
    international = text.startswith(("+", "00"))
    if international:
        return _address("+" + text.lstrip("+0") if text.startswith("00") else text, None) or BadNumber("invalid_number")
    local = _address(text, country) if country else None
    # "60123456789" in a file of Singapore numbers: not valid here, but valid with a plus.
    return local or _address("+" + _NOT_DIGITS.sub("", text), None) or BadNumber("invalid_number")


def _forced(text: str, country: str) -> Address | BadNumber:
    import phonenumbers

    digits = _NOT_DIGITS.sub("", text)
    code = str(phonenumbers.country_code_for_region(country))
    without = digits.removeprefix("00") if digits.startswith("00") else digits
    candidates = ["+" + without] if without.startswith(code) else []
    candidates += ["+" + code + digits, "+" + code + digits.lstrip("0")]
    for candidate in candidates:
        address = _address(candidate, None)
        if address:
            return address
    return BadNumber("invalid_number")


def _address(text: str, country: str | None) -> Address | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    # `is_valid_number` would find the region too, and throw it away: the dearest step, a million times.
    region = phonenumbers.region_code_for_number(number)
    if number.extension or region is None:
        return None
    if not _is_mobile(number, region) and not phonenumbers.is_valid_number_for_region(number, region):
        return None
    return Address(_e164(number), "" if region == "001" else region)


def _is_mobile(number: "PhoneNumber", region: str) -> bool:
    """Is this surely a mobile number there? Most are, and the library tries eight other kinds before it comes to them."""
    lengths, general, mobile = _mobiles(region)
    national = _national(number)
    return len(national) in lengths and bool(general(national)) and bool(mobile(national))


@cache
def _mobiles(region: str) -> tuple[frozenset[int], _Match, _Match]:
    """How long mobile numbers of a region may be, and the patterns that any number and a mobile one of its must match whole."""
    from phonenumbers import PhoneMetadata

    found = PhoneMetadata.metadata_for_region(region, None)
    if not (found and found.general_desc and found.mobile):
        return frozenset(), _NEVER, _NEVER
    general, mobile = found.general_desc, found.mobile
    lengths = frozenset(mobile.possible_length or general.possible_length)
    return lengths, _whole(general.national_number_pattern), _whole(mobile.national_number_pattern)


def _whole(pattern: str | None) -> _Match:
    return re.compile(pattern).fullmatch if pattern else _NEVER


def _national(number: "PhoneNumber") -> str:
    zeros = "0" * (number.number_of_leading_zeros or 1) if number.italian_leading_zero else ""
    return f"{zeros}{number.national_number}"


def _e164(number: "PhoneNumber") -> str:
    # What phonenumbers.format_number(…, E164) answers, without its cost: a million times a run.
    return f"+{number.country_code}{_national(number)}"


def is_country(code: str) -> bool:
    """Is this an ISO country the library knows?"""
    import phonenumbers

    return code in phonenumbers.SUPPORTED_REGIONS
