"""Who gets the message and who does not, and why: one pure function for the preflight and for the run itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.campaigns.message.fill import Filler
from chalicelib.campaigns.model import TextMessage
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.contacts.model import has_opted_out
from chalicelib.conversations import window
from chalicelib.conversations.outbound import Purpose


@dataclass(frozen=True, slots=True)
class Person:
    """What we know of the one behind an address when the run begins."""

    contact_id: str = ""
    opted_out: frozenset[str] = frozenset()
    window_closes_at: datetime | None = None
    capped: bool = False
    """They have had as many campaign messages lately as the subaccount allows."""


NOBODY = Person()


@dataclass(frozen=True)
class Rules:
    """What holds for all recipients of a campaign."""

    filler: Filler
    fields: Sequence[str]
    purpose: Purpose
    subaccount_id: str
    window_margin: timedelta

    @property
    def free_form(self) -> bool:
        """Is it free text, which may go only inside the window?"""
        return isinstance(self.filler.plan, TextMessage)

    @property
    def marketing(self) -> bool:
        """Does it count as marketing? A campaign's free text does."""
        return self.free_form or self.purpose is Purpose.MARKETING


def reason_for(row: Row, person: Person, rules: Rules, now: datetime) -> str:
    """Why this recipient is skipped, or "" for one to be sent to."""
    if row.reason:
        return row.reason
    if not rules.free_form and rules.purpose is Purpose.MARKETING and row.country == "US":
        return "us_marketing"
    if row.is_bsuid and rules.purpose is Purpose.AUTHENTICATION:
        return "bsuid_authentication"
    if has_opted_out(person.opted_out, marketing=rules.marketing, subaccount_id=rules.subaccount_id):
        return "opted_out"
    if person.capped:
        return "frequency_cap"
    if rules.free_form and not window.is_open(person.window_closes_at, now, rules.window_margin):
        return "window_closed"
    return rules.filler.problem(values_of(row.to, rules.fields, row.values))


def values_of(to: str, fields: Sequence[str], values: Sequence[str]) -> Mapping[str, str]:
    """A recipient's values by field name; `Mobile` is the address itself."""
    return {"Mobile": to, **dict(zip(fields, values, strict=False))}
