"""Ids that sort by time of birth (ULID, https://github.com/ulid/spec): 10 characters of milliseconds, 16 of chance."""

import os
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A new 26-character id; ids made in a later millisecond sort later."""
    number = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
