"""The states of a recipient, and the one rule of how they move: only upwards by rank.

    queued → sending → accepted → sent → delivered → read → played
                  ↘ unknown → not_confirmed        failed (below delivered: with several devices both may come)

A send that Meta certainly did not take goes back to queued, by the attempt that held it. Everything that Meta's statuses
say settles whatever is below it, so a lost answer is found out as soon as one status comes.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.campaigns.reasons import REASONS
from chalicelib.conversations.model import PROGRESS
from chalicelib.whatsapp.errors import RULES, ErrorClass


class RowState(StrEnum):
    """How far one recipient has come: PROGRESS, and those to whom nothing is sent."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_CONFIRMED = "not_confirmed"
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    SKIPPED = "skipped"

    @property
    def rank(self) -> int:
        """Only a state of higher rank replaces another."""
        return PROGRESS.index(self) if self is not RowState.SKIPPED else len(PROGRESS)

    @property
    def is_open(self) -> bool:
        """May this row still change by our own doing? A run is complete when no row is open."""
        return self in _OPEN


_OPEN = frozenset({RowState.QUEUED, RowState.SENDING, RowState.UNKNOWN})

REACHED = (RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.READ, RowState.PLAYED)
"""The states of a message that WhatsApp took and did not fail."""

REPLIED = "replied"
"""The counter of recipients who have answered."""
CANCELLED = "cancelled"
"""The reason of who was still queued when a cancelled run ended; their rows stay as they are."""
META = "meta_"
CHARGED = "charged:"
"""The counters of messages that WhatsApp charges: `charged:<country>|<category>|<type>`."""


def meta_reason(code: int | None) -> str:
    """The reason code of an error of Meta's."""
    return f"{META}{code}" if code is not None else "refused"


def words(reason: str) -> str:
    """The reason in plain words."""
    if reason.startswith(META):
        code = int(reason.removeprefix(META))
        rule = RULES.get(code)
        return f"{rule.meaning} (WhatsApp error {code})." if rule else f"WhatsApp error {code}."
    known = REASONS.get(reason)
    return known.words if known else reason


_LATER = frozenset(
    {
        ErrorClass.TEMPORARY,
        ErrorClass.THROTTLE_APP,
        ErrorClass.THROTTLE_NUMBER,
        ErrorClass.THROTTLE_PAIR,
        ErrorClass.TEMPLATE_PAUSED,
    }
)


def retryable(reason: str) -> bool:
    """May a later run of the same campaign try this recipient again without a person's decision?"""
    if reason.startswith(META):
        rule = RULES.get(int(reason.removeprefix(META)))
        return rule is not None and rule.error_class in _LATER
    return reason in REASONS and REASONS[reason].retryable


def to_retry(counts: Mapping[str, int], *, not_confirmed: bool) -> int:
    """How many recipients of a run that is over a retry would take up."""
    passing = sum(
        n for name, n in counts.items() if name.startswith("reason:") and retryable(name.removeprefix("reason:"))
    )
    decided = counts.get(RowState.NOT_CONFIRMED, 0) if not_confirmed else 0
    return passing + decided + counts.get(RowState.QUEUED, 0)


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """One status of WhatsApp's about one message of a campaign, as the status worker hands it over."""

    callback: str
    """What we sent as `biz_opaque_callback_data`: `c:{run}:{shard}:{row}:{attempt}`."""
    wamid: str
    status: RowState
    at: datetime
    code: int | None = None
    """Meta's error code of a `failed`."""
    price_category: str = ""
    price_type: str = ""
    phone_number_id: str = ""
    """The number of ours that Meta says it is about."""


def counted(state: RowState) -> RowState:
    """What the live counters have a row as. One in a worker's hands is queued to them until it is known what came of it."""
    return RowState.QUEUED if state is RowState.SENDING else state


def charged_name(country: str, category: str, kind: str) -> str:
    """The counter of what is charged alike."""
    return f"{CHARGED}{country}|{category}|{kind}"


class Tally:
    """Counts by state and by reason, as differences: what one batch changed, by any number of threads."""

    def __init__(self) -> None:
        self.changes: Counter[str] = Counter()
        self.minutes: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def moved(self, before: RowState | None, after: RowState, *, was: str = "", now: str = "") -> None:
        """A row went from one state to another; `was` and `now` are its reasons."""
        with self._lock:
            if before is not None:
                self._count(before, was, -1)
            self._count(after, now, +1)

    def charged(self, country: str, category: str, kind: str) -> None:
        """WhatsApp charges one message."""
        with self._lock:
            self.changes[charged_name(country, category, kind)] += 1

    def happened(self, what: str, at: datetime) -> None:
        """Something befell one message at this time, for the report over time."""
        with self._lock:
            self.minutes.setdefault(f"{at:%Y-%m-%dT%H:%M}", Counter())[what] += 1

    def _count(self, state: RowState, reason: str, by: int) -> None:
        self.changes[str(state)] += by
        if reason:
            self.changes[f"reason:{reason}"] += by

    def since(self, told: Mapping[str, int]) -> tuple[dict[str, int], dict[str, Counter[str]]]:
        """What changed beyond what was told, and the minutes, which are handed over once."""
        with self._lock:
            changes = {
                name: n - told.get(name, 0) for name, n in sorted(self.changes.items()) if n != told.get(name, 0)
            }
            minutes, self.minutes = self.minutes, {}
        return changes, minutes

    def nonzero(self) -> dict[str, int]:
        """What is to be added to the counters."""
        return {name: change for name, change in sorted(self.changes.items()) if change}


def equation(counts: Mapping[str, int], *, cancelled: bool) -> dict[str, int]:
    """The ledger's sum: sent + skipped + failed + unknown + cancelled (+ still queued) = audience.

    In a cancelled run the rows still queued are the cancelled ones.
    """
    queued = counts.get(RowState.QUEUED, 0)
    sent = sum(counts.get(state, 0) for state in REACHED)
    failed = counts.get(RowState.FAILED, 0) + counts.get(RowState.NOT_CONFIRMED, 0)
    unknown = counts.get(RowState.SENDING, 0) + counts.get(RowState.UNKNOWN, 0)
    skipped = counts.get(RowState.SKIPPED, 0)
    return {
        "audience": queued + sent + failed + unknown + skipped,
        "queued": 0 if cancelled else queued,
        "sent": sent,
        "skipped": skipped,
        "failed": failed,
        "unknown": unknown,
        "cancelled": queued if cancelled else 0,
    }
