"""How an API key is written: `parley_<id>_<secret>`, the id to find it by, 256 random bits to prove it.

Only the secret's SHA-256 is stored. A slow hash would protect nothing here: nobody guesses 256 bits, and every request pays.
"""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

PREFIX = "parley_"
_FORM = re.compile(r"parley_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")


class KeyParts(NamedTuple):
    """The two halves of a key."""

    id: str
    secret: str


def make(id_bytes: bytes, secret_bytes: bytes) -> KeyParts:
    """A key out of 10 and 32 random bytes."""
    return KeyParts(
        base64.b32encode(id_bytes).decode().lower(),
        base64.urlsafe_b64encode(secret_bytes).decode().rstrip("="),
    )


def written(parts: KeyParts) -> str:
    """The key as its owner gets it."""
    return f"{PREFIX}{parts.id}_{parts.secret}"


def read(key: str) -> KeyParts | None:
    """The halves of a key, None when it is not one."""
    found = _FORM.fullmatch(key)
    return KeyParts(found[1], found[2]) if found else None


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether this is the secret, in constant time."""
    return hmac.compare_digest(digest(secret), stored)
