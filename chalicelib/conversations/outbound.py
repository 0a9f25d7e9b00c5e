"""The one way out: the only caller of the client's message endpoint, for agents, workflows and campaigns alike.

In order: skip what is settled; send its files ahead; wait for a slot and for a turn among the process's calls; claim, which also
asks for ownership; then, read afresh, consent and window; call in the slot; record. Meta has no idempotency key, so what was
claimed is never claimed again unless Meta certainly did not take it. The attempt id travels with the message and comes back in
its statuses: that settles what a lost answer left open.

The claim comes before the consent is read: so whoever records an opt-out finds every message that may not have seen it among the
claims, and waits for those (opting_out.py). The other way round a STOP could be acknowledged between the two.
"""

import threading
from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from chalicelib.channels import store as channels
from chalicelib.channels.model import Channel
from chalicelib.cloud import keys
from chalicelib.cloud.clock import Clock
from chalicelib.cloud.table import Table
from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Identities, has_opted_out
from chalicelib.conversations import carriers
from chalicelib.conversations.pacing import Lane, Pacer
from chalicelib.dataclass import dataclass
from chalicelib.media.problems import MediaNotReady, MediaRefusedByMeta, MediaUnknown, MetaUnreachable
from chalicelib.whatsapp import outcome as whatsapp
from chalicelib.whatsapp.errors import Action, Rule, pair_pause

if TYPE_CHECKING:
    from chalicelib.whatsapp.messages import Message, Outbound  # its models are a tenth of a cold start


class Purpose(StrEnum):
    """What a message is for, in Meta's pricing categories; `service` is free-form."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"
    SERVICE = "service"


@dataclass(frozen=True)
class SendRequest:
    """One message to one person."""

    channel: Channel
    to: Identities
    message: "Message"
    purpose: Purpose
    lane: Lane
    callback: str
    """Names the ledger entry; travels as `biz_opaque_callback_data` with the attempt id behind it."""
    conversation_id: str | None = None
    reply_to: str | None = None
    remaining: int = 1
    """How many messages this caller will still send on this lane, this one included: the size of a slice."""

    @property
    def free_form(self) -> bool:
        """Whether it may go only inside the window."""
        return self.message.type != "template"

    @property
    def marketing(self) -> bool:
        """A campaign's free text counts as marketing."""
        return self.purpose is Purpose.MARKETING or (self.free_form and self.lane is Lane.CAMPAIGN)


@dataclass(frozen=True)
class Taken:
    """Meta accepted the message."""

    wamid: str
    wa_id: str | None = None
    user_id: str | None = None
    held: bool = False
    """Held by Meta's pacing: it will be released, or dropped with a failed status."""


@dataclass(frozen=True)
class Declined:
    """We did not send it: `reason` is window_closed | opted_out | ownership_lost | number_stopped | not_carried | media."""

    reason: str
    text: str


@dataclass(frozen=True)
class Refused:
    """Meta refused it for good."""

    code: int | None
    text: str
    rule: Rule


@dataclass(frozen=True)
class Postponed:
    """Meta certainly did not take it; it may be tried again after `after`."""

    after: timedelta
    text: str
    rule: Rule | None = None
    code: int | None = None


@dataclass(frozen=True)
class Unconfirmed:
    """Meta may have taken it. Only a status webhook or a person decides."""

    text: str


@dataclass(frozen=True)
class NotOurs:
    """It is settled, or another worker has claimed it."""


Verdict = Taken | Declined | Refused | Postponed | Unconfirmed | NotOurs


class OwnershipLost(Exception):
    """The conversation has changed hands since this message was decided."""


class LedgerEntry(Protocol):
    """Where the fate of one message is kept: a recipient's row or a message of a conversation."""

    @property
    def attempts(self) -> int:
        """How often it has been claimed before."""

    def settled(self) -> bool:
        """Whether nothing is to be done."""

    def claim(self, attempt: str, now: datetime) -> bool:
        """queued → sending, conditionally. False when somebody else has it. Raises OwnershipLost."""

    def record(self, attempt: str | None, verdict: Verdict, now: datetime) -> None:
        """Keeps the verdict. `attempt` is None when it was declined before a claim."""


CALLS_AT_ONCE = 25
"""Messages that one process has between claim and answer; others are built, and their answers kept, meanwhile."""


@dataclass(frozen=True)
class Gate:
    """What the way out needs of the world."""

    table: Table
    pacer: Pacer
    deliver: "Callable[[Channel, Outbound], whatsapp.Outcome]"
    clock: Clock
    new_id: Callable[[], str]
    window_margin: timedelta
    with_files: "Callable[[Channel, Message], Message]" = lambda _, message: message
    """Puts Meta's ids of files in the place of ours. Raises MediaUnknown, MediaNotReady, MediaRefusedByMeta, MetaUnreachable."""
    erasure_key: Callable[[], str] = lambda: ""
    """By which the opt-outs of people who were erased are known (contacts/forgotten.py)."""
    turns: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(CALLS_AT_ONCE))


_MOST_TRIES_UNSENT = 8
_NUMBER_PAUSE_SECONDS = 2.0
_CLAIM_WAITS = timedelta(seconds=2)
"""Within the seconds that `ownership.claim_lasts` has beyond the client's time-outs."""
_CHECKS_HOLD = timedelta(seconds=0.5)
_HELD_UP = timedelta(seconds=1)
_FILE_PAUSE = timedelta(seconds=5)


def send(request: SendRequest, entry: LedgerEntry, gate: Gate) -> Verdict:
    """Sends one message at most once and keeps its fate in `entry`."""
    if entry.settled():
        return NotOurs()
    prepared = _with_files(request, gate)
    if not isinstance(prepared, SendRequest):
        entry.record(None, prepared, gate.clock())
        return prepared
    request = prepared
    slot = _slot(request, gate)
    with gate.turns:
        attempt, verdict = _checked_and_called(request, entry, gate, slot)
    if not isinstance(verdict, NotOurs):
        entry.record(attempt, verdict, gate.clock())
    if attempt:
        _consequences(request, verdict, attempt, gate)
    return verdict


def _checked_and_called(
    request: SendRequest, entry: LedgerEntry, gate: Gate, slot: int | None
) -> tuple[str | None, Verdict]:
    """(the attempt, if there was one; what came of it)."""
    impossible = _impossible(request)
    if impossible:
        return None, impossible
    attempt = gate.new_id()
    try:
        if not entry.claim(attempt, gate.clock()):
            return None, NotOurs()
    except OwnershipLost:
        return None, Declined("ownership_lost", "the conversation was taken over before this message was sent")
    stopped = _declined(request, gate) or (_in_its_slot(request, gate, slot) if slot is not None else None)
    if stopped:
        return attempt, stopped
    return attempt, _verdict(_delivered(request, attempt, gate), entry.attempts)


def _slot(request: SendRequest, gate: Gate) -> int | None:
    """The slot to call in; None where nobody is called."""
    if not carriers.carrier(request.channel).is_called:
        return None
    return gate.pacer.wait(request.channel, request.lane, request.remaining)


def _delivered(request: SendRequest, attempt: str, gate: Gate) -> whatsapp.Outcome:
    if not carriers.carrier(request.channel).is_called:
        return whatsapp.Accepted(
            wamid=f"{request.channel.type}.{attempt}"
        )  # with the verdict on record it is there to read
    return gate.deliver(request.channel, _outbound(request, attempt))


def _in_its_slot(request: SendRequest, gate: Gate, slot: int) -> Declined | Postponed | None:
    """Returns at the slot, or at another when checks and claim took too long for it; checks that have grown old are made again.

    A process that has no time for any slot gives its message back: a claim must not outlive what others believe of it.
    """
    claimed = checked = gate.clock()
    while gate.clock() <= claimed + _CLAIM_WAITS:
        if gate.pacer.meet(slot):
            return None
        slot = gate.pacer.wait(request.channel, request.lane)
        if gate.clock() > checked + _CHECKS_HOLD:
            checked, declined = gate.clock(), _declined(request, gate)
            if declined:
                return declined
    return Postponed(_HELD_UP, "the sender had no time for its turn")


def _with_files(request: SendRequest, gate: Gate) -> SendRequest | Declined | Postponed:
    """The request as Meta can take it. Before slot and claim: a large file takes longer to send than either lasts."""
    try:
        return replace(request, message=gate.with_files(request.channel, request.message))
    except (MediaUnknown, MediaRefusedByMeta) as problem:
        return Declined("media", problem.message)
    except MediaNotReady as problem:
        return Declined("media", problem.message) if problem.for_good else Postponed(_FILE_PAUSE, problem.message)
    except MetaUnreachable as problem:
        return Postponed(_FILE_PAUSE, problem.message)


def _impossible(request: SendRequest) -> Declined | None:
    """What nobody needs to claim, since it concerns the channel."""
    if request.channel.stopped:
        return Declined("number_stopped", f"nothing can leave this number: {request.channel.stopped}")
    if not carriers.carrier(request.channel).takes(request.message.type):
        return Declined("not_carried", f"this channel takes no messages of the type {request.message.type}")
    return None


def _declined(request: SendRequest, gate: Gate) -> Declined | None:
    """What concerns the person, read afresh."""
    marks = identity.opted_out(gate.table, request.to, gate.erasure_key())
    if has_opted_out(marks, marketing=request.marketing, subaccount_id=request.channel.subaccount_id):
        return Declined("opted_out", "this person has opted out")
    if request.free_form and not _window_open(request, gate):
        return Declined("window_closed", "the 24-hour window is closed; only a template may be sent")
    return None


def _window_open(request: SendRequest, gate: Gate) -> bool:
    if not carriers.carrier(request.channel).has_window:
        return True
    if request.conversation_id is None:
        return False
    state = gate.table.get(keys.conversation(request.conversation_id))
    closes = state.get("window_closes_at") if state else None
    last = datetime.fromisoformat(closes) if closes else None
    return carriers.may_write(request.channel.type, last, gate.clock(), gate.window_margin)


def _outbound(request: SendRequest, attempt: str) -> "Outbound":
    from chalicelib.whatsapp.messages import Outbound

    return Outbound(
        to=request.to.phone,
        recipient=request.to.bsuid,
        message=request.message,
        reply_to=request.reply_to,
        callback_data=f"{request.callback}:{attempt}",
    )


def _verdict(outcome: whatsapp.Outcome, attempts: int) -> Verdict:
    match outcome:
        case whatsapp.Accepted():
            held = outcome.message_status in {"held_for_quality_assessment", "paused"}
            return Taken(outcome.wamid, outcome.wa_id, outcome.user_id, held)
        case whatsapp.Ambiguous(reason):
            return Unconfirmed(reason)
        case whatsapp.NotSent(reason):
            if attempts + 1 >= _MOST_TRIES_UNSENT:
                return Declined("unreachable", f"WhatsApp could not be reached: {reason}")
            return Postponed(timedelta(seconds=2 ** (attempts + 1)), reason)
        case whatsapp.Refused(error):
            return _refused(error.rule, error.code, error.details or error.message, error.retry_after, attempts)


def _refused(rule: Rule, code: int | None, details: str, retry_after: int | None, attempts: int) -> Verdict:
    text = f"{rule.meaning}: {details}" if details else rule.meaning
    if not rule.retryable or (rule.max_tries is not None and attempts + 1 >= rule.max_tries):
        return Refused(code, text, rule)
    pause = pair_pause(attempts) if rule.action is Action.SLOW_PAIR else 2 ** min(attempts + 1, 8)
    seconds = max(rule.wait, pause, retry_after or 0)
    return Postponed(timedelta(seconds=seconds), text, rule, code)


def _consequences(request: SendRequest, verdict: Verdict, attempt: str, gate: Gate) -> None:
    """What an answer means beyond this one message. Each is harmless when repeated."""
    rule = getattr(verdict, "rule", None)
    if rule is None:
        return
    if rule.action is Action.SLOW_NUMBER:
        gate.pacer.slow(request.channel, request.lane, max(float(rule.wait), _NUMBER_PAUSE_SECONDS))
    elif rule.action is Action.STOP_NUMBER:
        channels.change(gate.table, request.channel.id, stopped=rule.meaning)
    elif rule.action is Action.OPT_OUT:
        # Who is only in a campaign's list becomes a contact by it: the next list must know.
        consent.record(
            gate.table,
            identity.resolve(gate.table, request.to, now=gate.clock(), new_id=gate.new_id),
            ConsentCategory.MARKETING,
            allowed=False,
            subaccount_id=None,
            source="error_131050",
            text=rule.meaning,
            at=gate.clock(),
            entry_id=attempt,
        )
