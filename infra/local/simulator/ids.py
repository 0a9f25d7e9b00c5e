"""Ids in Meta's shapes. They are opaque: only their outer form is a fact."""

import base64
import secrets


def wamid(user: str, outbound: bool) -> str:
    """`wamid.` and base64 of the user and random bytes, with its `=` padding, as Meta's are."""
    name = user.encode()[:60]
    kind = b"\x11\x18" if outbound else b"\x12\x18"
    raw = b"\x1c\x18" + bytes([len(name)]) + name + b"\x15\x02\x00" + kind + b"\x12"
    return "wamid." + base64.b64encode(raw + secrets.token_hex(9).upper().encode() + b"\x00").decode()


def node(digits: int = 15) -> str:
    """A Graph object id: digits that do not start with zero."""
    return str(10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1)))


def handle() -> str:
    return "4::" + base64.b64encode(secrets.token_bytes(48)).decode() + ":ARb" + secrets.token_urlsafe(24)
