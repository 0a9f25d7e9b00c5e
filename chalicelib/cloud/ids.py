"""Ids that sort by time of birth (ULID, https://github.com/ulid/spec): 10 characters of milliseconds, 16 of chance."""

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A new 26-character id; ids made in a later millisecond sort later."""
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


_SINCE_MS = 1_577_836_800_000  # 2020-01-01


def number_of(ulid: str) -> int:
    """A ULID as a whole number that JSON carries exactly (below 2^53 until 2089) and that sorts by time of birth too.

    41 bits of milliseconds and 12 of chance: whoever stores under it must refuse a number that is taken, and take another.
    """
    value = 0
    for letter in ulid:
        value = value << 5 | _ALPHABET.index(letter)
    return ((value >> 80) - _SINCE_MS) << 12 | (value >> 68 & 0xFFF)


def uuid_of(ulid: str) -> str:
    """A ULID in the notation of a UUID, for interfaces that ask for one."""
    value = 0
    for letter in ulid:
        value = value << 5 | _ALPHABET.index(letter)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
