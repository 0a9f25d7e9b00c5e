"""Why a recipient got no message: the one table of reasons, in plain words, for the ledger, the report and every export.

Meta's error codes are not repeated here: their reason is `meta_<code>` and their words come from whatsapp/errors.py.
"""

from chalicelib.dataclass import dataclass


@dataclass(frozen=True)
class Reason:
    """`retryable`: a later run of the same campaign may well succeed. `by_decision`: only if a person says so."""

    words: str
    retryable: bool = False
    by_decision: bool = False
    is_skip: bool = False
    """We did not try; as against a failure, which WhatsApp or the way to it decided."""


def _skip(text: str) -> Reason:
    return Reason(text, is_skip=True)


REASONS: dict[str, Reason] = {
    # --- the file ---
    "no_number": _skip("The row has no phone number."),
    "invalid_number": _skip("The phone number is not valid."),
    "scientific_notation": _skip(
        "A spreadsheet has shortened the number (6.5E+09); format the column as text and export again."
    ),
    "unclosed_quote": _skip("A quotation mark in this line is never closed."),
    "line_too_long": _skip("The line is longer than 65,536 characters."),
    "too_many_columns": _skip("The row has more than 200 columns."),
    "value_too_long": _skip("A value is longer than 4,096 characters."),
    "too_many_recipients": _skip("The file has more than 1,000,000 rows; this one is beyond."),
    "duplicate": _skip("The same recipient is in the list before."),
    # --- before the send ---
    "missing_value": _skip("A placeholder of the template has no value for this recipient and no default."),
    "bad_value": _skip("A value does not fit the template's rules."),
    "opted_out": _skip("The recipient has opted out of marketing messages."),
    "blocked": _skip("The contact is blocked."),
    "window_closed": _skip("The recipient has not written within 24 hours: only a template may be sent."),
    "us_marketing": _skip("Meta delivers no marketing templates to United States numbers."),
    "bsuid_authentication": _skip(
        "An authentication template needs a phone number; this recipient is known by a user id only."
    ),
    "frequency_cap": _skip("The recipient has had as many messages as the frequency cap allows."),
    "over_tier": _skip("The portfolio's messaging limit does not reach this recipient."),
    "owned_by_agent": _skip("An agent is talking to this recipient."),
    # --- the send ---
    "rate_limited": Reason("The number's speed limit was hit until the campaign's time was over.", retryable=True),
    "temporary": Reason(
        "WhatsApp could not be reached or answered with a temporary error, several times.", retryable=True
    ),
    "number_stopped": Reason("The phone number was stopped before this recipient's turn.", retryable=True),
    "media": Reason("The file of this message is gone, or WhatsApp does not take it."),
    "not_carried": Reason("The number takes no messages of this type."),
    "refused": Reason("WhatsApp refused the message."),
    "not_confirmed": Reason(
        "The answer of WhatsApp was lost and no status came: the message may or may not have arrived.", by_decision=True
    ),
    "cancelled": Reason("The campaign was cancelled before this recipient's turn.", retryable=True),
}

SKIPS_IN_FILE = (
    "no_number", "invalid_number", "scientific_notation", "unclosed_quote", "line_too_long", "too_many_columns",
    "value_too_long", "too_many_recipients",
)  # fmt: skip
"""Reasons that make a row invalid (as against a duplicate)."""
