"""Where a preflight keeps what it has found: objects beside the recipients, for one version of the campaign.

One has the counts; one per part lists those who get nothing, so that they are named before anything is sent.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from chalicelib.campaigns.model import Campaign, Stored
from chalicelib.campaigns.recipients.reading import Row
from chalicelib.campaigns.rows import words
from chalicelib.cloud.objects import ObjectMissing, Objects
from chalicelib.spreadsheet import harmless


class Counted(Stored):
    """How far a preflight has counted, and what."""

    version: int
    next: int = 0
    """The part to be looked through next."""
    reasons: dict[str, int] = Field(default_factory=dict)
    """Recipients by the reason why they get nothing; "" for those who get it."""
    countries: dict[str, int] = Field(default_factory=dict)
    """Those who get it, by country."""
    waiting: int = 0
    """Of those who get it, how many are outside the hours in which they may be written to."""
    last_begins: str = ""
    """When the last of them may be written to."""

    def with_part(
        self, reasons: Mapping[str, int], countries: Mapping[str, int], waiting: int, last_begins: str
    ) -> "Counted":
        """After one more part."""
        return self.model_copy(
            update={
                "next": self.next + 1,
                "reasons": dict(Counter(self.reasons) + Counter(reasons)),
                "countries": dict(Counter(self.countries) + Counter(countries)),
                "waiting": self.waiting + waiting,
                "last_begins": max(self.last_begins, last_begins),
            }
        )


def save(media: Objects, campaign_id: str, counted: Counted) -> None:
    """Keeps it."""
    media.put(_key(campaign_id), json.dumps(counted.model_dump(mode="json")).encode(), "application/json")


def load(media: Objects, campaign: Campaign) -> Counted | None:
    """What was counted for the campaign as it is now, or None."""
    found = _load(media, campaign.id)
    return found if found and found.version == campaign.version else None


def skips(campaign: Campaign, media: Objects) -> dict[str, int] | None:
    """Who gets nothing, by reason, as the finished preflight of this version has it; None when there is none."""
    found = load(media, campaign)
    parts = campaign.recipients.parts if campaign.recipients else 0
    if found is None or found.next < parts:
        return None
    return {reason: count for reason, count in found.reasons.items() if reason}


def put_skipped(media: Objects, campaign: Campaign, part: int, rows: Iterable[tuple[Row, str]]) -> None:
    """Keeps who of a part gets nothing, and why."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(
        [row.line, harmless(row.to or row.written), reason, words(reason)] for row, reason in rows if reason
    )
    media.put(_skipped_key(campaign, part), out.getvalue().encode(), "text/csv; charset=utf-8")


def skipped(media: Objects, campaign: Campaign, parts: int) -> Iterator[bytes]:
    """The whole list as CSV, piece by piece."""
    yield b"line,to,reason,explanation\r\n"
    for part in range(parts):
        yield media.get(_skipped_key(campaign, part))


def _skipped_key(campaign: Campaign, part: int) -> str:
    return f"campaigns/{campaign.id}/skipped/{campaign.version}-{part:05d}.csv"


def _load(media: Objects, campaign_id: str) -> Counted | None:
    try:
        stored: dict[str, Any] = json.loads(media.get(_key(campaign_id)))
    except ObjectMissing:
        return None
    return Counted.model_validate(stored)


def _key(campaign_id: str) -> str:
    return f"campaigns/{campaign_id}/preflight.json"
