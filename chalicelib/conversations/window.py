"""The 24 h customer service window. Meta opens it with each message of the customer; only templates may go outside.

Source: Meta, "Send messages", customer service windows.
"""

from datetime import datetime, timedelta

LENGTH = timedelta(hours=24)


def closes_at(stamped: datetime, received_at: datetime) -> datetime:
    """When the window that this message opened closes.

    Meta counts from its own stamp; a stamp in our future (a skewed clock) must not make the window longer than it is.
    """
    return min(stamped, received_at) + LENGTH


def margin(connect_timeout: float, read_timeout: float) -> timedelta:
    """How long before the close a free-form send must not begin: Meta may read it only at the end of our time-outs."""
    return timedelta(seconds=connect_timeout + read_timeout + 5)


def is_open(closes: datetime | None, now: datetime, before: timedelta = timedelta()) -> bool:
    """Whether free-form messages may be sent at `now`, and for `before` longer."""
    return closes is not None and now < closes - before
