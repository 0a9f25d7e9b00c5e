"""The one table of Meta's errors: what a code means, and what we do about it.

The same codes arrive in an HTTP answer and, later, in a webhook; Meta says to decide on the code and not on
the HTTP status, so one classifier serves both. Source: Meta, "Cloud API error codes".
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chalicelib.dataclass import dataclass


class ErrorClass(StrEnum):
    """What kind of trouble it is: the word in reports and filters."""

    AUTH = "auth"
    ACCOUNT_RESTRICTED = "account_restricted"
    BILLING = "billing"
    TEMPORARY = "temporary"
    THROTTLE_APP = "throttle_app"
    THROTTLE_NUMBER = "throttle_number"
    THROTTLE_PAIR = "throttle_pair"
    THROTTLE_QUALITY = "throttle_quality"
    WINDOW_CLOSED = "window_closed"
    MARKETING_CAP = "marketing_cap"
    OPTED_OUT = "opted_out"
    EXPERIMENT = "experiment"
    RECIPIENT = "recipient"
    TEMPLATE = "template"
    TEMPLATE_PAUSED = "template_paused"
    MEDIA = "media"
    INBOUND = "inbound"
    REQUEST = "request"
    MANAGEMENT = "management"


class Action(StrEnum):
    """What the sender does next. Each value is one branch of the outbound gate."""

    RETRY_LATER = "retry_later"
    """Try this message again after a growing pause, at least `wait` seconds, at most `max_tries` times."""
    SLOW_NUMBER = "slow_number"
    """Lower this number's rate and try again; the number of tries is not limited."""
    SLOW_PAIR = "slow_pair"
    """Wait `pair_pause(n)` for this recipient; everybody else goes on."""
    GIVE_UP_RECIPIENT = "give_up_recipient"
    """This message fails for this recipient, for good; everybody else goes on."""
    OPT_OUT = "opt_out"
    """As GIVE_UP_RECIPIENT, and the contact gets the marketing opt-out."""
    PAUSE_CAMPAIGN = "pause_campaign"
    """Nobody can get this template as it is: pause the campaign, tell its owner."""
    PAUSE_NUMBER_CAMPAIGNS = "pause_number_campaigns"
    """Pause every campaign of the number for hours and alert; replies go on."""
    STOP_NUMBER = "stop_number"
    """Nothing can leave this number until a person acts: stop it and alert."""
    ALARM = "alarm"
    """Our own mistake: this message fails, the others go on, somebody must look."""
    TELL_PERSON = "tell_person"
    """Answer the person who asked; nothing happens by itself."""
    RECORD = "record"
    """About a message that came in: keep it and show a placeholder."""


@dataclass(frozen=True)
class Rule:
    """What one error code means to us."""

    meaning: str
    error_class: ErrorClass
    action: Action
    retryable: bool = False
    wait: int = 0
    """Seconds to leave it alone before anything is tried again; 0: the caller's own back-off."""
    max_tries: int | None = None


@dataclass(frozen=True)
class MetaError:
    """One error as Meta reported it; `code` is None when there was no readable error in the answer."""

    code: int | None
    message: str = ""
    details: str = ""
    subcode: int | None = None
    http_status: int | None = None
    is_transient: bool = False
    retry_after: int | None = None
    """Seconds, from Meta's own headers."""
    trace_id: str = ""

    @property
    def rule(self) -> Rule:
        return classify(self)


def classify(error: MetaError) -> Rule:
    """The rule for an error, known or not."""
    if error.code == 100 and error.subcode == 33:
        return _OBJECT_MISSING
    if error.code is not None:
        rule = RULES.get(error.code) or _range_rule(error.code)
        if rule:
            return rule
    temporary = error.is_transient or error.http_status in _TEMPORARY_STATUS or (error.http_status or 0) >= 500
    return UNKNOWN_TEMPORARY if temporary else UNKNOWN_PERMANENT


def pair_pause(tries: int) -> int:
    """Seconds to wait for one recipient after `tries` pair-rate errors (Meta: 4^X, X from 0)."""
    return int(4 ** min(tries, 6))


def from_response(status: int, body: Any, headers: Mapping[str, str]) -> MetaError:
    """The error in an HTTP answer; `body` is the decoded JSON, or anything when there was none."""
    node = body.get("error") if isinstance(body, dict) else None
    base = _from_node(node if isinstance(node, dict) else {})
    return MetaError(
        code=base.code,
        message=base.message or f"HTTP {status}",
        details=base.details,
        subcode=base.subcode,
        http_status=status,
        is_transient=base.is_transient,
        retry_after=_retry_after(headers),
        trace_id=base.trace_id,
    )


def from_webhook(node: Any) -> MetaError:
    """The error in `statuses[].errors[]`, `messages[].errors[]` or `value.errors[]`."""
    return _from_node(node if isinstance(node, dict) else {})


def _from_node(node: dict[str, Any]) -> MetaError:
    data = node.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return MetaError(
        code=_integer(node.get("code")),
        message=_text(node.get("message")) or _text(node.get("title")),
        details=_text(details),
        subcode=_integer(node.get("error_subcode")),
        is_transient=node.get("is_transient") is True,
        trace_id=_text(node.get("fbtrace_id")),
    )


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """`Retry-After` in seconds, else Meta's estimate, which is in minutes."""
    lower = {name.lower(): value for name, value in headers.items()}
    if (seconds := _integer(lower.get("retry-after"))) is not None:
        return seconds
    return _usage_estimate(lower.get("x-business-use-case-usage"))


def _usage_estimate(header: str | None) -> int | None:
    if not header:
        return None
    try:
        usage = json.loads(header)
    except ValueError:
        return None
    groups = usage.values() if isinstance(usage, dict) else ()
    entries = [entry for group in groups if isinstance(group, list) for entry in group]
    minutes = [_integer(e.get("estimated_time_to_regain_access")) or 0 for e in entries if isinstance(e, dict)]
    return max(minutes, default=0) * 60 or None


def _range_rule(code: int) -> Rule | None:
    return next((rule for first, last, rule in RANGES if first <= code <= last), None)


_TEMPORARY_STATUS = frozenset({408, 429})

_E, _A = ErrorClass, Action

UNKNOWN_TEMPORARY = Rule("Unknown error that Meta calls temporary", _E.TEMPORARY, _A.RETRY_LATER, True, 0, 5)
UNKNOWN_PERMANENT = Rule("Unknown error; Meta refused the request", _E.REQUEST, _A.ALARM)
_OBJECT_MISSING = Rule("The number, media or template id does not exist any more", _E.REQUEST, _A.ALARM)


def _auth(meaning: str) -> Rule:
    return Rule(meaning, _E.AUTH, _A.STOP_NUMBER)


def _restricted(meaning: str) -> Rule:
    return Rule(meaning, _E.ACCOUNT_RESTRICTED, _A.STOP_NUMBER)


def _billing(meaning: str) -> Rule:
    return Rule(meaning, _E.BILLING, _A.STOP_NUMBER)


def _temporary(meaning: str, wait: int = 0, max_tries: int | None = 5) -> Rule:
    return Rule(meaning, _E.TEMPORARY, _A.RETRY_LATER, True, wait, max_tries)


def _recipient(meaning: str) -> Rule:
    return Rule(meaning, _E.RECIPIENT, _A.GIVE_UP_RECIPIENT)


def _template(meaning: str) -> Rule:
    return Rule(meaning, _E.TEMPLATE, _A.PAUSE_CAMPAIGN)


def _request(meaning: str) -> Rule:
    return Rule(meaning, _E.REQUEST, _A.ALARM)


def _management(meaning: str) -> Rule:
    return Rule(meaning, _E.MANAGEMENT, _A.TELL_PERSON)


DAY = 24 * 3600

RULES: Mapping[int, Rule] = {
    0: _auth("Meta could not authenticate the access token"),
    1: _temporary("Bad request or a fault at Meta; it does not say which", max_tries=3),
    2: _temporary("Meta's service is down or overloaded", wait=60, max_tries=6),
    3: _auth("The app lacks a capability or permission"),
    4: Rule("The app's call limit is reached", _E.THROTTLE_APP, _A.SLOW_NUMBER, True, 60),
    10: _auth("A permission was not granted or was removed"),
    33: _auth("The phone number was deleted, or its id is wrong"),
    100: _request("A parameter is invalid or misspelled"),
    190: _auth("The access token has expired or is invalid"),
    368: _restricted("The WhatsApp account is restricted for breaking a policy"),
    613: Rule("Too many calls in a short time", _E.THROTTLE_APP, _A.SLOW_NUMBER, True, 60),
    80007: Rule("The account's hourly management limit is reached", _E.THROTTLE_APP, _A.RETRY_LATER, True, 300),
    130429: Rule("The number's messages-per-second limit is reached", _E.THROTTLE_NUMBER, _A.SLOW_NUMBER, True),
    130472: Rule("Meta keeps this person out of marketing as an experiment", _E.EXPERIMENT, _A.GIVE_UP_RECIPIENT),
    130497: _recipient("The account may not message people in this country"),
    131000: _temporary("Something went wrong at Meta", max_tries=3),
    131005: _auth("Access denied: the token lacks a permission"),
    131008: _request("A required parameter is missing"),
    131009: _request("A parameter's value is invalid"),
    131016: _temporary("Meta's service is temporarily unavailable"),
    131020: _management("Groups: refused"),
    131021: _recipient("The recipient is the sending number itself"),
    131026: _recipient("Undeliverable: not on WhatsApp, terms not accepted, or a very old app"),
    131030: _auth("A test number: this recipient is not on its list of allowed recipients"),
    131031: _restricted("The WhatsApp account is locked"),
    131037: _auth("The number's display name is not approved yet"),
    131041: _management("Groups: refused"),
    131042: _billing("Payment problem: Meta does not deliver charged messages"),
    131044: _billing("Payment problem with calling"),
    131045: _auth("The number's registration has a problem; register it again"),
    131047: Rule(
        "More than 24 hours since this person last wrote; only a template may be sent",
        _E.WINDOW_CLOSED,
        _A.GIVE_UP_RECIPIENT,
    ),
    131048: Rule(
        "Too many people blocked or reported this number; Meta limits it",
        _E.THROTTLE_QUALITY,
        _A.PAUSE_NUMBER_CAMPAIGNS,
        wait=6 * 3600,
    ),
    131049: Rule(
        "Meta chose not to deliver this marketing message to this person",
        _E.MARKETING_CAP,
        _A.GIVE_UP_RECIPIENT,
        wait=DAY,
    ),
    131050: Rule("This person stopped marketing messages from this business", _E.OPTED_OUT, _A.OPT_OUT),
    131051: _request("The message type is not supported"),
    131052: Rule("The customer's file could not be downloaded", _E.INBOUND, _A.RECORD),
    131053: Rule(
        "Meta could not load our file: wrong type, too large, or the link failed",
        _E.MEDIA,
        _A.GIVE_UP_RECIPIENT,
    ),
    131055: _request("This endpoint sends marketing templates only"),
    131056: Rule("Too many messages to this person in a short time", _E.THROTTLE_PAIR, _A.SLOW_PAIR, True, 1),
    131057: _temporary("The account is in maintenance, for example a throughput upgrade", wait=60),
    131059: _temporary("The cursor of a template list is invalid; start from the first page", max_tries=1),
    131062: _recipient("This template needs a phone number, and only a user id is known"),
    131063: _auth("Marketing templates are disabled on this endpoint; use the marketing messages endpoint"),
    131064: _restricted("The messaging limit is reached because templates were in the wrong category"),
    132000: _template("The number of template parameters does not match the template"),
    132001: _template("The template does not exist in this language, or is not approved"),
    132005: _recipient("The text with this person's values filled in is too long"),
    132007: _template("The template breaks a content policy"),
    132008: _request("A parameter's value is formatted wrongly"),
    132012: _template("A template parameter has the wrong format"),
    132015: Rule("The template is paused for low quality", _E.TEMPLATE_PAUSED, _A.PAUSE_CAMPAIGN),
    132016: _template("The template is disabled for good"),
    132018: _template("A template parameter has a problem"),
    132068: _template("The template's flow is blocked"),
    132069: Rule("The template's flow is throttled", _E.THROTTLE_APP, _A.RETRY_LATER, True, 3600),
    133000: _auth("An earlier deregistration of the number was not completed"),
    133004: _temporary("Meta's server is temporarily unavailable"),
    133005: _management("The two-step PIN is wrong"),
    133006: _management("The number must be verified first"),
    133008: _management("Too many wrong PIN guesses; wait"),
    133009: _management("PIN guessed too fast; wait"),
    133010: _auth("The number is not registered"),
    133015: _management("The number was just deleted; wait five minutes before registering it"),
    133016: _management("Too many registrations of this number; wait"),
    134011: _auth("WhatsApp Payments terms are not accepted"),
    134100: _request("This endpoint sends marketing templates only"),
    134101: _temporary("The template is still being prepared for marketing; up to ten minutes", wait=600),
    134102: _auth("The template cannot be used on the marketing messages endpoint"),
    135000: _request("Something is wrong with the parameters; Meta does not say what"),
    137000: _recipient("The recipient's identity key has changed"),
    138013: Rule("Too many questions about call permission", _E.THROTTLE_APP, _A.SLOW_NUMBER, True, 60),
    139100: _management("Some of the users could not be blocked or unblocked"),
    139101: _management("The list of blocked users is full (64,000)"),
    139102: Rule("The block list is being changed by another call", _E.MANAGEMENT, _A.RETRY_LATER, True, 0, 3),
    139103: Rule("Blocking failed inside Meta", _E.MANAGEMENT, _A.RETRY_LATER, True, 0, 3),
    2388019: _management("The account has reached its number of templates"),
    2388040: _management("A field of the template is too long"),
    2388047: _management("The template's header has a wrong format"),
    2388072: _management("The template's body has a wrong format"),
    2388073: _management("The template's footer has a wrong format"),
    2388293: _management("Too many variables for the length of the template's text"),
    2388299: _management("The template's text begins or ends with a variable"),
    2494100: _temporary("The number is in maintenance", wait=180),
}

RANGES: tuple[tuple[int, int, Rule], ...] = (
    (200, 299, _auth("A permission is missing")),
    (131201, 131215, _management("Groups: refused")),
    (138000, 138018, _management("Calling: refused")),
    (139000, 139004, _management("Flows management: refused")),
    (147001, 147005, _management("Business username: refused")),
)
