"""A visitor's session: a signed note of who they are in which chat, kept by their browser. Pure: the key and the time are given.

`<base64url of the claim>.<base64url of its HMAC-SHA256>`. Nothing of it is stored: a forged one costs no read.
"""

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime, timedelta

from chalicelib.dataclass import dataclass

LASTS = timedelta(days=30)
"""Each visit begins it anew."""


@dataclass(frozen=True)
class Session:
    """Who speaks, in which chat, and until when we believe it."""

    channel_id: str
    visitor_id: str
    until: datetime


def signed(session: Session, key: str) -> str:
    """The session as its visitor keeps it."""
    claim = json.dumps([session.channel_id, session.visitor_id, int(session.until.timestamp())]).encode()
    return f"{_text(claim)}.{_text(_seal(claim, key))}"


def read(token: str, key: str, now: datetime) -> Session | None:
    """The session, or None: it is not ours, was changed, or is over."""
    claim, _, seal = token.partition(".")
    try:
        body, given = _bytes(claim), _bytes(seal)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(_seal(body, key), given):
        return None
    channel_id, visitor_id, until = json.loads(body)
    session = Session(channel_id, visitor_id, datetime.fromtimestamp(until, UTC))
    return session if now < session.until else None


def _seal(claim: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), claim, "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
