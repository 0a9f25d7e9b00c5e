"""The window: 24 hours from the customer's last message, by Meta's clock, with a margin before its end."""

from datetime import UTC, datetime, timedelta

from chalicelib.conversations import window

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MARGIN = window.margin(5, 15)


def test_it_counts_from_metas_stamp_even_when_the_webhook_came_late() -> None:
    assert window.closes_at(AT, AT + timedelta(hours=3)) == AT + timedelta(hours=24)


def test_a_stamp_in_our_future_does_not_lengthen_it() -> None:
    assert window.closes_at(AT + timedelta(minutes=10), AT) == AT + timedelta(hours=24)


def test_it_is_closed_for_sending_before_the_time_outs_could_pass_its_end() -> None:
    closes = window.closes_at(AT, AT)
    assert window.is_open(closes, closes - MARGIN - timedelta(milliseconds=1), MARGIN)
    assert not window.is_open(closes, closes - MARGIN, MARGIN)


def test_nobody_who_never_wrote_has_an_open_window() -> None:
    assert not window.is_open(None, AT)
