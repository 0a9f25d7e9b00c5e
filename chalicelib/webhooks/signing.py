"""Signatures by the Standard Webhooks specification (https://www.standardwebhooks.com): receivers find a library for it.

What is signed is `id.timestamp.body`, so neither an old delivery nor another's body can be passed off as this one.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.cloud.clock import epoch

_PREFIX = "whsec_"


def new_key(random: bytes) -> str:
    """A signing key as the receiver is shown it."""
    return _PREFIX + base64.b64encode(random).decode()


def headers(keys: Iterable[str], event_id: str, body: str, now: datetime) -> Mapping[str, str]:
    """The headers that prove a delivery, with a signature by each key."""
    at = epoch(now)
    signed = f"{event_id}.{at}.{body}".encode()
    signatures = " ".join(f"v1,{_signature(key, signed)}" for key in keys)
    return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": signatures}


def _signature(key: str, signed: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
