"""A visitor's session: only we can write one."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.webchat.sessions import Session, read, signed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINE = Session("ch-web", "visitor-1", NOW + timedelta(days=30))


def test_a_session_comes_back_as_it_was_signed() -> None:
    assert read(signed(MINE, "key"), "key", NOW) == MINE


def test_it_is_over_when_its_time_is() -> None:
    assert read(signed(MINE, "key"), "key", MINE.until) is None


def test_another_key_or_another_claim_is_refused() -> None:
    token = signed(MINE, "key")
    stranger = signed(Session("ch-web", "visitor-2", MINE.until), "key")
    assert read(token, "other", NOW) is None
    assert read(f"{stranger.split('.')[0]}.{token.split('.')[1]}", "key", NOW) is None


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "§.§", "W10.", "." * 400])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert read(token, "key", NOW) is None
