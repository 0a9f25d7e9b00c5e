"""The `user` object of the send API, and whose number it names."""

import re

from pydantic import JsonValue

from chalicelib.automation.steps.commands import StepFailed, User

_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
_SEPARATORS = re.compile(r"[\s().-]")


def parse(user: JsonValue) -> User:
    """The person a `user` input names: `msisdn`, with or without +, or `channelUserId`; either may be a BSUID."""
    if not isinstance(user, dict) or not any(user.get(key) for key in ("msisdn", "channelUserId")):
        raise StepFailed("Empty 'user': msisdn or channelUserId is required.")
    found = [identify(key, user[key]) for key in ("msisdn", "channelUserId") if user.get(key)]
    return User(
        phone=next((one.phone for one in found if one.phone), None),
        bsuid=next((one.bsuid for one in found if one.bsuid), None),
    )


def identify(field: str, value: JsonValue) -> User:
    """A phone number or a BSUID from one text."""
    text = str(value).strip()
    if _BSUID.fullmatch(text):
        return User(bsuid=text)
    digits = _SEPARATORS.sub("", text).removeprefix("+").removeprefix("00")
    if not (digits.isascii() and digits.isdecimal() and 7 <= len(digits) <= 15 and digits[0] != "0"):
        raise StepFailed(f"Invalid '{field}': a phone number with country code, or a WhatsApp user id.")
    return User(phone="+" + digits)
