"""Is a webhook from Meta? HMAC-SHA256 of the bytes as received; nothing may re-serialise them first."""

import base64
import binascii
import hmac
from typing import Any

_PREFIX = "sha256="


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return _PREFIX + hmac.digest(secret.encode(), body, "sha256").hex()


def is_genuine(secret: str, body: bytes, header: str | None) -> bool:
    """Compared in constant time. An empty secret signs nothing."""
    if not secret or not header:
        return False
    return hmac.compare_digest(sign(secret, body).encode(), header.encode())


def raw_body(event: dict[str, Any]) -> bytes:
    """The bytes that were signed, from an API Gateway event. Raises ValueError when its base64 is broken."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("the body is not base64") from error
