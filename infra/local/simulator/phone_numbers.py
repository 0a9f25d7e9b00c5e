"""Reading a `to` as Meta reads it, and the countries of numbers."""

import re
from functools import lru_cache

import phonenumbers

from .errors import GraphError

ALLOWED = re.compile(r"^\+?[\d\s().\-/]+$")
US_TERRITORY = "US"


def wa_id_of(to: str, business_digits: str) -> str:
    """The wa_id a `to` leads to. Without `+`, a national number gets our own country code."""
    digits = re.sub(r"\D", "", to)
    if not ALLOWED.match(to.strip()) or not digits:
        raise GraphError(131009, "Recipient phone number is not valid: it may hold digits, '+', spaces and dashes.")
    if not to.strip().startswith("+") and not _is_valid(digits):
        national = dial_code(business_digits) + digits.lstrip("0")
        digits = national if _is_valid(national) else digits
    if not 7 <= len(digits) <= 15:
        raise GraphError(131009, "Recipient phone number is not valid: it must hold 7 to 15 digits.")
    return _canonical(digits)


@lru_cache(maxsize=10_000)
def region(digits: str) -> str:
    """ISO country of a number; for fictitious numbers, the main country of its code."""
    parsed = _parse(digits)
    if parsed is None or parsed.country_code is None:
        return "US"
    exact = phonenumbers.region_code_for_number(parsed)
    main = phonenumbers.region_code_for_country_code(parsed.country_code)
    found = exact or main
    return found if found not in ("ZZ", "001") else "US"


def is_us(digits: str) -> bool:
    """+1 with an area code of the United States; Canada and the Caribbean share the +1."""
    return digits.startswith("1") and region(digits) == US_TERRITORY


def _canonical(digits: str) -> str:
    """Brazil's and Mexico's mobile numbers have an optional digit; WhatsApp knows one of the two forms."""
    if re.fullmatch(r"55[3-9]\d9\d{8}", digits):
        return digits[:4] + digits[5:]
    if re.fullmatch(r"52[2-9]\d{9}", digits):
        return "521" + digits[2:]
    return digits


def dial_code(digits: str) -> str:
    parsed = _parse(digits)
    return str(parsed.country_code) if parsed else "1"


@lru_cache(maxsize=10_000)
def _is_valid(digits: str) -> bool:
    parsed = _parse(digits)
    return parsed is not None and phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed)


def _parse(digits: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
