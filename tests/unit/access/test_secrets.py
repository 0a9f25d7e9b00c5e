"""How keys are written, read and proved."""

import pytest

from chalicelib.access import secrets

PARTS = secrets.make(b"0123456789", b"s" * 32)


def test_a_key_is_read_as_it_was_written() -> None:
    assert secrets.read(secrets.written(PARTS)) == PARTS


def test_only_the_secret_itself_matches_its_digest() -> None:
    stored = secrets.digest(PARTS.secret)
    assert (secrets.matches(PARTS.secret, stored), secrets.matches("other", stored)) == (True, False)
    assert PARTS.secret not in stored


@pytest.mark.parametrize(
    "key", ["", "parley_", "parley_x_y", secrets.written(PARTS) + "x", secrets.written(PARTS)[:-1]]
)
def test_what_is_no_key_reads_as_none(key: str) -> None:
    assert secrets.read(key) is None
