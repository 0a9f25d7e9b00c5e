import base64
import hashlib

import pytest

from chalicelib.whatsapp import signature

BODY = b'{"object":"whatsapp_business_account"}'
SECRET = "test-app-secret"
PUBLISHED = "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"


def by_hand(secret: str, body: bytes) -> str:
    """RFC 2104 written out, to be independent of the hmac module."""
    key = secret.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + body).digest()
    return "sha256=" + hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).hexdigest()


def test_the_published_vector_and_a_computation_by_hand_agree():
    assert signature.sign(SECRET, BODY) == PUBLISHED == by_hand(SECRET, BODY)


def test_a_genuine_signature_is_known():
    assert signature.is_genuine(SECRET, BODY, PUBLISHED)


@pytest.mark.parametrize(
    ("secret", "body", "header"),
    [
        (SECRET, BODY + b" ", PUBLISHED),
        ("other", BODY, PUBLISHED),
        (SECRET, BODY, PUBLISHED.upper()),
        (SECRET, BODY, PUBLISHED[7:]),
        (SECRET, BODY, "sha1=" + PUBLISHED[7:]),
        (SECRET, BODY, PUBLISHED + "0"),
        (SECRET, BODY, "sha256=é"),
        (SECRET, BODY, ""),
        (SECRET, BODY, None),
        ("", BODY, signature.sign("", BODY)),
    ],
)
def test_anything_else_is_not(secret, body, header):
    assert not signature.is_genuine(secret, body, header)


def test_escaped_and_plain_characters_are_different_bytes():
    escaped, plain = b'{"a":"\\u00e4\\ud83d\\ude00"}', '{"a":"ä😀"}'.encode()
    header = signature.sign(SECRET, escaped)
    assert signature.is_genuine(SECRET, escaped, header)
    assert not signature.is_genuine(SECRET, plain, header)


def test_a_base64_body_is_read_as_the_bytes_that_were_signed():
    event = {"body": base64.b64encode(BODY).decode(), "isBase64Encoded": True}
    assert signature.raw_body(event) == BODY == signature.raw_body({"body": BODY.decode(), "isBase64Encoded": False})
    assert signature.raw_body({}) == b""
    with pytest.raises(ValueError, match="base64"):
        signature.raw_body({"body": "%%%", "isBase64Encoded": True})
