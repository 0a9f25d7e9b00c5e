"""When two phone numbers are the same WhatsApp user."""

import re

_BRAZIL = re.compile(r"^\+55(\d{2})([6-9]\d{7})$")
_MEXICO = re.compile(r"^\+521(\d{10})$")
_ARGENTINA = re.compile(r"^\+549(\d{10})$")


def match_key(phone: str) -> str:
    """The form under which a number is looked up. Never sent to: a customer keeps the number as given.

    WhatsApp knows some people by another spelling than the one they give: Brazilian mobiles with and without
    the ninth digit, Mexican ones with and without 1, Argentinian ones with and without 9.
    Source: Meta, "phone number formatting" of the messages API.

    >>> match_key("+551187654321")
    '+5511987654321'
    >>> match_key("+5215512345678")
    '+525512345678'
    >>> match_key("+5491123456789")
    '+541123456789'
    >>> match_key("+6591234567")
    '+6591234567'
    """
    if brazil := _BRAZIL.match(phone):
        return f"+55{brazil[1]}9{brazil[2]}"
    if mexico := _MEXICO.match(phone):
        return f"+52{mexico[1]}"
    if argentina := _ARGENTINA.match(phone):
        return f"+54{argentina[1]}"
    return phone


def country_of(phone: str | None, bsuid: str | None = None) -> str:
    """The ISO country (`SG`) by calling code, else by the BSUID's prefix; empty when neither tells.

    >>> country_of("+6591234567")
    'SG'
    >>> country_of(None, "US.13491208655302741918")
    'US'
    """
    if phone:
        import phonenumbers  # a tenth of a cold start, which most calls do without

        try:
            return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
        except phonenumbers.NumberParseException:
            return ""
    return bsuid[:2] if bsuid else ""


def normalised(text: str, country: str = "") -> str | None:
    """A phone number in E.164 (`+6591234567`), None when it can be none. National spellings need their country.

    >>> normalised("+65 9123 4567"), normalised("6591234567"), normalised("91234567", "SG"), normalised("call me")
    ('+6591234567', '+6591234567', '+6591234567', None)
    """
    import phonenumbers

    tries = [(text, None)] if text.strip().startswith("+") else [(text, country or None), (f"+{text.strip()}", None)]
    for given, region in tries:
        try:
            number = phonenumbers.parse(given, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and not number.extension:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
